//! `documents draft` as a maintainer uses it: draft, sync, validate, on a copy of this repository's spec.
//!
//! The documents in `draft/` are of all families, and of operations that nobody has. What
//! is drafted of them stands in `golden/draft`. After a change of wording,
//! `GOLDEN=write cargo test -p xtask --test it documents_draft` writes it anew: read the
//! difference before you commit it.

mod again;
mod any_facts;
mod insertion;
mod kinds;
mod workshop;

use std::fs;
use workshop::{Workshop, assert_golden, document};

/// Documents that state all there is to know of an operation.
const WHOLE: [&str; 3] = ["create-department", "list-departments", "delete-role-members"];

#[test]
fn complete_draft_is_proven() {
    let workshop = Workshop::new("proven");
    for name in WHOLE {
        workshop.draft(name).unwrap();
    }
    workshop.sync();
    assert_eq!(workshop.findings(), [""; 0]);
    let code = workshop.code();
    for method in ["create_department", "list_departments", "delete_role_members"] {
        assert!(code.contains(&format!("pub fn {method}(&self) -> builder::")), "{method}");
    }
    assert!(code.contains("PageData for types::ListDepartmentsData"));
}

#[test]
fn fragments_are_golden() {
    for name in ["create-department", "list-departments", "delete-role-members", "files", "silent"] {
        let workshop = Workshop::new(&format!("golden-{name}"));
        let printed = workshop.print(name).unwrap();
        assert_golden(&format!("{name}.yaml"), &printed.replace(&workshop.documents().display().to_string(), ""));
        assert_eq!(workshop.spec(), workshop::spec(), "printing writes nothing");
    }
}

#[test]
fn draft_findings_are_its_todos() {
    let workshop = Workshop::new("silent");
    workshop.draft("files").unwrap();
    workshop.draft("silent").unwrap();
    workshop.sync();
    // Each of these has its TODO in the golden fragment.
    assert_eq!(
        workshop.findings(),
        [
            "unbacked: copy_file: `path` is /open-apis/todo/copy_file/{file_token} in the spec; \
             neither document nor service states it",
            "unbacked: get_files: `path` is /open-apis/todo/get_files in the spec; \
             neither document nor service states it",
            "unbacked: delete_file: `path` is /open-apis/todo/delete_file/{file_token} in the spec; \
             neither document nor service states it",
            "missing-parameter: update_review_settings: `query client` is missing; the document has it: string",
            "field-type: update_review_settings: `response data type` is object in the spec; \
             the document says string[]",
            "parameter-type: update_review_settings: `body state type` is string in the spec; the document says any",
            "parameter-default: update_review_settings: `body count default` is not in the spec; \
             the document says many",
            "unknown-parameter: update_review_settings: `body hidden` is in neither document nor service",
            "example: update_review_settings: `data` in the response example does not fit: \
             [\"a\"] is not of type \"object\"",
        ]
    );
    workshop.code();
}

#[test]
fn draft_reuses_what_is_equal() {
    let workshop = Workshop::new("reused");
    workshop.draft("add-user-group-guest").unwrap();
    let spec = workshop.spec();
    let (_, drafted) = spec.split_once("\n      operationId: add_group_guest\n").unwrap();
    assert!(drafted.contains("      parameters:\n        - $ref: '#/components/parameters/group_id'\n"), "{drafted}");
    assert!(drafted.contains("guest_id_type: { $ref: '#/components/schemas/"), "{drafted}");
    assert!(!spec.contains("\n    GuestIdType:\n"), "{drafted}");
    // The document does not say how long the id of a group is; an entry of the errata does, for other operations.
    workshop.sync();
    let findings = workshop.helps();
    assert_eq!(
        findings,
        [
            "remove it, or add `add_group_guest` to `operations` of the entry `path-group-id-not-empty` in errata.yaml",
            "remove it, or add `add_group_guest` to `operations` of the entry `path-group-id-length` in errata.yaml",
        ]
    );
}

#[test]
fn draft_leftovers_are_findings() {
    let workshop = Workshop::new("leftovers");
    workshop.draft("create-department").unwrap();
    workshop.sync();
    let lines = workshop.spec().lines().filter(|line| line.contains("TODO")).count();
    assert!(lines > 0 && workshop.leftovers() == lines, "{lines}");
    assert_eq!(workshop.findings(), [""; 0]);
}

#[test]
fn known_operations_are_not_drafted() {
    let workshop = Workshop::new("twice");
    assert!(workshop.draft("create-department").unwrap().contains("`departments` is drafted as create_department\n"));
    let once = workshop.spec();
    assert!(workshop.draft("create-department").unwrap().contains("is in the spec already, as create_department\n"));
    assert_eq!(workshop.spec(), once);

    // Another document may speak of the same operation, under another name.
    let text = fs::read_to_string(document("create-department")).unwrap();
    fs::write(workshop.documents().join("again.md"), text.replace("/departments\n", "/departments \n")).unwrap();
    let told = workshop.draft_file(&workshop.documents().join("again.md")).unwrap();
    assert!(told.contains("is in the spec already, as create_department"), "{told}");
    let public = workshop.draft_file(&document("../../apidoc/tests/documents/public/create-user-group")).unwrap();
    assert!(public.contains("`group` is in the spec already, as create_user_group"), "{public}");
}

#[test]
fn duplicate_address_is_drafted_once() {
    let workshop = Workshop::new("address");
    let text = fs::read_to_string(document("create-department")).unwrap();
    for (file, method) in [("a.md", "POST"), ("b.md", "POST"), ("c.md", "HEAD")] {
        let text = text.replace("| HTTP Method | POST |", &format!("| HTTP Method | {method} |"));
        fs::write(workshop.documents().join(file), text).unwrap();
    }
    let told = workshop.draft_file(&workshop.documents()).unwrap();
    assert!(told.contains("a.md:6: `departments` is drafted as create_department"), "{told}");
    assert!(told.contains("b.md:6: `departments` is not drafted: another operation has its method and path"), "{told}");
    assert!(
        told.contains("c.md:6: `departments` is not drafted: no operation of this API has the method HEAD"),
        "{told}"
    );
}

#[test]
fn draft_avoids_taken_names() {
    let workshop = Workshop::new("clash");
    let text = fs::read_to_string(document("list-departments")).unwrap();
    // The spec has a `UserGroup`, an enum `UserIdType` and an operation `create_user_group`.
    let text = text
        .replace("directory/v2/departments", "directory/v2/user_groups")
        .replace("| HTTP Method | GET |", "| HTTP Method | POST |")
        .replace(" - `user_id`: 租户内", "");
    fs::write(workshop.documents().join("clash.md"), text).unwrap();
    let told = workshop.draft_file(&workshop.documents().join("clash.md")).unwrap();
    assert!(told.contains("is drafted as create_directory_user_group"), "{told}");
    let spec = workshop.spec();
    assert!(spec.contains("\n    CreateDirectoryUserGroupUserIdType:\n"));
    assert!(spec.contains("\n        item: DirectoryUserGroup\n"));
    workshop.sync();
    assert_eq!(workshop.findings(), [""; 0]);
    workshop.code();
}

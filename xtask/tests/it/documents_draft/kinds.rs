//! Kinds of operations that need more than a transcription: batches, listings of several lists, files, samples.

use super::workshop::{Workshop, document};
use std::fs;

/// The fixture with some of its text replaced, drafted; what is printed, and the spec.
fn drafted(name: &str, fixture: &str, changes: &[(&str, &str)]) -> (String, String) {
    let workshop = Workshop::new(name);
    let mut text = fs::read_to_string(document(fixture)).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let file = workshop.documents().join("page.md");
    fs::write(&file, text).unwrap();
    let said = workshop.draft_file(&file).unwrap();
    (said, workshop.spec())
}

const LISTED: &str = "| &nbsp;&nbsp;└ `items` | `department\\[\\]` | 部门 |\n";

#[test]
fn list_of_failures_is_no_page() {
    let other = format!("| &nbsp;&nbsp;└ `missing_ids` | `string\\[\\]` | 没有的 |\n{LISTED}");
    let (_, spec) = drafted("kinds-lists", "list-departments", &[(LISTED, &other)]);
    assert!(spec.contains("        items: [/data/items]\n"), "{spec}");
}

#[test]
fn listing_by_required_page_size_has_a_note() {
    let (size, required) = ("| `page_size` | `int` | 否", "| `page_size` | `int` | 是");
    let (_, spec) = drafted("kinds-required", "list-departments", &[(size, required)]);
    let note = "# TODO: the response has `has_more`, and no x-feishu-page: there is no optional number `page_size`";
    assert!(spec.contains(note), "{spec}");
}

const BATCH: &[(&str, &str)] = &[
    ("directory/v2/departments", "directory/v2/departments/batch_create"),
    ("HTTP Method | GET", "HTTP Method | POST"),
    ("### 查询参数\n", "### 请求体\n"),
    (
        "| `parent_department_id` | `string` | 是 | 上级 |\n",
        "| `departments` | `department\\[\\]` | 是 | 部门 |\n| &nbsp;&nbsp;└ `department_id` | `string` | 是 | 部门 ID |\n",
    ),
    ("| &nbsp;&nbsp;&nbsp;&nbsp;└ `name` | `string` | 名称 |", "| &nbsp;&nbsp;&nbsp;&nbsp;└ `code` | `int` | 结果 |"),
    ("\"name\": \"研究院\"", "\"code\": 0"),
    ("| 400 | 46006 | parent department not found", "| 400 | 46006 | department already exists"),
];

#[test]
fn batch_says_where_its_results_are() {
    let (_, spec) = drafted("kinds-batch", "list-departments", BATCH);
    let (_, results) = spec.split_once("x-feishu-results:\n        sent: departments\n").unwrap();
    let lines: Vec<&str> = results.lines().take(5).map(str::trim).collect();
    assert_eq!(lines[0], "items: /data/items");
    assert_eq!(&lines[2..], ["id: department_id", "code: code", "already: [46006]"]);
}

#[test]
fn results_without_an_id_have_a_note() {
    let nothing = [("└ `department_id` | `string` | 是", "└ `department_id` | `string` | 否")];
    let (_, spec) = drafted("kinds-no-id", "list-departments", &[BATCH, &nothing[..]].concat());
    assert!(
        spec.contains("# TODO: each item has a code, and there is no x-feishu-results: no list of the body"),
        "{spec}"
    );
}

#[test]
fn files_are_not_drafted_as_json() {
    let file = [("| `name` | `string` | 是 |", "| `name` | `file` | 是 |")];
    let (said, spec) = drafted("kinds-upload", "create-department", &file);
    assert!(said.contains("is not drafted: it sends the file `name` (line 38) as multipart/form-data"), "{said}");
    assert!(
        said.contains("multipart/form-data; write it by hand, as spec/README.md describes")
            && !spec.contains("create_department"),
        "{said}"
    );
}

#[test]
fn returned_file_is_left_to_people() {
    let file = [("└ `name` | `string` |", "└ `name` | `file` |")];
    let (said, spec) = drafted("kinds-download", "list-departments", &file);
    assert!(said.contains("is not drafted: it returns the file `"), "{said}");
    assert!(
        said.contains("write it by hand, as spec/README.md describes") && !spec.contains("list_departments"),
        "{said}"
    );
}

#[test]
fn sample_of_a_get_is_no_body() {
    let sample = "### 请求体示例\n\n```json\n{\"parent_department_id\": \"od-1\", \"page_size\": 10}\n```\n\n## 响应\n";
    let (_, spec) = drafted("kinds-sample", "list-departments", &[("## 响应\n", sample)]);
    let (_, operation) = spec.split_once("\n      operationId: list_departments\n").unwrap();
    let operation = operation.split_once("\n      responses:\n").unwrap().0;
    assert!(!operation.contains("requestBody"), "{operation}");
}

#[test]
fn every_drafted_schema_is_used() {
    let (_, spec) = drafted("kinds-used", "list-departments", &[]);
    let (_, components) = spec.split_once("\n  schemas:\n").unwrap();
    let (schemas, _) = components.split_once("\n  responses:\n").unwrap();
    assert!(schemas.contains("\n    ListDepartmentsData:\n"), "{schemas}");
    let names = schemas.lines().filter_map(|line| line.strip_prefix("    ")?.strip_suffix(':'));
    for name in names.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())) {
        let used = format!("'#/components/schemas/{name}'");
        assert!(spec.contains(&used) || spec.contains(&format!("item: {name}")), "{name}");
    }
}

#[test]
fn path_names_the_operation_not_the_file() {
    let (said, _) = drafted("kinds-name", "list-departments", &[]);
    assert!(said.contains("is drafted as list_departments"), "{said}");
    let workshop = Workshop::new("kinds-file");
    let file = workshop.documents().join("query-anything.md");
    fs::copy(document("list-departments"), &file).unwrap();
    assert!(workshop.draft_file(&file).unwrap().contains("is drafted as list_departments"));
}

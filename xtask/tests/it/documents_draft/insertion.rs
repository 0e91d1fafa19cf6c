//! Inserting changes nothing that was there, whatever the spec looks like.

use super::workshop::{Workshop, run, spec};
use specproof::source::Source;
use std::fs;

/// The lines that one text has more than another, which must all be there, in order.
#[track_caller]
fn added<'a>(before: &str, after: &'a str) -> Vec<&'a str> {
    let mut before = before.split_inclusive('\n').peekable();
    let added = after.split_inclusive('\n').filter(|line| before.next_if_eq(line).is_none()).collect();
    assert_eq!(before.next(), None, "this line is gone, or changed");
    added
}

#[test]
fn draft_changes_no_existing_byte() {
    let workshop = Workshop::new("bytes");
    workshop.draft("create-department").unwrap();
    workshop.draft("list-departments").unwrap();
    let after = workshop.spec();
    let added = added(&spec(), &after);
    assert!(added.len() > 200, "{}", added.len());
    // Both methods under one path.
    assert_eq!(after.matches("\n  /open-apis/directory/v2/departments:\n").count(), 1);
    assert_eq!(after.matches("\n  - name: directory\n").count(), 1);
}

#[test]
fn draft_keeps_line_ends() {
    let workshop = Workshop::new("line-ends");
    let before = spec().replace('\n', "\r\n");
    fs::write(workshop.spec_file(), &before).unwrap();
    workshop.draft("create-department").unwrap();
    let after = workshop.spec();
    assert!(added(&before, &after).iter().all(|line| line.ends_with("\r\n")));

    let before = spec().trim_end().to_owned();
    fs::write(workshop.spec_file(), &before).unwrap();
    workshop.draft("create-department").unwrap();
    added(&(before + "\n"), &workshop.spec());
}

#[test]
fn empty_and_missing_maps_are_started() {
    let workshop = Workshop::new("begun");
    let text = spec();
    let (head, rest) = text.split_once("\npaths:\n").unwrap();
    let (_, components) = rest.split_once("\ncomponents:\n").unwrap();
    for paths in ["paths: {}", "paths:"] {
        let (head, tags) = head.split_once("\ntags:\n").unwrap();
        let (_, security) = tags.split_once("\nsecurity:\n").unwrap();
        let text = format!("{head}\nsecurity:\n{security}\n{paths}\n\ncomponents:\n{components}");
        fs::write(workshop.spec_file(), &text).unwrap();
        workshop.draft("create-department").unwrap();
        let spec = Source::parse("", &workshop.spec()).unwrap().value;
        assert_eq!(spec["tags"][0]["name"], "directory");
        assert_eq!(spec["paths"]["/open-apis/directory/v2/departments"]["post"]["operationId"], "create_department");
    }
}

#[test]
fn inline_map_is_refused_unwritten() {
    let workshop = Workshop::new("one-line");
    let text = spec();
    let (head, tags) = text.split_once("\ntags:\n").unwrap();
    let (_, security) = tags.split_once("\nsecurity:\n").unwrap();
    let text = format!("{head}\ntags: [{{ name: contact, description: c }}]\nsecurity:\n{security}");
    fs::write(workshop.spec_file(), &text).unwrap();
    let line = head.lines().count() + 1;
    let refused = workshop.draft("create-department").unwrap_err().to_string();
    assert!(refused.contains(&format!("openapi.yaml:{line}:1: the draft cannot be inserted here")), "{refused}");
    assert_eq!(workshop.spec(), text);
    // Printed it is all the same.
    let (file, spec) = (workshop.documents().join("create-department.md"), workshop.spec_file());
    let (printed, ended) = run(&["draft", file.to_str().unwrap(), "--spec", spec.to_str().unwrap()]);
    assert!(ended.is_err() && printed.contains("\n      operationId: create_department\n"), "{printed}");
}

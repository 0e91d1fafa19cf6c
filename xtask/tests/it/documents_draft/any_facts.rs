//! Whatever a document states, drafting it ends in a spec that builds.

use super::workshop::{document, spec};
use apidoc::facts::Document;
use apidoc::files::workspace_root;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use specproof::draft::draft;
use specproof::source::{Source, segment};
use std::path::PathBuf;
use std::sync::LazyLock;

/// Words that a document may hold, and that mean something to YAML, Rust or the spec.
const WORDS: &[&str] = &[
    "",
    " ",
    "-",
    "#",
    ": ",
    "a: b",
    "# a",
    "'",
    "\"",
    "\\",
    "{",
    "}",
    "[x]",
    "*a",
    "&a",
    "!a",
    "%",
    "@",
    "`",
    "|",
    ">",
    "null",
    "true",
    "no",
    "0",
    "-1",
    "1e3",
    "0x1",
    "007",
    "~",
    "type",
    "self",
    "crate",
    "Self",
    "body",
    "client",
    "1st",
    "a.b",
    "a.b.c",
    "items",
    "data",
    "data.data",
    "has_more",
    "page_token",
    "page_size",
    "code",
    "msg",
    "Option",
    "String",
    "用户",
    "x\ny",
    "x\u{0}y",
    "\u{2028}",
    "\u{feff}",
    "user_id",
    "userId",
    "UserId",
    "string",
    "int",
    "string[]",
    "undefined[]",
    "object[]",
    "bool",
    "double",
    "GET",
    "POST",
    "DELETE",
    "/",
    "/a",
    "/open-apis/a/v1/b/{c}",
    "/open-apis/a/v1/{x}/{x}",
    "/open-apis/a/b{c}",
    "tenant_access_token",
    "custom",
    "Unknown",
    "$ref",
    "<<",
    "---",
];

/// The facts of this repository's documents and of the fixtures.
static KNOWN: LazyLock<Vec<Value>> = LazyLock::new(known);

fn known() -> Vec<Value> {
    let lock = workspace_root().join("spec/documents");
    let locked = std::fs::read_dir(lock)
        .unwrap()
        .map(|file| serde_json::from_str(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap());
    let fixtures = ["create-department", "list-departments", "delete-role-members", "files", "silent"];
    let read = fixtures.iter().map(|name| {
        let file: PathBuf = document(name);
        let text = std::fs::read_to_string(&file).unwrap();
        serde_json::to_value(apidoc::read(&file.display().to_string(), &text).unwrap().document).unwrap()
    });
    let mut known: Vec<Value> = locked.chain(read).collect();
    // What the spec has would be left alone.
    for document in &mut known {
        document["document"] = json!("any.md");
        for operation in document["operations"].as_array_mut().unwrap() {
            if let Some(path) = operation["path"].as_str() {
                operation["path"] = path.replace("performance/v2", "other/v9").into();
            }
        }
    }
    known
}

#[derive(Clone, Debug)]
enum Change {
    Set(Value),
    Remove,
    Double,
}

fn value() -> impl Strategy<Value = Value> {
    let word = || prop_oneof![4 => select(WORDS).prop_map(str::to_owned), 1 => ".{0,6}"];
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!(0.5)),
    ];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((word(), inner), 0..4).prop_map(|entries| Value::from(Map::from_iter(entries))),
        ]
    })
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{}", segment(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| pointers(value, &format!("{at}/{i}"), found))
        }
        _ => {}
    }
    found.push(at.to_owned());
}

fn change(facts: &mut Value, at: &Index, change: &Change) {
    let mut places = Vec::new();
    pointers(facts, "", &mut places);
    let place = at.get(&places);
    let Some((parent, last)) = place.rsplit_once('/') else { return };
    match (change, facts.pointer_mut(parent).unwrap()) {
        (Change::Set(value), _) => *facts.pointer_mut(place).unwrap() = value.clone(),
        (Change::Remove, Value::Array(items)) => drop(items.remove(last.parse().unwrap())),
        (Change::Double, Value::Array(items)) => {
            let copy = items[last.parse::<usize>().unwrap()].clone();
            items.push(copy);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(crate::property::config(24))]

    #[test]
    fn a_draft_of_anything_builds(
        which in any::<Index>(),
        changes in vec((any::<Index>(), prop_oneof![
            5 => value().prop_map(Change::Set),
            1 => Just(Change::Remove),
            2 => Just(Change::Double),
        ]), 0..12),
    ) {
        let mut facts = which.get(&KNOWN).clone();
        for (at, what) in &changes {
            let before = facts.clone();
            change(&mut facts, at, what);
            // What is no document any more is not drafted.
            if serde_json::from_value::<Document>(facts.clone()).is_err() {
                facts = before;
            }
        }
        let document: Document = serde_json::from_value(facts).unwrap();
        let before = spec();
        let draft = draft("openapi.yaml", &before, vec![document]).unwrap();
        let fragment = draft.fragment();
        let spec = draft.spec.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
        prop_assert!(Source::parse("spec", &spec).is_ok());
        if !fragment.is_empty() {
            prop_assert!(Source::parse("fragment", &fragment).is_ok());
        }
    }
}

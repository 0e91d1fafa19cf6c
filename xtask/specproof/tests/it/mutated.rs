//! What documents state, with one fact otherwise.

use apidoc::facts::Document;
use serde_json::{Value, json};

/// Another value that facts can hold at this key.
fn other(key: &str, value: &Value) -> Value {
    match (key, value) {
        ("in", _) => json!(if value == "query" { "header" } else { "query" }),
        ("kind", _) => json!(if value == "request" { "response" } else { "request" }),
        ("source", _) => json!(if value == "php" { "go" } else { "php" }),
        ("method" | "path" | "default" | "value", Value::Null) => json!("x"),
        (_, Value::Null) => json!(7),
        (_, Value::Bool(value)) => json!(!value),
        (_, Value::Number(number)) if number.is_i64() => json!(number.as_i64().unwrap() + 1),
        (_, Value::Number(_)) => json!(0.5),
        (_, Value::String(text)) => json!(format!("{text}x")),
        _ => unreachable!("no leaf"),
    }
}

/// A list's item under another name: the first of the names that it has.
fn renamed(item: &Value) -> Option<Value> {
    let mut item = item.clone();
    let Some(entries) = item.as_object_mut() else {
        // Far away from what the list has already.
        return match &item {
            Value::Number(number) => Some(json!(number.as_i64().unwrap() + 1000)),
            Value::Array(_) => None,
            scalar => Some(other("", scalar)),
        };
    };
    // An operation is its address where it has one.
    if entries.contains_key("examples") && entries["path"].is_string() {
        entries["path"] = other("path", &entries["path"]);
    }
    let key = ["name", "code", "path", "value"].into_iter().find(|key| entries.contains_key(*key));
    let key = key.map_or_else(|| entries.keys().next().cloned(), |key| Some(key.to_owned()))?;
    match &mut entries[&key] {
        Value::Object(value) => drop(value.insert("doubled".to_owned(), json!(1))),
        value @ Value::Array(_) => *value = json!("doubled"),
        value => *value = other(&key, value),
    }
    Some(item)
}

/// A document with one thing changed.
pub struct Mutant {
    pub kind: &'static str,
    pub pointer: String,
    pub document: Value,
}

/// Every fact changed, dropped, or doubled under another name.
pub fn mutants(document: &Value) -> Vec<Mutant> {
    let mut found = Vec::new();
    collect(document, document, String::new(), &mut found);
    // What no facts can hold is no state of a document: a parameter without a type.
    found.retain(|mutant| serde_json::from_value::<Document>(mutant.document.clone()).is_ok());
    found
}

fn collect(document: &Value, value: &Value, pointer: String, found: &mut Vec<Mutant>) {
    let key = pointer.rsplit('/').next().unwrap_or_default();
    if key == "line" {
        return;
    }
    let mut note = |kind, change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        found.push(Mutant { kind, pointer: pointer.clone(), document });
    };
    if let Some((parent, key)) = pointer.rsplit_once('/') {
        let key = key.replace("~1", "/").replace("~0", "~");
        note("dropped", &|document| match document.pointer_mut(parent).unwrap() {
            Value::Array(items) => drop(items.remove(key.parse().unwrap())),
            Value::Object(entries) => drop(entries.shift_remove(&key)),
            _ => {}
        });
        note("doubled", &|document| match document.pointer_mut(parent).unwrap() {
            Value::Array(items) => items.extend(renamed(value)),
            Value::Object(entries) => drop(entries.insert(format!("{key}_x"), value.clone())),
            _ => {}
        });
    }
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(document, value, format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(document, value, format!("{pointer}/{index}"), found);
            }
        }
        leaf => note("changed", &|document| *document.pointer_mut(&pointer).unwrap() = other(key, leaf)),
    }
}

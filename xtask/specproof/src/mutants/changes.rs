//! Everything that one could change about a spec, one thing at a time.
//!
//! Each entry, item, key and value is removed, renamed, changed, emptied, doubled or
//! exchanged for another of its category, and keys that could be added are added.

use super::additions::additions;
use super::mutant::{Change, Mutant};
use super::names::{self, Others, category, children};
use serde_json::{Value, json};

/// Texts for people: another wording is no other meaning.
const PROSE: [&str; 5] = ["description", "summary", "advice", "title", "x-enum-descriptions"];

/// All mutants of a spec, in its order.
pub(super) fn mutants(spec: &Value) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    collect(spec, "", &names::others(spec), &mut mutants);
    mutants
}

fn collect(value: &Value, pointer: &str, others: &Others, mutants: &mut Vec<Mutant>) {
    let mut add = |kind, change| mutants.push(Mutant { kind, pointer: pointer.to_owned(), change });
    let last = pointer.rsplit('/').next().unwrap_or_default();
    let in_prose =
        PROSE.iter().any(|prose| pointer.ends_with(&format!("/{prose}")) || pointer.contains(&format!("/{prose}/")));
    let is_property = pointer.ends_with(&format!("/properties/{last}"));
    if !pointer.is_empty() {
        add("removed", Change::Remove);
        if last.parse::<usize>().is_err() {
            add("renamed", Change::Rename(format!("{}_x", last.replace("~1", "/").replace("~0", "~"))));
        }
    }
    match value {
        Value::Bool(value) => add("flipped", Change::Set(json!(!value))),
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            add("one more", Change::Set(json!(number + 1)));
            add("one less", Change::Set(json!(number - 1)));
        }
        Value::String(text) => {
            if !in_prose {
                add("changed", Change::Set(json!(format!("{text}x"))));
            }
            add("emptied", Change::Set(json!("")));
            let category = if is_property { None } else { category(pointer) };
            // Of names of our own one other says as much as forty.
            let most =
                if matches!(category, Some("error name" | "kind" | "example" | "failure")) { 1 } else { usize::MAX };
            for other in category
                .and_then(|category| others.get(category))
                .into_iter()
                .flatten()
                .filter(|other| *other != text)
                .take(most)
            {
                add("exchanged", Change::Set(json!(other)));
            }
        }
        Value::Array(items) => {
            if items.len() > 1 && !items[0].is_object() && !in_prose {
                add("reordered", Change::Set(items.iter().rev().cloned().collect()));
            }
            match items.first() {
                Some(Value::Number(_)) => add("added", Change::Push(json!(9))),
                Some(Value::String(_)) => {
                    add("added", Change::Push(json!("added_x")));
                    let category = category(&format!("{pointer}/0"));
                    for other in category
                        .and_then(|category| others.get(category))
                        .into_iter()
                        .flatten()
                        .filter(|other| !items.contains(&json!(other)))
                    {
                        add("added", Change::Push(json!(other)));
                    }
                }
                Some(first @ Value::Object(_)) => add("doubled", Change::Push(first.clone())),
                _ => {}
            }
        }
        Value::Object(entries) if !last.starts_with("x-feishu-error-names") => {
            add("added", Change::Add("added_x".to_owned(), json!("x")));
            if !is_properties(pointer) {
                additions(entries, |key, value| add("added", Change::Add(key.to_owned(), value)));
            }
        }
        _ => {}
    }
    for (pointer, value) in children(value, pointer) {
        collect(value, &pointer, others, mutants);
    }
}

fn is_properties(pointer: &str) -> bool {
    pointer.ends_with("/properties") && !pointer.ends_with("/properties/properties")
}

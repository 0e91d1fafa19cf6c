//! The proof cannot be fooled: whatever changes in the spec, `validate` notices.
//!
//! Every entry, item, key and value of the real spec is changed, one at a time, and so
//! is everything that could be added to it. A mutant that `validate` lets pass is a
//! hole in the proof, unless it stands in `ACCEPTED` with the reason why nobody could
//! know better; an entry there that no longer survives fails the test as well.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use xtask::validate::{Inputs, Paths, is_proven, validate};

/// Survivors (`*` stands for anything) and why nobody could know better.
const ACCEPTED: &[(&str, &str)] = &[
    ("* /info/license*", "the licence is this crate's own"),
    ("changed /info/version *", "the version is this crate's own"),
    ("changed */x-enum-varnames/*", "names in code are our own"),
    ("reordered */x-enum-varnames *", "names in code are our own"),
    ("reordered */enum *", "documents list the same values in several orders"),
    ("reordered */required *", "the order means nothing"),
    ("reordered */x-feishu-app-types *", "the order means nothing"),
    ("reordered */x-feishu-page/items *", "no answer holds both lists"),
    ("exchanged */x-feishu-page/item_key *", "that a plain string is an `id` is said in prose alone"),
    ("* /components/schemas/UserGroup/x-feishu-first-of*", "a convenience of our own"),
    ("exchanged */properties/msg/$ref \"#/components/schemas/PageToken\"", "both are plain texts"),
    ("exchanged */properties/page_token/$ref \"#/components/schemas/Message\"", "both are plain texts"),
    ("exchanged */responses/*XX/$ref *", "both hold the same schema"),
    ("exchanged */patch/x-feishu-retry/rule \"never-sent\"", "whether a PATCH may be repeated is our own reading"),
    ("exchanged */x-feishu-errors/*/name *", "names of errors are our own, and several errors share these"),
    ("exchanged /x-feishu-error-names/*/kind *", "what a failure means to a program is our own reading"),
];

/// Without optimisation a proof takes ten times as long, so that a debug build tries only
/// every n-th mutant; `cargo test --release -p xtask --test validate_mutants` tries all.
const EVERY: usize = if cfg!(debug_assertions) { 11 } else { 1 };

/// One change.
struct Mutant {
    kind: &'static str,
    pointer: String,
    change: Change,
}

enum Change {
    Set(Value),
    Remove,
    Rename(String),
    Add(String, Value),
    Push(Value),
}

impl Mutant {
    fn apply(&self, spec: &Value) -> Option<Value> {
        let mut spec = spec.clone();
        match &self.change {
            Change::Set(value) => *spec.pointer_mut(&self.pointer)? = value.clone(),
            Change::Add(key, value) => {
                spec.pointer_mut(&self.pointer)?.as_object_mut()?.insert(key.clone(), value.clone());
            }
            Change::Push(value) => spec.pointer_mut(&self.pointer)?.as_array_mut()?.push(value.clone()),
            Change::Remove | Change::Rename(_) => {
                let (parent, key) = self.pointer.rsplit_once('/')?;
                let key = key.replace("~1", "/").replace("~0", "~");
                match spec.pointer_mut(parent)? {
                    Value::Array(items) => drop(items.remove(key.parse().ok()?)),
                    Value::Object(entries) => {
                        let value = entries.shift_remove(&key)?;
                        if let Change::Rename(name) = &self.change {
                            entries.insert(name.clone(), value);
                        }
                    }
                    _ => return None,
                }
            }
        }
        Some(spec)
    }

    fn name(&self) -> String {
        let what = match &self.change {
            Change::Set(value) => value.to_string(),
            Change::Add(key, value) => format!("{key}: {value}"),
            Change::Push(value) => value.to_string(),
            Change::Rename(name) => name.clone(),
            Change::Remove => String::new(),
        };
        format!("{} {} {what}", self.kind, self.pointer)
    }
}

/// Texts for people: another wording is no other meaning.
const PROSE: [&str; 5] = ["description", "summary", "advice", "title", "x-enum-descriptions"];

fn mutants(spec: &Value) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut others: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    collect_others(spec, "", &mut others);
    collect(spec, "", &others, &mut mutants);
    mutants
}

/// What a name could be mistaken for: other names of its sort.
fn sort(pointer: &str) -> Option<&'static str> {
    let segments: Vec<&str> = pointer.rsplit('/').collect();
    Some(match segments.as_slice() {
        ["$ref", ..] => "reference",
        ["name", _, "x-feishu-errors" | "x-feishu-platform-errors", ..] => "error name",
        ["kind", ..] => "kind",
        ["rule", "x-feishu-retry", ..] => "rule",
        ["operationId", ..] => "operation",
        ["operation", "x-source", ..] => "source",
        ["document", "x-source", ..] => "document",
        ["type", ..] => "type",
        ["in", ..] => "in",
        [_, "tags", ..] => "tag",
        [_, "x-feishu-access-tokens", ..] => "token",
        [_, "x-feishu-scopes", ..] => "scope",
        [_, "x-feishu-app-types", ..] => "app type",
        ["token" | "has_more" | "x-feishu-data", ..] | [_, "items", "x-feishu-page", ..] => "pointer",
        ["request_token" | "request_size" | "parameter", ..] => "query",
        ["item_key", ..] => "property",
        ["item", ..] => "schema",
        _ => return None,
    })
}

fn collect_others(value: &Value, pointer: &str, others: &mut BTreeMap<&'static str, BTreeSet<String>>) {
    if let (Some(sort), Some(text)) = (sort(pointer), value.as_str()) {
        others.entry(sort).or_default().insert(text.to_owned());
    }
    for (pointer, value) in children(value, pointer) {
        collect_others(value, &pointer, others);
    }
    if pointer.is_empty() {
        for (sort, known) in [
            ("kind", &["invalid", "not-found", "duplicate", "token", "quota"][..]),
            ("rule", &["safe", "never-sent", "idempotency-key"]),
            ("type", &["string", "integer", "number", "boolean", "object", "array"]),
            ("in", &["query", "header", "path", "cookie"]),
            (
                "pointer",
                &["/code", "/msg", "/data", "/data/data", "/data/groups", "/data/page_token", "/data/has_more"],
            ),
            (
                "query",
                &["page_token", "page_size", "type", "group_type", "member_id", "member_id_type", "user_id_type"],
            ),
            ("property", &["id", "group_id", "name", "type"]),
            ("schema", &["UserGroup", "UserIdType", "ListUserGroupsData"]),
            ("app type", &["custom", "isv"]),
        ] {
            others.entry(sort).or_default().extend(known.iter().map(|text| (*text).to_owned()));
        }
    }
}

fn children<'a>(value: &'a Value, pointer: &str) -> Vec<(String, &'a Value)> {
    match value {
        Value::Object(entries) => {
            let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
            entries.iter().map(|(key, value)| (format!("{pointer}/{}", escape(key)), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(i, value)| (format!("{pointer}/{i}"), value)).collect(),
        _ => Vec::new(),
    }
}

fn collect(value: &Value, pointer: &str, others: &BTreeMap<&'static str, BTreeSet<String>>, mutants: &mut Vec<Mutant>) {
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
            let sort = if is_property { None } else { sort(pointer) };
            // Of names of our own one other says as much as forty.
            let most = if matches!(sort, Some("error name" | "kind")) { 1 } else { usize::MAX };
            for other in
                sort.and_then(|sort| others.get(sort)).into_iter().flatten().filter(|other| *other != text).take(most)
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
                    let sort = sort(&format!("{pointer}/0"));
                    for other in sort
                        .and_then(|sort| others.get(sort))
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

/// What could stand in a schema, parameter or operation and does not.
fn additions(entries: &Map<String, Value>, mut add: impl FnMut(&str, Value)) {
    let mut offer = |key: &str, value: Value| {
        if !entries.contains_key(key) {
            add(key, value);
        }
    };
    let is = |kind: &str| entries.get("type") == Some(&json!(kind));
    if is("string") {
        for (key, value) in [
            ("minLength", json!(1)),
            ("maxLength", json!(50)),
            ("pattern", json!("^.*$")),
            ("default", json!("x")),
            ("format", json!("date-time")),
        ] {
            offer(key, value);
        }
        offer("enum", json!(["open_id"]));
    }
    if is("integer") {
        for (key, value) in
            [("minimum", json!(0)), ("maximum", json!(5000)), ("default", json!(1)), ("enum", json!([1, 2]))]
        {
            offer(key, value);
        }
    }
    if is("array") {
        offer("minItems", json!(1));
        offer("maxItems", json!(50));
        offer("uniqueItems", json!(true));
    }
    if is("object") {
        offer("additionalProperties", json!(true));
        let names = entries.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
        for name in names {
            let required = entries.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            if !required.contains(&json!(name)) {
                add("required", [required, vec![json!(name)]].concat().into());
            }
        }
        return;
    }
    if entries.contains_key("type") {
        offer("nullable", json!(true));
    }
    if entries.contains_key("in") {
        for (key, value) in [("required", json!(true)), ("deprecated", json!(true)), ("explode", json!(false))] {
            offer(key, value);
        }
    }
    if entries.contains_key("operationId") {
        for (key, value) in [
            ("deprecated", json!(true)),
            ("security", json!([])),
            ("x-feishu-data", json!("/data")),
            ("x-feishu-page", json!({ "items": ["/data"] })),
            (
                "requestBody",
                json!({ "required": true, "content": { "application/json": { "schema": { "type": "object" } } } }),
            ),
        ] {
            offer(key, value);
        }
    }
    if let Some(rate) = entries.get("per_minute") {
        offer("per_second", rate.clone());
    }
    if entries.contains_key("rule") {
        offer("arrived", json!(42002));
        offer("parameter", json!("user_id_type"));
    }
    if entries.contains_key("item") {
        offer("item_key", json!("id"));
    }
}

/// Whether a name has the form of a pattern in which `*` stands for anything.
fn has_form(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| has_form(&name[at..], rest))
        }),
    }
}

fn survivors(inputs: &Inputs) -> (usize, Vec<String>) {
    let mutants: Vec<Mutant> = mutants(&inputs.spec.value).into_iter().step_by(EVERY).collect();
    let next = AtomicUsize::new(0);
    let survivors = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let mut inputs = inputs.clone();
                let original = inputs.spec.value.clone();
                while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(value) = mutant.apply(&original).filter(|value| *value != original) else { continue };
                    inputs.spec.value = value;
                    if is_proven(&inputs) {
                        survivors.lock().unwrap().push(mutant.name());
                    }
                }
            });
        }
    });
    let mut survivors = survivors.into_inner().unwrap();
    survivors.sort();
    (mutants.len(), survivors)
}

#[test]
fn every_change_of_the_spec_is_noticed() {
    let inputs = Inputs::load(&Paths::default()).unwrap();
    assert_eq!(validate(&inputs).unwrap(), [], "only a spec that is clean can be mutated");
    let (mutants, survivors) = survivors(&inputs);
    assert!(mutants > 800, "only {mutants} mutants");
    let is_accepted = |name: &&String| ACCEPTED.iter().any(|(pattern, _)| has_form(name, pattern));
    let unexplained: Vec<&String> = survivors.iter().filter(|name| !is_accepted(name)).collect();
    assert!(unexplained.is_empty(), "nothing notices these changes: {unexplained:#?}");
    if EVERY == 1 {
        let stale = ACCEPTED.iter().find(|(pattern, _)| !survivors.iter().any(|name| has_form(name, pattern)));
        assert_eq!(stale, None, "no survivor has this form any more");
    }
}

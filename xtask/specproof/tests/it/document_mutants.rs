//! Nothing that documents state can change without `validate` noticing.
//!
//! Every leaf of the lock's facts is changed, dropped, or doubled under another name,
//! and the spec must then no longer be proven. Exceptions are listed here
//! with its reason; an entry that nothing needs is an error.

use crate::mutated::mutants;
use apidoc::facts::Document;
use serde_json::Value;
use specproof::validate::{Inputs, Paths, is_proven};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ONE_OF_MANY: &str = "an example shows one request or response of many: another value is another example";
const SILENT: &str = "the service's own facts say the same: a document that falls silent contradicts nothing";

/// Kind of change, the place with each index as `0` (or all places in one, with `/` at its end), and why nobody could
/// know better.
const UNNOTICED: &[(&str, &str, &str)] = &[
    ("changed", "/title", "a title is prose"),
    ("changed", "/operations/0/title", "a title is prose"),
    ("changed", "/operations/0/examples/0/", ONE_OF_MANY),
    ("dropped", "/operations/0/examples/0", ONE_OF_MANY),
    ("dropped", "/operations/0/examples/0/", ONE_OF_MANY),
    ("doubled", "/operations/0/examples/0/headers/", "what headers a client sends besides is its own business"),
    ("doubled", "/operations/0/examples/0/value/user_ids/0", ONE_OF_MANY),
    ("doubled", "/operations/0/examples/0/value/members/0", ONE_OF_MANY),
    ("doubled", "/operations/0/examples/0/value/emails/0", ONE_OF_MANY),
    ("doubled", "/operations/0/examples/0/value/mobiles/0", ONE_OF_MANY),
    ("doubled", "/operations/0/examples/0/value/data/", ONE_OF_MANY),
    ("changed", "/operations/0/parameters/0/max_length", "a list has no length: the reader calls it `max_items`"),
    ("changed", "/operations/0/parameters/0/min_length", "a list has no length: the reader calls it `min_items`"),
    ("doubled", "/operations/0/errors/0", "the code of the next row: the reader tells of a code that is listed twice"),
    ("dropped", "/operations/0/method", SILENT),
    ("dropped", "/operations/0/path", SILENT),
    ("dropped", "/operations/0/scopes/0", SILENT),
    ("dropped", "/operations/0/app_types/0", SILENT),
    ("dropped", "/operations/0/rate_limit", SILENT),
    ("dropped", "/operations/0/response_fields", SILENT),
    ("dropped", "/operations/0/response_fields/0/", SILENT),
    ("changed", "/operations/0/response_fields/0/type", "`-` and the name of an object say nothing about a value"),
    ("dropped", "/operations/0/errors/0/http", SILENT),
    ("dropped", "/operations/0/parameters/0/", SILENT),
    ("dropped", "/operations/0/parameters/0", "the path or an example names the same parameter"),
    ("dropped", "/operations/0/response_fields/0", "the document's example shows the same field"),
];

/// Without optimisation a proof takes ten times as long: a debug build tries every n-th mutant.
const EVERY: usize = if cfg!(debug_assertions) { 19 } else { 1 };

/// Words that state the type of a value: a change of one must be noticed.
const TYPES: &[&str] = &["string", "int", "bool", "string[]", "int64", "boolean"];

fn lock() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/documents");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()).collect()
}

fn parsed(document: &Value) -> Document {
    serde_json::from_value(document.clone()).unwrap()
}

#[test]
fn every_document_mutant_is_noticed() {
    let mut inputs = Inputs::load(&Paths::default()).unwrap();
    let lock = lock();
    inputs.set_documents(lock.iter().map(parsed).collect());
    assert!(is_proven(&inputs));
    let (mut tried, mut unnoticed, mut used) = (0, Vec::new(), BTreeSet::new());
    for (at, original) in lock.iter().enumerate() {
        for mutant in mutants(original).into_iter().step_by(EVERY) {
            if parsed(&mutant.document) == parsed(original) {
                continue; // A `null` was dropped: it said nothing.
            }
            let mut documents: Vec<Document> = lock.iter().map(parsed).collect();
            documents[at] = parsed(&mutant.document);
            inputs.set_documents(documents);
            tried += 1;
            if !is_proven(&inputs) {
                continue;
            }
            let place = plain(&mutant.pointer);
            let states_type = place.ends_with("/type")
                && original.pointer(&mutant.pointer).and_then(Value::as_str).is_some_and(|word| TYPES.contains(&word));
            let is_there = |at: &str| if at.ends_with('/') { place.starts_with(at) } else { place == at };
            let entry = |(kind, at, _): &&(&str, &str, &str)| *kind == mutant.kind && is_there(at) && !states_type;
            match UNNOTICED.iter().find(entry) {
                Some((kind, begins, _)) => drop(used.insert((*kind, *begins))),
                None => unnoticed.push(format!("{} {}", mutant.kind, mutant.pointer)),
            }
        }
    }
    assert!(unnoticed.is_empty(), "these mutants survived: {unnoticed:#?}");
    assert!(tried > 900 / EVERY, "only {tried} mutants");
    if EVERY == 1 {
        let stale = UNNOTICED.iter().find(|(kind, begins, _)| !used.contains(&(*kind, *begins)));
        assert_eq!(stale, None, "nothing goes unnoticed there any more");
    }
}

/// A pointer with each index as `0`.
fn plain(pointer: &str) -> String {
    let segments = pointer.split('/').map(|segment| if segment.parse::<usize>().is_ok() { "0" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

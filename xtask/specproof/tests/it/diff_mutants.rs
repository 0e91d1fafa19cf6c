//! Nothing that documents state can change without `documents diff` telling it, at its place.
//!
//! Every leaf of the lock's facts, and of the golden ones, which hold what the lock
//! lacks, is changed, dropped, or doubled under another name. All differences must
//! then be about the very thing that was touched, and none may be about lines.

use crate::mutated::{Mutant, mutants};
use apidoc::facts::Document;
use serde_json::{Value, json};
use specproof::diff::{Difference, differences};
use specproof::source::Source;
use std::fs;
use std::path::Path;

fn spec() -> Source {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/openapi.yaml");
    Source::parse("openapi.yaml", &fs::read_to_string(file).unwrap()).unwrap()
}

fn documents() -> Vec<Value> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        fs::read_dir(package.join("../../spec/documents")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.push(package.join("tests/golden/diff/old.json"));
    files.push(package.join("tests/golden/diff/new.json"));
    let read = |file: &std::path::PathBuf| serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")).map(read).collect()
}

fn parsed(document: &Value) -> Document {
    serde_json::from_value(document.clone()).unwrap()
}

/// The operation that a mutant is about, and how the topics of its differences must begin.
fn expected(original: &Value, mutant: &Mutant) -> (Option<String>, Vec<String>) {
    let segments: Vec<&str> = mutant.pointer.split('/').skip(1).collect();
    let ["operations", index, rest @ ..] = segments.as_slice() else {
        return (None, vec![format!("document {}", segments[0]).replace("document document", "document name")]);
    };
    let at = |pointer: String, key: &str| {
        let found = [original, &mutant.document].map(|document| document.pointer(&format!("{pointer}/{key}")).cloned());
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        found.into_iter().flatten().map(text).collect::<Vec<_>>()
    };
    let operation = format!("/operations/{index}");
    let part = |list: &str, index: &str| format!("{operation}/{list}/{index}");
    let is_doubled = mutant.kind == "doubled" && rest.len() < 3;
    let last = |list: &str| match (is_doubled, mutant.document.pointer(&format!("{operation}/{list}"))) {
        (true, Some(Value::Array(items))) => (items.len() - 1).to_string(),
        _ => rest[1].to_owned(),
    };
    let starts = match rest {
        [] => vec!["operation".to_owned()],
        // A whole list is gone.
        ["response_fields"] => vec!["response ".to_owned()],
        ["parameters", _, rest @ ..] => {
            let part = part("parameters", &last("parameters"));
            let (names, places) = (at(part.clone(), "name"), at(part, "in"));
            let all = names.iter().flat_map(|name| places.iter().map(move |place| format!("{place} {name}")));
            let aspect = rest.first().filter(|aspect| !["name", "in"].contains(aspect));
            all.map(|start| aspect.map_or(start.clone(), |aspect| format!("{start} {aspect}"))).collect()
        }
        ["response_fields", ..] => at(part("response_fields", &last("response_fields")), "path")
            .iter()
            .map(|path| format!("response {path}"))
            .collect(),
        ["errors", ..] => {
            at(part("errors", &last("errors")), "code").iter().map(|code| format!("error {code}")).collect()
        }
        ["examples", _, rest @ ..] => {
            let part = part("examples", &last("examples"));
            let (kinds, sources) = (at(part.clone(), "kind"), at(part, "source"));
            let all = kinds
                .iter()
                .flat_map(|kind| sources.iter().map(move |source| format!("example of {kind} in {source}")));
            let shown = match (rest, mutant.kind) {
                ([part @ ("value" | "query" | "headers" | "path_parameters"), inner @ .., _], _)
                    if !inner.is_empty() =>
                {
                    format!(" {part} /{}", inner.join("/"))
                }
                ([part @ ("value" | "query" | "headers" | "path_parameters" | "method" | "path"), ..], _) => {
                    format!(" {part}")
                }
                _ => String::new(),
            };
            all.map(|start| start + &shown).collect()
        }
        _ => {
            vec![rest.iter().filter(|segment| segment.parse::<usize>().is_err()).copied().collect::<Vec<_>>().join(" ")]
        }
    };
    let names = at(operation, "name");
    (if rest.is_empty() && mutant.kind == "doubled" { None } else { Some(names[0].clone()) }, starts)
}

fn told(differences: &[Difference]) -> Vec<(Option<&str>, String)> {
    let operation = |difference: &Difference| difference.topic.to_string();
    differences.iter().map(|d| (d.operation.as_ref().map(|o| o.name.as_str()), operation(d))).collect()
}

/// Without optimisation a comparison takes ten times as long: a debug build tries every n-th mutant.
const EVERY: usize = if cfg!(debug_assertions) { 5 } else { 1 };

#[test]
fn every_fact_mutant_is_reported() {
    let spec = spec();
    let (mut tried, mut wrong) = (0, Vec::new());
    for original in documents() {
        for mutant in mutants(&original).into_iter().step_by(EVERY) {
            let (before, after) = (parsed(&original), parsed(&mutant.document));
            if before == after {
                continue; // A `null` was dropped: it said nothing.
            }
            tried += 1;
            let found = differences(vec![before], vec![after.clone()], &spec);
            let (operation, starts) = expected(&original, &mutant);
            let found_at_place = |(of, topic): &(Option<&str>, String)| {
                operation.as_deref().is_none_or(|name| *of == Some(name))
                    && starts.iter().any(|start| topic.starts_with(start.as_str()))
            };
            let told = told(&found);
            if told.is_empty() || !told.iter().all(found_at_place) {
                wrong.push(format!("{} {}: {told:?}, not {operation:?} {starts:?}", mutant.kind, mutant.pointer));
            }
            let unplaced = found.iter().find(|difference| spec.value.pointer(&difference.spec.pointer).is_none());
            wrong.extend(unplaced.map(|difference| format!("{} is nowhere in the spec", difference.spec.pointer)));
            assert_eq!(differences(vec![after.clone()], vec![after], &spec), [], "{}", mutant.pointer);
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 1500 / EVERY, "only {tried} mutants");
}

/// Every line, wherever it stands, by some more.
fn moved(value: &mut Value) {
    match value {
        Value::Object(entries) => entries.iter_mut().for_each(|(key, value)| match (key.as_str(), value.as_u64()) {
            ("line", Some(line)) => *value = json!(line + 3),
            _ => moved(value),
        }),
        Value::Array(items) => items.iter_mut().for_each(moved),
        _ => {}
    }
}

#[test]
fn moved_lines_are_no_difference() {
    let spec = spec();
    let original = documents();
    let all: Vec<Document> = original.iter().take(2).map(parsed).collect();
    let mut elsewhere = original.clone();
    elsewhere.iter_mut().for_each(moved);
    assert_ne!(original, elsewhere);
    let elsewhere: Vec<Document> = elsewhere.iter().take(2).rev().map(parsed).collect();
    assert_eq!(differences(all, elsewhere, &spec), []);
}

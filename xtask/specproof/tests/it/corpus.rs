//! Many documents: all are read without a warning, and comparing tells exactly what changed.

use apidoc::facts::Document;
use apidoc::read;
use specproof::diff::differences;
use specproof::source::Source;
use std::path::Path;

/// Without optimisation reading is slow; `cargo test --profile bench -p specproof --test it corpus` reads a thousand.
const COUNT: usize = if cfg!(debug_assertions) { 84 } else { 1000 };

fn spec() -> Source {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/openapi.yaml");
    Source::parse("openapi.yaml", &std::fs::read_to_string(file).unwrap()).unwrap()
}

fn facts(name: &str, text: &str) -> Document {
    let reading = read(name, text).unwrap();
    assert_eq!(reading.warnings, [], "{name}:\n{text}");
    reading.document
}

#[test]
fn corpus_changes_are_all_reported() {
    let corpus = crate::generated::documents(COUNT);
    let old: Vec<Document> = corpus.iter().map(|document| facts(&document.name, &document.old)).collect();
    let new: Vec<Document> = corpus.iter().map(|document| facts(&document.name, &document.new)).collect();
    assert!(old.iter().all(|document| document.operations.iter().all(|operation| operation.parameters.len() >= 3)));
    let found = differences(old, new, &spec());
    let changed: Vec<&str> =
        corpus.iter().filter(|document| document.changed).map(|document| document.name.as_str()).collect();
    let told: Vec<&str> =
        found.iter().filter_map(|difference| difference.new.place.as_ref()).map(|place| place.file.as_str()).collect();
    assert!(changed.len() >= COUNT / 7);
    assert_eq!(told, changed);
}

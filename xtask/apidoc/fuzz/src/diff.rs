//! Any two documents, separated by a form feed, can be compared: a document does not differ from itself, and
//! what differs from one to the other differs back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use specproof::diff::{differences, human, json, markdown};
use apidoc::read;
use specproof::source::Source;

static SPEC: LazyLock<Source> = LazyLock::new(|| {
    Source::parse("openapi.yaml", include_str!("../../../../spec/openapi.yaml")).expect("the spec can be read")
});

fuzz_target!(|text: &str| {
    let Some((old, new)) = text.split_once('\u{c}') else { return };
    let (Ok(old), Ok(new)) = (read("doc.md", old), read("doc.md", new)) else { return };
    let (old, new) = (vec![old.document], vec![new.document]);
    assert_eq!(differences(old.clone(), old.clone(), &SPEC), []);
    let there = differences(old.clone(), new.clone(), &SPEC);
    let back = differences(new.clone(), old.clone(), &SPEC);
    assert_eq!(there.is_empty(), back.is_empty());
    for print in [human, json, markdown] {
        print(&there, &mut Vec::new()).expect("a vector takes everything");
    }
});

//! Nothing is skipped in silence: every word of every document, garbled, is still a fact or gets a warning.
//!
//! A word that says nothing may be anything, so that only what changes the facts counts.
//! If the garbage itself has become a fact, comparing and proving will find it there.

use super::{PAGE, SDK, facts, without_lines};
use apidoc::{Reading, read};
use serde_json::Value;

const CREATE: &str = include_str!("../documents/public/create-user-group.md");
const LIST: &str = include_str!("../documents/public/list-user-groups.md");

const ENGLISH: &str = include_str!("../documents/faults/english.md");

/// A character that no document has, and that no word of a document is made of.
const GARBAGE: &str = "※";

/// Words of running prose whose loss no reader could notice: line, word, and why.
const UNNOTICED: &[(&str, usize, &str, &str)] =
    &[("create", 50, "默认取值", "its `1` is one of the possible values, which prose may speak of")];

/// The words of a text: where each begins and ends.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        let is_letter = c.is_alphanumeric() || c == '_';
        match (start, is_letter) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The facts without their lines: what moves says the same.
fn stated(reading: &Reading) -> Value {
    let mut value = serde_json::to_value(&reading.document).expect("facts are JSON");
    without_lines(&mut value);
    value
}

/// What became of each word of a document that was garbled without anybody telling.
fn silent(name: &str, document: &str) -> Vec<String> {
    facts(document);
    let whole = read("folder/doc.md", document).expect("known family");
    let plain = stated(&whole);
    let lines: Vec<&str> = document.lines().collect();
    let mut silent = Vec::new();
    for (start, end) in words(document) {
        let text = format!("{}{GARBAGE}{}", &document[..start], &document[end..]);
        // A document without a mark of its family is refused as a whole.
        let Ok(reading) = read("folder/doc.md", &text) else { continue };
        let found = stated(&reading);
        if found == plain || found.to_string().contains(GARBAGE) {
            continue;
        }
        let (word, line) = (&document[start..end], document[..start].matches('\n').count() + 1);
        // What a cell held has one place; a word that holds a section together is missed elsewhere.
        let is_cell =
            lines[line - 1].trim_start().starts_with('|') && !lines.get(line).is_some_and(|next| next.contains("---"));
        let told = reading.warnings.iter().any(|warning| !is_cell || warning.line == line);
        let known = UNNOTICED.iter().any(|(of, at, what, _)| (*of, *at, *what) == (name, line, word));
        if told == known {
            let how = if known { "told, and listed as unnoticed" } else { "lost in silence" };
            silent.push(format!("{name}:{line}: `{word}` is {how}: {} {:?}", lines[line - 1], reading.warnings));
        }
    }
    silent
}

#[test]
fn garbled_words_change_facts_or_warn() {
    let mut found = Vec::new();
    for (name, document) in [("sdk", SDK), ("page", PAGE), ("create", CREATE), ("list", LIST), ("english", ENGLISH)] {
        found.extend(silent(name, document));
    }
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

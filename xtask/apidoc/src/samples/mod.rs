//! Samples: the request that a piece of code would send.
//!
//! A sample proves more than a JSON block: method, path, query, headers and body
//! together. One small module per way of calling turns it into an example; they
//! share a reader of tokens, expressions and values, which is generous about
//! languages and strict about values: what is no literal is not guessed.

mod builders;
pub(super) mod csharp_sdk;
mod curl;
mod cursor;
mod evaluate;
pub(super) mod expression;
mod node;
mod php;
mod restsharp;
#[cfg(test)]
mod tests;
pub(super) mod tokens;
pub(super) mod url;

use super::markdown::Code;
use super::warnings::Warnings;
use crate::facts::{Example, ExampleKind, ExampleSource, Operation, Place};
use serde_json::Value;
use std::collections::BTreeMap;

type Reader = fn(&Code, &Operation, &mut Warnings) -> Vec<Example>;

/// The words that a fence may name a language with, and the reader for it.
const READERS: &[(&[&str], Reader)] = &[
    (&["bash", "shell", "sh", "zsh", "curl"], curl::read),
    (&["php"], php::read),
    (&["csharp", "c#", "cs"], restsharp::read),
    (&["javascript", "js", "typescript", "ts", "node", "nodejs"], node::read),
    (&["go", "golang"], builders::go),
    (&["python", "py"], builders::python),
    (&["java"], builders::java),
];

/// The requests in a sample, read with the parameters of the operation it shows.
pub(super) fn read(code: &Code, operation: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    let language = code.language.as_str();
    let Some((_, reader)) = READERS.iter().find(|(words, _)| words.contains(&language)) else {
        warnings.add_line(
            code.line,
            format!("`{language}` is no language that samples are read in: the block was not read"),
        );
        return Vec::new();
    };
    let examples = reader(code, operation, warnings);
    if examples.is_empty() {
        warnings.add_line(code.line, format!("no request was read from this {language} sample"));
    }
    examples
}

/// A request of which nothing is known yet.
pub(super) fn example(source: ExampleSource, line: usize) -> Example {
    Example {
        kind: ExampleKind::Request,
        source,
        value: Value::Null,
        line,
        method: None,
        path: None,
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        path_parameters: BTreeMap::new(),
    }
}

/// Puts a parameter where it travels.
fn put(example: &mut Example, place: Place, name: &str, value: Value) {
    match place {
        Place::Query => put_text(&mut example.query, name, value),
        Place::Path => put_text(&mut example.path_parameters, name, value),
        Place::Header => put_headers(example, Value::Object([(name.to_owned(), value)].into_iter().collect())),
        Place::Body => {}
    }
}

/// A parameter as it is sent: always text, a list as a list of texts, `null` not at all.
///
/// A name that comes twice is such a list.
fn put_text(query: &mut BTreeMap<String, Value>, name: &str, value: Value) {
    let value = match value {
        Value::Null => return,
        Value::String(text) => Value::String(text),
        Value::Array(items) => {
            for item in items {
                put_text(query, name, item);
            }
            return;
        }
        other => Value::String(other.to_string()),
    };
    match query.get_mut(name) {
        Some(Value::Array(items)) => items.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            query.insert(name.to_owned(), value);
        }
    }
}

fn put_headers(example: &mut Example, headers: Value) {
    if let Value::Object(headers) = headers {
        for (name, value) in headers {
            if let Value::String(value) = value {
                example.headers.insert(name, value);
            }
        }
    }
}

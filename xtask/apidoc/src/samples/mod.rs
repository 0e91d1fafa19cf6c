//! Samples: the request that a piece of code would send.
//!
//! A sample proves more than a JSON block: method, path, query, headers and body
//! together. One small module per way of calling turns it into an example; they
//! share a reader of tokens, expressions and values, which is generous about
//! languages and strict about values: what is no literal is not guessed.

mod builders;
mod curl;
mod cursor;
pub(crate) mod evaluate;
pub(crate) mod expression;
mod node;
mod php;
mod restsharp;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;

use crate::facts::{Example, ExampleKind, ExampleSource, Operation, Place};
use crate::markdown::Code;
use crate::warnings::Warnings;
use crate::words::url_path;
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
pub(crate) fn read(code: &Code, operation: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    let stated = code.language.as_str();
    // A call of curl says what it is.
    let is_curl = stated.is_empty() && code.text.trim_start().starts_with("curl ");
    let language = if is_curl { "curl" } else { stated };
    let Some((_, reader)) = READERS.iter().find(|(words, _)| words.contains(&language)) else {
        warnings.add_line(code.line, format!("`{language}` is not a language of samples: block skipped"));
        return Vec::new();
    };
    let examples = reader(code, operation, warnings);
    if examples.is_empty() {
        warnings.add_line(code.line, format!("no request was read from this {language} sample"));
    }
    examples
}

/// A request of which only the place is known yet.
fn request(source: ExampleSource, line: usize) -> Example {
    Example::at(ExampleKind::Request, source, line)
}

/// Puts a parameter where it is sent.
pub(crate) fn put(example: &mut Example, place: Place, name: &str, value: Value) {
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

/// Writes path and query of a URL into an example; the host is every document's own.
fn apply_url(url: &str, example: &mut Example) {
    let (url, _fragment) = url.split_once('#').unwrap_or((url, ""));
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    example.path = Some(url_path(address));
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        put_text(&mut example.query, &name, Value::from(value.as_ref()));
    }
}

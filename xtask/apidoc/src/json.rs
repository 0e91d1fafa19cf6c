//! JSON blocks, and JSON inside the samples' strings.
//!
//! A block that does not parse is reported where it breaks, in the document's own
//! lines and columns: the mistake is the document's, and someone has to find it. A
//! block may hold several examples, and an answer is known by its envelope where no
//! heading tells.

use super::lenient;
use super::markdown::Code;
use super::outline::Piece;
use super::parts;
use super::samples;
use super::warnings::{Position, Warnings};
use crate::facts::{Example, ExampleKind, ExampleSource};
use serde_json::{Deserializer, Value};

/// Whether a block is JSON: its fence says so, or says nothing of the kind and it begins like it.
pub(super) fn is_json(code: &Code) -> bool {
    match code.language.as_str() {
        "json" | "jsonc" | "json5" => true,
        "" | "text" | "txt" | "plain" | "plaintext" | "plain_text" => code.text.trim_start().starts_with(['{', '[']),
        _ => false,
    }
}

/// The examples in a JSON block.
pub(super) fn examples(code: &Code, piece: &Piece<'_>, warnings: &mut Warnings) -> Vec<Example> {
    let said = parts::of_example(piece);
    let mut examples = Vec::new();
    for (value, line) in values(code, warnings) {
        let Some(kind) = said.or_else(|| is_envelope(&value).then_some(ExampleKind::Response)) else {
            warnings
                .add_line(line, "no heading says whether this is a request or a response: the example was not read");
            continue;
        };
        examples.push(Example { kind, value, ..samples::example(ExampleSource::Json, line) });
    }
    examples
}

/// The values of a block one after the other, with their lines.
fn values(code: &Code, warnings: &mut Warnings) -> Vec<(Value, usize)> {
    let plain = lenient::plain(&code.text);
    if let Some(offset) = plain.elided {
        warnings
            .add(place(code, &plain.text, offset), "something is left out of the example here: it was read without it");
    }
    let mut stream = Deserializer::from_str(plain.text.trim_end()).into_iter::<Value>();
    let mut values = Vec::new();
    let (mut start, mut line) = (0, code.line);
    loop {
        let rest = plain.text.get(start..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        line += newlines(rest.get(..blanks).unwrap_or_default());
        match stream.next() {
            Some(Ok(value)) => {
                values.push((value, line));
                let end = stream.byte_offset();
                line += newlines(plain.text.get(start + blanks..end).unwrap_or_default());
                start = end;
            }
            Some(Err(error)) => {
                let column = characters(&plain.text, error.line(), error.column());
                let at = code.position(error.line(), column);
                warnings.add(at, format!("this is not JSON: {}; the example was not read", reason(&error)));
                return values;
            }
            None => {
                if values.is_empty() {
                    warnings.add_line(code.line, "this block of JSON is empty: no example was read");
                }
                return values;
            }
        }
    }
}

/// Whether a value is what the platform answers: a code with its message or its data.
fn is_envelope(value: &Value) -> bool {
    value.get("code").is_some_and(Value::is_i64) && ["msg", "data"].iter().any(|key| value.get(key).is_some())
}

/// The body that a sample holds in a string: nothing, or JSON.
pub(super) fn body(text: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(Value::Null);
    }
    let plain = lenient::plain(text);
    if plain.elided.is_some() {
        warnings.add(at, "something is left out of the body: it was read without it");
    }
    serde_json::from_str(&plain.text)
        .map_err(|error| {
            let (line, column) = (error.line(), characters(text, error.line(), error.column()));
            let reason = reason(&error);
            warnings.add(
                at,
                format!("the body is not JSON: {reason} in its line {line}, column {column}; the sample was not read"),
            );
        })
        .ok()
}

/// `serde_json` ends its messages with a place inside the block, which would mislead here.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

/// The place in the document of an offset in a block's text.
fn place(code: &Code, text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or_default();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    code.position(newlines(before) + 1, column)
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

/// The column in characters of a column in bytes.
fn characters(text: &str, line: usize, bytes: usize) -> usize {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    line.char_indices().take_while(|&(at, _)| at < bytes).count().max(1)
}

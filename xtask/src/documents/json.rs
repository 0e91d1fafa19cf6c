//! JSON blocks, and JSON inside the samples' strings.
//!
//! A block that does not parse is reported where it breaks, in the document's own
//! lines and columns: the mistake is the document's, and someone has to find it.

use super::markdown::Code;
use super::outline::Piece;
use super::samples;
use super::warnings::{Position, Warnings};
use crate::facts::{Example, ExampleKind, ExampleSource};
use serde_json::Value;

/// Words in the marks above a block that tell requests from responses.
const KINDS: &[(&str, ExampleKind)] =
    &[("请求", ExampleKind::Request), ("响应", ExampleKind::Response), ("返回", ExampleKind::Response)];

/// Whether a block is JSON: its fence says so, or says nothing and it begins like it.
pub(super) fn is_json(code: &Code) -> bool {
    match code.language.as_str() {
        "json" | "jsonc" | "json5" => true,
        "" => code.text.trim_start().starts_with(['{', '[']),
        _ => false,
    }
}

/// The example in a JSON block.
pub(super) fn example(code: &Code, piece: &Piece<'_>, warnings: &mut Warnings) -> Option<Example> {
    let value = match serde_json::from_str(code.text.trim_end()) {
        Ok(value) => value,
        Err(error) => {
            let column = characters(&code.text, error.line(), error.column());
            let at = code.position(error.line(), column);
            warnings.add(at, format!("this is not JSON: {}; the example was not read", reason(&error)));
            return None;
        }
    };
    let blank = code.text.lines().take_while(|line| line.trim().is_empty()).count();
    let line = code.line + blank;
    let Some(kind) = piece.says(KINDS) else {
        warnings.add_line(line, "no heading says whether this is a request or a response: the example was not read");
        return None;
    };
    Some(Example { kind, value, ..samples::example(ExampleSource::Json, line) })
}

/// The body that a sample holds in a string: nothing, or JSON.
pub(super) fn body(text: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(Value::Null);
    }
    serde_json::from_str(text)
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

/// The column in characters of a column in bytes.
fn characters(text: &str, line: usize, bytes: usize) -> usize {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    line.char_indices().take_while(|&(at, _)| at < bytes).count().max(1)
}

//! The spec for people: what its extensions know, as Markdown in the descriptions.
//!
//! A reference page shows descriptions and ignores extensions, so a reader would miss scopes, kinds of tokens, limits and
//! what an error code asks for. `cargo xtask spec --for-readers` writes this document, and it is what the offline
//! service shows under `/docs`. Every other value stays as it is in the spec.

use crate::codegen::Mistakes;
use crate::codegen::facts;
use crate::codegen::spec::extensions::ErrorRow;
use crate::codegen::spec::features;
use crate::codegen::spec::model::{Model, Operation};
use crate::codegen::spec::yaml::{Source, segment};
use serde_json::Value;
use std::fmt::Write;

/// The spec in `text`, which messages call `file`, with the facts of its extensions in the descriptions, and without the
/// tags whose feature is off.
pub fn for_readers(file: &str, text: &str, is_on: &dyn Fn(&str) -> bool) -> Result<Value, Mistakes> {
    let mut source = Source::parse(file, text)?;
    features::leave_out(&mut source.value, is_on);
    let model = Model::read(&source).map_err(Mistakes)?;
    let mut document = source.value.clone();
    let errors = |rows: &[ErrorRow]| errors(&model, &source.value, rows);
    for operation in &model.operations {
        let place = format!("/paths/{}/{}", segment(&operation.path), operation.method.to_lowercase());
        describe(&mut document, &place, &of_operation(operation, &errors(&operation.errors)));
    }
    for endpoint in &model.token_endpoints {
        let app_types = format!("- App type: {}\n\n### Errors\n\n", facts::app_types(&endpoint.app_types));
        describe(&mut document, &endpoint.pointer, &(app_types + &errors(&endpoint.errors)));
    }
    let shared = "## Errors of any operation\n\nThe code decides what a failure means, whatever the HTTP status.\n\n";
    describe(&mut document, "/info", &format!("{shared}{}", errors(&model.platform_errors)));
    Ok(document)
}

/// Adds Markdown to the description at a place.
fn describe(document: &mut Value, place: &str, markdown: &str) {
    if let Some(Value::String(description)) = document.pointer_mut(&format!("{place}/description")) {
        *description = format!("{}\n\n{}\n", description.trim_end(), markdown.trim_end());
    }
}

fn of_operation(operation: &Operation, errors: &str) -> String {
    let mut text = facts::needs(operation);
    let _ = writeln!(text, "- Retry: {}", facts::retry(&operation.retry));
    if operation.errors.is_empty() {
        text.push_str("\nNo errors of its own are documented.\n");
    } else {
        let _ = write!(text, "\n### Errors\n\n{errors}");
    }
    text
}

/// A table of errors. The message of one that any operation may return is in its example.
fn errors(model: &Model, spec: &Value, rows: &[ErrorRow]) -> String {
    let mut table =
        "| HTTP | code | name | the service says | what to do |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for ErrorRow { http, code, name, message } in rows {
        let example = || spec.pointer(&format!("/components/examples/platform_error_{code}/value/msg"))?.as_str();
        let message = if message.is_empty() { example().unwrap_or_default() } else { message };
        let advice = model.error_names.get(name).map(|name| name.advice.as_str()).unwrap_or_default();
        let _ = writeln!(table, "| {http} | {code} | `{name}` | {} | {} |", cell(message), cell(advice));
    }
    table
}

/// A text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

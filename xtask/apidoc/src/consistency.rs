//! What a document says outside of every operation, and what it says twice.
//!
//! Introductions and lists of versions are nobody's facts, but a table of errors or
//! parameters that no operation owns gets a warning. Of a parameter, field or error code
//! that is listed twice the first row holds, and the second gets a warning.

use crate::facts::Operation;
use crate::json::is_json;
use crate::markdown::{Block, Content};
use crate::tables::TableKind;
use crate::warnings::Warnings;
use std::collections::BTreeSet;

pub(crate) fn warn_outside(blocks: &[Block], warnings: &mut Warnings) {
    for block in blocks {
        let what = match &block.content {
            Content::Table(table) => match table.kind() {
                TableKind::Values => "table of parameters or fields",
                TableKind::Errors => "table of error codes",
                TableKind::Functions | TableKind::Untyped | TableKind::Other => continue,
            },
            Content::Code(code) if is_json(code) => "example",
            _ => continue,
        };
        warnings.add_line(block.line, format!("this {what} belongs to no operation: skipped"));
    }
}

pub(crate) fn drop_repeated(operation: &mut Operation, warnings: &mut Warnings) {
    let mut tell = |name: &str, line: usize| {
        warnings.add_line(line, format!("`{name}` is listed for the second time: the first row holds"));
    };
    let mut seen = BTreeSet::new();
    operation.parameters.retain(|parameter| {
        let is_new = seen.insert((parameter.place, parameter.name.clone()));
        if !is_new {
            tell(&parameter.name, parameter.line);
        }
        is_new
    });
    let mut seen = BTreeSet::new();
    operation.response_fields.retain(|field| {
        let is_new = seen.insert(field.path.clone());
        if !is_new {
            tell(&field.path, field.line);
        }
        is_new
    });
    let mut seen = BTreeSet::new();
    operation.errors.retain(|error| {
        let is_new = seen.insert(error.code);
        if !is_new {
            tell(&error.code.to_string(), error.line);
        }
        is_new
    });
}

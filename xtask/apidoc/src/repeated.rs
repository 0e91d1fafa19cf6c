//! Repetitions: one place has one parameter of a name, an answer one field, a failure one code.
//!
//! Where a document lists one twice, the first row holds and the second is told.

use super::warnings::Warnings;
use crate::facts::Operation;
use std::collections::BTreeSet;

pub(super) fn drop(operation: &mut Operation, warnings: &mut Warnings) {
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

//! Parameter tables: a row of name, type, required flag and prose becomes a fact.

use super::markdown::Table;
use super::tables::{DESCRIPTION, NAME, REQUIRED, TYPE};
use super::warnings::Warnings;
use super::words::{kind, yes_or_no};
use super::{choices, defaults, limits};
use crate::facts::{Parameter, Place};

/// A row as it stands, before anyone knows where the parameter travels.
pub(super) struct ParameterRow<'a> {
    pub line: usize,
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub description: &'a str,
}

pub(super) fn rows<'a>(table: &'a Table, warnings: &mut Warnings) -> Vec<ParameterRow<'a>> {
    let [name, type_word, required, description] = [NAME, TYPE, REQUIRED, DESCRIPTION].map(|words| table.column(words));
    let mut rows = Vec::new();
    for row in table.body() {
        let name = row.cell(name);
        if !is_identifier(name) {
            warnings.add_line(row.line, format!("`{name}` is no parameter name: the row was not read"));
            continue;
        }
        let required = row.cell(required);
        let flag = yes_or_no(required);
        if flag.is_none() {
            warnings.add_line(
                row.line,
                format!("`{name}`: `{required}` is neither yes nor no: the parameter was read as optional"),
            );
        }
        rows.push(ParameterRow {
            line: row.line,
            name: name.to_owned(),
            kind: kind(row.cell(type_word)),
            required: flag.unwrap_or(false),
            description: row.cell(description),
        });
    }
    rows
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}

impl ParameterRow<'_> {
    /// The fact, with what the description states of default, values and limits.
    pub fn parameter(&self, place: Place, warnings: &mut Warnings) -> Parameter {
        let (text, kind, line) = (self.description, self.kind.as_str(), self.line);
        let limits = limits::limits(text, kind, line, warnings);
        Parameter {
            name: self.name.clone(),
            place,
            kind: self.kind.clone(),
            required: self.required,
            default: defaults::default(text, kind, line, warnings),
            values: choices::choices(text, kind, line, warnings),
            minimum: limits.minimum,
            maximum: limits.maximum,
            min_length: limits.min_length,
            max_length: limits.max_length,
            min_items: limits.min_items,
            max_items: limits.max_items,
            line,
        }
    }
}

//! Parameter tables: a row of name, type, required flag and prose becomes a fact.

use super::markdown::Table;
use super::tables::{DEFAULT, DESCRIPTION, NAME, PLACE, REQUIRED, TYPE, compact};
use super::tree::Tree;
use super::warnings::{Position, Warnings};
use super::words::{kind, required_in_prose, yes_or_no};
use super::{choices, defaults, leftovers, limits};
use crate::facts::{Parameter, Place};

/// A row as it stands, before anyone knows where the parameter travels.
pub(super) struct ParameterRow<'a> {
    pub line: usize,
    /// Dotted, where the table draws objects.
    pub name: String,
    pub kind: String,
    pub required: bool,
    /// Where the row itself says that it travels.
    pub place: Option<Place>,
    /// The cell of a column of its own for defaults.
    pub default: &'a str,
    /// Where that cell stands.
    pub default_at: Position,
    pub description: &'a str,
    /// Where the description stands.
    pub at: Position,
}

/// The rows of a table whose parameters travel in `place`, if that is known, their names behind `prefix`.
pub(super) fn rows<'a>(
    table: &'a Table,
    place: Option<Place>,
    prefix: &str,
    warnings: &mut Warnings,
) -> Vec<ParameterRow<'a>> {
    let [name, type_word, required, description] = [NAME, TYPE, REQUIRED, DESCRIPTION].map(|words| table.column(words));
    let [place_word, default] = [PLACE, DEFAULT].map(|words| table.column(words));
    table.warn_of_other_columns(&[NAME, TYPE, REQUIRED, DESCRIPTION, PLACE, DEFAULT], warnings);
    let mut tree = Tree::default();
    let mut rows = Vec::new();
    for row in table.body() {
        let Some(path) = row.name(name, warnings).and_then(|cell| tree.path(cell, warnings)) else { continue };
        let stated = yes_or_no(row.cell(required)).or_else(|| required_in_prose(row.cell(description)));
        let own_place = place_in(row.cell(place_word));
        let stated_place = row.cell(place_word);
        if own_place.is_none() && !stated_place.is_empty() {
            warnings.add(
                row.at(place_word),
                format!("`{stated_place}` is no place that parameters travel in: it was not read"),
            );
        }
        let in_path = own_place.or(place) == Some(Place::Path);
        let flag = row.cell(required);
        // What stands in the path is required, whether or not a table says so.
        if stated.is_none() && !(in_path && flag.is_empty()) {
            let told = match required {
                Some(_) => format!("`{flag}` is neither yes nor no"),
                None => "the table does not say whether it is required".to_owned(),
            };
            let read_as = if in_path { "required" } else { "optional" };
            warnings.add(row.at(required), format!("`{path}`: {told}: the parameter was read as {read_as}"));
        }
        leftovers::labels(row.whole(description), warnings);
        rows.push(ParameterRow {
            line: row.line,
            name: format!("{prefix}{path}"),
            kind: kind(row.cell(type_word)),
            required: stated.unwrap_or(in_path),
            place: own_place,
            default: row.prose(default),
            default_at: row.at(default),
            description: row.prose(description),
            at: row.at(description),
        });
    }
    rows
}

/// The place that a cell of a table's own column names.
fn place_in(cell: &str) -> Option<Place> {
    match compact(cell).as_str() {
        "path" | "路径" => Some(Place::Path),
        "query" | "查询" | "url" => Some(Place::Query),
        "header" | "请求头" => Some(Place::Header),
        "body" | "请求体" => Some(Place::Body),
        _ => None,
    }
}

impl ParameterRow<'_> {
    /// The fact, with what the description states of default, values and limits.
    pub fn parameter(&self, place: Place, warnings: &mut Warnings) -> Parameter {
        let (text, kind, at) = (self.description, self.kind.as_str(), self.at);
        let limits = limits::limits(text, kind, at, warnings);
        let own_default = defaults::in_a_column(self.default, kind, self.default_at, warnings);
        let default = own_default.or_else(|| defaults::default(text, kind, at, warnings));
        let values = choices::choices(text, kind, at, warnings);
        let mut read: Vec<i64> = values.iter().chain(&default).filter_map(leftovers::number).collect();
        read.extend([limits.minimum, limits.maximum].into_iter().flatten());
        let lengths = [limits.min_length, limits.max_length, limits.min_items, limits.max_items];
        read.extend(lengths.into_iter().flatten().filter_map(|length| i64::try_from(length).ok()));
        leftovers::rules(text, at, warnings);
        leftovers::numbers(text, kind, &read, at, warnings);
        Parameter {
            name: self.name.clone(),
            place,
            kind: self.kind.clone(),
            required: self.required,
            default,
            values,
            minimum: limits.minimum,
            maximum: limits.maximum,
            min_length: limits.min_length,
            max_length: limits.max_length,
            min_items: limits.min_items,
            max_items: limits.max_items,
            line: self.line,
        }
    }
}

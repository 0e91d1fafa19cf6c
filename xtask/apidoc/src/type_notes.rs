//! Types that a page explains below its table (`类型额外说明`): a list of types, their plain properties, and their members.
//!
//! ```text
//! **类型额外说明**:
//!
//! - **cabinet** 类型说明:
//!
//!   基本属性:
//!
//!    room: string <br> floor: integer <br>
//!   - **books** (array):
//!     - **book** 类型说明: ...
//! ```
//!
//! A type at the outermost level explains a row of the table above: the one that names it as
//! its type, or whose name it ends with, or else the next object that nothing explains. How far in an entry stands says
//! what it belongs to. Nothing says whether these properties are required.

use crate::facts::{Operation, Parameter, Place};
use crate::markdown::Content;
use crate::outline::{Piece, Section};
use crate::warnings::{Position, Warnings};
use crate::words::kind;
use std::collections::BTreeSet;

const TITLE: &str = "类型额外说明";
const TYPE: &str = "类型说明";
const PLAIN: &str = "基本属性";
/// Deeper than any type is; what nests without end is no type.
const DEEPEST: usize = 30;

/// Adds the properties of the types that a page explains to its body.
pub(super) fn read(section: &Section<'_>, operation: &mut Operation, warnings: &mut Warnings) {
    let mut reader = Reader { explained: BTreeSet::new(), above: Vec::new(), found: Vec::new() };
    let mut is_inside = false;
    for piece in &section.pieces {
        match &piece.block.content {
            Content::Text { label: Some(label), .. } if label.contains(TITLE) => {
                is_inside = true;
                reader.above.clear();
            }
            Content::Text { .. } if is_inside => is_inside = reader.take(piece, operation, warnings),
            Content::Heading { text, .. } => is_inside = text.contains(TITLE),
            _ => is_inside = false,
        }
    }
    operation.parameters.append(&mut reader.found);
}

struct Reader {
    /// Rows of the table whose type has been explained.
    explained: BTreeSet<String>,
    /// The entries above, by how far in they stand; no path is that of a type which no row has.
    above: Vec<(usize, Option<String>)>,
    found: Vec<Parameter>,
}

impl Reader {
    /// Reads an entry; `false` if the list is over.
    fn take(&mut self, piece: &Piece<'_>, operation: &Operation, warnings: &mut Warnings) -> bool {
        let Content::Text { label, text, lines, column, .. } = &piece.block.content else { return false };
        let line = piece.block.line;
        match label {
            Some(label) if text.contains(TYPE) => {
                self.close(*column);
                let path = match self.above.last() {
                    Some((_, member)) => member.clone(),
                    None => self.row_of(label, operation, line, warnings),
                };
                self.above.push((*column, path));
            }
            Some(label) if is_member(text, label) => {
                self.close(*column);
                let word = text.split(['(', '（']).nth(1).and_then(|rest| rest.split([')', '）']).next());
                let path = self.add(label, word.unwrap_or_default(), line, warnings);
                self.above.push((*column, path));
            }
            Some(_) => return false,
            None if text.trim_end_matches([':', '：']) == PLAIN => {}
            None => {
                // A type's bold name stands behind a dash, a blank and two stars.
                const MARKS: usize = 4;
                self.close(column + MARKS);
                for (pair, line) in text.split('\n').zip(lines) {
                    match pair.split_once(':') {
                        Some((name, word)) => {
                            self.add(name.trim(), word, *line, warnings);
                        }
                        None if pair.trim().is_empty() => {}
                        None => {
                            let message = format!("`{}` is not a property with its type: skipped", pair.trim());
                            warnings.add(Position::line(*line), message);
                        }
                    }
                }
            }
        }
        true
    }

    /// Leaves the entries that end where one stands this far in.
    fn close(&mut self, column: usize) {
        while self.above.last().is_some_and(|(above, _)| *above >= column) {
            self.above.pop();
        }
    }

    fn add(&mut self, name: &str, word: &str, line: usize, warnings: &mut Warnings) -> Option<String> {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if !is_name || self.above.len() > DEEPEST {
            warnings.add_line(line, format!("`{name}` is not the name of a property: skipped"));
            return None;
        }
        let path = format!("{}.{name}", self.above.last()?.1.as_deref()?);
        self.found.push(Parameter {
            name: path.clone(),
            place: Place::Body,
            kind: kind(word),
            required: false,
            default: None,
            values: Vec::new(),
            minimum: None,
            maximum: None,
            min_length: None,
            max_length: None,
            min_items: None,
            max_items: None,
            line,
        });
        Some(path)
    }

    /// The row of the table that a type explains.
    fn row_of(&mut self, name: &str, operation: &Operation, line: usize, warnings: &mut Warnings) -> Option<String> {
        let rows = || {
            let body = operation.parameters.iter().filter(|row| row.place == Place::Body);
            body.filter(|row| !self.explained.contains(&row.name))
        };
        let item = |row: &Parameter| row.kind.trim_end_matches("[]").to_owned();
        let is_object = |row: &&Parameter| matches!(item(row).as_str(), "object" | "array" | "list" | "map" | "-");
        // `shelf_owner` is the type of the object `owner`.
        let is_named = |row: &&Parameter| is_object(row) && name.ends_with(row.name.as_str());
        let by_type = rows().find(|row| item(row) == name);
        let row = by_type.or_else(|| rows().find(is_named)).or_else(|| rows().find(is_object));
        let path = row.map(|row| row.name.clone());
        match &path {
            Some(path) => {
                self.explained.insert(path.clone());
            }
            None => warnings.add_line(line, format!("no row has the type `{name}` that is explained here: skipped")),
        }
        path
    }
}

/// Whether a text is `name (array)` or `name (object)`.
fn is_member(text: &str, label: &str) -> bool {
    text.strip_prefix(label).is_some_and(|rest| rest.trim_start().starts_with(['(', '（']))
}

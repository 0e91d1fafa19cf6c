//! Tables of the answer: a row of name, type and prose becomes a field.

use super::choices;
use super::leftovers;
use super::markdown::Table;
use super::objects::Objects;
use super::outline::Piece;
use super::tables::{DESCRIPTION, NAME, REQUIRED, TYPE};
use super::tree::Tree;
use super::warnings::Warnings;
use super::words::kind;
use crate::facts::Field;

pub(super) fn rows(table: &Table, piece: &Piece<'_>, known: &mut Objects, warnings: &mut Warnings) -> Vec<Field> {
    let prefix = known.prefix(piece);
    let [name, type_word, description] = [NAME, TYPE, DESCRIPTION].map(|words| table.column(words));
    // Whether a field is always there is no fact: the service decides that.
    table.warn_of_other_columns(&[NAME, TYPE, DESCRIPTION, REQUIRED], warnings);
    let mut tree = Tree::default();
    let mut fields = Vec::new();
    for row in table.body() {
        let Some(path) = row.name(name, warnings).and_then(|cell| tree.path(cell, warnings)) else { continue };
        let (path, kind) = (prefix.clone() + &path, kind(row.cell(type_word)));
        known.note(&path, &kind);
        leftovers::labels(row.whole(description), warnings);
        let values = choices::choices(row.prose(description), &kind, row.at(description), warnings);
        fields.push(Field { path, kind, values, line: row.line });
    }
    fields
}

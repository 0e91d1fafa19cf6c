//! Objects that have a table of their own.
//!
//! A document may draw nesting in one table, or give an object a table of its own
//! under a mark that names it. Which object that is, the mark says with the name or
//! the type of a row before it; the table's rows then belong inside of that one.

use super::outline::Piece;
use std::collections::BTreeMap;

/// What rows have been read so far, by the words that a later mark may name them with.
#[derive(Default)]
pub(super) struct Objects {
    paths: BTreeMap<String, String>,
}

impl Objects {
    /// Notes a row; the first one with a name or type holds.
    pub fn note(&mut self, path: &str, kind: &str) {
        let name = path.rsplit('.').next().unwrap_or_default();
        let item = kind.trim_end_matches("[]");
        let type_word = Some(item).filter(|item| !is_plain(item));
        for word in [Some(path), Some(name), type_word].into_iter().flatten() {
            self.paths.entry(word.to_owned()).or_insert_with(|| path.to_owned());
        }
    }

    /// What the paths of a table's rows begin with: the object that the innermost mark names, and a dot.
    pub fn prefix(&self, piece: &Piece<'_>) -> String {
        let mark = piece.trail.first().copied().unwrap_or_default();
        let mut words = mark.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
        words.find_map(|word| self.paths.get(word)).map(|path| format!("{path}.")).unwrap_or_default()
    }
}

/// Types that no table explains.
fn is_plain(kind: &str) -> bool {
    matches!(
        kind.to_lowercase().as_str(),
        "" | "-"
            | "string"
            | "int"
            | "integer"
            | "long"
            | "boolean"
            | "bool"
            | "number"
            | "float"
            | "double"
            | "object"
    )
}

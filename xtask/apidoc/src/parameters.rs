//! Tables of parameters and of response fields: a row of name, type and prose becomes a fact.
//!
//! A table is flat, so documents draw the nesting of objects with the names: `└` with
//! blanks before it, deeper rows further in (`Tree`). How wide a level is differs; a child
//! always stands further in than its parent. Names that spell the nesting out
//! (`data.items[].id`) are paths already. An object may also have a table of its own,
//! under a mark with the name or the type of a row before it (`Objects`).

use crate::facts::{Field, Parameter, Place};
use crate::markdown::{Cell, Row, Table};
use crate::outline::Piece;
use crate::prose;
use crate::tables::{DEFAULT, DESCRIPTION, NAME, PLACE, REQUIRED, TYPE, compact};
use crate::warnings::{Position, Warnings};
use crate::words::{is_scalar, kind, required_in_prose, yes_or_no};
use std::collections::BTreeMap;

/// A row as it stands, before anyone knows where the parameter is sent.
pub(super) struct ParameterRow<'a> {
    pub line: usize,
    /// Dotted, where the table draws objects.
    pub name: String,
    pub kind: String,
    pub required: bool,
    /// Where the row itself says that it is sent.
    pub place: Option<Place>,
    /// The cell of a column of its own for defaults.
    pub default: &'a str,
    /// Where that cell stands.
    pub default_at: Position,
    pub description: &'a str,
    /// Where the description stands.
    pub at: Position,
}

/// The rows of a table whose parameters are in `place`, if that is known, their names behind `prefix`.
pub(crate) fn parameter_rows<'a>(
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
            warnings.add(row.at(place_word), format!("`{stated_place}` is not path, query, header or body: skipped"));
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
            warnings.add(row.at(required), format!("`{path}`: {told}: read as {read_as}"));
        }
        prose::unknown_labels(row.whole(description), warnings);
        rows.push(ParameterRow {
            line: row.line,
            name: format!("{prefix}{path}"),
            kind: type_in(row, type_word, warnings),
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

/// The platform's own word for a type that its writer did not know.
const UNKNOWN: &str = "undefined";

/// The type of a row; where a cell is missing a sentence may stand in its place.
fn type_in(row: &Row, column: Option<usize>, warnings: &mut Warnings) -> String {
    const MOST_WORDS: usize = 3;
    let cell = row.cell(column);
    let is_sentence =
        cell.split_whitespace().count() > MOST_WORDS && !cell.contains('<') || cell.contains(['，', '。']);
    if is_sentence {
        warnings.add(row.at(column), "a sentence stands in the place of the type: no type read");
        return UNKNOWN.to_owned();
    }
    kind(cell)
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
        let limits = prose::limits(text, kind, at, warnings);
        let own_default = prose::default_in_column(self.default, kind, self.default_at, warnings);
        let default = own_default.or_else(|| prose::default(text, kind, at, warnings));
        let values = prose::enum_values(text, kind, at, warnings);
        let mut read: Vec<i64> = values.iter().chain(&default).filter_map(prose::number).collect();
        read.extend([limits.minimum, limits.maximum].into_iter().flatten());
        let lengths = [limits.min_length, limits.max_length, limits.min_items, limits.max_items];
        read.extend(lengths.into_iter().flatten().filter_map(|length| i64::try_from(length).ok()));
        prose::unknown_rules(text, at, warnings);
        prose::unread_numbers(text, kind, &read, at, warnings);
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

pub(crate) fn fields(table: &Table, piece: &Piece<'_>, known: &mut Objects, warnings: &mut Warnings) -> Vec<Field> {
    let prefix = known.prefix(piece);
    let [name, type_word, description] = [NAME, TYPE, DESCRIPTION].map(|words| table.column(words));
    // Whether a field is always there is no fact: the service decides that.
    table.warn_of_other_columns(&[NAME, TYPE, DESCRIPTION, REQUIRED], warnings);
    let mut tree = Tree::default();
    let mut fields = Vec::new();
    for row in table.body() {
        let Some(path) = row.name(name, warnings).and_then(|cell| tree.path(cell, warnings)) else { continue };
        // A table without types leaves them open.
        let kind = if type_word.is_some() { type_in(row, type_word, warnings) } else { UNKNOWN.to_owned() };
        let path = prefix.clone() + &path;
        known.note(&path, &kind);
        prose::unknown_labels(row.whole(description), warnings);
        let values = prose::enum_values(row.prose(description), &kind, row.at(description), warnings);
        fields.push(Field { path, kind, values, line: row.line });
    }
    fields
}

/// What rows have been read so far, by the words that a later mark may name them with.
#[derive(Default)]
pub(super) struct Objects {
    paths: BTreeMap<String, String>,
}

impl Objects {
    /// Notes a row; the first one with a name or type holds.
    pub fn note(&mut self, path: &str, kind: &str) {
        let name = path.rsplit('.').next().unwrap_or_default();
        // `map<string, user[]>` names the type of its values.
        let words = kind.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let type_words = words.filter(|word| !is_plain(word));
        for word in [path, name].into_iter().chain(type_words) {
            self.paths.entry(word.to_owned()).or_insert_with(|| path.to_owned());
        }
    }

    /// What the paths of a table's rows begin with: the object that the innermost mark names, and a dot.
    pub fn prefix(&self, piece: &Piece<'_>) -> String {
        let mark = piece.marks.first().copied().unwrap_or_default();
        let mut words = mark.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
        words.find_map(|word| self.paths.get(word)).map(|path| format!("{path}.")).unwrap_or_default()
    }
}

/// Types that no table explains.
fn is_plain(kind: &str) -> bool {
    let word = kind.to_lowercase();
    is_scalar(&word) || matches!(word.as_str(), "" | "-" | "string" | "object" | "map" | "list" | "array")
}

/// The rows above, by how far in they stand; `None` is a row whose name was not read.
#[derive(Default)]
struct Tree {
    above: Vec<(usize, Option<String>)>,
}

impl Tree {
    /// The dotted path of the next row; what has no name has none, and is warned about.
    fn path(&mut self, cell: &Cell, warnings: &mut Warnings) -> Option<String> {
        let drawn: String = cell.prose.chars().filter(|&c| c != '`').collect();
        let (depth, name) = depth(&drawn);
        while self.above.last().is_some_and(|(above, _)| *above >= depth) {
            self.above.pop();
        }
        let drawn_name = name;
        let name = identifier(drawn_name);
        let note = drawn_name.split_once(['(', '（', '[', '【']).filter(|_| name.is_some()).map(|(_, note)| note);
        if note.is_some_and(|note| note.contains(|c: char| c.is_ascii_digit())) {
            let shown = cell.text.trim();
            warnings.add(cell.at, format!("`{shown}`: the note after the name was skipped"));
        }
        if name.is_none() {
            let shown = cell.text.trim();
            warnings.add(cell.at, format!("`{shown}` is not the name of a parameter or field: row skipped"));
        }
        let path = match (self.above.last(), name) {
            (_, None) => None,
            (None, Some(name)) => {
                if depth > 0 {
                    warnings.add(
                        cell.at,
                        format!("`{name}` is drawn as nested, but no row is above it: read as outermost"),
                    );
                }
                Some(name)
            }
            (Some((_, Some(parent))), Some(name)) => Some(format!("{parent}.{name}")),
            (Some((_, None)), Some(name)) => {
                warnings.add(cell.at, format!("`{name}` is nested in a row that was skipped: skipped too"));
                None
            }
        };
        self.above.push((depth, path.clone()));
        path
    }
}

/// How far in a name stands, and the name.
fn depth(drawn: &str) -> (usize, &str) {
    let is_branch = |c: char| "└├│┗┣┕┝∟↳─—–>»-|".contains(c);
    let (mut depth, mut blanks) = (0, 0);
    for (at, c) in drawn.char_indices() {
        if is_branch(c) {
            depth += blanks + 1;
            blanks = 0;
        } else if c.is_whitespace() {
            blanks += 1;
        } else {
            // Without a branch, the blanks alone draw the depth.
            let indent = if depth == 0 { blanks } else { depth };
            return (indent, drawn.get(at..).unwrap_or_default());
        }
    }
    (depth, "")
}

/// The name that a cell holds; a note may stand behind it: `user_id（可选）`.
fn identifier(text: &str) -> Option<String> {
    let text = text.replace('\\', "").replace("[]", "");
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let end = text.find(|c| !is_letter(c)).unwrap_or(text.len());
    let (name, note) = text.split_at_checked(end)?;
    let is_name = name.contains(|c: char| c.is_ascii_alphanumeric()) && !name.starts_with('.') && !name.ends_with('.');
    let note = note.trim_start_matches('*');
    let is_note = note.is_empty()
        || note.starts_with(['(', '（', '[', '【'])
        || note.starts_with(char::is_whitespace) && !note.trim_start().starts_with(is_letter);
    (is_name && is_note).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths of names as they are drawn, and how many warnings there were.
    fn paths(drawn: &[&str]) -> (Vec<Option<String>>, usize) {
        let (mut tree, mut warnings) = (Tree::default(), Warnings::default());
        let cell = |prose: &str| Cell {
            text: prose.to_owned(),
            prose: prose.to_owned(),
            labels: Vec::new(),
            at: Position::line(1),
        };
        let paths = drawn.iter().map(|prose| tree.path(&cell(prose), &mut warnings)).collect();
        (paths, warnings.into_sorted().len())
    }

    fn some(paths: &[&str]) -> Vec<Option<String>> {
        paths.iter().map(|path| Some((*path).to_owned())).collect()
    }

    #[test]
    fn depth_is_drawn_in_many_ways() {
        let expected = some(&["data", "data.list", "data.list.id", "data.list.name", "data.more"]);
        for drawn in [
            ["data", "\u{a0}└ `list`", "\u{a0}\u{a0}└ `id`", "\u{a0}\u{a0}└ `name`", "\u{a0}└ more"],
            ["`data`", "└ list", "└└ id", "└└name", "└ more"],
            ["data", "\u{3000}list", "\u{3000}\u{3000}id", "\u{3000}\u{3000}name", "\u{3000}more"],
            ["data", "├─ list", "│\u{a0}\u{a0}├─ id", "│\u{a0}\u{a0}└─ name", "└─ more"],
            ["data", "data.list", "data.list[].id", "data.list\\[\\].name", "data.more"],
            ["data", "> list", "> > id", ">> name", "> more"],
        ] {
            assert_eq!(paths(&drawn), (expected.clone(), 0), "{drawn:?}");
        }
    }

    #[test]
    fn nested_row_without_parent_warns() {
        assert_eq!(paths(&["└ id"]), (some(&["id"]), 1));
        assert_eq!(paths(&["数据", "└ id", "code"]), (vec![None, None, Some("code".to_owned())], 2));
    }

    #[test]
    fn notes_are_not_names() {
        assert_eq!(paths(&["user_id（可选）", "name*", "X-Desk 柜台"]), (some(&["user_id", "name", "X-Desk"]), 0));
        assert_eq!(paths(&["书 本", "a b", "", "-", "a.", "..."]), (vec![None; 6], 6));
    }
}

//! Trees: the nesting that a table draws with its names.
//!
//! A table is flat, so documents draw depth: `└` with blanks before it, deeper rows
//! further in. How wide a level is differs, that a child stands further in than its
//! parent does not. Names that spell the nesting out (`data.items[].id`) are paths
//! already.

use super::markdown::Cell;
use super::warnings::Warnings;

/// The rows above, by how far in they stand; `None` is a row whose name was not read.
#[derive(Default)]
pub(super) struct Tree {
    above: Vec<(usize, Option<String>)>,
}

impl Tree {
    /// The dotted path of the next row; what has no name has none, and is warned about.
    pub fn path(&mut self, cell: &Cell, warnings: &mut Warnings) -> Option<String> {
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
            warnings.add(cell.at, format!("`{shown}`: the note behind the name was not read"));
        }
        if name.is_none() {
            let shown = cell.text.trim();
            warnings.add(cell.at, format!("`{shown}` is no name of a parameter or field: the row was not read"));
        }
        let path = match (self.above.last(), name) {
            (_, None) => None,
            (None, Some(name)) => {
                if depth > 0 {
                    warnings.add(cell.at, format!("`{name}` is drawn inside of nothing: it was read as outermost"));
                }
                Some(name)
            }
            (Some((_, Some(parent))), Some(name)) => Some(format!("{parent}.{name}")),
            (Some((_, None)), Some(name)) => {
                warnings.add(
                    cell.at,
                    format!("`{name}` is drawn inside of a row that was not read: it was not read either"),
                );
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
    use crate::warnings::Position;

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
    fn what_hangs_on_nothing_is_told() {
        assert_eq!(paths(&["└ id"]), (some(&["id"]), 1));
        assert_eq!(paths(&["数据", "└ id", "code"]), (vec![None, None, Some("code".to_owned())], 2));
    }

    #[test]
    fn notes_are_no_names() {
        assert_eq!(paths(&["user_id（可选）", "name*", "X-Desk 柜台"]), (some(&["user_id", "name", "X-Desk"]), 0));
        assert_eq!(paths(&["书 本", "a b", "", "-", "a.", "..."]), (vec![None; 6], 6));
    }
}

//! The portal's own form: tables and samples in tags, `<md-dt-table>`, `<md-table>`, `<md-code-json>`.
//!
//! Every Markdown of a page is somebody's conversion of this form, so here it is converted
//! once more: a table in tags becomes the lines of a Markdown table, the level of a row
//! (`level="1"`) becomes what people draw it with, and a sample becomes a fence. Every piece
//! keeps the place in the document that it came from. Tags inside of a cell stay, and are
//! read as in any other cell.

use crate::warnings::{Position, Warnings};

/// What part of a cell stands in one place of the document.
pub(super) struct Piece<'a> {
    pub text: &'a str,
    /// Index of the line, and bytes before the piece in it.
    pub line: usize,
    pub column: usize,
}

pub(super) struct Row<'a> {
    /// Index of the line that it begins on.
    pub line: usize,
    pub level: usize,
    pub cells: Vec<Vec<Piece<'a>>>,
}

pub(super) enum Portal<'a> {
    Table(Vec<Row<'a>>),
    /// JSON, line by line.
    Code(Vec<Piece<'a>>),
}

const TABLES: [&str; 2] = ["md-dt-table", "md-table"];
/// Inside of a table people also write the tags of HTML.
const ROWS: [&str; 3] = ["md-dt-tr", "md-tr", "tr"];
const CELLS: [&str; 6] = ["md-dt-td", "md-dt-th", "md-td", "md-th", "td", "th"];
const PARTS: [&str; 6] = ["md-dt-thead", "md-dt-tbody", "md-thead", "md-tbody", "thead", "tbody"];
const CODE: &str = "md-code-json";
/// Deeper rows than any table has.
const DEEPEST: usize = 50;

/// What reads the portal's pieces of one document.
pub(super) struct Reader<'a, 'l> {
    lines: &'l [&'a str],
    /// The document's number of the first line.
    first: usize,
    /// The last line that closes each kind: what opens below it is never closed.
    closed_by: Vec<(&'static str, Option<usize>)>,
}

impl<'a, 'l> Reader<'a, 'l> {
    pub fn new(lines: &'l [&'a str], first: usize) -> Self {
        let last = |name: &str| {
            let close = format!("</{name}>");
            lines.iter().rposition(|line| line.contains(&close))
        };
        let closed_by = TABLES.into_iter().chain([CODE]).map(|name| (name, last(name))).collect();
        Self { lines, first, closed_by }
    }

    /// The table or sample that begins on a line, and the index behind its last line.
    pub fn read(&self, at: usize, warnings: &mut Warnings) -> Option<(Portal<'a>, usize)> {
        let opening = self.lines.get(at)?.trim_start();
        let (name, closes) = name(opening.strip_prefix('<')?)?;
        let (name, last) = *self.closed_by.iter().find(|(known, _)| *known == name && !closes)?;
        let close = format!("</{name}>");
        let ends = |&line: &usize| self.lines.get(line).is_some_and(|line| line.contains(&close));
        let Some(last) = last.filter(|last| *last >= at).and_then(|last| (at..=last).find(ends)) else {
            warnings.add_line(self.first + at, format!("`<{name}>` is never closed: skipped"));
            return None;
        };
        let lines = self.lines;
        let portal = if name == CODE { Portal::Code(code(lines, at, last)) } else { table(lines, at..last + 1) };
        Some((portal, last + 1))
    }

    /// Where a piece stands in the document.
    pub fn position(&self, piece: &Piece<'_>) -> Position {
        let before = self.lines.get(piece.line).and_then(|line| line.get(..piece.column)).unwrap_or_default();
        Position { line: self.first + piece.line, column: before.chars().count() + 1 }
    }
}

/// What stands between the tags of a sample.
fn code<'a>(lines: &[&'a str], at: usize, last: usize) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for line in at..=last {
        let whole = lines.get(line).copied().unwrap_or_default();
        let start = if line == at { whole.find('>').map_or(0, |end| end + 1) } else { 0 };
        let end = if line == last { whole.rfind("</").unwrap_or(whole.len()) } else { whole.len() };
        let text = whole.get(start..end).unwrap_or_default();
        // The lines of the tags themselves have nothing else.
        if !text.trim().is_empty() || line != at && line != last {
            pieces.push(Piece { text, line, column: start });
        }
    }
    pieces
}

fn table<'a>(lines: &[&'a str], range: std::ops::Range<usize>) -> Portal<'a> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut in_cell = false;
    for line in range {
        let whole = lines.get(line).copied().unwrap_or_default();
        let mut from = 0;
        while from <= whole.len() {
            let rest = whole.get(from..).unwrap_or_default();
            let tag = structural(rest);
            let text_end = tag.as_ref().map_or(rest.len(), |tag| tag.start);
            let text = rest.get(..text_end).unwrap_or_default();
            if in_cell && let Some(cell) = rows.last_mut().and_then(|row| row.cells.last_mut()) {
                cell.push(Piece { text, line, column: from });
            }
            let Some(tag) = tag else { break };
            match (tag.name, tag.closes) {
                (name, false) if ROWS.contains(&name) => {
                    in_cell = false;
                    rows.push(Row { line, level: tag.level, cells: Vec::new() });
                }
                (name, false) if CELLS.contains(&name) => {
                    if let Some(row) = rows.last_mut() {
                        row.cells.push(Vec::new());
                        in_cell = true;
                    }
                }
                // What stands behind a cell belongs to it, too, up to the row's end.
                (name, true) if CELLS.contains(&name) => {}
                _ => in_cell = false,
            }
            from += tag.end;
        }
    }
    rows.retain(|row| !row.cells.is_empty());
    Portal::Table(rows)
}

/// A tag that parts a table.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    level: usize,
    start: usize,
    end: usize,
}

/// The first tag in a text that parts a table; other tags belong to their cell.
fn structural(text: &str) -> Option<Tag<'_>> {
    for (start, _) in text.match_indices('<') {
        let Some((name, closes)) = text.get(start + 1..).and_then(name) else { continue };
        let parts = TABLES.contains(&name) || ROWS.contains(&name) || CELLS.contains(&name) || PARTS.contains(&name);
        if !parts {
            continue;
        }
        let length = text.get(start..)?.find('>')? + 1;
        let level = text.get(start..start + length).and_then(|tag| super::html::attribute(tag, "level"));
        let level = level.and_then(|level| level.trim().parse().ok()).unwrap_or(0).min(DEEPEST);
        return Some(Tag { name, closes, level, start, end: start + length });
    }
    None
}

/// The name of the tag that a text behind `<` is, and whether it closes.
fn name(text: &str) -> Option<(&str, bool)> {
    let (text, closes) = text.strip_prefix('/').map_or((text, false), |text| (text, true));
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(text.len());
    Some((text.get(..end)?, closes))
}

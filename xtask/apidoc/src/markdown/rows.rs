//! Rows: every row of a table on one line, as Markdown wants it.
//!
//! Exporters break a cell where its text has a line break, and write a `|` inside
//! code without its backslash. A parser would end the table at the first and lose the
//! cells behind the second, without a word. The number of columns tells both: a row
//! goes on until it has them all, and what is still too much is warned about.

use super::cells::{Code, closes, columns, pipe_offsets, pipes, plain_delimiter};
use super::portal::{self, Portal};
use crate::warnings::{Position, Warnings};

/// How many lines one row may run over: far more than any has, so that no search is long.
const LONGEST: usize = 60;

/// Text that stands on one line of the document, up to the next stretch.
pub(super) struct Stretch {
    /// Offset in the text.
    pub start: usize,
    /// Where it stands in the document.
    pub origin: Position,
}

/// The lines as one text with whole rows; `first` is the document's number of the first line.
pub(super) fn whole(lines: &[&str], first: usize, warnings: &mut Warnings) -> (String, Vec<Stretch>) {
    let mut joiner = Joiner { text: String::new(), stretches: Vec::new(), first };
    let tags = portal::Reader::new(lines, first);
    let mut lines = lines.to_vec();
    let mut fence: Option<&str> = None;
    let mut table: Option<Table> = None;
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        match (fence, fence_of(line)) {
            (Some(open), close) => {
                if close.is_some_and(|close| close.starts_with(open)) && line.trim().len() == close.map_or(0, str::len)
                {
                    fence = None;
                }
            }
            (None, Some(open)) => (fence, table) = (Some(open), None),
            (None, None) => {
                if let Some((portal, end)) = tags.read(at, warnings) {
                    joiner.portal(&portal, &tags, warnings);
                    (at, table) = (end, None);
                    continue;
                }
                if let Some(table) = table {
                    table.drop_fence(&mut lines, at);
                }
                let header = at.checked_sub(1).and_then(|before| lines.get(before).copied());
                let found = header.filter(|_| table.is_none()).and_then(|header| columns(header, line));
                if let Some(columns) = found {
                    let is_open = header.is_some_and(|line| !line.trim_start().starts_with('|'));
                    table = Some(Table { columns, is_open });
                    joiner.line(&plain_delimiter(line, columns), at);
                    at += 1;
                    continue;
                }
                if let Some(end) = table.and_then(|table| table.end_of_row(&lines, at)) {
                    let columns = table.map_or(0, |table| table.columns);
                    joiner.row(&lines, at..end, columns, warnings);
                    at = end;
                    continue;
                }
                let begins = lines.get(at + 1).is_some_and(|next| columns(line, next).is_some());
                let is_below =
                    at.checked_sub(1).and_then(|before| lines.get(before)).is_some_and(|line| !line.trim().is_empty());
                // Text right above a table would take its header.
                if table.take().is_some() && is_label(line) || begins && is_below {
                    joiner.text.push('\n');
                }
            }
        }
        joiner.line(line, at);
        at += 1;
    }
    (joiner.text, joiner.stretches)
}

struct Joiner {
    text: String,
    stretches: Vec<Stretch>,
    first: usize,
}

impl Joiner {
    fn line(&mut self, line: &str, index: usize) {
        self.begin(index, 1);
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn begin(&mut self, index: usize, column: usize) {
        self.begin_at(Position { line: self.first + index, column });
    }

    /// A table of the portal as one of Markdown, and a sample as a fence.
    fn portal(&mut self, portal: &Portal<'_>, tags: &portal::Reader<'_, '_>, warnings: &mut Warnings) {
        self.text.push('\n');
        match portal {
            Portal::Code(pieces) => {
                // No JSON has a line of these.
                self.text.push_str("~~~~~~json\n");
                for piece in pieces {
                    self.piece(piece, tags);
                    self.text.push('\n');
                }
                self.text.push_str("~~~~~~\n");
            }
            Portal::Table(rows) => {
                let columns = rows.first().map_or(0, |row| row.cells.len());
                for (index, row) in rows.iter().enumerate() {
                    self.begin(row.line, 1);
                    self.portal_row(row, columns, tags);
                    if index == 0 {
                        self.text.push_str(&"|---".repeat(columns));
                        self.text.push_str("|\n");
                    }
                    if row.cells.len() > columns {
                        let message = "the row has more cells than the table has columns: the last ones were skipped";
                        warnings.add_line(self.first + row.line, message);
                    }
                }
            }
        }
        self.text.push('\n');
    }

    fn portal_row(&mut self, row: &portal::Row<'_>, columns: usize, tags: &portal::Reader<'_, '_>) {
        for (index, cell) in row.cells.iter().take(columns).enumerate() {
            self.text.push('|');
            if index == 0 && row.level > 0 {
                self.text.push_str(&"&nbsp;".repeat(row.level));
                self.text.push('└');
            }
            let mut is_first = true;
            for piece in cell.iter().filter(|piece| !piece.text.trim().is_empty()) {
                if !is_first {
                    self.text.push_str("<br>");
                }
                is_first = false;
                let text = piece.text.trim_start();
                let column = piece.column + piece.text.len() - text.len();
                self.begin_at(tags.position(&portal::Piece { text, line: piece.line, column }));
                let mut escaped = false;
                for c in text.trim_end().chars() {
                    if c == '|' && !escaped {
                        self.text.push('\\');
                    }
                    escaped = c == '\\' && !escaped;
                    self.text.push(c);
                }
            }
            self.text.push(' ');
        }
        self.text.push_str("|\n");
    }

    fn piece(&mut self, piece: &portal::Piece<'_>, tags: &portal::Reader<'_, '_>) {
        self.begin_at(tags.position(piece));
        self.text.push_str(piece.text);
    }

    fn begin_at(&mut self, origin: Position) {
        self.stretches.push(Stretch { start: self.text.len(), origin });
    }

    fn row(&mut self, lines: &[&str], range: std::ops::Range<usize>, columns: usize, warnings: &mut Warnings) {
        let parts = lines.get(range.clone()).unwrap_or_default();
        let parting = parting(parts, columns);
        let too_many = |escape: bool| parts.iter().map(|part| pipes(part, escape)).sum::<usize>() > parting;
        let escape = too_many(false) && !too_many(true);
        for (index, part) in range.clone().zip(parts) {
            let indent = if index == range.start { 0 } else { part.len() - part.trim_start().len() };
            if index > range.start {
                self.text.push_str("<br>");
            }
            self.begin(index, part.chars().take_while(|c| c.is_whitespace()).count().min(indent) + 1);
            let mut code = Code::of(part);
            let mut escaped = false;
            for (offset, c) in part.char_indices().skip_while(|&(offset, _)| offset < indent) {
                if escape && c == '|' && !escaped && code.has(offset) {
                    self.text.push('\\');
                    self.begin(index, part.get(..offset).map_or(1, |before| before.chars().count() + 1));
                }
                escaped = c == '\\' && !escaped;
                self.text.push(c);
            }
        }
        self.text.push('\n');
        if let (Some(row), true) = (parts.first(), too_many(false) && !escape) {
            warn_of_cells_too_many(row, columns, self.first + range.start, warnings);
        }
    }
}

/// How many pipes part the cells of a row, its outer ones included if it has them.
fn parting(parts: &[&str], columns: usize) -> usize {
    let opens = parts.first().is_some_and(|part| part.trim_start().starts_with('|'));
    let closes = parts.last().is_some_and(|part| closes(part) || parts.len() > 1 && part.trim() == "|");
    (columns + usize::from(opens) + usize::from(closes)).saturating_sub(1)
}

fn warn_of_cells_too_many(row: &str, columns: usize, line: usize, warnings: &mut Warnings) {
    let opens = usize::from(row.trim_start().starts_with('|'));
    let Some(last) = pipe_offsets(row, false).nth((columns + opens).saturating_sub(1)) else {
        warnings.add_line(
            line,
            "the lines of this row have more cells than the table has columns: the last ones were skipped",
        );
        return;
    };
    let (kept, lost) = row.split_at_checked(last + 1).unwrap_or((row, ""));
    if lost.chars().any(|c| !c.is_whitespace() && c != '|') {
        let blanks = lost.chars().take_while(|c| c.is_whitespace()).count();
        let at = Position { line, column: kept.chars().count() + blanks + 1 };
        warnings.add(
            at,
            format!(
                "the row has more cells than the table has columns: `{}` was skipped (a `|` inside a cell is written `\\|`)",
                lost.trim().trim_end_matches('|').trim_end()
            ),
        );
    }
}

#[derive(Clone, Copy)]
struct Table {
    columns: usize,
    /// Its rows begin without a pipe, so that a line without any belongs to the row above it.
    is_open: bool,
}

impl Table {
    /// The index behind the last line of the row that begins at `at`; `None` if the table ends here.
    fn end_of_row(self, lines: &[&str], at: usize) -> Option<usize> {
        let line = lines.get(at)?;
        match self.is_open && !line.trim_start().starts_with('|') {
            true => end_of_open_row(lines, at, self.columns),
            false => line.contains('|').then(|| end_of_row(lines, at, self.columns)),
        }
    }
}

impl Table {
    /// Blanks out a block of code inside of a cell: an example of a value, whose fence would end the table.
    ///
    /// It is inside of one only if the row goes on behind it.
    fn drop_fence(self, lines: &mut [&str], at: usize) {
        let Some(row) = lines.get(at).copied().filter(|row| row.trim_start().starts_with('|') && !closes(row)) else {
            return;
        };
        let mut found = pipes(row, false);
        let opens_in_row = row.rfind("```").filter(|&open| {
            let odd = row.matches("```").count() % 2 == 1;
            odd && row.get(open + 3..).is_some_and(|word| word.trim().chars().all(char::is_alphanumeric))
        });
        let mut open = opens_in_row.map(|_| (at, "```"));
        for next in at + 1..lines.len().min(at + LONGEST) {
            let line = lines.get(next).copied().unwrap_or_default();
            match (open, fence_of(line)) {
                (Some((from, fence)), _) if line.trim_start().starts_with(fence) => {
                    let rest = line.trim_start().trim_start_matches('`');
                    let goes_on = if rest.trim().is_empty() { lines.get(next + 1).copied() } else { Some(rest) };
                    if !goes_on.is_some_and(|rest| rest.trim_start().starts_with('|') || pipes(rest, false) == 1) {
                        return;
                    }
                    let more = goes_on.map_or(0, |rest| pipes(rest, false));
                    if found + more > self.columns + 1 {
                        return;
                    }
                    if let Some(cut) = opens_in_row
                        && let Some(line) = lines.get_mut(from)
                    {
                        *line = row.get(..cut).unwrap_or(row);
                    }
                    let inside = from + usize::from(opens_in_row.is_some());
                    lines.get_mut(inside..next).unwrap_or_default().fill("");
                    if let Some(line) = lines.get_mut(next) {
                        *line = rest;
                    }
                    return;
                }
                (Some(_), _) => {}
                (None, Some(fence)) => open = Some((next, fence)),
                (None, None) if line.trim_start().starts_with('|') => return,
                (None, None) => found += pipes(line, false),
            }
        }
    }
}

/// The same of a row that begins without a pipe and ends without one: it goes on until the next line with a pipe.
fn end_of_open_row(lines: &[&str], at: usize, columns: usize) -> Option<usize> {
    let mut found = 0;
    let mut end = at;
    for (next, line) in lines.iter().enumerate().skip(at).take(LONGEST) {
        let more = pipes(line, false);
        let is_whole = found + 1 >= columns;
        // What announces a block stands right before it.
        let announces = line.trim_end_matches(['*', ' ']).ends_with([':', '：'])
            && more == 0
            && lines.get(next + 1).is_none_or(|line| ends_table(line));
        // A line that breaks, behind one that does not, begins a row whose first cell has two lines.
        let begins = is_whole && breaks(line) && lines.get(next + 1).is_some_and(|line| pipes(line, false) > 0);
        let behind_whole = next.checked_sub(1).and_then(|before| lines.get(before)).is_some_and(|line| !breaks(line));
        if ends_table(line) || announces || is_whole && more > 0 || begins && behind_whole {
            break;
        }
        found += more;
        end = next + 1;
    }
    (found > 0).then_some(end)
}

/// Whether a line ends with Markdown's break inside of a paragraph.
fn breaks(line: &str) -> bool {
    line.ends_with("  ") || line.ends_with('\\')
}

fn ends_table(line: &str) -> bool {
    line.trim().is_empty() || begins_block(line)
}

/// The index behind the last line of the row that begins at `at`.
fn end_of_row(lines: &[&str], at: usize, columns: usize) -> usize {
    let Some(row) = lines.get(at).filter(|row| row.trim_start().starts_with('|')) else { return at + 1 };
    let closed = row.trim_end().ends_with('|');
    let mut found = pipes(row, false);
    let mut end = at + 1;
    let mut after_blank = false;
    // A row that only lacks its closing pipe is whole if the next line is a row, or nothing.
    for (next, line) in lines.iter().enumerate().skip(at + 1).take(LONGEST) {
        if found > columns || begins_block(line) {
            break;
        }
        if line.trim().is_empty() {
            after_blank = true;
            continue;
        }
        let more = pipes(line, false);
        let is_row = line.trim_start().starts_with('|');
        if found + more > columns + 1 || is_row && (closed || found + more != columns + 1) || closed && more == 0 {
            break;
        }
        found += more;
        if found == columns + 1 || !after_blank {
            end = next + 1;
        }
    }
    end
}

/// Whether a line announces what follows: right below a table it is no row of it, whatever Markdown says.
fn is_label(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("**") || line.ends_with([':', '：'])
}

fn begins_block(line: &str) -> bool {
    let line = line.trim_start();
    fence_of(line).is_some() || line.trim_start_matches('#').starts_with(' ') && line.starts_with('#')
}

/// The backticks or tildes that open or close a block of code.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    let (fence, rest) = line.split_at_checked(length)?;
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then_some(fence)
}

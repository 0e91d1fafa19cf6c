//! Rows: every row of a table on one line, as Markdown wants it.
//!
//! Exporters break a cell where its text has a line break, and write a `|` inside
//! code without its backslash. A parser would end the table at the first and lose the
//! cells behind the second, without a word. The number of columns tells both: a row
//! goes on until it has them all, and what is still too much is warned about.

use super::html::is_invisible;
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
    let mut fence: Option<&str> = None;
    let mut table: Option<Table> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        match (fence, fence_of(line)) {
            (Some(open), close) => {
                if close.is_some_and(|close| close.starts_with(open)) && line.trim().len() == close.map_or(0, str::len)
                {
                    fence = None;
                }
            }
            (None, Some(open)) => (fence, table) = (Some(open), None),
            (None, None) => {
                let header = at.checked_sub(1).and_then(|before| lines.get(before));
                if let Some(found) = delimiter(line).filter(|found| header.is_some_and(|line| cells(line) == *found)) {
                    let is_open = header.is_some_and(|line| !line.trim_start().starts_with('|'));
                    table = Some(Table { columns: found, is_open });
                    joiner.line(&plain_delimiter(line), at);
                    at += 1;
                    continue;
                } else if let Some(end) = table.and_then(|table| table.end_of_row(lines, at)) {
                    let columns = table.map_or(0, |table| table.columns);
                    joiner.row(lines, at..end, columns, warnings);
                    at = end;
                    continue;
                } else if table.take().is_some() && is_label(line) {
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
        let origin = Position { line: self.first + index, column };
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
            let mut in_code = false;
            let mut escaped = false;
            for (offset, c) in part.char_indices().skip_while(|&(offset, _)| offset < indent) {
                in_code ^= c == '`';
                if escape && c == '|' && in_code && !escaped {
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

/// The number of columns, if the line is the one between a table's header and its rows.
fn delimiter(line: &str) -> Option<usize> {
    let is_delimiter = line.contains('|')
        && line.contains('-')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':') || c.is_whitespace() || is_invisible(c));
    is_delimiter.then(|| cells(line))
}

/// The delimiter with nothing in it that Markdown does not know there.
fn plain_delimiter(line: &str) -> String {
    let marks = line.trim_start();
    let (indent, _) = line.split_at_checked(line.len() - marks.len()).unwrap_or_default();
    indent.to_owned() + &marks.replace(|c: char| c.is_whitespace() || is_invisible(c), " ")
}

/// How many cells a line has, read as a row.
fn cells(line: &str) -> usize {
    let line = line.trim();
    (pipes(line, false) + 1).saturating_sub(usize::from(line.starts_with('|')) + usize::from(closes(line)))
}

/// Whether a line ends with the pipe that closes its row.
fn closes(line: &str) -> bool {
    let line = line.trim();
    line.len() > 1 && line.ends_with('|') && !line.ends_with("\\|")
}

fn pipes(line: &str, outside_code: bool) -> usize {
    pipe_offsets(line, outside_code).count()
}

/// Where the pipes stand that part cells, or only those of them that are not in code.
fn pipe_offsets(line: &str, outside_code: bool) -> impl Iterator<Item = usize> {
    let (mut escaped, mut in_code) = (false, false);
    line.bytes().enumerate().filter_map(move |(at, byte)| {
        in_code ^= byte == b'`';
        let parts = byte == b'|' && !escaped && !(outside_code && in_code);
        escaped = byte == b'\\' && !escaped;
        parts.then_some(at)
    })
}

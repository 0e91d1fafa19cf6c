//! Cells: where a line that is a row of a table has its pipes, and where its code.

use super::html::is_invisible;
use std::collections::BTreeMap;

/// The number of columns of the table whose header is the first line, if the second stands below one.
///
/// People miscount the dashes; where both lines begin with a pipe the header's number holds.
pub(super) fn columns(header: &str, line: &str) -> Option<usize> {
    let is_delimiter = line.contains('|')
        && line.contains('-')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':') || c.is_whitespace() || is_invisible(c));
    let begins = |line: &str| line.trim_start().starts_with('|');
    let columns = cells(header);
    let is_miscounted = || columns > 1 && begins(header) && begins(line) && header.contains(char::is_alphanumeric);
    (is_delimiter && (cells(line) == columns || is_miscounted())).then_some(columns)
}

/// The delimiter of so many columns, with nothing in it that Markdown does not know there.
pub(super) fn plain_delimiter(line: &str, columns: usize) -> String {
    let marks = line.trim_start();
    let (indent, _) = line.split_at_checked(line.len() - marks.len()).unwrap_or_default();
    if cells(line) != columns {
        return format!("{indent}{}|", "|---".repeat(columns));
    }
    indent.to_owned() + &marks.replace(|c: char| c.is_whitespace() || is_invisible(c), " ")
}

/// How many cells a line has, read as a row.
fn cells(line: &str) -> usize {
    let line = line.trim();
    (pipes(line, false) + 1).saturating_sub(usize::from(line.starts_with('|')) + usize::from(closes(line)))
}

/// Whether a line ends with the pipe that closes its row.
pub(super) fn closes(line: &str) -> bool {
    let line = line.trim();
    line.len() > 1 && line.ends_with('|') && !line.ends_with("\\|")
}

pub(super) fn pipes(line: &str, outside_code: bool) -> usize {
    pipe_offsets(line, outside_code).count()
}

/// Where the pipes stand that part cells, or only those of them that are not in code.
pub(super) fn pipe_offsets(line: &str, outside_code: bool) -> impl Iterator<Item = usize> {
    let mut escaped = false;
    let mut code = Code::of(if outside_code { line } else { "" });
    line.bytes().enumerate().filter_map(move |(at, byte)| {
        let parts = byte == b'|' && !escaped && !code.has(at);
        escaped = byte == b'\\' && !escaped;
        parts.then_some(at)
    })
}

/// The stretches of a line that are code: between backticks, and as many backticks again.
pub(super) struct Code {
    spans: Vec<(usize, usize)>,
    next: usize,
}

impl Code {
    pub fn of(line: &str) -> Self {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (at, _) in line.match_indices('`') {
            match runs.last_mut() {
                Some((start, length)) if *start + *length == at => *length += 1,
                _ => runs.push((at, 1)),
            }
        }
        let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &(start, length) in &runs {
            by_length.entry(length).or_default().push(start);
        }
        let mut spans = Vec::new();
        let mut behind = 0;
        for (start, length) in runs {
            let closing = by_length.get(&length).and_then(|all| all.get(all.partition_point(|&other| other <= start)));
            if let Some(&end) = closing.filter(|_| start >= behind) {
                spans.push((start, end));
                behind = end + length;
            }
        }
        Self { spans, next: 0 }
    }

    /// Whether an offset is in code; asked for in order.
    pub fn has(&mut self, at: usize) -> bool {
        while self.spans.get(self.next).is_some_and(|(_, end)| *end < at) {
            self.next += 1;
        }
        self.spans.get(self.next).is_some_and(|(start, _)| *start <= at)
    }
}

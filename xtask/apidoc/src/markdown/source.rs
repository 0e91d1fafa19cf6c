//! The text that Markdown is read from, and the way back from it.
//!
//! Before a parser sees a document, what people and exporters do to Markdown is
//! undone: byte order mark, line ends, front matter, table rows that run over several
//! lines. So a place in this text is not a place in the document; each stretch of it
//! remembers where it came from, and every warning is given in the document's lines.

use super::rows::{self, Stretch};
use crate::warnings::{Position, Warnings};

pub(super) struct Source {
    pub text: String,
    /// `title:` of the front matter.
    pub title: Option<String>,
    stretches: Vec<Stretch>,
}

impl Source {
    pub fn read(document: &str, warnings: &mut Warnings) -> Self {
        let normal = normalise(document);
        let lines: Vec<&str> = normal.split('\n').collect();
        let matter = front_matter(&lines);
        let title = lines.get(..matter).unwrap_or_default().iter().find_map(|line| line.strip_prefix("title:"));
        let title = title.map(|title| title.trim().trim_matches(['"', '\'']).to_owned());
        let (text, stretches) = rows::whole(lines.get(matter..).unwrap_or_default(), matter + 1, warnings);
        Self { text, title: title.filter(|title| !title.is_empty()), stretches }
    }

    /// The document's line of a place in the text.
    pub fn line(&self, offset: usize) -> usize {
        self.stretch(offset).map_or(1, |stretch| stretch.origin.line)
    }

    fn stretch(&self, offset: usize) -> Option<&Stretch> {
        let after = self.stretches.partition_point(|stretch| stretch.start <= offset);
        self.stretches.get(after.saturating_sub(1))
    }
}

/// Line feeds only and no byte order mark; lines keep their numbers.
fn normalise(document: &str) -> String {
    let text = document.strip_prefix('\u{feff}').unwrap_or(document);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// How many lines the front matter takes: `---`, what tools noted, `---`.
fn front_matter(lines: &[&str]) -> usize {
    const LONGEST: usize = 100;
    let is_fence = |line: &&str| line.trim_end() == "---";
    if !lines.first().is_some_and(is_fence) {
        return 0;
    }
    let rest = lines.iter().skip(1).take(LONGEST);
    // A rule that happens to open a document is followed by blank lines and headings.
    let is_note = |line: &&str| line.contains(':') || line.starts_with([' ', '-', '#']);
    let length = rest.clone().take_while(|line| !is_fence(line) && is_note(line)).count();
    let closes = lines.get(length + 1).is_some_and(is_fence);
    if closes && length > 0 { length + 2 } else { 0 }
}

/// Places of a text, asked for in order: so that a long line is not counted from its start each time.
pub(super) struct Places<'a> {
    source: &'a Source,
    last: (usize, Position),
}

impl<'a> Places<'a> {
    pub fn new(source: &'a Source) -> Self {
        Self { source, last: (usize::MAX, Position::line(1)) }
    }

    pub fn position(&mut self, offset: usize) -> Position {
        let Some(stretch) = self.source.stretch(offset) else { return Position::line(1) };
        let (mut from, mut at) = (stretch.start, stretch.origin);
        if (stretch.start..=offset).contains(&self.last.0) {
            (from, at) = self.last;
        }
        at.column += self.source.text.get(from..offset).map_or(0, |between| between.chars().count());
        self.last = (offset, at);
        at
    }
}

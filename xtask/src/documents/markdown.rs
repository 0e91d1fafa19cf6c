//! Markdown as a flat list of blocks, each with its line.
//!
//! The documents nest their tables and samples in lists as often as not, and a
//! reader of facts does not care: order, labels and lines are all it needs. So the
//! tree that `pulldown-cmark` walks is flattened here, and markup goes: a cell is
//! its text, with `<br>` as a line break.

use super::warnings::Position;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

pub(super) struct Block {
    pub line: usize,
    pub content: Content,
}

pub(super) enum Content {
    Heading {
        level: u8,
        text: String,
    },
    /// A paragraph or a list item.
    Text {
        /// The bold words it opens with, without their colon: `**参数**：` is labelled `参数`.
        label: Option<String>,
        text: String,
    },
    Table(Table),
    Code(Code),
}

/// A table; its first row is the header.
#[derive(Default)]
pub(super) struct Table {
    pub rows: Vec<Row>,
}

pub(super) struct Row {
    pub line: usize,
    pub cells: Vec<String>,
}

#[derive(Default)]
pub(super) struct Code {
    /// The first word after the fence, in lower case.
    pub language: String,
    pub text: String,
    /// Line of the first line of content.
    pub line: usize,
    /// Columns that the block is indented by in the document.
    pub indent: usize,
}

impl Code {
    /// The place in the document of a place in this block's text.
    pub fn position(&self, line: usize, column: usize) -> Position {
        Position { line: self.line + line.saturating_sub(1), column: self.indent + column.max(1) }
    }
}

/// Line feeds only and no byte order mark; lines keep their numbers.
pub(super) fn normalise(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The blocks of a normalised text.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let position = |offset: usize| {
        let line = starts.partition_point(|&start| start <= offset);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = text.get(start..offset).map_or(1, |before| before.chars().count() + 1);
        Position { line, column }
    };
    let mut flattener = Flattener::default();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        flattener.take(event, position(range.start));
    }
    flattener.flush();
    flattener.blocks
}

#[derive(Default)]
struct Flattener {
    blocks: Vec<Block>,
    /// Text gathered since the last block ended, and where it began.
    text: String,
    line: Option<usize>,
    label: Option<String>,
    /// Bold text is open, and nothing but blanks came before it.
    opens_bold: bool,
    table: Option<(usize, Table)>,
    code: Option<(usize, Code)>,
}

impl Flattener {
    fn take(&mut self, event: Event<'_>, at: Position) {
        match event {
            Event::Start(tag) => self.open(tag, at),
            Event::End(tag) => self.close(tag, at),
            Event::Text(text) => self.push(&text, at),
            Event::Code(text) => self.push(&text, at),
            Event::SoftBreak | Event::HardBreak => self.push("\n", at),
            Event::InlineHtml(html) if html.to_lowercase().starts_with("<br") => {
                self.push("\n", at);
            }
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'_>, at: Position) {
        match tag {
            Tag::Table(_) => {
                self.flush();
                self.table = Some((at.line, Table::default()));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some((_, table)) = &mut self.table {
                    table.rows.push(Row { line: at.line, cells: Vec::new() });
                }
            }
            Tag::TableCell => self.text.clear(),
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                };
                let code = Code { language, line: at.line + 1, ..Code::default() };
                self.code = Some((at.line, code));
            }
            Tag::Strong => self.opens_bold = self.text.trim().is_empty(),
            Tag::Emphasis | Tag::Link { .. } | Tag::Image { .. } => {}
            _ => self.flush(),
        }
    }

    fn close(&mut self, tag: TagEnd, at: Position) {
        match tag {
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text).trim().to_owned();
                self.line = None;
                self.label = None;
                let content = Content::Heading { level: level as u8, text };
                self.blocks.push(Block { line: at.line, content });
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text).trim().to_owned();
                let row = self.table.as_mut().and_then(|(_, table)| table.rows.last_mut());
                if let Some(row) = row {
                    row.cells.push(text);
                }
            }
            TagEnd::Table => {
                self.label = None;
                self.line = None;
                if let Some((line, table)) = self.table.take() {
                    self.blocks.push(Block { line, content: Content::Table(table) });
                }
            }
            TagEnd::CodeBlock => {
                if let Some((line, code)) = self.code.take() {
                    self.blocks.push(Block { line, content: Content::Code(code) });
                }
            }
            TagEnd::Strong if self.opens_bold => {
                self.opens_bold = false;
                let label = self.text.trim().trim_end_matches([':', '：']).trim_end();
                self.label = (!label.is_empty()).then(|| label.to_owned());
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            _ => {}
        }
    }

    fn push(&mut self, text: &str, at: Position) {
        match &mut self.code {
            Some((_, code)) => {
                if code.text.is_empty() {
                    code.line = at.line;
                    code.indent = at.column.saturating_sub(1);
                }
                code.text.push_str(text);
            }
            None => {
                self.line.get_or_insert(at.line);
                self.text.push_str(text);
            }
        }
    }

    /// Ends the paragraph or list item that is being gathered.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let label = self.label.take();
        if let (Some(line), false) = (self.line.take(), text.is_empty()) {
            self.blocks.push(Block { line, content: Content::Text { label, text } });
        }
    }
}

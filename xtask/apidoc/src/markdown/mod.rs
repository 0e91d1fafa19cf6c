//! Markdown as a flat list of blocks, each with its line.
//!
//! The documents nest their tables and samples in lists as often as not, and a
//! reader of facts does not care: order, labels and lines are all it needs. So the
//! tree that `pulldown-cmark` walks is flattened here, and markup goes: a cell is
//! its text, with `<br>` as a line break, and its prose, which keeps the backticks
//! that tell a value from the words around it.

mod cells;
mod html;
mod portal;
mod rows;
mod source;

use crate::warnings::{Position, Warnings};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use source::{Places, Source};
use std::collections::BTreeSet;

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
        /// The last line, if it is short and ends with a colon, as what announces a block does.
        announces: Option<String>,
        text: String,
        /// The document's line of each line of the text.
        lines: Vec<usize>,
        /// The column of its first character: how far in it stands.
        column: usize,
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
    pub cells: Vec<Cell>,
}

pub(super) struct Cell {
    /// Without markup.
    pub text: String,
    /// With the backticks around code, and with the blanks that indent it.
    pub prose: String,
    /// The bold words that a colon follows: what they announce is worth a warning if nobody knows them.
    pub labels: Vec<String>,
    pub at: Position,
}

#[derive(Default)]
pub(super) struct Code {
    /// The first word after the fence, in lower case.
    pub language: String,
    pub text: String,
    /// Line of the first line of content, or of the fence where there is none.
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

/// A document as blocks.
pub(super) struct Parsed {
    pub blocks: Vec<Block>,
    /// `title:` of the front matter.
    pub title: Option<String>,
}

/// Parses the text of a document.
pub(super) fn parse(document: &str, warnings: &mut Warnings) -> Parsed {
    let source = Source::read(document, warnings);
    let blocks = blocks(&source, warnings);
    Parsed { blocks, title: source.title }
}

fn blocks(source: &Source, warnings: &mut Warnings) -> Vec<Block> {
    let mut flattener = Flattener {
        source,
        places: Places::new(source),
        warnings,
        blocks: Vec::new(),
        text: String::new(),
        line: None,
        column: 1,
        more_lines: Vec::new(),
        label: None,
        opens_bold: false,
        bold: Vec::new(),
        table: None,
        cell: None,
        code: None,
        html: None,
        unknown: BTreeSet::new(),
    };
    for (event, range) in Parser::new_ext(&source.text, Options::ENABLE_TABLES).into_offset_iter() {
        flattener.take(event, range.start);
    }
    flattener.flush();
    flattener.blocks
}

struct Flattener<'a> {
    source: &'a Source,
    places: Places<'a>,
    warnings: &'a mut Warnings,
    blocks: Vec<Block>,
    /// Text gathered since the last block ended, and where it began.
    text: String,
    line: Option<usize>,
    column: usize,
    /// The document's line of each line of that text but the first.
    more_lines: Vec<usize>,
    label: Option<String>,
    /// Bold text is open, and nothing but blanks came before it.
    opens_bold: bool,
    /// Where the bold pieces of the open cell begin and end in its text.
    bold: Vec<(usize, usize)>,
    table: Option<(usize, Table)>,
    /// Where the open cell begins.
    cell: Option<Position>,
    code: Option<(usize, Code)>,
    html: Option<String>,
    /// Tags that were warned about.
    unknown: BTreeSet<String>,
}

impl Flattener<'_> {
    fn take(&mut self, event: Event<'_>, offset: usize) {
        match event {
            Event::Start(tag) => self.open(tag, offset),
            Event::End(tag) => self.close(tag, offset),
            Event::Text(text) => self.push(&text, offset),
            Event::Code(text) if self.cell.is_some() => {
                let text = html::code(&text);
                self.push(&text, offset);
            }
            Event::Code(text) => self.push(&text, offset),
            Event::SoftBreak | Event::HardBreak => {
                self.push("\n", offset);
                // What follows stands on the next line, unlike what follows a tag for a line.
                if let Some(line) = self.more_lines.last_mut() {
                    *line += 1;
                }
            }
            Event::InlineHtml(html) => {
                self.warn_of_unknown(&html, offset);
                self.push(&html::text_of(&html), offset);
            }
            Event::Html(html) => {
                if let Some(block) = &mut self.html {
                    block.push_str(&html);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, tag: Tag<'_>, offset: usize) {
        match tag {
            Tag::Table(_) => {
                self.flush();
                self.table = Some((self.source.line(offset), Table::default()));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some((_, table)) = &mut self.table {
                    table.rows.push(Row { line: self.source.line(offset), cells: Vec::new() });
                }
            }
            Tag::TableCell => {
                self.text.clear();
                self.bold.clear();
                let text = self.source.text.get(offset..).unwrap_or_default();
                let blanks = text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                self.cell = Some(self.places.position(offset + blanks));
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                };
                let line = self.source.line(offset);
                self.code = Some((line, Code { language, line, ..Code::default() }));
            }
            Tag::HtmlBlock => {
                self.flush();
                self.html = Some(String::new());
            }
            Tag::Strong if self.cell.is_some() => self.bold.push((self.text.len(), self.text.len())),
            Tag::Strong => self.opens_bold = self.text.trim().is_empty(),
            Tag::Emphasis | Tag::Link { .. } | Tag::Image { .. } => {}
            _ => self.flush(),
        }
    }

    fn close(&mut self, tag: TagEnd, offset: usize) {
        match tag {
            TagEnd::Heading(level) => {
                let text = visible(&std::mem::take(&mut self.text));
                let text = html::without_anchor(text.trim()).to_owned();
                self.line = None;
                self.label = None;
                let content = Content::Heading { level: level as u8, text };
                self.blocks.push(Block { line: self.source.line(offset), content });
            }
            TagEnd::TableCell => {
                let labels = self.bold.drain(..).filter_map(|piece| label(&self.text, piece)).collect();
                // Exporters escape what was escaped already, and what is code.
                let prose = visible(&std::mem::take(&mut self.text));
                let prose = html::decoded(&prose).trim_matches([' ', '\t', '\n']).to_owned();
                let text = prose.replace('`', "").trim().to_owned();
                let row = self.table.as_mut().and_then(|(_, table)| table.rows.last_mut());
                if let (Some(row), Some(at)) = (row, self.cell.take()) {
                    row.cells.push(Cell { text, prose, labels, at });
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
            TagEnd::HtmlBlock => self.html_block(offset),
            TagEnd::Strong if self.cell.is_some() => {
                if let Some((_, end)) = self.bold.last_mut() {
                    *end = self.text.len();
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

    /// The portal's tags hold text; what else is HTML may hold facts that are not read.
    fn html_block(&mut self, offset: usize) {
        let Some(html) = self.html.take() else { return };
        self.warn_of_unknown(&html, offset);
        if html::may_hold_facts(&html) {
            self.warnings
                .add_line(self.source.line(offset), "this table or sample is HTML: skipped (write it as Markdown)");
        } else if html.trim_start().starts_with("<md-") {
            self.push(&html::text_in(&html), offset);
            self.flush();
        }
    }

    /// Warns about the first of each kind of tag that nobody knows.
    fn warn_of_unknown(&mut self, html: &str, offset: usize) {
        for name in html::unknown_tags(html) {
            if self.unknown.insert(name.to_owned()) {
                let message = format!("the tag `<{name}>` is unknown: only the text inside of it was read");
                self.warnings.add(self.places.position(offset), message);
            }
        }
    }

    fn push(&mut self, text: &str, offset: usize) {
        match &mut self.code {
            Some((_, code)) => {
                if code.text.is_empty() {
                    let at = self.places.position(offset);
                    code.line = at.line;
                    code.indent = at.column.saturating_sub(1);
                }
                code.text.push_str(text);
            }
            None => {
                if self.line.is_none() {
                    self.line = Some(self.source.line(offset));
                    self.column = self.places.position(offset).column;
                    self.more_lines.clear();
                }
                let breaks = text.matches('\n').count();
                self.more_lines.extend(std::iter::repeat_n(self.source.line(offset), breaks));
                self.text.push_str(text);
            }
        }
    }

    /// Ends the paragraph or list item that is being gathered.
    fn flush(&mut self) {
        let whole = visible(&std::mem::take(&mut self.text));
        let text = whole.trim().to_owned();
        let label = self.label.take();
        if let (Some(line), false) = (self.line.take(), text.is_empty()) {
            let announces = announcement(&text);
            let blank = whole.len() - whole.trim_start().len();
            let skipped = whole.get(..blank).map_or(0, |blanks| blanks.matches('\n').count());
            let lines = std::iter::once(line).chain(self.more_lines.drain(..)).skip(skipped).collect();
            self.blocks
                .push(Block { line, content: Content::Text { label, announces, text, lines, column: self.column } });
        }
    }
}

/// A bold piece of a cell's text that a colon ends or follows.
fn label(text: &str, (start, end): (usize, usize)) -> Option<String> {
    const COLONS: [char; 2] = [':', '：'];
    let word = text.get(start..end)?.trim();
    let rest = text.get(end..)?.trim_start();
    (word.ends_with(COLONS) || rest.starts_with(COLONS)).then(|| word.trim_end_matches(COLONS).trim_end().to_owned())
}

fn announcement(text: &str) -> Option<String> {
    const LONGEST: usize = 30;
    let last = text.rsplit('\n').next()?.trim();
    let words = last.strip_suffix([':', '：'])?;
    (words.chars().count() <= LONGEST).then(|| words.to_owned())
}

fn visible(text: &str) -> String {
    text.replace(html::is_invisible, "")
}

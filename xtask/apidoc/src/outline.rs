//! Outline: which part of an operation a block belongs to.
//!
//! The families mark the parts now with headings (`### 请求体`), now with bold
//! labels (`**请求体示例**:`), and not always at the depth that their meaning has
//! (`### 响应` stands under `## 请求`). So each block gets a trail, innermost mark
//! first, and the first mark that means anything decides.

use super::markdown::{Block, Content};
use super::parts::is_part_title;
use super::tables::compact;

/// The part of a document that describes one operation.
pub(super) struct Section<'a> {
    pub title: &'a str,
    pub line: usize,
    pub pieces: Vec<Piece<'a>>,
}

/// A block and the headings and labels that it stands under, innermost first.
pub(super) struct Piece<'a> {
    pub trail: Vec<&'a str>,
    pub block: &'a Block,
}

impl Piece<'_> {
    /// What the innermost mark says that says anything at all; the words are in lower case and without blanks.
    pub fn says<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        self.trail.iter().find_map(|mark| {
            let mark = compact(mark);
            words.iter().find(|(word, _)| mark.contains(word)).map(|&(_, meaning)| meaning)
        })
    }
}

/// The section that the heading `heading` opens and that ends before the block `end`.
pub(super) fn section(blocks: &[Block], heading: usize, end: usize) -> Section<'_> {
    let (title, line) = match blocks.get(heading) {
        Some(Block { line, content: Content::Heading { text, .. } }) => (text.as_str(), *line),
        Some(Block { line, .. }) => ("", *line),
        None => ("", 1),
    };
    let opens = usize::from(!title.is_empty());
    let mut headings: Vec<(u8, &str)> = Vec::new();
    let mut label: Option<&str> = None;
    let mut announced: Option<&str> = None;
    let mut pieces = Vec::new();
    for block in blocks.get(heading + opens..end).unwrap_or_default() {
        match &block.content {
            Content::Heading { level, text } => {
                headings.retain(|(outer, _)| outer < level);
                headings.push((*level, text));
                (label, announced) = (None, None);
            }
            Content::Text { label: Some(text), .. } => {
                (label, announced) = (Some(text.as_str()), None);
            }
            Content::Text { announces, .. } => announced = announces.as_deref(),
            _ => {}
        }
        let marks = headings.iter().rev().map(|&(_, text)| text);
        pieces.push(Piece { trail: announced.into_iter().chain(label).chain(marks).collect(), block });
    }
    Section { title, line, pieces }
}

/// The nearest heading above a block, and not above `floor`, that is no part's.
pub(super) fn title_above(blocks: &[Block], floor: usize, below: usize) -> Option<usize> {
    let is_title = |block: &Block| matches!(&block.content, Content::Heading { text, .. } if !is_part_title(text));
    blocks.get(floor..below)?.iter().rposition(is_title).map(|at| floor + at)
}

/// The level of a heading; other blocks have none.
pub(super) fn level(blocks: &[Block], at: usize) -> Option<u8> {
    match blocks.get(at).map(|block| &block.content) {
        Some(Content::Heading { level, .. }) => Some(*level),
        _ => None,
    }
}

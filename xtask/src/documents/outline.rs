//! Outline: which part of an operation a block belongs to.
//!
//! The families mark the parts now with headings (`### 请求体`), now with bold
//! labels (`**请求体示例**:`), and not always at the depth that their meaning has
//! (`### 响应` stands under `## 请求`). So each block gets a trail, innermost mark
//! first, and the first mark that means anything decides.

use super::markdown::{Block, Content};

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
    /// What the innermost mark says that says anything at all.
    pub fn says<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        self.trail
            .iter()
            .find_map(|mark| words.iter().find(|(word, _)| mark.contains(word)).map(|&(_, meaning)| meaning))
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
    let mut pieces = Vec::new();
    for block in blocks.get(heading + opens..end).unwrap_or_default() {
        match &block.content {
            Content::Heading { level, text } => {
                headings.retain(|(outer, _)| outer < level);
                headings.push((*level, text));
                label = None;
            }
            Content::Text { label: Some(text), .. } => label = Some(text),
            _ => {}
        }
        let marks = headings.iter().rev().map(|&(_, text)| text);
        pieces.push(Piece { trail: label.into_iter().chain(marks).collect(), block });
    }
    Section { title, line, pieces }
}

/// The nearest heading above a block that `fits`.
pub(super) fn heading_above(blocks: &[Block], below: usize, fits: impl Fn(&str) -> bool) -> Option<usize> {
    blocks.get(..below)?.iter().rposition(|block| matches!(&block.content, Content::Heading { text, .. } if fits(text)))
}

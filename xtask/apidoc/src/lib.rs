//! Reads API documents: Markdown in, facts out.
//!
//! Every document takes the same path. Markdown becomes a flat list of blocks
//! (`markdown`), the family of the document is recognised by a mark that the other lacks
//! (`page`, `sdk_reference`), and its reader turns sections, tables and samples into
//! `facts`. What it cannot read becomes a warning; a document of no known family is an
//! error. Nothing here knows the spec.

mod bodies;
mod consistency;
mod errors;
#[allow(missing_docs, reason = "the fields are named as in the JSON files of spec/documents")]
pub mod facts;
pub mod files;
mod json;
pub mod load;
mod markdown;
mod open_types;
mod outline;
mod page;
mod parameters;
mod prose;
mod request;
mod samples;
mod sdk_reference;
mod tables;
mod type_notes;
mod warnings;
mod words;

pub use warnings::Warning;

use anyhow::bail;
use markdown::{Block, Content, Parsed};
use std::path::Path;
use warnings::Warnings;

/// What a document states, and what in it could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The facts.
    pub document: facts::Document,
    /// Pieces that are missing from the facts, and contradictions; in the order of lines.
    pub warnings: Vec<Warning>,
}

const MEGABYTE: usize = 1_000_000;
/// A thousand times what documents have: what is larger was given by mistake.
const LARGEST: usize = 16 * MEGABYTE;

/// Reads a document; `name` is its path or file name.
///
/// # Errors
///
/// Fails if the text belongs to no known family of documents, or is larger than any.
pub fn read(name: &str, text: &str) -> anyhow::Result<Reading> {
    if text.len() > LARGEST {
        let (size, most) = (text.len() / MEGABYTE, LARGEST / MEGABYTE);
        bail!(
            "{name}:1:1: this document has {size} MB, and no API document has more than {most}; \
             split it, one operation in each file"
        );
    }
    let mut warnings = Warnings::default();
    let Parsed { blocks, title: noted } = markdown::parse(text, &mut warnings);
    // A page may show a function's signature, but no SDK's reference has a request table.
    let mut operations = if page::is_page(&blocks) {
        page::operations(&blocks, &mut warnings)
    } else if sdk_reference::is_sdk_reference(&blocks) {
        sdk_reference::operations(&blocks, &mut warnings)
    } else {
        bail!(
            "{name}:1:1: this document belongs to no known family, so no facts can be read from it; \
             a document needs {} or {}",
            page::MARK,
            sdk_reference::MARK
        );
    };
    let title = title(&blocks, noted);
    if let [operation] = operations.as_mut_slice()
        && operation.title.is_empty()
    {
        operation.title.clone_from(&title);
    }
    let document = Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let document = facts::Document { document, title, operations };
    Ok(Reading { document, warnings: warnings.into_sorted() })
}

/// The first heading that is not a part's, or what the front matter says.
fn title(blocks: &[Block], noted: Option<String>) -> String {
    let headings = || {
        blocks.iter().filter_map(|block| match &block.content {
            Content::Heading { text, .. } => Some(text),
            _ => None,
        })
    };
    let own = headings().find(|text| !outline::is_part_title(text)).cloned();
    own.or(noted).or_else(|| headings().next().cloned()).unwrap_or_default()
}

//! Family 3: the platform's public reference, whose request table is headed `项目`.
//!
//! It opens with front matter, says limits and rates in words, and draws the nesting
//! of its tables; all of that any page may do, so that only the mark is its own.

use super::family::Family;
use super::markdown::Block;
use super::page;
use super::warnings::Warnings;
use crate::facts::Operation;

pub(super) struct Reference;

/// The first word of the request table's header.
pub(super) const HEADER: &str = "项目";

impl Family for Reference {
    fn mark(&self) -> &'static str {
        "a table headed `项目` that has a row `HTTP URL`"
    }

    fn recognises(&self, blocks: &[Block]) -> bool {
        page::first_request_table(blocks).is_some_and(|table| page::header(table) == HEADER)
    }

    fn read(&self, blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
        page::operations(blocks, warnings)
    }
}

//! Family 2: the API page, whose request table is headed `基本` or not at all.

use super::family::Family;
use super::markdown::Block;
use super::page;
use super::warnings::Warnings;
use crate::facts::Operation;

pub(super) struct ApiPage;

impl Family for ApiPage {
    fn mark(&self) -> &'static str {
        "a table headed `基本` that has a row `HTTP URL`"
    }

    fn recognises(&self, blocks: &[Block]) -> bool {
        page::first_request_table(blocks).is_some_and(|table| page::header(table) != super::reference::HEADER)
    }

    fn read(&self, blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
        page::operations(blocks, warnings)
    }
}

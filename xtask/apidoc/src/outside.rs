//! What stands outside of every operation: told, if it looks like facts.
//!
//! Introductions and lists of versions are nobody's facts. A table of errors or
//! parameters that no operation owns is somebody's, but nothing says whose.

use super::json::is_json;
use super::markdown::{Block, Content};
use super::tables::Lists;
use super::warnings::Warnings;

pub(super) fn warn(blocks: &[Block], warnings: &mut Warnings) {
    for block in blocks {
        let what = match &block.content {
            Content::Table(table) => match table.lists() {
                Lists::Values => "table of parameters or fields",
                Lists::Errors => "table of error codes",
                Lists::Functions | Lists::SomethingElse => continue,
            },
            Content::Code(code) if is_json(code) => "example",
            _ => continue,
        };
        warnings.add_line(block.line, format!("this {what} stands under no operation: it was not read"));
    }
}

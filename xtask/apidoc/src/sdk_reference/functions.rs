//! The list of functions at the top of an SDK's reference: the HTTP method of each.

use crate::markdown::{Block, Content};
use crate::tables::{DESCRIPTION, FUNCTION, HTTP_METHOD, Lists};
use crate::warnings::{Position, Warnings};
use crate::words;
use std::collections::BTreeMap;

pub(super) struct Function {
    pub method: Option<String>,
    pub at: Position,
}

/// The functions by name, the brackets of a call aside.
pub(super) fn list(blocks: &[Block], warnings: &mut Warnings) -> BTreeMap<String, Function> {
    let mut functions = BTreeMap::new();
    for block in blocks {
        let Content::Table(table) = &block.content else { continue };
        if table.lists() != Lists::Functions {
            continue;
        }
        table.warn_of_other_columns(&[FUNCTION, HTTP_METHOD, DESCRIPTION], warnings);
        let (name, method_word) = (table.column(FUNCTION), table.column(HTTP_METHOD));
        for row in table.body() {
            let method = words::method(row.cell(method_word));
            if method.is_none() {
                let shown = row.cell(method_word);
                warnings.add(row.at(method_word), format!("`{shown}` is no HTTP method: it was not read"));
            }
            let name_word = row.cell(name).split('(').next().unwrap_or_default().trim();
            functions.entry(name_word.to_owned()).or_insert(Function { method, at: row.at(name) });
        }
    }
    functions
}

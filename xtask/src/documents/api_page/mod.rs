//! Family 2: the API page.
//!
//! A request table gives method, URL, tokens and scopes; under `查询参数`,
//! `请求体` and the like stand the parameters, then examples, error codes and
//! samples. The heading of the request table is as high as the operation's own, so
//! an operation goes on until the next one's heading, not until the next heading.

mod request_table;

use self::request_table::is_request_table;
use super::family::Family;
use super::markdown::{Block, Content};
use super::outline::{Piece, Section, heading_above, section};
use super::tables::Lists;
use super::warnings::Warnings;
use super::{errors, json, parameters, samples, words};
use crate::facts::{Operation, Place};

pub(super) struct ApiPage;

/// Headings of parts, which are never an operation's title.
const PARTS: &[&str] = &["请求", "请求说明", "基本信息", "接口信息"];

/// What the marks above a parameter table say of its place.
const PLACES: &[(&str, Place)] =
    &[("路径参数", Place::Path), ("查询参数", Place::Query), ("请求头", Place::Header), ("请求体", Place::Body)];

impl Family for ApiPage {
    fn mark(&self) -> &'static str {
        "a table headed `基本` that has a row `HTTP URL`"
    }

    fn recognises(&self, blocks: &[Block]) -> bool {
        blocks.iter().any(holds_request_table)
    }

    fn read(&self, blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
        let titles: Vec<usize> = (0..blocks.len())
            .filter(|&at| blocks.get(at).is_some_and(holds_request_table))
            .map(|at| heading_above(blocks, at, |text| !PARTS.contains(&text)).unwrap_or(at))
            .collect();
        let ends = titles.iter().skip(1).copied().chain([blocks.len()]);
        titles.iter().zip(ends).map(|(&title, end)| operation(&section(blocks, title, end), warnings)).collect()
    }
}

fn holds_request_table(block: &Block) -> bool {
    matches!(&block.content, Content::Table(table) if is_request_table(table))
}

fn operation(section: &Section<'_>, warnings: &mut Warnings) -> Operation {
    let mut operation = Operation { title: section.title.to_owned(), line: section.line, ..Operation::default() };
    for piece in &section.pieces {
        table(piece, &mut operation, warnings);
    }
    for (what, missing) in [("URL", operation.path.is_none()), ("method", operation.method.is_none())] {
        if missing {
            warnings.add_line(section.line, format!("the request table gives no {what}"));
        }
    }
    // Samples need the parameters, which may stand below them.
    for piece in &section.pieces {
        let Content::Code(code) = &piece.block.content else { continue };
        if json::is_json(code) {
            operation.examples.extend(json::example(code, piece, warnings));
        } else {
            let examples = samples::read(code, &operation, warnings);
            operation.examples.extend(examples);
        }
    }
    operation
}

fn table(piece: &Piece<'_>, operation: &mut Operation, warnings: &mut Warnings) {
    let Content::Table(table) = &piece.block.content else { return };
    match table.lists() {
        _ if is_request_table(table) => request_table::read(table, operation, warnings),
        Lists::Errors => operation.errors.extend(errors::rows(table, warnings)),
        Lists::Parameters => {
            let Some(place) = piece.says(PLACES) else {
                warnings.add_line(
                    piece.block.line,
                    "no heading says where these parameters travel: the table was not read",
                );
                return;
            };
            for row in parameters::rows(table, warnings) {
                match row.name.to_lowercase().as_str() {
                    "authorization" | "content-type" if place == Place::Header => {
                        if operation.access_tokens.is_empty() {
                            operation.access_tokens = words::access_tokens(row.description);
                        }
                    }
                    _ => operation.parameters.push(row.parameter(place, warnings)),
                }
            }
        }
        Lists::Functions | Lists::SomethingElse => {
            warnings.add_line(piece.block.line, "this table lists neither parameters nor error codes: it was not read");
        }
    }
}

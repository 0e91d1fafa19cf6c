//! Pages: operations that a request table describes.
//!
//! Two families share this form. A request table gives method, URL, tokens and
//! scopes; under headings that say what they are stand tables of parameters and of
//! the answer, examples, error codes and samples. The heading of the request table
//! may be as high as the operation's own, so an operation goes on until the next
//! one's heading, or until a heading above its own.

mod address;
mod request_table;

pub(super) use self::request_table::{Says, Understood, header, is_request_table};

use super::markdown::{Block, Content, Table};
use super::objects::Objects;
use super::outline::{Piece, Section, level, section, title_above};
use super::parameters::ParameterRow;
use super::parts::{self, Part};
use super::tables::Lists;
use super::warnings::Warnings;
use super::{errors, fields, json, labelled, outside, parameters, repeated, samples, words};
use crate::facts::{Operation, Place};

/// The first request table of a document.
pub(super) fn first_request_table(blocks: &[Block]) -> Option<&Table> {
    blocks.iter().find_map(request_table_in)
}

fn request_table_in(block: &Block) -> Option<&Table> {
    match &block.content {
        Content::Table(table) => Some(table).filter(|table| is_request_table(table)),
        _ => None,
    }
}

pub(super) fn operations(blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
    let mut starts = Vec::new();
    let mut floor = 0;
    for (at, block) in blocks.iter().enumerate() {
        if request_table_in(block).is_some() {
            starts.push(title_above(blocks, floor, at).unwrap_or(at));
            floor = at + 1;
        }
    }
    let mut operations = Vec::new();
    let mut read_to = 0;
    for (index, &start) in starts.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(blocks.len());
        let own = level(blocks, start).unwrap_or(0);
        let above = (start + 1..next).find(|&at| level(blocks, at).is_some_and(|level| level < own));
        let end = above.unwrap_or(next);
        outside::warn(blocks.get(read_to..start).unwrap_or_default(), warnings);
        operations.push(operation(&section(blocks, start, end), warnings));
        read_to = end;
    }
    outside::warn(blocks.get(read_to..).unwrap_or_default(), warnings);
    operations
}

fn operation(section: &Section<'_>, warnings: &mut Warnings) -> Operation {
    let mut operation = Operation { title: section.title.to_owned(), line: section.line, ..Operation::default() };
    for piece in &section.pieces {
        if let Some(table) = request_table_in(piece.block) {
            request_table::read(table, &mut operation, warnings);
        }
    }
    labelled::read(section, &mut operation, warnings);
    operation.name = operation.path.as_deref().map(address::name).unwrap_or_default();
    for (what, missing) in [("URL", operation.path.is_none()), ("method", operation.method.is_none())] {
        if missing {
            warnings.add_line(section.line, format!("the request table gives no {what}"));
        }
    }
    let (mut request, mut answer) = (Objects::default(), Objects::default());
    for piece in &section.pieces {
        table(piece, &mut operation, (&mut request, &mut answer), warnings);
    }
    repeated::drop(&mut operation, warnings);
    // Samples need the parameters, which may stand below them.
    for piece in &section.pieces {
        let Content::Code(code) = &piece.block.content else { continue };
        let examples = match json::is_json(code) {
            true => json::examples(code, piece, warnings),
            false => samples::read(code, &operation, warnings),
        };
        operation.examples.extend(examples);
    }
    operation
}

fn table(
    piece: &Piece<'_>,
    operation: &mut Operation,
    (request, answer): (&mut Objects, &mut Objects),
    warnings: &mut Warnings,
) {
    let Content::Table(table) = &piece.block.content else { return };
    if is_request_table(table) {
        return;
    }
    match (table.lists(), parts::of_table(piece)) {
        (Lists::Errors, _) => operation.errors.extend(errors::rows(table, warnings)),
        (Lists::Values, Some(Part::Answer)) => {
            operation.response_fields.extend(fields::rows(table, piece, answer, warnings));
        }
        (Lists::Values, Some(Part::AnswerHeaders)) => {
            warnings.add_line(piece.block.line, "headers of the answer are no facts: this table was not read");
        }
        (Lists::Values, part) => {
            let place = match part {
                Some(Part::Parameters(place)) => Some(place),
                _ => None,
            };
            if place.is_none() && !any_place(table, operation) {
                warnings.add_line(
                    piece.block.line,
                    "no heading says where these parameters travel: the table was not read",
                );
                return;
            }
            for row in parameters::rows(table, place, &request.prefix(piece), warnings) {
                if place == Some(Place::Body) {
                    request.note(&row.name, &row.kind);
                }
                parameter(row, place, operation, warnings);
            }
        }
        (Lists::Functions | Lists::SomethingElse, _) => warnings.add_line(
            piece.block.line,
            "this table lists neither parameters nor fields nor error codes: it was not read",
        ),
    }
}

/// Whether anything but a heading can say where a table's parameters travel.
fn any_place(table: &Table, operation: &Operation) -> bool {
    table.column(super::tables::PLACE).is_some() || sends_no_body(operation)
}

/// A call that sends no body has its parameters in the path or in the query.
fn sends_no_body(operation: &Operation) -> bool {
    matches!(operation.method.as_deref(), Some("GET" | "HEAD"))
}

fn parameter(row: ParameterRow<'_>, place: Option<Place>, operation: &mut Operation, warnings: &mut Warnings) {
    // These two are headers wherever they are listed, and what every client sends by itself.
    match row.name.to_lowercase().as_str() {
        "authorization" => return authorization(&row, operation, warnings),
        "content-type" => return content_type(&row, warnings),
        _ => {}
    }
    let in_path = || address::takes(operation.path.as_deref(), &row.name).then_some(Place::Path);
    let in_query = || sends_no_body(operation).then_some(Place::Query);
    let Some(place) = row.place.or(place).or_else(in_path).or_else(in_query) else {
        warnings.add_line(row.line, format!("nothing says where `{}` travels: the row was not read", row.name));
        return;
    };
    operation.parameters.push(row.parameter(place, warnings));
}

/// The kinds of access token, where the request table is silent about them.
fn authorization(row: &ParameterRow<'_>, operation: &mut Operation, warnings: &mut Warnings) {
    // What follows shows how the header is written.
    let form = ["值格式", "示例", "固定值"].iter().filter_map(|word| row.description.find(word)).min();
    let kinds = form.and_then(|end| row.description.get(..end)).unwrap_or(row.description).trim_end_matches('*');
    let tokens = words::access_tokens(kinds);
    for odd in words::no_access_tokens(kinds) {
        warnings.add(row.at, format!("`{odd}` is no kind of access token: it was not read"));
    }
    if operation.access_tokens.is_empty() {
        if tokens.is_empty() {
            warnings.add(row.at, "this names no kind of access token: none was read");
        }
        operation.access_tokens = tokens;
    } else if !tokens.is_empty() && tokens != operation.access_tokens {
        let (said, table) = (tokens.join(", "), operation.access_tokens.join(", "));
        warnings.add(row.at, format!("this says {said}, the request table {table}: the table's were taken"));
    }
}

/// Bodies are JSON: one that is not has no form here.
fn content_type(row: &ParameterRow<'_>, warnings: &mut Warnings) {
    let is_type = |word: &&str| word.contains('/') && word.starts_with(|c: char| c.is_ascii_lowercase());
    let words = row.description.split(|c: char| !(c.is_ascii_alphanumeric() || "/-+.".contains(c)));
    if let Some(other) = words.filter(is_type).find(|word| *word != "application/json") {
        warnings.add(row.at, format!("a body of `{other}` is not JSON: its parameters were read as if it was"));
    }
}

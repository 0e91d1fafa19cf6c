//! The family of API pages: operations that a request table describes.
//!
//! A request table gives method, URL, tokens and scopes; its header is `基本`, `项目` (in the
//! platform's public reference) or missing. Under headings that say what they are stand
//! tables of parameters and of the response, examples, error codes and samples. The
//! heading of the request table may be as high as the operation's own, so an operation
//! goes on until the next one's heading, or until a heading above its own.

use crate::facts::{Operation, Place};
use crate::markdown::{Block, Content, Row, Table};
use crate::outline::{self, Part, Piece, Section, level, section, title_above};
use crate::parameters::{Objects, ParameterRow};
use crate::request::{RequestItem, Understood};
use crate::tables::{PLACE, TableKind, compact};
use crate::warnings::{Position, Warnings};
use crate::{bodies, consistency, errors, json, open_types, parameters, request, samples, type_notes, words};

/// How a page is recognised, for the message that a document is of no known family.
pub(crate) const MARK: &str = "a table headed `基本` or `项目` that has a row `HTTP URL`";

pub(crate) fn is_page(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| request_table_in(block).is_some())
}

fn request_table_in(block: &Block) -> Option<&Table> {
    match &block.content {
        Content::Table(table) => Some(table).filter(|table| is_request_table(table)),
        _ => None,
    }
}

pub(crate) fn operations(blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
    let tables: Vec<usize> =
        (0..blocks.len()).filter(|&at| blocks.get(at).is_some_and(|b| request_table_in(b).is_some())).collect();
    let floors = std::iter::once(0).chain(tables.iter().map(|at| at + 1));
    let title = |(floor, &at): (usize, &usize)| title_above(blocks, floor, at, &tables).unwrap_or(at);
    let starts: Vec<usize> = floors.zip(&tables).map(title).collect();
    let mut operations = Vec::new();
    let mut read_to = 0;
    for (index, &start) in starts.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(blocks.len());
        let own = level(blocks, start).unwrap_or(0);
        let above = (start + 1..next).find(|&at| level(blocks, at).is_some_and(|level| level < own));
        let end = above.unwrap_or(next);
        consistency::warn_outside(blocks.get(read_to..start).unwrap_or_default(), warnings);
        operations.push(operation(&section(blocks, start, end), warnings));
        read_to = end;
    }
    consistency::warn_outside(blocks.get(read_to..).unwrap_or_default(), warnings);
    operations
}

fn operation(section: &Section<'_>, warnings: &mut Warnings) -> Operation {
    let mut operation = Operation { title: section.title.to_owned(), line: section.line, ..Operation::default() };
    for piece in &section.pieces {
        if let Some(table) = request_table_in(piece.block) {
            read_request_table(table, &mut operation, warnings);
        }
    }
    request::read_lines(section, &mut operation, warnings);
    operation.name = operation.path.as_deref().map(request::name_from_path).unwrap_or_default();
    for (what, missing) in [("URL", operation.path.is_none()), ("method", operation.method.is_none())] {
        if missing {
            warnings.add_line(section.line, format!("the request table gives no {what}"));
        }
    }
    let in_url = in_url(section);
    let (mut request, mut response) = (Objects::default(), Objects::default());
    for piece in &section.pieces {
        table(piece, &mut operation, &in_url, (&mut request, &mut response), warnings);
    }
    type_notes::read(section, &mut operation, warnings);
    for (name, at) in &in_url {
        if !operation.parameters.iter().any(|parameter| parameter.name == *name) {
            warnings.add(*at, format!("`{name}` in the query of the URL is in no table of parameters: skipped"));
        }
    }
    consistency::drop_repeated(&mut operation, warnings);
    // Samples need the parameters, which may stand below them.
    for piece in &section.pieces {
        let Content::Code(code) = &piece.block.content else { continue };
        let examples = match json::is_json(code) {
            true => json::examples(code, piece, warnings),
            false => samples::read(code, &operation, warnings),
        };
        operation.examples.extend(examples);
    }
    open_types::close(&mut operation);
    operation
}

/// The names in the query of the operation's URL, and where they stand.
fn in_url(section: &Section<'_>) -> Vec<(String, Position)> {
    let tables = section.pieces.iter().filter_map(|piece| request_table_in(piece.block));
    let urls =
        tables.flat_map(|table| &table.rows).filter(|row| RequestItem::of(row.cell(Some(0))) == Some(RequestItem::Url));
    urls.flat_map(|row| request::query_names(row.cell(Some(1))).map(|name| (name, row.at(Some(1))))).collect()
}

fn table(
    piece: &Piece<'_>,
    operation: &mut Operation,
    in_url: &[(String, Position)],
    (request, response): (&mut Objects, &mut Objects),
    warnings: &mut Warnings,
) {
    let Content::Table(table) = &piece.block.content else { return };
    if is_request_table(table) {
        return;
    }
    match (table.kind(), outline::part(piece)) {
        (TableKind::Errors, _) => operation.errors.extend(errors::rows(table, warnings)),
        (TableKind::Values | TableKind::Untyped, Some(Part::Response)) => {
            operation.response_fields.extend(parameters::fields(table, piece, response, warnings));
        }
        (TableKind::Values, Some(Part::ResponseHeaders)) => {
            warnings.add_line(piece.block.line, "response headers are not facts: table skipped");
        }
        (TableKind::Values, part) => {
            let place = match part {
                Some(Part::Parameters(place)) => Some(place),
                _ => None,
            };
            if place.is_none() && in_url.is_empty() && !any_place(table, operation) {
                warnings.add_line(
                    piece.block.line,
                    "no heading says whether these parameters are in path, query, header or body: table skipped",
                );
                return;
            }
            let prefix = request.prefix(piece);
            let rows = parameters::parameter_rows(table, place, &prefix, warnings);
            if place == Some(Place::Body) && prefix.is_empty() && outline::names_body(piece) {
                let rows = bodies::merge(rows, operation, piece.block.line, warnings);
                for row in rows {
                    request.note(&row.name, &row.kind);
                    parameter(row, place, in_url, operation, warnings);
                }
                return;
            }
            for row in rows {
                if place == Some(Place::Body) {
                    request.note(&row.name, &row.kind);
                }
                parameter(row, place, in_url, operation, warnings);
            }
        }
        (TableKind::Functions | TableKind::Untyped | TableKind::Other, _) => warnings
            .add_line(piece.block.line, "this table lists neither parameters nor fields nor error codes: skipped"),
    }
}

/// Whether anything but a heading can say where a table's parameters are sent.
fn any_place(table: &Table, operation: &Operation) -> bool {
    table.column(PLACE).is_some() || sends_no_body(operation)
}

/// A call that sends no body has its parameters in the path or in the query.
fn sends_no_body(operation: &Operation) -> bool {
    matches!(operation.method.as_deref(), Some("GET" | "HEAD"))
}

fn parameter(
    row: ParameterRow<'_>,
    place: Option<Place>,
    in_url: &[(String, Position)],
    operation: &mut Operation,
    warnings: &mut Warnings,
) {
    // These two are headers wherever they are listed, and what every client sends by itself.
    match row.name.to_lowercase().as_str() {
        "authorization" => return authorization(&row, operation, warnings),
        "content-type" => return content_type(&row, warnings),
        _ => {}
    }
    let in_path = || request::path_has(operation.path.as_deref(), &row.name).then_some(Place::Path);
    let is_in_url = || in_url.iter().any(|(name, _)| *name == row.name);
    let in_query = || (sends_no_body(operation) || is_in_url()).then_some(Place::Query);
    let Some(place) = row.place.or(place).or_else(in_path).or_else(in_query) else {
        warnings.add_line(
            row.line,
            format!("nothing says whether `{}` is in path, query, header or body: row skipped", row.name),
        );
        return;
    };
    operation.parameters.push(row.parameter(place, warnings));
}

/// The kinds of access token, where the request table is silent about them.
fn authorization(row: &ParameterRow<'_>, operation: &mut Operation, warnings: &mut Warnings) {
    // What follows shows how the header is written.
    let form = ["值格式", "示例", "固定值", "Value format", "Example", "Fixed value"]
        .iter()
        .filter_map(|word| row.description.find(word))
        .min();
    let kinds = form.and_then(|end| row.description.get(..end)).unwrap_or(row.description).trim_end_matches('*');
    let tokens = words::access_tokens(kinds);
    for odd in words::no_access_tokens(kinds) {
        warnings.add(row.at, format!("`{odd}` is not a kind of access token: skipped"));
    }
    if operation.access_tokens.is_empty() {
        if tokens.is_empty() {
            warnings.add(row.at, "this names no kind of access token: none read");
        }
        operation.access_tokens = tokens;
    } else if !tokens.is_empty() && tokens != operation.access_tokens {
        let (said, table) = (tokens.join(", "), operation.access_tokens.join(", "));
        warnings.add(row.at, format!("this says {said}, the request table {table}: the table's are used"));
    }
}

/// Bodies are JSON: one that is not has no form here.
fn content_type(row: &ParameterRow<'_>, warnings: &mut Warnings) {
    let is_type = |word: &&str| word.contains('/') && word.starts_with(|c: char| c.is_ascii_lowercase());
    let words = row.description.split(|c: char| !(c.is_ascii_alphanumeric() || "/-+.".contains(c)));
    if let Some(other) = words.filter(is_type).find(|word| *word != "application/json") {
        warnings.add(row.at, format!("a body of `{other}` is not JSON: its parameters were read as JSON"));
    }
}

/// Whether a table is one: it has a URL or a method, or a header that only such tables have.
fn is_request_table(table: &Table) -> bool {
    let says = |row: &Row| RequestItem::of(row.cell(Some(0)));
    let address = |row: &Row| matches!(says(row), Some(RequestItem::Url)) && row.cell(Some(1)).contains('/');
    let method =
        |row: &Row| matches!(says(row), Some(RequestItem::Method)) && words::method(row.cell(Some(1))).is_some();
    let header = header(table);
    let is_headed = ["基本", "basic"].iter().any(|word| header.starts_with(word))
        || ["项目", "facts", "item"].contains(&header.as_str());
    let is_short = table.rows.first().is_some_and(|row| row.cells.len() <= 3);
    is_short
        && (table.rows.iter().any(|row| address(row) || method(row))
            || is_headed && table.body().iter().any(|row| says(row).is_some()))
}

/// The first word of the header.
fn header(table: &Table) -> String {
    table.rows.first().map(|row| compact(row.cell(Some(0)))).unwrap_or_default()
}

fn read_request_table(table: &Table, operation: &mut Operation, warnings: &mut Warnings) {
    let mut scopes_wanted = None;
    for (index, row) in table.rows.iter().enumerate() {
        let says = RequestItem::of(row.cell(Some(0)));
        // The header is a row of its own where a table goes without one.
        if index == 0 && says.is_none() {
            continue;
        }
        let columns = 1..row.cells.len().max(2);
        let value = columns.map(|column| row.cell(Some(column))).collect::<Vec<_>>().join(" ");
        let understood = says.map_or(Understood::Nothing, |says| says.take(&value, operation));
        let word = row.cell(Some(0));
        match understood {
            Understood::All => {}
            Understood::Part(left) => {
                let message = format!("in the row `{word}`, `{left}` was not understood: skipped");
                warnings.add(row.at(Some(1)), message);
            }
            Understood::Nothing => {
                let message = format!("the row `{word}` was not understood: nothing read from it");
                warnings.add(row.at(Some(0)), message);
            }
        }
        if says == Some(RequestItem::Scopes) && !words::is_none(&value) {
            scopes_wanted.get_or_insert(row.at(Some(1)));
        }
    }
    // Names of scopes in prose stand next to their identifiers, in the same row or in another.
    if let Some(at) = scopes_wanted.filter(|_| operation.scopes.is_empty()) {
        warnings.add(at, "scopes are named only in prose: none read");
    }
}

//! Error tables: status, code and the service's message; the advice is left out.

use super::markdown::{Row, Table};
use super::tables::{ERROR_CODE, ERROR_MESSAGE, HTTP_STATUS};
use super::warnings::Warnings;
use crate::facts::ErrorCode;

pub(super) fn rows(table: &Table, warnings: &mut Warnings) -> Vec<ErrorCode> {
    let [http, code, message] = [HTTP_STATUS, ERROR_CODE, ERROR_MESSAGE].map(|words| table.column(words));
    table.warn_of_other_columns(&[HTTP_STATUS, ERROR_CODE, ERROR_MESSAGE], warnings);
    let mut errors = Vec::new();
    for row in table.body() {
        let status = status(row, http, warnings);
        // A service's message has no line breaks; a table's cell may.
        let message = row.cell(message).split_whitespace().collect::<Vec<_>>().join(" ");
        // One row may explain several codes.
        let words = row.cell(code).split(['/', '、', ',', '，', '\n', ' ']).filter(|word| !word.is_empty());
        match words.map(str::parse).collect::<Result<Vec<i64>, _>>() {
            Ok(codes) if !codes.is_empty() => {
                let error = |code| ErrorCode { http: status, code, message: message.clone(), line: row.line };
                errors.extend(codes.into_iter().map(error));
            }
            _ => {
                let shown = row.cell(code);
                warnings.add(row.at(code), format!("`{shown}` is not an error code: row skipped"));
            }
        }
    }
    errors
}

/// The status that a cell begins with: `400`, `400 Bad Request`, `HTTP 400`.
fn status(row: &Row, column: Option<usize>, warnings: &mut Warnings) -> Option<u16> {
    let cell = row.cell(column);
    let digits = cell.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    let number = digits.split(|c: char| c.is_whitespace() || matches!(c, '(' | '（')).next().unwrap_or_default();
    let status = number.parse().ok().filter(|status| (100..600).contains(status));
    if status.is_none() && !matches!(cell, "" | "-" | "\\-") {
        warnings.add(row.at(column), format!("`{cell}` is not an HTTP status: skipped"));
    }
    status
}

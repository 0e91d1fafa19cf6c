//! Error tables: status, code and the service's message; the advice is left out.

use super::markdown::Table;
use super::tables::{ERROR_CODE, ERROR_MESSAGE, HTTP_STATUS};
use super::warnings::Warnings;
use crate::facts::ErrorCode;

pub(super) fn rows(table: &Table, warnings: &mut Warnings) -> Vec<ErrorCode> {
    let [http, code, message] = [HTTP_STATUS, ERROR_CODE, ERROR_MESSAGE].map(|words| table.column(words));
    let mut errors = Vec::new();
    for row in table.body() {
        let status = row.cell(http);
        let http = status.parse().ok();
        if http.is_none() && !status.is_empty() {
            warnings.add_line(row.line, format!("`{status}` is no HTTP status: it was not read"));
        }
        match row.cell(code).parse() {
            Ok(code) => errors.push(ErrorCode { http, code, message: row.cell(message).to_owned(), line: row.line }),
            Err(_) => {
                warnings.add_line(row.line, format!("`{}` is no error code: the row was not read", row.cell(code)))
            }
        }
    }
    errors
}

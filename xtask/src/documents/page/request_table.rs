//! The request table of a page: rows of a word and what it says.
//!
//! Pages agree in the rows and not in the header, which is how their families are
//! told apart. A row that no family knows is warned about, because it may be a fact.

use super::address;
use crate::documents::markdown::{Row, Table};
use crate::documents::rates::rate_limit;
use crate::documents::tables::compact;
use crate::documents::warnings::Warnings;
use crate::documents::words;
use crate::facts::Operation;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Url,
    Method,
    AccessTokens,
    AppTypes,
    RateLimit,
    Scopes,
    /// What single fields need is not what the call needs.
    FieldScopes,
}

/// Whether a table is one: it has a URL or a method, or a header that only such tables have.
pub(in crate::documents) fn is_request_table(table: &Table) -> bool {
    let says = |row: &Row| says(row.cell(Some(0)));
    let address = |row: &Row| matches!(says(row), Some(Says::Url)) && row.cell(Some(1)).contains('/');
    let method = |row: &Row| matches!(says(row), Some(Says::Method)) && words::method(row.cell(Some(1))).is_some();
    let header = header(table);
    let is_headed = header.starts_with("基本") || header == "项目";
    let is_short = table.rows.first().is_some_and(|row| row.cells.len() <= 3);
    is_short
        && (table.rows.iter().any(|row| address(row) || method(row))
            || is_headed && table.body().iter().any(|row| says(row).is_some()))
}

/// The first word of the header.
pub(in crate::documents) fn header(table: &Table) -> String {
    table.rows.first().map(|row| compact(row.cell(Some(0)))).unwrap_or_default()
}

fn says(word: &str) -> Option<Says> {
    let word = compact(word);
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    Some(match word.as_str() {
        "httpurl" | "url" | "请求url" | "请求地址" | "接口地址" | "接口url" | "httppath" | "path" => {
            Says::Url
        }
        "httpmethod" | "http方法" | "请求方法" | "请求方式" | "method" => Says::Method,
        _ if has(&["访问令牌", "访问凭证", "认证", "鉴权", "accesstoken"]) => Says::AccessTokens,
        _ if has(&["应用类型"]) => Says::AppTypes,
        _ if has(&["频率限制", "频控", "限频", "限流", "ratelimit"]) => Says::RateLimit,
        _ if has(&["字段权限"]) => Says::FieldScopes,
        _ if has(&["权限", "scope"]) => Says::Scopes,
        _ => return None,
    })
}

pub(super) fn read(table: &Table, operation: &mut Operation, warnings: &mut Warnings) {
    for (index, row) in table.rows.iter().enumerate() {
        let says = says(row.cell(Some(0)));
        // The header is a row of its own where a table goes without one.
        if index == 0 && says.is_none() {
            continue;
        }
        let columns = 1..row.cells.len().max(2);
        let value = columns.map(|column| row.cell(Some(column))).collect::<Vec<_>>().join(" ");
        if !says.is_some_and(|says| take(says, &value, operation)) {
            warnings.add(
                row.at(Some(0)),
                format!("the row `{}` was not understood: nothing was read from it", row.cell(Some(0))),
            );
        }
    }
}

/// Reads one row; whether it was understood.
fn take(says: Says, value: &str, operation: &mut Operation) -> bool {
    match says {
        Says::Url => {
            operation.path = address::path(value);
            // `POST https://...` says both.
            operation.method = operation.method.take().or_else(|| words::method(value));
            operation.path.is_some()
        }
        Says::Method => {
            operation.method = words::method(value);
            operation.method.is_some()
        }
        Says::AccessTokens => {
            operation.access_tokens = words::access_tokens(value);
            !operation.access_tokens.is_empty()
        }
        Says::AppTypes => {
            operation.app_types = words::app_types(value);
            !operation.app_types.is_empty()
        }
        Says::RateLimit => {
            operation.rate_limit = rate_limit(value);
            operation.rate_limit.is_some()
        }
        // Names of scopes in prose stand beside their identifiers: no scope is no gap.
        Says::Scopes => {
            for scope in words::scopes(value) {
                if !operation.scopes.contains(&scope) {
                    operation.scopes.push(scope);
                }
            }
            true
        }
        Says::FieldScopes => true,
    }
}

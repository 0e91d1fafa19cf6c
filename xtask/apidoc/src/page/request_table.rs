//! The request table of a page: rows of a word and what it says.
//!
//! Pages agree in the rows and not in the header, which is how their families are
//! told apart. A row that no family knows is warned about, because it may be a fact.

use super::address;
use crate::facts::Operation;
use crate::markdown::{Row, Table};
use crate::rates;
use crate::tables::compact;
use crate::warnings::Warnings;
use crate::words;

/// What a row says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
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
pub(crate) fn is_request_table(table: &Table) -> bool {
    let says = |row: &Row| Says::of(row.cell(Some(0)));
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
pub(crate) fn header(table: &Table) -> String {
    table.rows.first().map(|row| compact(row.cell(Some(0)))).unwrap_or_default()
}

pub(super) fn read(table: &Table, operation: &mut Operation, warnings: &mut Warnings) {
    let mut scopes_wanted = None;
    for (index, row) in table.rows.iter().enumerate() {
        let says = Says::of(row.cell(Some(0)));
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
                let message = format!("in the row `{word}`, `{left}` was not understood: it was not read");
                warnings.add(row.at(Some(1)), message);
            }
            Understood::Nothing => {
                let message = format!("the row `{word}` was not understood: nothing was read from it");
                warnings.add(row.at(Some(0)), message);
            }
        }
        if says == Some(Says::Scopes) && !words::is_none(&value) {
            scopes_wanted.get_or_insert(row.at(Some(1)));
        }
    }
    // Names of scopes in prose stand beside their identifiers, in the same row or in another.
    if let Some(at) = scopes_wanted.filter(|_| operation.scopes.is_empty()) {
        warnings.add(at, "scopes are named in prose alone: none was read");
    }
}

/// How much of a row was understood.
pub(crate) enum Understood {
    All,
    /// All but this.
    Part(String),
    Nothing,
}

impl Understood {
    /// `read`: whether anything was; `left`: what was not.
    fn new(read: bool, left: Vec<&str>) -> Self {
        match (read, left.is_empty()) {
            (false, _) => Self::Nothing,
            (true, true) => Self::All,
            (true, false) => Self::Part(left.join(" ")),
        }
    }
}

impl Says {
    /// What the word before a value announces.
    pub fn of(word: &str) -> Option<Self> {
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

    /// Whether nothing has said it so far.
    pub fn is_open(self, operation: &Operation) -> bool {
        match self {
            Self::Url => operation.path.is_none(),
            Self::Method => operation.method.is_none(),
            Self::AccessTokens => operation.access_tokens.is_empty(),
            Self::AppTypes => operation.app_types.is_empty(),
            Self::RateLimit => operation.rate_limit.is_none(),
            Self::Scopes => operation.scopes.is_empty(),
            Self::FieldScopes => false,
        }
    }

    /// Reads a value into an operation.
    pub fn take(self, value: &str, operation: &mut Operation) -> Understood {
        match self {
            Says::Url => {
                operation.path = address::path(value);
                // `POST https://...` says both.
                operation.method = operation.method.take().or_else(|| words::method(value));
                Understood::new(operation.path.is_some(), Vec::new())
            }
            Says::Method => {
                operation.method = words::method(value);
                Understood::new(operation.method.is_some(), Vec::new())
            }
            Says::AccessTokens => {
                operation.access_tokens = words::access_tokens(value);
                Understood::new(!operation.access_tokens.is_empty(), words::no_access_tokens(value))
            }
            Says::AppTypes => {
                operation.app_types = words::app_types(value);
                Understood::new(!operation.app_types.is_empty(), words::no_app_types(value))
            }
            Says::RateLimit => {
                operation.rate_limit = rates::rate_limit(value);
                Understood::new(operation.rate_limit.is_some(), rates::unread(value))
            }
            Says::Scopes => {
                for scope in words::scopes(value) {
                    if !operation.scopes.contains(&scope) {
                        operation.scopes.push(scope);
                    }
                }
                Understood::new(true, words::no_scopes(value))
            }
            Says::FieldScopes => Understood::All,
        }
    }
}

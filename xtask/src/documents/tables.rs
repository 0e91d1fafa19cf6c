//! Tables by their header words.
//!
//! What a table holds is told by its columns and not by its place: a table with
//! names, types and a required column lists parameters wherever it stands. The
//! same column has other words in other documents, all of them listed here.

use super::markdown::{Row, Table};

pub(super) const NAME: &[&str] = &["参数名", "参数名称", "参数", "名称", "字段", "字段名", "name"];
pub(super) const TYPE: &[&str] = &["类型", "参数类型", "数据类型", "type"];
pub(super) const REQUIRED: &[&str] = &["必填", "是否必填", "必须", "是否必须", "required"];
pub(super) const DESCRIPTION: &[&str] = &["描述", "说明", "参数说明", "备注", "description"];
pub(super) const ERROR_CODE: &[&str] = &["错误码", "code"];
pub(super) const HTTP_STATUS: &[&str] = &["http状态码", "状态码", "httpstatus"];
pub(super) const ERROR_MESSAGE: &[&str] = &["描述", "错误信息", "说明", "message", "msg"];
pub(super) const FUNCTION: &[&str] = &["函数名称", "函数名", "方法名称", "方法名"];
pub(super) const HTTP_METHOD: &[&str] = &["http方法", "http请求方法", "请求方法", "httpmethod"];

/// What a table lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    Parameters,
    Errors,
    Functions,
    SomethingElse,
}

impl Table {
    pub fn lists(&self) -> Lists {
        let has = |words| self.column(words).is_some();
        if has(NAME) && has(TYPE) && has(REQUIRED) {
            Lists::Parameters
        } else if has(ERROR_CODE) && has(ERROR_MESSAGE) {
            Lists::Errors
        } else if has(FUNCTION) && has(HTTP_METHOD) {
            Lists::Functions
        } else {
            Lists::SomethingElse
        }
    }

    /// The column whose header is one of the words, blanks and case aside.
    pub fn column(&self, words: &[&str]) -> Option<usize> {
        let header = self.rows.first()?;
        header.cells.iter().position(|cell| words.contains(&compact(cell).as_str()))
    }

    /// The rows below the header.
    pub fn body(&self) -> &[Row] {
        self.rows.get(1..).unwrap_or_default()
    }
}

impl Row {
    /// The cell of a column; an absent column or a short row has empty cells.
    pub fn cell(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.cells.get(column)).map_or("", String::as_str)
    }
}

/// Without blanks and in lower case, so that `HTTP 方法` and `HTTP方法` are one word.
pub(super) fn compact(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

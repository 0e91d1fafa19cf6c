//! Tables by their header words.
//!
//! The columns say what a table holds, not its place: a table with
//! names, types and a required column lists parameters wherever it stands. The
//! same column has other words in other documents, all of them listed here.

use super::markdown::{Cell, Row, Table};
use super::warnings::{Position, Warnings};

pub(super) const NAME: &[&str] = &[
    "参数名",
    "参数名称",
    "参数",
    "名称",
    "字段",
    "字段名",
    "字段名称",
    "属性",
    "属性名",
    "name",
    "field",
    "fieldname",
    "parameter",
    "parameters",
    "parametername",
];
pub(super) const TYPE: &[&str] = &["类型", "参数类型", "数据类型", "字段类型", "type", "datatype", "parametertype"];
pub(super) const REQUIRED: &[&str] = &[
    "必填",
    "是否必填",
    "必须",
    "是否必须",
    "必选",
    "是否必选",
    "必传",
    "是否必传",
    "必填项",
    "required",
    "mandatory",
    "必填/选填",
    "必选/可选",
    "必须/可选",
];
pub(super) const DESCRIPTION: &[&str] =
    &["描述", "说明", "参数说明", "字段说明", "参数描述", "备注", "含义", "description", "descriptions"];
pub(super) const PLACE: &[&str] = &["位置", "参数位置", "in", "location"];
pub(super) const DEFAULT: &[&str] = &["默认值", "缺省值", "default", "defaultvalue"];
pub(super) const ERROR_CODE: &[&str] = &["错误码", "错误代码", "返回码", "业务错误码", "code", "errorcode", "errcode"];
pub(super) const HTTP_STATUS: &[&str] =
    &["http状态码", "状态码", "http状态", "http码", "httpstatus", "httpcode", "http", "httpstatuscode", "statuscode"];
pub(super) const ERROR_MESSAGE: &[&str] = &[
    "描述",
    "错误信息",
    "错误描述",
    "错误消息",
    "说明",
    "含义",
    "message",
    "msg",
    "description",
    "errormessage",
    "errordescription",
];
pub(super) const FUNCTION: &[&str] = &["函数名称", "函数名", "方法名称", "方法名"];
pub(super) const PURPOSE: &[&str] = &["功能描述", "功能", "描述", "说明", "description"];
/// Kinds of token that the functions of a list take.
pub(super) const AUTHENTICATION: &[&str] = &["认证方式", "认证类型", "认证", "鉴权方式", "鉴权", "令牌类型"];
pub(super) const HTTP_METHOD: &[&str] = &["http方法", "http请求方法", "请求方法", "httpmethod"];

/// Columns that hold no facts: values that anybody could send, advice, numbers of rows.
const NO_FACTS: &[&str] = &[
    "示例值",
    "示例",
    "example",
    "排查建议",
    "解决方案",
    "解决办法",
    "处理建议",
    "处理方式",
    "建议",
    "序号",
    "编号",
    "#",
    "功能描述",
    "功能",
    "实例",
    "实例值",
    "examplevalue",
    "troubleshooting",
    "troubleshootingsuggestions",
    "suggestion",
    "suggestions",
    "solution",
];

/// What a table lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableKind {
    /// Names with types: parameters of the request, or fields of the response.
    Values,
    /// Names with descriptions alone.
    Untyped,
    Errors,
    Functions,
    Other,
}

impl Table {
    pub fn kind(&self) -> TableKind {
        let has = |words| self.column(words).is_some();
        if has(NAME) && has(TYPE) {
            TableKind::Values
        } else if has(ERROR_CODE) && has(ERROR_MESSAGE) {
            TableKind::Errors
        } else if has(FUNCTION) && has(HTTP_METHOD) {
            TableKind::Functions
        } else if has(NAME) && has(DESCRIPTION) && self.has_names() {
            TableKind::Untyped
        } else {
            TableKind::Other
        }
    }

    /// Whether every row begins with what can be a name.
    fn has_names(&self) -> bool {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let letters = |cell: &str| cell.chars().filter(|c| c.is_alphanumeric()).all(is_name) && cell.contains(is_name);
        !self.body().is_empty() && self.body().iter().all(|row| letters(row.cell(self.column(NAME))))
    }

    /// The column whose header is one of the words, blanks and case aside.
    pub fn column(&self, words: &[&str]) -> Option<usize> {
        let header = self.rows.first()?;
        header.cells.iter().position(|cell| words.contains(&compact(&cell.text).trim_end_matches('*')))
    }

    /// Warns about the columns that are none of these and may hold facts.
    pub fn warn_of_other_columns(&self, known: &[&[&str]], warnings: &mut Warnings) {
        let read: Vec<Option<usize>> = known.iter().map(|words| self.column(words)).collect();
        for (at, cell) in self.rows.iter().take(1).flat_map(|header| header.cells.iter().enumerate()) {
            let word = compact(&cell.text);
            let says_something = self.body().iter().any(|row| !row.cell(Some(at)).is_empty());
            if !read.contains(&Some(at)) && !NO_FACTS.contains(&word.as_str()) && says_something {
                let shown = &cell.text;
                warnings.add(cell.at, format!("the column `{shown}` is unknown: nothing read from it"));
            }
        }
    }

    /// The rows below the header.
    pub fn body(&self) -> &[Row] {
        self.rows.get(1..).unwrap_or_default()
    }
}

impl Row {
    /// The text of a cell; an absent column or a short row has empty cells.
    pub fn cell(&self, column: Option<usize>) -> &str {
        self.whole(column).map_or("", |cell| &cell.text)
    }

    /// The text of a cell with its backticks.
    pub fn prose(&self, column: Option<usize>) -> &str {
        self.whole(column).map_or("", |cell| &cell.prose)
    }

    pub fn at(&self, column: Option<usize>) -> Position {
        self.whole(column).map_or(Position::line(self.line), |cell| cell.at)
    }

    /// The cell that a name stands in; a row that is too short for it is warned about.
    pub fn name(&self, column: Option<usize>, warnings: &mut Warnings) -> Option<&Cell> {
        let cell = self.whole(column);
        if cell.is_none() {
            warnings.add_line(self.line, "this row is too short to have a name: skipped");
        }
        cell
    }

    pub fn whole(&self, column: Option<usize>) -> Option<&Cell> {
        self.cells.get(column?)
    }
}

/// Without blanks and in lower case, so that `HTTP 方法` and `HTTP方法` are one word.
pub(super) fn compact(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

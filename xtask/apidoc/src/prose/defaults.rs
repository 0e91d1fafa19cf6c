//! Defaults in prose: `默认 10`, `默认值：open_id`, `默认为 Consts.User_Id_Type`.
//!
//! `默认` also begins plain sentences (`默认 API 方式`), so without `值` it counts only where
//! a value of the type follows and the clause ends with it. If `默认值` stands there and no
//! value follows any mention of it, that is worth a warning.

use super::{CLAUSE_ENDS, after, integer, word};
use crate::warnings::{Position, Warnings};
use crate::words::{fits, is_integer, is_scalar, typed};
use serde_json::Value;

const STATED: &[&str] =
    &["默认值", "默认取值", "缺省值", "Default value:", "Default value：", "default value:", "default value："];
const BARE: &[&str] = &["默认使用", "默认取", "默认", "缺省"];
/// `默认值：空` says that there is none.
const NONE: &[&str] = &["空", "无", "null", "不填", "没有", "\"\"", "-\n", "\\-"];

pub(crate) fn default(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    let mut stated = after(text, STATED).map(|(_, rest)| rest).peekable();
    if stated.peek().is_some() {
        let mut says_none = false;
        for rest in stated {
            if is_none(rest) {
                says_none = true;
            } else if let Some(value) = value(rest, kind) {
                return Some(value);
            }
        }
        if !says_none {
            warnings.add(at, "the stated default is neither an identifier nor a number: skipped");
        }
        return None;
    }
    let mut bare = after(text, BARE).map(|(_, rest)| rest).peekable();
    let is_announced = bare.peek().is_some();
    let found = bare.find_map(|rest| {
        let (word, rest) = word(rest)?;
        let rest = rest.trim_start_matches(['`', '"', ' ']);
        let clause_ends = rest.is_empty() || rest.starts_with(CLAUSE_ENDS);
        let is_value = fits(word, kind) && (clause_ends || word.parse::<i64>().is_ok());
        is_value.then(|| typed(word, kind))
    });
    // Of a number or a flag a sentence tells the default, too; of a text it tells anything.
    if found.is_none() && is_announced && is_scalar(kind) {
        warnings.add(at, format!("the default of this {kind} is described in words: none read"));
    }
    found
}

/// The default that a column of its own holds; an empty cell and a dash say that there is none.
pub(crate) fn default_in_column(cell: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    let cell = cell.trim();
    if cell.is_empty() || is_none(cell) {
        return None;
    }
    let value = value(cell, kind);
    if value.is_none() {
        warnings.add(at, format!("the default `{cell}` is neither an identifier nor a number: skipped"));
    }
    value
}

fn is_none(rest: &str) -> bool {
    let rest = rest.trim_matches('`');
    rest == "-" || rest.is_empty() || NONE.iter().any(|none| rest.starts_with(none))
}

fn value(rest: &str, kind: &str) -> Option<Value> {
    if is_integer(kind)
        && let Some((number, behind)) = integer(rest.trim_start_matches('`'))
        && !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' && is_fraction(behind))
    {
        return Some(Value::from(number));
    }
    word(rest).map(|(word, _)| typed(word, kind))
}

fn is_fraction(behind: &str) -> bool {
    behind.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The default, and how many warnings there were.
    fn read_default(text: &str, kind: &str) -> (Option<Value>, usize) {
        let mut warnings = Warnings::default();
        let value = default(text, kind, Position::line(1), &mut warnings);
        (value, warnings.into_sorted().len())
    }

    #[test]
    fn values_and_constants_are_defaults() {
        for (text, kind, value) in [
            ("每页多少，默认 10", "int", json!(10)),
            ("默认值：`open_id`\n其他", "string", json!("open_id")),
            ("某种类型，默认为 Consts.Kind", "string", json!("Consts.Kind")),
            ("默认 20 条", "int", json!(20)),
            ("默认取值 `true`", "boolean", json!(true)),
            ("类型。默认取值 `1`。", "int", json!(1)),
            ("默认值：-1", "int", json!(-1)),
            ("默认值：1,000", "int", json!(1000)),
            ("默认值：0.5", "float", json!(0.5)),
            ("不填时取默认值。\n默认值：`50`", "int", json!(50)),
            ("默认值：\"外包组\"", "string", json!("外包组")),
            ("默认使用 `zh-CN`。", "string", json!("zh-CN")),
            ("Page size\nDefault value：`20`", "int", json!(20)),
        ] {
            assert_eq!(read_default(text, kind), (Some(value), 0), "{text}");
        }
    }

    #[test]
    fn sentences_are_not_defaults() {
        for text in [
            "The default value of the list is the first one",
            "默认 API 方式处理",
            "默认按时间排序",
            "默认值：空，由系统给出",
            "一句话",
            "默认值：无",
            "默认值：-",
        ] {
            assert_eq!(read_default(text, "string"), (None, 0), "{text}");
        }
    }

    #[test]
    fn unreadable_default_warns() {
        for text in ["默认值：今天", "默认值：https://example.com"] {
            assert_eq!(read_default(text, "string"), (None, 1), "{text}");
        }
    }
}

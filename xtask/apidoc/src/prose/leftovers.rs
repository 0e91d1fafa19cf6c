//! Leftovers: what a description seems to state and no fact has.
//!
//! Limits, defaults and values are found by the words that announce them, so that a word
//! which nobody knows hides what stands behind it. Two things give it away: a bold label
//! that announces something else, and a number that counts what the type can be limited
//! in. Prose is full of other numbers; those with a unit of their own, inside a name, or in
//! an example are left alone.

use super::{Unit, quantity_here};
use crate::markdown::Cell;
use crate::warnings::{Position, Warnings};
use crate::words::{is_integer, is_list};
use serde_json::Value;

/// What labels are about, whose values are read elsewhere or are no facts.
const KNOWN: &[&str] = &[
    "可选值",
    "可能值",
    "可能的值",
    "枚举",
    "可取值",
    "取值",
    "有效值",
    "支持的值",
    "默认",
    "缺省",
    "校验",
    "长度",
    "最大",
    "最小",
    "上限",
    "下限",
    "范围",
    "必填",
    "示例",
    "说明",
    "注意",
    "提示",
    "格式",
    "固定值",
    "当值为",
    "权限",
    "例如",
    "举例",
    "参考",
    "单位",
    "备注",
    "补充",
    "optional value",
    "possible value",
    "enum",
    "default value",
    "validation",
    "length range",
    "maximum length",
    "minimum length",
    "maximum value",
    "minimum value",
    "value range",
    "required",
    "value format",
    "fixed value",
    "when the value",
    "scope",
    "permission",
    "unit",
    "tip",
    "note",
    "notice",
    "example",
];

/// Warns about the labels in a cell that announce nothing known.
pub(crate) fn unknown_labels(cell: Option<&Cell>, warnings: &mut Warnings) {
    let Some(cell) = cell else { return };
    for label in &cell.labels {
        let lower = label.to_lowercase();
        if !KNOWN.iter().any(|known| lower.contains(known)) {
            warnings.add(cell.at, format!("`{label}` is unknown: what it announces was skipped"));
        }
    }
}

/// Warns about the rules of a list of rules (`数据校验规则`) that announce nothing known.
pub(crate) fn unknown_rules(text: &str, at: Position, warnings: &mut Warnings) {
    let mut in_rules = false;
    for line in text.split('\n').flat_map(|line| line.split(" - ")) {
        let Some((word, value)) = line.split_once([':', '：']) else { continue };
        let word = word.trim_start_matches(['-', '*', '•', '·', ' ']).trim_end();
        let lower = word.to_lowercase();
        if ["校验规则", "validation rule"].iter().any(|rules| lower.contains(rules)) && value.trim().is_empty() {
            in_rules = true;
        } else if in_rules && !KNOWN.iter().any(|known| lower.contains(known)) {
            warnings.add(at, format!("the rule `{word}` is unknown: skipped"));
        } else if !["长度", "最", "范围", "校验", "length", "imum", "range"].iter().any(|known| lower.contains(known))
        {
            in_rules = false;
        }
    }
}

/// What stands behind these words up to the end of its line is no fact, or shows one.
const ASIDES: &[&str] = &[
    "示例",
    "例如",
    "比如",
    "举例",
    "说明",
    "注意",
    "提示",
    "值格式",
    "固定值",
    "当值为",
    "校验规则：",
    "校验规则:",
    "Example",
    "example",
    "e.g.",
    "such as",
    "Note",
    "Value format",
    "Fixed value",
    "When the value is",
    "rules：",
    "rules:",
];

/// Warns about the numbers that a parameter of this type can be limited to and is not.
pub(crate) fn unread_numbers(text: &str, kind: &str, read: &[i64], at: Position, warnings: &mut Warnings) {
    for line in text.split('\n').flat_map(|line| line.split(" - ")) {
        let aside = ASIDES.iter().filter_map(|word| line.find(word)).min();
        let line = aside.and_then(|end| line.get(..end)).unwrap_or(line);
        if let Some(number) = unread(line, kind, read) {
            let shown: String = number.chars().take(20).collect();
            warnings
                .add(at, format!("`{}` looks like a limit or a value, but no words say which: skipped", shown.trim()));
        }
    }
}

/// What words that announce something begin with.
const ANNOUNCING: &[&str] = &["最大", "最小", "长度", "取值", "默认", "可选", "示例"];

/// The first number of a line that is none of those read.
fn unread<'a>(line: &'a str, kind: &str, read: &[i64]) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = line.get(from..)?.find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let (before, rest) = line.split_at_checked(at)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        from = at + digits;
        // More digits than any number here has are a name, or nothing.
        let Some((quantity, after)) = quantity_here(rest).filter(|_| digits <= LONGEST_NUMBER) else { continue };
        from = from.max(line.len() - after.len());
        if could_limit(before, quantity.unit, after, kind) && !read.contains(&quantity.value) {
            return Some(rest);
        }
    }
    None
}

const LONGEST_NUMBER: usize = 19;

/// Whether a number can limit values of the type, from what stands before it, its unit, and what follows.
fn could_limit(before: &str, unit: Unit, after: &str, kind: &str) -> bool {
    let is_word = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_-−.+/@#".contains(c));
    let before = before.trim_end_matches(['`', ' ', '\u{a0}']);
    let announced = before.strip_suffix([':', '：']);
    let is_announced = announced.is_some_and(|word| !word.ends_with(|c: char| c.is_ascii_digit()));
    // Announcing words may follow without a sign: `最大长度: 128最小长度: 0`.
    let ends = ANNOUNCING.iter().any(|word| after.starts_with(word));
    let limits = match unit {
        Unit::Other if ends => is_announced || is_integer(kind),
        Unit::Characters => !is_integer(kind),
        Unit::Items => is_list(kind),
        Unit::Bare => is_announced || is_integer(kind),
        Unit::Other => false,
    };
    is_word && limits
}

/// A value as the number that a text may state it with.
pub(crate) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, kind: &str, read: &[i64]) -> usize {
        let mut warnings = Warnings::default();
        unread_numbers(text, kind, read, Position::line(1), &mut warnings);
        warnings.into_sorted().len()
    }

    #[test]
    fn unread_limits_warn() {
        for (text, kind) in [
            ("名称，约 100 字符。", "string"),
            ("书架，尺寸：20", "string"),
            ("多少，1 ～ 50", "int"),
            ("- 极值：`100`", "int"),
            ("每个不长于 20 字符", "string[]"),
            ("共 5 个", "string[]"),
        ] {
            assert_eq!((told(text, kind, &[]), told(text, kind, &[1, 5, 20, 50, 100])), (1, 0), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_prose() {
        for (text, kind) in [
            ("每天最多 10 次", "string"),
            ("见 ISO 8601，形如 2023-01-01", "string"),
            ("如 12:30，UTC+8", "string"),
            ("用户 ID v2", "int"),
            ("秒级时间戳，例如：1609296809", "int"),
            ("**示例值**：5", "int"),
            ("24 小时内", "int"),
        ] {
            assert_eq!(told(text, kind, &[]), 0, "{text}");
        }
    }
}

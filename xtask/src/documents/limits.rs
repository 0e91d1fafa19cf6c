//! Limits in prose: lengths, list sizes, bounds and call rates.
//!
//! The documents say `最大长度` of strings and lists alike; which limit that is
//! follows from the parameter's type.

use super::prose::{after, integer};
use super::warnings::Warnings;
use super::words::is_list;
use crate::facts::RateLimit;

/// The limits of one parameter; what the prose leaves open is `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
}

const SHORTEST: &[&str] = &["最小长度", "长度不能少于", "长度不少于"];
const LONGEST: &[&str] = &["最大长度", "长度不能超过", "长度不超过"];
const LENGTHS: &[&str] = &["长度范围"];
const LOWEST: &[&str] = &["最小值"];
const HIGHEST: &[&str] = &["最大值"];
const VALUES: &[&str] = &["取值范围", "数值范围"];

pub(super) fn limits(text: &str, kind: &str, line: usize, warnings: &mut Warnings) -> Limits {
    let mut number = |words: &[&str]| {
        let rest = after(text, words)?;
        let value = integer(rest).map(|(value, _)| value);
        if value.is_none() {
            warnings.add_line(line, format!("`{}` is followed by no number: no limit was read", words_in(text, words)));
        }
        value
    };
    let (mut shortest, mut longest) = (number(SHORTEST), number(LONGEST));
    let (mut minimum, mut maximum) = (number(LOWEST), number(HIGHEST));
    let mut range = |words: &[&str]| {
        let rest = after(text, words)?;
        let bounds = bounds(rest);
        if bounds.is_none() {
            warnings.add_line(
                line,
                format!("`{}` is not followed by two numbers: no limit was read", words_in(text, words)),
            );
        }
        bounds
    };
    if let Some((low, high)) = range(LENGTHS) {
        (shortest, longest) = (shortest.or(Some(low)), longest.or(Some(high)));
    }
    if let Some((low, high)) = range(VALUES) {
        (minimum, maximum) = (minimum.or(Some(low)), maximum.or(Some(high)));
    }
    let size = |limit: Option<i64>| limit.and_then(|limit| u64::try_from(limit).ok());
    let (shortest, longest) = (size(shortest), size(longest));
    if is_list(kind) {
        Limits { minimum, maximum, min_items: shortest, max_items: longest, ..Limits::default() }
    } else {
        Limits { minimum, maximum, min_length: shortest, max_length: longest, ..Limits::default() }
    }
}

/// Two numbers with a range sign between them: `1 ～ 1000`, `0-64`, `[1, 50]`, `1 至 5`.
fn bounds(text: &str) -> Option<(i64, i64)> {
    let (low, rest) = integer(text)?;
    let rest = rest.trim_start_matches([' ', '\u{a0}', '~', '～', '-', '–', '—', '至', '到', ',', '，']);
    let (high, _) = integer(rest)?;
    Some((low, high))
}

fn words_in<'a>(text: &str, words: &[&'a str]) -> &'a str {
    words.iter().find(|word| text.contains(**word)).copied().unwrap_or_default()
}

/// `1000 次/分钟、50 次/秒`: the number before each unit.
pub(super) fn rate_limit(text: &str) -> Option<RateLimit> {
    let text = super::tables::compact(text);
    let before = |units: &[&str]| {
        let (before, _) = units.iter().find_map(|unit| text.split_once(unit))?;
        let digits = before.trim_end_matches(|c: char| !c.is_ascii_digit());
        let start = digits
            .rfind(|c: char| !c.is_ascii_digit() && c != ',')
            .map_or(0, |at| at + digits.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        digits.get(start..)?.replace(',', "").parse().ok()
    };
    let limit =
        RateLimit { per_minute: before(&["次/分", "次每分"]), per_second: before(&["次/秒", "次每秒"]) };
    (limit != RateLimit::default()).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: &str) -> Limits {
        limits(text, kind, 1, &mut Warnings::default())
    }

    #[test]
    fn a_length_is_of_the_string_or_of_the_list() {
        let text = "标识 \n 数据校验规则:\n最大长度: 64最小长度: 1";
        let string = Limits { min_length: Some(1), max_length: Some(64), ..Limits::default() };
        assert_eq!(read(text, "string"), string);
        let list = Limits { min_items: Some(1), max_items: Some(64), ..Limits::default() };
        assert_eq!(read(text, "undefined[]"), list);
    }

    #[test]
    fn bounds_come_alone_or_as_a_range() {
        let both = Limits { minimum: Some(1), maximum: Some(1000), ..Limits::default() };
        for text in ["取值范围：1 ～ 1000", "取值范围 1~1000", "取值范围：[1, 1,000]", "最小值：1，最大值：1000"]
        {
            assert_eq!(read(text, "int"), both, "{text}");
        }
    }

    #[test]
    fn a_limit_without_its_number_is_told() {
        let mut warnings = Warnings::default();
        assert_eq!(limits("最大长度：见下文", "string", 7, &mut warnings), Limits::default());
        assert_eq!(warnings.into_sorted().len(), 1);
    }

    #[test]
    fn rates_are_numbers_before_their_unit() {
        let both = RateLimit { per_minute: Some(1000), per_second: Some(50) };
        assert_eq!(rate_limit("1000 次/分钟、50 次/秒"), Some(both));
        assert_eq!(rate_limit("1,000次/分"), Some(RateLimit { per_minute: Some(1000), per_second: None }));
        assert_eq!(rate_limit("特殊频控"), None);
    }
}

//! Limits in prose: lengths, list sizes and bounds.
//!
//! Some words announce a limit and nothing else (`最大长度`): no number behind them
//! is worth a warning. Others stand in any sentence (`不超过`): they count only where
//! the unit behind the number fits the parameter's type. Which limit a length is
//! follows from that type as well, for the documents say `最大长度` of strings and
//! lists alike.

use super::{CLAUSE_ENDS, Quantity, RANGE_SIGNS, Unit, after, quantity, quantity_here};
use crate::warnings::{Position, Warnings};
use crate::words::{is_float, is_integer, is_list};

/// The limits of one parameter; what the prose leaves open is `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
}

const SHORTEST: &[&str] =
    &["最小长度", "长度不能少于", "长度不少于", "长度不能小于", "长度下限", "Minimum length", "minimum length"];
const LONGEST: &[&str] =
    &["最大长度", "长度不能超过", "长度不超过", "长度不能大于", "长度上限", "Maximum length", "maximum length"];
const LENGTHS: &[&str] = &["长度范围", "长度区间", "字符数范围", "Length range", "length range"];
/// Words that a range or an upper bound may follow, or just prose.
const SOME_LENGTH: &[&str] = &["长度限制", "长度为", "长度在", "长度"];
const LOWEST: &[&str] = &["最小值", "Minimum value", "minimum value"];
const HIGHEST: &[&str] = &["最大值", "Maximum value", "maximum value"];
const VALUES: &[&str] = &["取值范围", "数值范围", "有效范围", "Value range", "value range"];
/// Ranges of anything, such as of times: they count where the unit fits.
const SOME_RANGE: &[&str] = &["范围", "取值"];
/// Words that count only right before a number whose unit fits.
const LEAST: &[&str] = &["最小", "最短"];
const MOST: &[&str] = &["最大", "最长"];
const AT_LEAST: &[&str] = &[
    "不能少于",
    "不少于",
    "不能小于",
    "不小于",
    "至少",
    "最少",
    "大于等于",
    "大于或等于",
    "≥",
    ">=",
    "at least",
    "At least",
];
const AT_MOST: &[&str] = &[
    "不能超过",
    "不可超过",
    "不得超过",
    "不超过",
    "不能大于",
    "不大于",
    "最多",
    "至多",
    "上限",
    "最大支持",
    "小于等于",
    "小于或等于",
    "≤",
    "<=",
    "at most",
    "At most",
    "up to",
    "Up to",
    "cannot exceed",
    "can't exceed",
    "no more than",
    "maximum of",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Length,
    Items,
    Value,
}

pub(crate) fn limits(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Limits {
    let own_length = if is_list(kind) { Measure::Items } else { Measure::Length };
    let mut found = Found::default();
    for (words, measure, side) in [
        (SHORTEST, own_length, Side::Least),
        (LONGEST, own_length, Side::Most),
        (LOWEST, Measure::Value, Side::Least),
        (HIGHEST, Measure::Value, Side::Most),
    ] {
        match after(text, words).find_map(|(_, rest)| quantity(rest)) {
            Some((Quantity { value, .. }, _)) => found.set(measure, side, value),
            None => warn_of_nothing(text, words, "a number", at, warnings),
        }
    }
    let lengths = after(text, LENGTHS).find_map(|(_, rest)| range(rest));
    if lengths.is_none() {
        warn_of_nothing(text, LENGTHS, "two numbers", at, warnings);
    }
    let some_length = || after(text, SOME_LENGTH).find_map(|(_, rest)| range(rest));
    if let Some((low, high, _)) = lengths.or_else(some_length) {
        found.set(own_length, Side::Least, low);
        found.set(own_length, Side::Most, high);
    }
    // Words instead of numbers are enum values, and theirs to warn about, as is half a range.
    if let Some((low, high, unit)) = after(text, VALUES).find_map(|(_, rest)| range(rest)) {
        let measure = if unit == Unit::Characters { own_length } else { Measure::Value };
        found.set(measure, Side::Least, low);
        found.set(measure, Side::Most, high);
    }
    let some_range = SOME_RANGE.iter().flat_map(|word| text.match_indices(word)).find_map(|(at, word)| {
        let is_length = text.get(..at)?.ends_with(['度', '数']);
        let (_, rest) = after(text.get(at..)?, &[word]).next().filter(|_| !is_length)?;
        let (low, high, unit) = range(rest)?;
        Some((low, high, measured(unit, kind)?))
    });
    if let Some((low, high, measure)) = some_range {
        found.set(measure, Side::Least, low);
        found.set(measure, Side::Most, high);
    }
    let half = after(text, VALUES).find(|(_, rest)| range(rest).is_none() && is_half_range(rest));
    if let Some((word, _)) = half {
        warnings.add(at, format!("`{word}` is followed by half a range: no limit read"));
    }
    let near: fn(&str) -> Option<(Quantity, &str)> = quantity;
    for (words, side, read) in [
        (AT_LEAST, Side::Least, near),
        (AT_MOST, Side::Most, near),
        (LEAST, Side::Least, quantity_here),
        (MOST, Side::Most, quantity_here),
    ] {
        let fitting = after(text, words).find_map(|(_, rest)| {
            let (quantity, _) = read(rest)?;
            Some((measured(quantity.unit, kind)?, quantity.value))
        });
        if let Some((measure, value)) = fitting {
            found.set(measure, side, value);
        }
    }
    found.limits(at, warnings)
}

/// What a number with this unit can limit in a parameter of this type.
fn measured(unit: Unit, kind: &str) -> Option<Measure> {
    match unit {
        Unit::Characters if !is_list(kind) && !is_integer(kind) => Some(Measure::Length),
        Unit::Items if is_list(kind) => Some(Measure::Items),
        Unit::Bare if is_integer(kind) || is_float(kind) => Some(Measure::Value),
        _ => None,
    }
}

fn warn_of_nothing(text: &str, words: &[&str], expected: &str, at: Position, warnings: &mut Warnings) {
    if let Some(word) = words.iter().find(|word| text.contains(**word)) {
        warnings.add(at, format!("`{word}` is not followed by {expected}: no limit read"));
    }
}

/// Two numbers with a range sign between them: `1 ～ 1000`, `0-64`, `[1, 50]`, `[0,255]`, `1 字符至 5 字符`.
fn range(text: &str) -> Option<(i64, i64, Unit)> {
    let blanks = [' ', '\u{a0}', '`', '*'];
    let text = text.trim_start_matches(['[', '(', '（', '【']).trim_start_matches(blanks);
    if let Some(range) = in_brackets(text) {
        return Some(range);
    }
    let (low, rest) = quantity_here(text)?;
    let rest = rest.trim_start_matches(blanks).strip_prefix(RANGE_SIGNS)?;
    let (high, _) = quantity_here(rest.trim_start_matches(blanks))?;
    Some((low.value, high.value, high.unit))
}

/// The two numbers that a comma parts before a closing bracket; the first bracket went as glue.
fn in_brackets(text: &str) -> Option<(i64, i64, Unit)> {
    const FARTHEST: usize = 40;
    let end = text.char_indices().take(FARTHEST).find(|(_, c)| matches!(c, ']' | '】' | '[' | '\n'))?.0;
    let (inside, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix([']', '】'])?;
    // `[1, 1,000]`: a comma before a blank parts, one between digits may group them.
    let (low, high) = inside.split_once(", ").or_else(|| inside.split_once('，')).or_else(|| inside.split_once(','))?;
    let bound = |text: &str| {
        let text = text.trim().trim_matches('`');
        let (quantity, rest) = quantity_here(text)?;
        rest.trim().is_empty().then_some(quantity)
    };
    let (low, high) = (bound(low)?, bound(high)?);
    // The unit may stand behind the bracket.
    let behind = quantity_here(&format!("1{}", rest.chars().take(4).collect::<String>())).map(|(found, _)| found.unit);
    let unit = if high.unit == Unit::Bare { behind.filter(|unit| *unit != Unit::Other) } else { Some(high.unit) };
    Some((low.value, high.value, unit.unwrap_or(Unit::Bare)))
}

/// Whether a number and a range sign are there, or a range sign alone, and no second number.
fn is_half_range(text: &str) -> bool {
    let behind = quantity_here(text).map_or(text, |(_, rest)| rest);
    let clause = behind.split(CLAUSE_ENDS).next().unwrap_or_default();
    clause.contains(['~', '～', '∼']) && !clause.contains(char::is_alphabetic)
}

#[derive(Clone, Copy)]
enum Side {
    Least,
    Most,
}

/// Least and most of each measure; what was found first holds.
#[derive(Default)]
struct Found {
    bounds: Vec<(Measure, [Option<i64>; 2])>,
}

impl Found {
    fn set(&mut self, measure: Measure, side: Side, value: i64) {
        if !self.bounds.iter().any(|(known, _)| *known == measure) {
            self.bounds.push((measure, [None, None]));
        }
        for (_, [least, most]) in self.bounds.iter_mut().filter(|(known, _)| *known == measure) {
            match side {
                Side::Least => *least = least.or(Some(value)),
                Side::Most => *most = most.or(Some(value)),
            }
        }
    }

    fn limits(self, at: Position, warnings: &mut Warnings) -> Limits {
        let mut limits = Limits::default();
        for (measure, [least, most]) in self.bounds {
            if let (Some(least), Some(most)) = (least, most)
                && least > most
            {
                warnings.add(at, format!("the lower limit {least} is above the upper limit {most}: neither read"));
                continue;
            }
            if measure != Measure::Value && [least, most].into_iter().flatten().any(i64::is_negative) {
                warnings.add(at, "the stated length is below 0: skipped");
            }
            let [low, high] = [least, most].map(|limit| limit.and_then(|limit| u64::try_from(limit).ok()));
            match measure {
                Measure::Length => (limits.min_length, limits.max_length) = (low, high),
                Measure::Items => (limits.min_items, limits.max_items) = (low, high),
                Measure::Value => (limits.minimum, limits.maximum) = (least, most),
            }
        }
        limits
    }
}

/// Whether a range of numbers is stated, so that the same words announce no enum values.
pub(super) fn states_range(text: &str) -> bool {
    after(text, VALUES).any(|(_, rest)| range(rest).is_some())
        || after(text, &["取值"]).any(|(_, rest)| range(rest).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: &str) -> Limits {
        limits(text, kind, Position::line(1), &mut Warnings::default())
    }

    fn warnings(text: &str, kind: &str) -> usize {
        let mut warnings = Warnings::default();
        limits(text, kind, Position::line(7), &mut warnings);
        warnings.into_sorted().len()
    }

    #[test]
    fn length_depends_on_the_type() {
        let text = "标识 \n 数据校验规则:\n最大长度: 64最小长度: 1";
        let string = Limits { min_length: Some(1), max_length: Some(64), ..Limits::default() };
        assert_eq!(read(text, "string"), string);
        let list = Limits { min_items: Some(1), max_items: Some(64), ..Limits::default() };
        assert_eq!(read(text, "undefined[]"), list);
    }

    #[test]
    fn lengths_come_in_many_words() {
        let most = Limits { max_length: Some(100), ..Limits::default() };
        for text in [
            "名称，长度不能超过 100 字符。",
            "最大长度：`100` 字符",
            "不超过100个字符",
            "最大长度不能超过 100",
            "最多可填 100 个字符",
            "最大100个字符",
            "最大 `100` 字符",
            "Name, up to 100 characters",
            "Maximum length：`100` characters",
            "The length cannot exceed 100 characters.",
        ] {
            assert_eq!(read(text, "string"), most, "{text}");
        }
        let both = Limits { min_length: Some(1), max_length: Some(64), ..Limits::default() };
        for text in [
            "长度范围：`1` ～ `64` 字符",
            "长度范围：1 字符 ～ 64 字符",
            "长度为 1-64 个字符",
            "取值范围：1 ～ 64 字符",
            "取值范围：[1,64] 字符",
            "最小1字符，最大64字符",
            "范围：1 ～ 64 个字符",
            "Length range：`1` ～ `64` characters",
            "Minimum length: 1, maximum length: 64",
            "最短 1 个字符，最长 64 个字符",
        ] {
            assert_eq!(read(text, "string"), both, "{text}");
        }
        assert_eq!(read("最多支持 50 个", "string[]"), Limits { max_items: Some(50), ..Limits::default() });
        assert_eq!(read("最大长度：1 万", "string[]"), Limits { max_items: Some(10_000), ..Limits::default() });
    }

    #[test]
    fn bounds_are_single_or_ranges() {
        let both = Limits { minimum: Some(1), maximum: Some(1000), ..Limits::default() };
        for text in [
            "取值范围：1 ～ 1000",
            "取值范围 1~1000",
            "取值范围：[1, 1,000]",
            "最小值：1，最大值：1000",
            "取值范围：`1` ～ `1000`",
            "大于等于 1，不能超过 1000",
            "范围：1～1000",
            "Value range：`1` ～ `1000`",
            "Minimum value: 1, maximum value: 1000",
            "取值范围[1,1000]",
            "取值范围（1-1000）",
            "取值：1 ～ 1000",
            "最小1，最大1000",
        ] {
            assert_eq!(read(text, "int"), both, "{text}");
        }
        for text in ["取值范围[0,255]", "取值范围：[0,255]", "范围：0～255", "范围 [0, 255]"] {
            assert_eq!(
                read(text, "int"),
                Limits { minimum: Some(0), maximum: Some(255), ..Limits::default() },
                "{text}"
            );
        }
        let negative = Limits { minimum: Some(-10), maximum: Some(-1), ..Limits::default() };
        assert_eq!(read("取值范围：-10～-1", "int"), negative);
    }

    #[test]
    fn sentences_are_not_limits() {
        for (text, kind) in [
            ("每天最多 10 次", "string"),
            ("不超过 5 分钟", "int"),
            ("每个企业最多 500 个", "int"),
            ("每个不超过 20 字符", "string[]"),
            ("长度，由系统决定", "string"),
            ("时间范围：1～30 天", "int"),
            ("范围：1～30", "string"),
            ("最大 10MB", "int"),
            ("最大支持的版本为 3.2", "string"),
        ] {
            assert_eq!(read(text, kind), Limits::default(), "{text}");
            assert_eq!(warnings(text, kind), 0, "{text}");
        }
    }

    #[test]
    fn limit_without_number_warns() {
        for text in ["最大长度：见下文", "最大长度：-1", "长度范围：1", "最小值：9，最大值：1", "最大值：九"]
        {
            assert_eq!(read(text, "int"), Limits::default(), "{text}");
            assert_eq!(warnings(text, "int"), 1, "{text}");
        }
    }
}

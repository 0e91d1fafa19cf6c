//! Values in prose: limits, defaults, enum values and rates that stand in sentences.
//!
//! What the documents share is a word that announces the value, some glue, and the value:
//! `最大长度: 128`, `默认 10`, `默认值：`. Here is how a value is written; `limits` and
//! `enums` and `defaults` know which word means what, and `leftovers` warns about what none of them
//! read. Rates are read here: `1000 次/分钟、50 次/秒`, `每秒 50 次`, `50 QPS`.

mod defaults;
mod entries;
mod enums;
mod leftovers;
mod limits;
mod numbers;

pub(crate) use defaults::{default, default_in_column};
pub(crate) use enums::enum_values;
pub(crate) use leftovers::{number, unknown_labels, unknown_rules, unread_numbers};
pub(crate) use limits::limits;

use crate::facts::RateLimit;
use crate::tables::compact;
use crate::words::is_none;

/// What follows the words, each time that one of them stands there, the glue before the value removed.
pub(super) fn after<'a>(text: &'a str, words: &[&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let starts = words.iter().flat_map(move |word| text.match_indices(word));
    starts.filter_map(move |(at, word)| Some((word, text.get(at + word.len()..)?.trim_start_matches(GLUE))))
}

/// What can stand between an announcing word and its value.
const GLUE: [char; 9] = [' ', '\t', '\n', '\u{a0}', ':', '：', '为', '是', '['];

/// Where a clause ends, and with it what was announced.
pub(super) const CLAUSE_ENDS: [char; 12] = ['，', ',', '。', '；', ';', '、', '\n', ')', '）', '！', '】', ']'];

/// A number of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    pub value: i64,
    pub unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nothing follows, or the clause ends.
    Bare,
    Characters,
    Items,
    /// Minutes, megabytes, and whatever else can be counted.
    Other,
}

/// The first number of a clause, near its beginning: `不超过 10 万个`, `可传 50 条`.
pub(super) fn quantity(clause: &str) -> Option<(Quantity, &str)> {
    const FILLERS: usize = 8;
    for (at, c) in clause.char_indices().take(FILLERS) {
        if let Some(found) = clause.get(at..).and_then(quantity_here) {
            return Some(found);
        }
        if CLAUSE_ENDS.contains(&c) || c.is_ascii_digit() || c == '：' || c == ':' {
            return None;
        }
    }
    None
}

/// The quantity that a text begins with, and the rest.
pub(super) fn quantity_here(text: &str) -> Option<(Quantity, &str)> {
    let (number, rest) = integer(text.trim_start_matches('`'))?;
    let rest = rest.trim_start_matches(['`', '*', ' ', '\u{a0}']);
    let (factor, rest) = [("万", 10_000), ("千", 1_000)]
        .into_iter()
        .find_map(|(word, factor)| Some((factor, rest.strip_prefix(word)?.trim_start())))
        .unwrap_or((1, rest));
    let value = number.checked_mul(factor)?;
    let unit = |words: &[&str]| words.iter().find_map(|word| rest.strip_prefix(word));
    let characters = ["个字符", "字符", "个字节", "字节", "个字", "字", "位字符", "characters", "chars"];
    let (unit, rest) = if let Some(rest) = unit(&characters) {
        (Unit::Characters, rest)
    } else if let Some(rest) = unit(&["个", "条", "项", "人", "名", "组", "items", "elements", "entries"]) {
        (Unit::Items, rest)
    } else {
        let ends = rest.is_empty() || rest.starts_with(CLAUSE_ENDS) || rest.starts_with(RANGE_SIGNS);
        (if ends { Unit::Bare } else { Unit::Other }, rest)
    };
    Some((Quantity { value, unit }, rest))
}

pub(super) const RANGE_SIGNS: [char; 8] = ['~', '～', '-', '–', '—', '至', '到', '∼'];

/// The whole number that a text begins with, and the rest: `10,000 个` is 10000.
pub(super) fn integer(text: &str) -> Option<(i64, &str)> {
    let (sign, unsigned) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let end = unsigned
        .char_indices()
        .find(|&(at, c)| !(c.is_ascii_digit() || c == ',' && groups_thousands(unsigned, at)))
        .map_or(unsigned.len(), |(at, _)| at);
    let (digits, rest) = unsigned.split_at_checked(end)?;
    let value = format!("{sign}{}", digits.replace(',', "")).parse().ok()?;
    Some((value, rest))
}

/// Whether the comma at `at` stands between digits and before exactly three of them.
fn groups_thousands(text: &str, at: usize) -> bool {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    text.get(at + 1..).is_some_and(|rest| at > 0 && digits(rest) == 3)
}

/// The value that a text begins with, and the rest: what quotes or backticks hold, or one bare word.
pub(super) fn word(text: &str) -> Option<(&str, &str)> {
    for (open, close) in [('`', '`'), ('"', '"'), ('“', '”')] {
        if let Some((value, rest)) = text.strip_prefix(open).and_then(|text| text.split_once(close)) {
            let value = value.trim().trim_matches('"');
            return (!value.is_empty() && !value.contains('\n')).then_some((value, rest));
        }
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))).unwrap_or(text.len());
    let (word, _) = text.split_at_checked(end)?;
    let word = word.trim_end_matches(['.', '-']);
    let rest = text.get(word.len()..)?;
    // Half of an address or an expression is no value.
    let is_whole = !rest.starts_with(['/', '@', '+', '=', '%', '&', '#']) && !rest.starts_with("://");
    (!word.is_empty() && is_whole).then_some((word, rest))
}

const PER_MINUTE: (&[&str], &[&str]) =
    (&["次/分", "次每分", "次/每分", "/min", "rpm", "次/1分", "perminute"], &["每分钟"]);
const PER_SECOND: (&[&str], &[&str]) = (&["次/秒", "次每秒", "次/每秒", "/s", "qps", "次/1秒", "persecond"], &["每秒"]);

pub(crate) fn rate_limit(text: &str) -> Option<RateLimit> {
    let text = compact(text);
    let rate = |(behind, before): (&[&str], &[&str])| {
        let number_before = behind.iter().find_map(|unit| last_number(text.split_once(unit)?.0));
        number_before.or_else(|| before.iter().find_map(|unit| first_number(text.split_once(unit)?.1)))
    };
    let limit = RateLimit { per_minute: rate(PER_MINUTE), per_second: rate(PER_SECOND) };
    (limit != RateLimit::default()).then_some(limit)
}

/// Whether a text says that no fixed rate holds, which is nothing that could be read.
pub(crate) fn has_no_fixed_rate(text: &str) -> bool {
    let text = compact(text);
    let words = ["特殊频控", "特殊频率", "特殊限频", "不限频", "不限制", "无限制", "specialrate", "specialfrequency"];
    is_none(&text) || words.iter().any(|word| text.contains(word))
}

/// The rates that a text speaks of and that are not among those read: of another unit, or without their number.
pub(crate) fn unread_rates(text: &str) -> Vec<&str> {
    let is_number = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    let parts = || text.split(['、', '，', ';', '；', '\n']).flat_map(|part| part.split(", ")).map(str::trim);
    let rates = |part: &&str| is_number(part) || ["次", "QPS", "times", "per "].iter().any(|word| part.contains(word));
    let is_read = |part: &str| {
        let numbers = part.split(|c: char| !(c.is_ascii_digit() || c == ',')).filter(is_number).count();
        let limit = rate_limit(part).unwrap_or_default();
        usize::from(limit.per_minute.is_some()) + usize::from(limit.per_second.is_some()) >= numbers.max(1)
    };
    parts().filter(rates).filter(|part| !is_read(part)).collect()
}

/// The number that a text ends with.
fn last_number(text: &str) -> Option<u32> {
    // `100 times/minute`
    let text = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let digits = text.rsplit(|c: char| !(c.is_ascii_digit() || c == ',')).next()?;
    digits.replace(',', "").parse().ok()
}

/// The number near a text's beginning, before `次`.
fn first_number(text: &str) -> Option<u32> {
    let (number, _) = text.split_once('次')?;
    last_number(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_before_other_text() {
        assert_eq!(integer("10,000 个"), Some((10000, " 个")));
        assert_eq!(integer("128最小长度"), Some((128, "最小长度")));
        assert_eq!(integer("1,2,3"), Some((1, ",2,3")));
        assert_eq!(integer("-5。"), Some((-5, "。")));
        assert_eq!(integer("多"), None);
        assert_eq!(integer("99999999999999999999"), None);
    }

    #[test]
    fn words_end_before_the_full_stop() {
        assert_eq!(word("Consts.Kind."), Some(("Consts.Kind", ".")));
        assert_eq!(word("`open_id`，"), Some(("open_id", "，")));
        assert_eq!(word("\"外包组\"\n"), Some(("外包组", "\n")));
        assert_eq!(word("空"), None);
        assert_eq!(word("a/b"), None);
    }

    #[test]
    fn glue_is_not_a_value() {
        let all = |text| after(text, &["默认值"]).map(|(_, rest)| rest).collect::<Vec<_>>();
        assert_eq!(all("长度默认值 ：x，见默认值"), ["x，见默认值", ""]);
        assert_eq!(all("无"), Vec::<&str>::new());
    }

    #[test]
    fn quantities_know_what_they_count() {
        let read = |text| quantity(text).map(|(quantity, _)| (quantity.value, quantity.unit));
        assert_eq!(read("100 字符。"), Some((100, Unit::Characters)));
        assert_eq!(read("`64` 字符"), Some((64, Unit::Characters)));
        assert_eq!(read("可传入 1 万个"), Some((10_000, Unit::Items)));
        assert_eq!(read("50，其他"), Some((50, Unit::Bare)));
        assert_eq!(read("10MB"), Some((10, Unit::Other)));
        assert_eq!(read("见下文：1"), None);
        assert_eq!(read("9999999999999999 万"), None);
    }

    #[test]
    fn unread_rates_are_returned() {
        assert_eq!(unread_rates("1000 次/分钟、50 次/秒"), Vec::<&str>::new());
        assert_eq!(unread_rates("1,000 次/分钟 50 QPS"), Vec::<&str>::new());
        assert_eq!(unread_rates("1000 次/分钟、1 万次/天"), ["1 万次/天"]);
        assert_eq!(unread_rates("多次/分钟，50 次/秒"), ["多次/分钟"]);
        assert_eq!(unread_rates("1000 /小时, 50 次/秒"), ["1000 /小时"]);
    }

    #[test]
    fn rates_are_numbers_with_units() {
        let rate = |per_minute, per_second| Some(RateLimit { per_minute, per_second });
        let both = rate(Some(1000), Some(50));
        for text in
            ["1000 次/分钟、50 次/秒", "50次/秒，1,000 次 / 分", "每分钟 1000 次，每秒 50 次", "1000 次每分钟 50 QPS"]
        {
            assert_eq!(rate_limit(text), both, "{text}");
        }
        assert_eq!(rate_limit("1,000次/分"), rate(Some(1000), None));
        assert_eq!(rate_limit("1000 times/minute, 50 times/second"), both);
        assert_eq!(rate_limit("50 requests per second"), rate(None, Some(50)));
        for text in ["特殊频控", "特殊频率限制", "Special Rate Limit", "-", "无"] {
            assert_eq!((rate_limit(text), has_no_fixed_rate(text)), (None, true), "{text}");
        }
        assert!(!has_no_fixed_rate("见文档"));
        assert_eq!(rate_limit("100 次/小时"), None);
        assert_eq!(rate_limit("99999999999 次/秒"), None);
    }
}

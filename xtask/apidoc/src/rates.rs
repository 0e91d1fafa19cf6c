//! Rates in words: `1000 次/分钟、50 次/秒`, `每秒 50 次`, `50 QPS`.

use super::tables::compact;
use crate::facts::RateLimit;

const PER_MINUTE: (&[&str], &[&str]) = (&["次/分", "次每分", "次/每分", "/min", "rpm", "次/1分"], &["每分钟"]);
const PER_SECOND: (&[&str], &[&str]) = (&["次/秒", "次每秒", "次/每秒", "/s", "qps", "次/1秒"], &["每秒"]);

pub(super) fn rate_limit(text: &str) -> Option<RateLimit> {
    let text = compact(text);
    let rate = |(behind, before): (&[&str], &[&str])| {
        let number_before = behind.iter().find_map(|unit| last_number(text.split_once(unit)?.0));
        number_before.or_else(|| before.iter().find_map(|unit| first_number(text.split_once(unit)?.1)))
    };
    let limit = RateLimit { per_minute: rate(PER_MINUTE), per_second: rate(PER_SECOND) };
    (limit != RateLimit::default()).then_some(limit)
}

/// The rates that a text speaks of and that are not among those read: of another unit, or without their number.
pub(super) fn unread(text: &str) -> Vec<&str> {
    let is_number = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    let parts = || text.split(['、', '，', ';', '；', '\n']).flat_map(|part| part.split(", ")).map(str::trim);
    let rates = |part: &&str| is_number(part) || part.contains('次') || part.contains("QPS");
    let is_read = |part: &str| {
        let numbers = part.split(|c: char| !(c.is_ascii_digit() || c == ',')).filter(is_number).count();
        let limit = rate_limit(part).unwrap_or_default();
        usize::from(limit.per_minute.is_some()) + usize::from(limit.per_second.is_some()) >= numbers.max(1)
    };
    parts().filter(rates).filter(|part| !is_read(part)).collect()
}

/// The number that a text ends with.
fn last_number(text: &str) -> Option<u32> {
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
    fn other_rates_are_left() {
        assert_eq!(unread("1000 次/分钟、50 次/秒"), Vec::<&str>::new());
        assert_eq!(unread("1,000 次/分钟 50 QPS"), Vec::<&str>::new());
        assert_eq!(unread("1000 次/分钟、1 万次/天"), ["1 万次/天"]);
        assert_eq!(unread("多次/分钟，50 次/秒"), ["多次/分钟"]);
        assert_eq!(unread("1000 /小时, 50 次/秒"), ["1000 /小时"]);
    }

    #[test]
    fn rates_are_numbers_beside_their_unit() {
        let rate = |per_minute, per_second| Some(RateLimit { per_minute, per_second });
        let both = rate(Some(1000), Some(50));
        for text in
            ["1000 次/分钟、50 次/秒", "50次/秒，1,000 次 / 分", "每分钟 1000 次，每秒 50 次", "1000 次每分钟 50 QPS"]
        {
            assert_eq!(rate_limit(text), both, "{text}");
        }
        assert_eq!(rate_limit("1,000次/分"), rate(Some(1000), None));
        assert_eq!(rate_limit("特殊频控"), None);
        assert_eq!(rate_limit("100 次/小时"), None);
        assert_eq!(rate_limit("99999999999 次/秒"), None);
    }
}

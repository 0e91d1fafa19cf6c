//! Values in prose: the words that announce one, and how it is written.
//!
//! Limits, defaults and enum values stand in sentences and not in columns. What
//! the documents share is a word that announces the value, some glue, and the
//! value: `最大长度: 128`, `默认 10`, `默认值：`. Nothing here knows which
//! word means what; that is for the modules `limits`, `defaults` and `choices`.

/// What follows the first of the words, the glue before the value removed.
pub(super) fn after<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| text.split_once(word)).map(|(_, rest)| rest.trim_start_matches(GLUE))
}

/// What may stand between an announcing word and its value.
const GLUE: [char; 12] = [' ', '\t', '\n', '\u{a0}', ':', '：', '为', '是', '*', '`', '[', '"'];

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

/// The identifier or number that a text begins with, and the rest.
pub(super) fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))).unwrap_or(text.len());
    let (word, _) = text.split_at_checked(end)?;
    let word = word.trim_end_matches(['.', '-']);
    let rest = text.get(word.len()..)?;
    (!word.is_empty()).then_some((word, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_the_sentence_goes_on() {
        assert_eq!(integer("10,000 个"), Some((10000, " 个")));
        assert_eq!(integer("128最小长度"), Some((128, "最小长度")));
        assert_eq!(integer("1,2,3"), Some((1, ",2,3")));
        assert_eq!(integer("-5。"), Some((-5, "。")));
        assert_eq!(integer("多"), None);
        assert_eq!(integer("99999999999999999999"), None);
    }

    #[test]
    fn words_do_not_take_the_full_stop() {
        assert_eq!(word("Consts.Kind."), Some(("Consts.Kind", ".")));
        assert_eq!(word("open_id`，"), Some(("open_id", "`，")));
        assert_eq!(word("空"), None);
    }

    #[test]
    fn glue_is_no_value() {
        assert_eq!(after("长度默认值**：`x`", &["默认值"]), Some("x`"));
        assert_eq!(after("无", &["默认值"]), None);
    }
}

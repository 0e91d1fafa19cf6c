//! Decodes JSON strings, and makes text from the wire printable.
//!
//! Every string decodes. Each invalid UTF-8 sequence and each lone surrogate becomes U+FFFD, as in Rust's lossy
//! conversions; an escape that JSON does not define stays as written.
//!
//! Errors and log lines show text in one line of bounded length: control characters and line breaks become spaces, and
//! characters that change the text direction become U+FFFD. Each removed character leaves a mark, since otherwise two
//! harmless halves could join into a secret.

use super::scan::{Encoding, Raw, width};

const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

impl<'a> Raw<'a> {
    /// Whether this string content decodes to `text`.
    pub(super) fn is(self, text: &str) -> bool {
        match self.bytes.contains(&b'\\') {
            true => self.chars().eq(text.chars()),
            false => self.bytes == text.as_bytes(),
        }
    }

    /// The decoded characters of this string content.
    pub(super) fn chars(self) -> Chars<'a> {
        Chars { rest: self.bytes, encoding: self.encoding }
    }
}

/// The decoded characters of a JSON string.
pub(super) struct Chars<'a> {
    rest: &'a [u8],
    encoding: Encoding,
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let (next, length) = match *self.rest {
            [] => return None,
            [b'\\', ref escape @ ..] => unescaped(escape).map_or(('\\', 1), |(next, length)| (next, 1 + length)),
            [byte, ..] if byte.is_ascii() => (char::from(byte), 1),
            _ if self.encoding == Encoding::DoubleByte => (REPLACEMENT, width(self.rest, self.encoding)),
            _ => character(self.rest),
        };
        self.rest = &self.rest[length..];
        Some(next)
    }
}

/// The first character of non-ASCII bytes, and its length.
fn character(bytes: &[u8]) -> (char, usize) {
    let bytes = &bytes[..bytes.len().min(4)];
    let chunk = bytes.utf8_chunks().next();
    match chunk.as_ref().and_then(|chunk| chunk.valid().chars().next()) {
        Some(character) => (character, character.len_utf8()),
        None => (REPLACEMENT, chunk.map_or(1, |chunk| chunk.invalid().len())),
    }
}

/// The character of an escape, and its length without the backslash; none if JSON has no such escape.
fn unescaped(escape: &[u8]) -> Option<(char, usize)> {
    Some(match escape {
        [quoted @ (b'"' | b'\\' | b'/'), ..] => (char::from(*quoted), 1),
        [b'b', ..] => ('\u{8}', 1),
        [b'f', ..] => ('\u{c}', 1),
        [b'n', ..] => ('\n', 1),
        [b'r', ..] => ('\r', 1),
        [b't', ..] => ('\t', 1),
        [b'u', digits @ ..] => {
            let unit = unit(digits)?;
            let second = digits[4..].strip_prefix(b"\\u").and_then(self::unit);
            match char::decode_utf16([unit].into_iter().chain(second)).next()?.unwrap_or(REPLACEMENT) {
                both if both.len_utf16() == 2 => (both, 11),
                one => (one, 5),
            }
        }
        _ => return None,
    })
}

/// A UTF-16 code unit of four hexadecimal digits.
fn unit(digits: &[u8]) -> Option<u16> {
    let digits = str::from_utf8(digits.get(..4)?).ok()?;
    u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The character, or a printable replacement.
pub(crate) fn readable(character: char) -> char {
    match character {
        '\u{2028}' | '\u{2029}' => ' ',
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => REPLACEMENT,
        _ if character.is_control() => ' ',
        _ => character,
    }
}

/// The text in one line of at most `limit` characters, and `…` if it was cut.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    shortened(text.chars(), limit).collect()
}

/// The same for an iterator of characters.
pub(super) fn shortened(mut characters: impl Iterator<Item = char>, limit: usize) -> impl Iterator<Item = char> {
    let mut left = Some(limit);
    std::iter::from_fn(move || {
        let room = left?;
        let next = characters.next()?;
        left = room.checked_sub(1);
        Some(left.map_or('…', |_| readable(next)))
    })
}

/// Whether the text has the form of the ids of the platform and its gateways: 1 to 128 letters, digits, `-`, `_`, `.`.
pub(crate) fn is_log_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

//! Rewrites a response as JSON that parses, no larger than its purpose needs.
//!
//! Only what a parser rejects is replaced: text that is not UTF-8 by U+FFFD; numbers that no float represents, and
//! values nested too deep, by `null`. Of members with the same name the last one counts, as in most JSON parsers;
//! derived code would reject duplicates. A member with a syntax error becomes `null`; the others are kept.
//!
//! A `Value` of small objects takes a hundred times the memory of its text. So the number of values is bounded in what
//! is parsed for an error or shown of a failure.

use super::scan::{Encoding, Raw, Scanner, find};
use super::text::shortened;
use std::collections::HashMap;
use std::ops::Range;

/// The longest `data` of a failure that is kept: five times a batch of 100 results.
const MAX_KEPT_DATA_BYTES: usize = 64 * 1024;

/// Names of an object that are remembered to detect duplicates; no object of the spec has as many.
const MAX_TRACKED_NAMES: usize = 1_000;

/// Limits on how much of a response is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Levels of objects and lists.
    nesting: usize,
    /// Members or items of one object or list.
    items: usize,
    /// Values below the top level.
    values: usize,
    /// Characters of one string, which is then made printable in one line; none leaves strings as they are.
    text: Option<usize>,
}

impl Bounds {
    /// For a success: as much as a parser accepts; serde_json rejects more than 127 levels.
    pub(crate) const SUCCESS: Self = Self { nesting: 100, items: usize::MAX, values: usize::MAX, text: None };
    /// For a failure returned as JSON: whole, unless it is larger than any that the service sends.
    pub(crate) const FAILURE: Self = Self { nesting: 100, items: 10_000, values: 10_000, text: None };
    /// For the parts of an error: people read them, and logs keep them.
    pub(crate) const ERROR: Self = Self { nesting: 6, items: 100, values: 2_000, text: Some(512) };
    /// For the data of an error, which programs read: at most a megabyte as a `Value`. Text stays as it is, since ids
    /// are compared.
    const DATA: Self = Self { nesting: 100, items: usize::MAX, values: 2_000, text: None };
}

/// An object with those of the named members that the response has; none if the response is no complete object.
pub(crate) fn members<const N: usize>(body: &[u8], names: [&str; N], bounds: Bounds) -> Option<Vec<u8>> {
    let found = find(body, names)?;
    let length: usize = found.iter().flatten().map(|raw| raw.bytes.len()).sum();
    // Room for replacing every byte by three: a small body may hold a token, which must be wiped from memory, and a
    // buffer that grows leaves copies behind.
    let room = if length < 0x1_0000 { 3 * length } else { length };
    let mut writer = Writer::new(bounds, room + 64 * N);
    writer.out.push(b'{');
    for (name, raw) in names.iter().zip(found).filter_map(|(name, raw)| Some((name, raw?))) {
        writer.name(name.chars());
        writer.top_level(raw);
        writer.out.push(b',');
    }
    writer.close(b'}');
    Some(writer.out)
}

/// The `data` of a failure, whole: results of which some are missing would be mistaken for all of them. None if there is
/// no `data`, or if it has a syntax error or is larger than the results of any call.
pub(crate) fn data_of_failure(body: &[u8]) -> Option<Vec<u8>> {
    let [data] = find(body, ["data"])?;
    let raw = data.filter(|raw| raw.bytes.len() <= MAX_KEPT_DATA_BYTES)?;
    let (mut writer, mut scanner) = (Writer::new(Bounds::DATA, raw.bytes.len()), Scanner::new(raw));
    writer.value(&mut scanner, 1)?;
    (scanner.peek().is_none() && !writer.is_cut).then_some(writer.out)
}

/// The whole response; none if it is no complete object.
pub(crate) fn envelope(body: &[u8], bounds: Bounds) -> Option<Vec<u8>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    [Encoding::Utf8, Encoding::DoubleByte].into_iter().find_map(|encoding| {
        let mut scanner = Scanner::new(Raw { bytes: body, encoding });
        let mut writer = Writer::new(bounds, 0);
        if scanner.next()? != b'{' {
            return None;
        }
        writer.object(&mut scanner, 0)?;
        scanner.peek().is_none().then_some(writer.out)
    })
}

struct Writer {
    out: Vec<u8>,
    bounds: Bounds,
    values_left: usize,
    /// Whether a value was left out because of the bounds.
    is_cut: bool,
}

impl Writer {
    fn new(bounds: Bounds, room: usize) -> Self {
        Self { out: Vec::with_capacity(room), bounds, values_left: bounds.values, is_cut: false }
    }

    /// Writes the value of a top-level member, or `null` if it has a syntax error. It may use half of the values left,
    /// so that a large member does not displace those after it.
    fn top_level(&mut self, raw: Raw<'_>) {
        let begin = self.out.len();
        let mut scanner = Scanner::new(raw);
        let share = self.values_left.div_ceil(2);
        let reserved = self.values_left - share;
        self.values_left = share;
        if self.value(&mut scanner, 1).is_none() || scanner.peek().is_some() {
            self.out.truncate(begin);
            self.out.extend(b"null");
        }
        self.values_left += reserved;
    }

    /// Writes the next value, which is `depth` objects and lists deep.
    fn value(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Option<()> {
        match scanner.peek()? {
            b'"' => {
                scanner.next();
                let content = scanner.string()?;
                match self.bounds.text {
                    Some(limit) => self.string(shortened(content.chars(), limit)),
                    None => self.string(content.chars()),
                }
            }
            b'{' | b'[' if depth >= self.bounds.nesting => {
                scanner.value()?;
                self.out.extend(b"null");
                self.is_cut = true;
            }
            b'{' => {
                scanner.next();
                self.object(scanner, depth)?;
            }
            b'[' => {
                scanner.next();
                self.list(scanner, depth)?;
            }
            _ => self.scalar(scanner.scalar()?.bytes),
        }
        Some(())
    }

    /// Writes the rest of an object; the opening brace has been read.
    fn object(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Option<()> {
        self.out.push(b'{');
        let mut written: HashMap<String, Range<usize>> = HashMap::new();
        let mut count = 0;
        scanner.items(b'}', |scanner| {
            let key = scanner.key()?;
            if !self.has_room(count, depth) {
                return scanner.value().map(drop);
            }
            let begin = self.out.len();
            self.name(key.chars());
            match depth {
                0 => self.top_level(scanner.value()?),
                _ => self.value(scanner, depth + 1)?,
            }
            self.out.push(b',');
            count += 1;
            if written.len() < MAX_TRACKED_NAMES {
                let this = begin..self.out.len();
                if let Some(earlier) = written.insert(key.chars().collect(), this) {
                    self.out[earlier].fill(b' ');
                }
            }
            Some(())
        })?;
        self.close(b'}');
        Some(())
    }

    /// Writes the rest of a list; the opening bracket has been read.
    fn list(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Option<()> {
        self.out.push(b'[');
        let mut count = 0;
        scanner.items(b']', |scanner| {
            if !self.has_room(count, depth) {
                return scanner.value().map(drop);
            }
            self.value(scanner, depth + 1)?;
            self.out.push(b',');
            count += 1;
            Some(())
        })?;
        self.close(b']');
        Some(())
    }

    /// Whether the bounds allow another value after `count` values of the same object or list.
    fn has_room(&mut self, count: usize, depth: usize) -> bool {
        if count >= self.bounds.items || depth > 0 && self.values_left == 0 {
            self.is_cut = true;
            return false;
        }
        self.values_left = self.values_left.saturating_sub(depth.min(1));
        true
    }

    fn name(&mut self, characters: impl Iterator<Item = char>) {
        match self.bounds.text {
            Some(limit) => self.string(shortened(characters, limit)),
            None => self.string(characters),
        }
        self.out.push(b':');
    }

    /// Writes a string straight into the output: an intermediate copy of a token would not be wiped.
    fn string(&mut self, characters: impl Iterator<Item = char>) {
        self.out.push(b'"');
        for character in characters {
            match character {
                '"' | '\\' => self.out.extend([b'\\', character as u8]),
                '\0'..='\x1F' => {
                    let code = character as u8;
                    let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
                    self.out.extend([b'\\', b'u', b'0', b'0', digit(code >> 4), digit(code & 15)]);
                }
                _ => self.out.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.out.push(b'"');
    }

    /// Writes a number, `true`, `false` or `null`; anything else becomes `null`.
    fn scalar(&mut self, scalar: &[u8]) {
        let is_word = matches!(scalar, b"true" | b"false" | b"null");
        let is_json = is_word || serde_json::from_slice::<serde_json::Number>(scalar).is_ok();
        self.out.extend(if is_json { scalar } else { b"null" });
    }

    /// Writes the closing bracket in place of the comma after the last member or item.
    fn close(&mut self, bracket: u8) {
        if self.out.last() == Some(&b',') {
            self.out.pop();
        }
        self.out.push(bracket);
    }
}

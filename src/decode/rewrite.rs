//! Writes a response anew so that it can be parsed, and no larger than its purpose needs.
//!
//! What no parser takes is replaced, and nothing else changes: text that is not UTF-8 by U+FFFD, a number that no float
//! holds by `null`, what is nested too deep by `null`. Of members with one name the last counts, as for most readers of
//! JSON; a derived one would refuse them. A member of which the grammar is broken costs that member.
//!
//! A `Value` of small objects takes a hundred times the memory of its text, so what is parsed for an error, or shown of
//! a failure, has a bound on how many values it holds.

use super::scan::{Encoding, Raw, Scanner, find};
use super::text::shortened;
use std::collections::HashMap;
use std::ops::Range;

/// How many names of an object are remembered to find the ones that stand there twice; no object of the spec has as many.
const NAMES: usize = 1_000;

/// How much of a response is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Objects and lists within each other.
    nesting: usize,
    /// Members or items of one object or list.
    items: usize,
    /// Values below the top level.
    values: usize,
    /// Characters of one string, which is then made readable in one line; none leaves strings as they are.
    text: Option<usize>,
}

impl Bounds {
    /// Everything that a parser takes: serde_json refuses more than 127 levels.
    pub(crate) const SUCCESS: Self = Self { nesting: 100, items: usize::MAX, values: usize::MAX, text: None };
    /// What may be a failure and is kept as it is: whole, unless it is larger than any that the service sends.
    pub(crate) const FAILURE: Self = Self { nesting: 100, items: 10_000, values: 10_000, text: None };
    /// What an error says: a person reads it, and a log keeps it.
    pub(crate) const ERROR: Self = Self { nesting: 6, items: 100, values: 2_000, text: Some(512) };
}

/// An object of these members of a response, as far as it has them; none if the response is no complete object.
pub(crate) fn members<const N: usize>(body: &[u8], names: [&str; N], bounds: Bounds) -> Option<Vec<u8>> {
    let found = find(body, names)?;
    let length: usize = found.iter().flatten().map(|raw| raw.bytes.len()).sum();
    // Room for every byte to be replaced by three, where it may be a token that is wiped: a buffer that grows is not.
    let room = if length < 0x1_0000 { 3 * length } else { length };
    let mut writer = Writer::new(bounds, room + 64 * N);
    writer.out.push(b'{');
    for (name, raw) in names.iter().zip(found).filter_map(|(name, raw)| Some((name, raw?))) {
        writer.name(name.chars());
        writer.whole(raw);
        writer.out.push(b',');
    }
    writer.close(b'}');
    Some(writer.out)
}

/// A response; none if it is no complete object.
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
}

impl Writer {
    fn new(bounds: Bounds, room: usize) -> Self {
        Self { out: Vec::with_capacity(room), bounds, values_left: bounds.values }
    }

    /// The value of a member at the top level, or `null` if it is none. It may hold half of what values are left:
    /// what is large must not cost the members behind it.
    fn whole(&mut self, raw: Raw<'_>) {
        let begin = self.out.len();
        let mut scanner = Scanner::new(raw);
        let share = self.values_left.div_ceil(2);
        let kept_back = self.values_left - share;
        self.values_left = share;
        if self.value(&mut scanner, 1).is_none() || scanner.peek().is_some() {
            self.out.truncate(begin);
            self.out.extend(b"null");
        }
        self.values_left += kept_back;
    }

    /// What the scanner is at, so many objects and lists deep.
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

    /// What is left of an object, its opening brace being read.
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
                0 => self.whole(scanner.value()?),
                _ => self.value(scanner, depth + 1)?,
            }
            self.out.push(b',');
            count += 1;
            if written.len() < NAMES {
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

    /// What is left of a list, its opening bracket being read.
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

    /// Whether another value is written where so many stand already.
    fn has_room(&mut self, count: usize, depth: usize) -> bool {
        if count >= self.bounds.items || depth > 0 && self.values_left == 0 {
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

    /// A string, written at once to where it belongs: a copy of a token would not be wiped.
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

    /// A number or a word of JSON, or `null` if it is neither.
    fn scalar(&mut self, scalar: &[u8]) {
        let is_word = matches!(scalar, b"true" | b"false" | b"null");
        let is_json = is_word || serde_json::from_slice::<serde_json::Number>(scalar).is_ok();
        self.out.extend(if is_json { scalar } else { b"null" });
    }

    /// The end of what began with a bracket; each member and item has written a comma.
    fn close(&mut self, bracket: u8) {
        if self.out.last() == Some(&b',') {
            self.out.pop();
        }
        self.out.push(bracket);
    }
}

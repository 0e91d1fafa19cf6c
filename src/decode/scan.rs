//! Finds the members of a JSON object without decoding their values.
//!
//! What a call does next depends on `code`, and the rest of the response may be malformed: text in another encoding, a
//! lone surrogate, a number that no float represents, lists nested a thousand times. So this scanner works on bytes and
//! only finds the end of each value: strings by their quotes, objects and lists by counting brackets. It does not
//! recurse or allocate, and visits each byte once, or twice if the encoding is unclear.
//!
//! A truncated response is not an object: the missing part may contain a later `code`.

/// How non-ASCII bytes are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, or any encoding without ASCII bytes inside a character.
    Utf8,
    /// Two bytes per character, the second of which may equal a backslash: GBK, Big5, Shift_JIS.
    DoubleByte,
}

/// The length of the first character, whose first byte is not ASCII, or of a part of it.
pub(super) fn width(bytes: &[u8], encoding: Encoding) -> usize {
    match (encoding, bytes) {
        (Encoding::DoubleByte, [_, 0x40..=0xFE, ..]) => 2,
        _ => 1,
    }
}

/// The number of bytes before the first one that may end a string, escape the next byte or begin a two-byte character.
/// Strings are most of a response, so they are scanned in blocks, which the compiler vectorizes.
fn plain_prefix(bytes: &[u8], encoding: Encoding) -> usize {
    let is_special =
        |byte: u8| (byte == b'"') | (byte == b'\\') | ((encoding == Encoding::DoubleByte) & !byte.is_ascii());
    let (blocks, _) = bytes.as_chunks::<16>();
    let is_plain = |block: &&[u8; 16]| !block.iter().fold(false, |special, byte| special | is_special(*byte));
    let plain = blocks.iter().take_while(is_plain).count() * 16;
    plain + bytes[plain..].iter().take_while(|byte| !is_special(**byte)).count()
}

/// The bytes of a value, and their encoding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) encoding: Encoding,
}

/// The last member of each name at the top level of an object; none if the body is no complete object.
pub(super) fn find<'a, const N: usize>(body: &'a [u8], names: [&str; N]) -> Option<[Option<Raw<'a>>; N]> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    [Encoding::Utf8, Encoding::DoubleByte].into_iter().find_map(|encoding| {
        let mut found = [None; N];
        let mut scanner = Scanner::new(Raw { bytes: body, encoding });
        scanner.document(|scanner| {
            let key = scanner.key()?;
            let value = scanner.value()?;
            if let Some(at) = names.iter().position(|name| key.is(name)) {
                found[at] = Some(value);
            }
            Some(())
        })?;
        Some(found)
    })
}

/// The first member of an object, if its value is a number or a word.
pub(super) fn first_scalar(body: &[u8]) -> Option<(Raw<'_>, Raw<'_>)> {
    let mut scanner = Scanner::new(Raw { bytes: body, encoding: Encoding::Utf8 });
    if scanner.next()? != b'{' {
        return None;
    }
    let name = scanner.key()?;
    scanner.peek()?;
    Some((name, scanner.scalar()?))
}

/// A position in the bytes. Methods that return an option return none on a syntax error.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    encoding: Encoding,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(Raw { bytes, encoding }: Raw<'a>) -> Self {
        Self { bytes, at: 0, encoding }
    }

    /// Scans an object that is the whole text.
    pub(super) fn document(&mut self, member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.next()? != b'{' {
            return None;
        }
        self.items(b'}', member)?;
        self.peek().is_none().then_some(())
    }

    /// Scans comma-separated items up to and including the closing bracket.
    pub(super) fn items(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            match self.next()? {
                b',' => {}
                byte => return (byte == close).then_some(()),
            }
        }
    }

    /// Scans a member's name and the colon.
    pub(super) fn key(&mut self) -> Option<Raw<'a>> {
        if self.next()? != b'"' {
            return None;
        }
        let key = self.string()?;
        (self.next()? == b':').then_some(key)
    }

    /// Scans any value.
    pub(super) fn value(&mut self) -> Option<Raw<'a>> {
        self.peek()?;
        let begin = self.at;
        match self.next()? {
            b'"' => {
                self.string()?;
            }
            b'{' | b'[' => self.rest_of_brackets()?,
            _ => {
                self.at = begin;
                self.scalar()?;
            }
        }
        Some(self.since(begin))
    }

    /// Scans a number or a word.
    pub(super) fn scalar(&mut self) -> Option<Raw<'a>> {
        let begin = self.at;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        self.at += self.bytes[begin..].iter().take_while(|byte| is_part(byte)).count();
        (self.at > begin).then(|| self.since(begin))
    }

    /// Scans the rest of a string, whose opening quote has been read; returns its content.
    pub(super) fn string(&mut self) -> Option<Raw<'a>> {
        let begin = self.at;
        loop {
            self.at += plain_prefix(self.bytes.get(self.at..)?, self.encoding);
            match *self.bytes.get(self.at)? {
                b'"' => {
                    let content = self.since(begin);
                    self.at += 1;
                    return Some(content);
                }
                b'\\' => self.at += 2,
                _ => self.at += width(&self.bytes[self.at..], self.encoding),
            }
        }
    }

    /// Scans the rest of an object or list, whose opening bracket has been read.
    fn rest_of_brackets(&mut self) -> Option<()> {
        let mut open = 1_usize;
        while open > 0 {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
        }
        Some(())
    }

    /// The next byte that is not whitespace, without consuming it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is not whitespace.
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn since(&self, begin: usize) -> Raw<'a> {
        Raw { bytes: &self.bytes[begin..self.at], encoding: self.encoding }
    }
}

//! Finds the members of a JSON object without reading what they hold.
//!
//! What a call does next depends on `code`, and a response may be odd anywhere else: text in another encoding, a lone
//! surrogate, a number no float can hold, lists nested a thousand times. So this reader looks at bytes, and of a value
//! it only finds the end: strings by their quotes, objects and lists by counting brackets. It never recurses and
//! allocates nothing, and each byte is looked at once, or twice where the encoding is in doubt.
//!
//! A response that breaks off is no object: what is missing may be a later `code`.

/// How bytes that are not ASCII are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, or any encoding that has no ASCII in the middle of a character.
    Utf8,
    /// Two bytes for a character, the second of which may look like a backslash: GBK, Big5, Shift_JIS.
    DoubleByte,
}

/// How many bytes belong together at the beginning of these, the first of which is not ASCII.
pub(super) fn width(bytes: &[u8], encoding: Encoding) -> usize {
    match (encoding, bytes) {
        (Encoding::DoubleByte, [_, 0x40..=0xFE, ..]) => 2,
        _ => 1,
    }
}

/// How many bytes there are before the first one that may end a string, escape the next byte or be one of two that
/// belong together. Strings are most of a response: they are read in blocks, which the compiler compares at once.
fn plain(bytes: &[u8], encoding: Encoding) -> usize {
    let is_special =
        |byte: u8| (byte == b'"') | (byte == b'\\') | ((encoding == Encoding::DoubleByte) & !byte.is_ascii());
    let (blocks, _) = bytes.as_chunks::<16>();
    let is_plain = |block: &&[u8; 16]| !block.iter().fold(false, |special, byte| special | is_special(*byte));
    let plain = blocks.iter().take_while(is_plain).count() * 16;
    plain + bytes[plain..].iter().take_while(|byte| !is_special(**byte)).count()
}

/// The bytes of a value, and how to take them.
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

/// A place in the bytes. Every method that returns an option returns none where the text is not as it must be.
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

    /// An object with nothing around it.
    pub(super) fn document(&mut self, member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.next()? != b'{' {
            return None;
        }
        self.items(b'}', member)?;
        self.peek().is_none().then_some(())
    }

    /// What stands between brackets, up to and with the closing one, separated by commas.
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

    /// A member's name, and the colon after it.
    pub(super) fn key(&mut self) -> Option<Raw<'a>> {
        if self.next()? != b'"' {
            return None;
        }
        let key = self.string()?;
        (self.next()? == b':').then_some(key)
    }

    /// Any value, as it stands there.
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

    /// A number or a word.
    pub(super) fn scalar(&mut self) -> Option<Raw<'a>> {
        let begin = self.at;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        self.at += self.bytes[begin..].iter().take_while(|byte| is_part(byte)).count();
        (self.at > begin).then(|| self.since(begin))
    }

    /// What is left of a string, its opening quote being read, without the quotes.
    pub(super) fn string(&mut self) -> Option<Raw<'a>> {
        let begin = self.at;
        loop {
            self.at += plain(self.bytes.get(self.at..)?, self.encoding);
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

    /// What is left of an object or list, its opening bracket being read.
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

    /// The next byte that is no space; it is not taken.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no space.
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn since(&self, begin: usize) -> Raw<'a> {
        Raw { bytes: &self.bytes[begin..self.at], encoding: self.encoding }
    }
}

//! Tokens of the samples' languages, one reader for all of them.
//!
//! C#, Go, Java, JavaScript, PHP and Python differ in much, but the little that a
//! request is made of (names, literals, brackets) they write alike. What differs
//! is folded here: comments go, `->`, `::` and `?.` become `.`, `:=` becomes `=`.
//! PHP alone lets a plain string run over lines and keeps backslashes in `'...'`.

use super::cursor::Cursor;
use crate::markdown::Code;
use crate::warnings::Position;
use serde_json::Number;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub at: Position,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Name(String),
    Text(String),
    Number(Number),
    Mark(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Common,
    Php,
}

/// Marks of several characters, longest first, and what they are read as.
const LONG_MARKS: [(&str, &str); 11] = [
    ("===", "=="),
    ("...", "..."),
    ("->", "."),
    ("::", "."),
    ("?.", "."),
    (":=", "="),
    ("=>", "=>"),
    ("==", "=="),
    ("!=", "!="),
    ("<=", "<="),
    (">=", ">="),
];
const SHORT_MARKS: &str = "(){}[]<>,;:.=+-*/%&|!?@#^~\\";

pub(super) fn tokens(code: &Code, dialect: Dialect) -> Vec<Token> {
    let mut reader = Reader { cursor: Cursor::new(code), dialect };
    let mut tokens = Vec::new();
    while let Some(token) = reader.next_token() {
        tokens.push(token);
    }
    tokens
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    dialect: Dialect,
}

impl Reader<'_> {
    fn next_token(&mut self) -> Option<Token> {
        self.skip_blanks_and_comments();
        let at = self.cursor.at;
        let first = self.cursor.peek()?;
        let kind = if let Some(text) = self.string() {
            text
        } else if first.is_ascii_digit() {
            self.number()
        } else if is_name(first) {
            Kind::Name(self.cursor.take_while(is_name).to_owned())
        } else {
            Kind::Mark(self.mark(first))
        };
        Some(Token { kind, at })
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            let before = self.cursor.rest.len();
            self.cursor.take_while(char::is_whitespace);
            if self.cursor.rest.starts_with("//") || self.cursor.rest.starts_with('#') {
                self.cursor.take_while(|c| c != '\n');
            } else if self.cursor.rest.starts_with("/*") {
                self.cursor.take_through("*/");
            } else if self.cursor.rest.starts_with("\\\n") {
                self.cursor.take(2);
            }
            if self.cursor.rest.len() == before {
                return;
            }
        }
    }

    fn number(&mut self) -> Kind {
        let digits = self.cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
        let plain = digits.replace('_', "");
        let plain = plain.trim_end_matches(['L', 'l', 'm', 'M', 'd', 'D', 'f', 'F']);
        match serde_json::from_str(plain) {
            Ok(number) => Kind::Number(number),
            Err(_) => Kind::Name(digits.to_owned()),
        }
    }

    fn mark(&mut self, first: char) -> &'static str {
        if let Some((mark, meaning)) = LONG_MARKS.iter().find(|(mark, _)| self.cursor.rest.starts_with(mark)) {
            self.cursor.take(mark.len());
            return meaning;
        }
        self.cursor.take(first.len_utf8());
        let mark = SHORT_MARKS.find(first).and_then(|at| SHORT_MARKS.get(at..at + first.len_utf8()));
        mark.unwrap_or_default()
    }

    /// A string literal, if one begins here; one that is never closed is a mark without meaning.
    fn string(&mut self) -> Option<Kind> {
        let raw = ["\"\"\"", "'''", "`"].into_iter().find(|quote| self.cursor.rest.starts_with(quote));
        if let Some(quote) = raw {
            self.cursor.take(quote.len());
            let text = self.cursor.take_through(quote);
            return Some(text.map_or(Kind::Mark(""), |text| Kind::Text(text.to_owned())));
        }
        if self.cursor.rest.starts_with("@\"") {
            self.cursor.take(2);
            return Some(self.verbatim());
        }
        let quote = self.cursor.peek().filter(|c| matches!(c, '"' | '\''))?;
        self.cursor.take(1);
        Some(self.quoted(quote))
    }

    /// C#'s `@"..."`: no escapes, `""` stands for one quote.
    fn verbatim(&mut self) -> Kind {
        let mut text = String::new();
        while let Some(part) = self.cursor.take_through("\"") {
            text.push_str(part);
            if !self.cursor.rest.starts_with('"') {
                return Kind::Text(text);
            }
            self.cursor.take(1);
            text.push('"');
        }
        Kind::Mark("")
    }

    fn quoted(&mut self, quote: char) -> Kind {
        let mut text = String::new();
        while let Some(c) = self.cursor.peek() {
            if c == '\n' && self.dialect == Dialect::Common {
                break;
            }
            self.cursor.take(c.len_utf8());
            match c {
                _ if c == quote => return Kind::Text(text),
                '\\' => self.escape(quote, &mut text),
                _ => text.push(c),
            }
        }
        Kind::Mark("")
    }

    /// What a backslash, already taken, makes of the characters behind it.
    fn escape(&mut self, quote: char, text: &mut String) {
        let Some(c) = self.cursor.peek() else { return };
        if self.dialect == Dialect::Php && quote == '\'' {
            if matches!(c, '\\' | '\'') {
                self.cursor.take(1);
                text.push(c);
            } else {
                text.push('\\');
            }
            return;
        }
        self.cursor.take(c.len_utf8());
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '0' => text.push('\0'),
            'u' => {
                let code = self.cursor.rest.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if let Some(letter) = code.and_then(char::from_u32) {
                    self.cursor.take(4);
                    text.push(letter);
                }
            }
            _ => text.push(c),
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, line: usize, indent: usize) -> Code {
        Code { text: text.to_owned(), line, indent, ..Code::default() }
    }

    fn read(text: &str, dialect: Dialect) -> Vec<Kind> {
        let tokens = tokens(&code(text, 1, 0), dialect);
        tokens.into_iter().map(|token| token.kind).collect()
    }

    fn text(text: &str) -> Kind {
        Kind::Text(text.to_owned())
    }

    #[test]
    fn strings_of_every_language() {
        assert_eq!(read(r#" "a\"b\u00e9\n" "#, Dialect::Common), [text("a\"bé\n")]);
        assert_eq!(read("`a\\n`", Dialect::Common), [text("a\\n")]);
        assert_eq!(read(r#"@"a\""b""#, Dialect::Common), [text("a\\\"b")]);
        assert_eq!(read(r#""""a"b""""#, Dialect::Common), [text("a\"b")]);
        assert_eq!(read("'a\\n\\'\nb'", Dialect::Php), [text("a\\n'\nb")]);
    }

    #[test]
    fn unclosed_string_ends_with_line() {
        let name = |name: &str| Kind::Name(name.to_owned());
        assert_eq!(read("\"a\nb", Dialect::Common), [Kind::Mark(""), name("b")]);
        assert_eq!(read("`a\nb", Dialect::Common), [Kind::Mark("")]);
    }

    #[test]
    fn numbers_comments_and_marks() {
        let kinds = read("1_000L 0x10 // x\n/* y */ # z\n->::?.:==>", Dialect::Common);
        let marks = [".", ".", ".", "=", "=>"].map(Kind::Mark);
        let expected = [vec![Kind::Number(1000.into()), Kind::Name("0x10".into())], marks.to_vec()];
        assert_eq!(kinds, expected.concat());
    }

    #[test]
    fn positions_are_those_of_the_document() {
        let tokens = tokens(&code("a\n  b", 7, 2), Dialect::Common);
        let at = |line, column| Position { line, column };
        assert_eq!(tokens.iter().map(|t| t.at).collect::<Vec<_>>(), [at(7, 3), at(8, 5)]);
    }
}

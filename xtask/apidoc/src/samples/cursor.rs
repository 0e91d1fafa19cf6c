//! A cursor over a sample's text that knows its line and column in the document.

use crate::markdown::Code;
use crate::warnings::Position;

pub(super) struct Cursor<'a> {
    pub rest: &'a str,
    pub at: Position,
    /// Columns that the document indents every line of the sample by.
    indent: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(code: &'a Code) -> Self {
        Self { rest: &code.text, at: code.position(1, 1), indent: code.indent }
    }

    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for c in taken.chars() {
            if c == '\n' {
                self.at = Position { line: self.at.line + 1, column: self.indent + 1 };
            } else {
                self.at.column += 1;
            }
        }
        self.rest = rest;
        taken
    }

    pub fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// Everything before the mark; takes the mark as well. `None`, and all taken, if it never comes.
    pub fn take_through(&mut self, mark: &str) -> Option<&'a str> {
        match self.rest.find(mark) {
            Some(end) => {
                let text = self.take(end);
                self.take(mark.len());
                Some(text)
            }
            None => {
                self.take(self.rest.len());
                None
            }
        }
    }
}

//! Warnings: what a reader met and could not turn into facts.
//!
//! A document is written by people, so a reader that stopped at the first odd
//! cell would read nothing; one that skipped it in silence would let a fact
//! vanish. A warning is the third way: the rest is read, and the piece is named.

use std::fmt;

/// A place in a document, both counted from 1 and in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub fn line(line: usize) -> Self {
        Self { line, column: 1 }
    }
}

/// A piece of a document that could not be read, or that contradicts another piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Line in the document, from 1.
    pub line: usize,
    /// Character in that line, from 1.
    pub column: usize,
    /// What it is, and what became of it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: warning: {}", self.line, self.column, self.message)
    }
}

/// The warnings of one document while it is being read.
#[derive(Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    pub fn add(&mut self, at: Position, message: impl Into<String>) {
        // A piece that is shown may have lines of its own.
        let message = message.into().replace('\n', " ");
        self.0.push(Warning { line: at.line, column: at.column, message });
    }

    /// A warning about a whole row, block or heading.
    pub fn add_line(&mut self, line: usize, message: impl Into<String>) {
        self.add(Position::line(line), message);
    }

    pub fn into_sorted(mut self) -> Vec<Warning> {
        self.0.sort_by_key(|warning| (warning.line, warning.column));
        self.0
    }
}

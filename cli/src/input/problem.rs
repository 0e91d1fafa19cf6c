//! What is wrong with a file, and where.
//!
//! A person who corrects a file needs every line at once. A file in the wrong format has as many problems as lines, so the
//! text shows the first hundred; the list itself is whole.

use crate::counted;
use std::fmt;

/// Problems that the text of an error shows.
const SHOWN: usize = 100;

/// One thing to correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1; `None` if it is about the whole file.
    pub line: Option<u64>,
    /// What is wrong, and what to do.
    pub text: String,
}

impl Problem {
    pub(crate) fn of_file(text: impl Into<String>) -> Self {
        Self { line: None, text: text.into() }
    }

    /// A problem on a line.
    pub fn at(line: u64, text: impl Into<String>) -> Self {
        Self { line: Some(line), text: text.into() }
    }
}

/// Why a file names nobody: everything that has to be corrected first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    source: String,
    problems: Vec<Problem>,
}

impl InputError {
    /// An error about the input that is called `source` in messages; it has the problems in the order of their lines.
    pub fn new(source: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.line);
        Self { source: source.to_owned(), problems }
    }

    /// The problems, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, problems } = self;
        for (index, problem) in problems.iter().take(SHOWN).enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            match problem.line {
                Some(line) => write!(f, "{source}:{line}: {}", problem.text)?,
                None => write!(f, "{source}: {}", problem.text)?,
            }
        }
        match problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n{source}: {}", counted(more, "more problem", "more problems")),
        }
    }
}

impl std::error::Error for InputError {}

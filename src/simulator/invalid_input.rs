//! Input that cannot be used: the field, the reason, and the line if it came from a file.
//!
//! A seed can have a hundred thousand fields, so "invalid seed" helps nobody. Every reader of
//! files, request bodies and values reports its mistakes with this type.

use std::fmt;
use std::io;

/// Input that cannot be used, such as a seed: which field, and why.
///
/// ```
/// use feishu_user_groups::simulator::Seed;
///
/// let error = Seed::from_yaml("groups:\n  - id: g1\n    nmae: Design\n").unwrap_err();
/// assert_eq!((&*error.field(), error.line()), ("groups[0].nmae", Some(3)));
/// assert!(error.reason().starts_with("there is no such field"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    /// The field as a JSON pointer.
    pointer: String,
    reason: String,
    line: Option<usize>,
}

impl InvalidInput {
    /// A mistake in the field at a JSON pointer.
    pub(super) fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), reason: reason.into(), line: None }
    }

    /// The same mistake, for a reader of what encloses the field.
    pub(super) fn below(mut self, pointer: &str) -> Self {
        self.pointer.insert_str(0, pointer);
        self
    }

    /// Adds the line of the file.
    pub(super) fn at_line(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }

    /// The field as a JSON pointer, such as `/groups/2/name`.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The field, such as `groups[2].name`; empty if the mistake is in the whole.
    pub fn field(&self) -> String {
        let mut field = String::new();
        for segment in self.pointer.split('/').skip(1) {
            if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
                field += &format!("[{segment}]");
                continue;
            }
            if !field.is_empty() {
                field.push('.');
            }
            field += &segment.replace("~1", "/").replace("~0", "~");
        }
        field
    }

    /// What is wrong with it.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The line of the file, from 1; `None` if it came from no file.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        match self.field() {
            field if field.is_empty() => f.write_str(&self.reason),
            field => write!(f, "{field}: {}", self.reason),
        }
    }
}

impl std::error::Error for InvalidInput {}

impl From<InvalidInput> for io::Error {
    fn from(error: InvalidInput) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

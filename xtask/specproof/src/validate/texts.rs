//! The lines of the files that findings point at.
//!
//! A person who reads the line beside the finding need not open the file. Only what
//! was read anyway is shown: of a document that is known by its facts alone, there is
//! no line to show.

use std::collections::BTreeMap;

/// Files by the names that findings give them.
#[derive(Clone, Debug, Default)]
pub struct Texts(BTreeMap<String, Text>);

#[derive(Clone, Debug)]
struct Text {
    path: String,
    lines: Vec<String>,
}

impl Texts {
    /// Keeps a file that findings call `name`; `path` is where it lies.
    pub(crate) fn add(&mut self, name: &str, path: &str, text: String) {
        let lines = text.lines().map(str::to_owned).collect();
        self.0.insert(name.to_owned(), Text { path: path.to_owned(), lines });
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Where a file lies, or what findings call it.
    pub(crate) fn path<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, |text| &text.path)
    }

    /// One line of a file, from 1.
    pub(crate) fn line(&self, name: &str, line: usize) -> Option<&str> {
        self.0.get(name)?.lines.get(line.checked_sub(1)?).map(String::as_str)
    }
}

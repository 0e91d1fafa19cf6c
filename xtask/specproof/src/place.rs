//! Places that findings and differences point at: in the spec, a document, the service's facts.

use crate::source::{Place, Source, Span};
use serde::Serialize;

/// A place in the spec or the errata.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SpecPlace {
    /// The file, as it was named to us.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// The line in which it ends.
    pub end_line: usize,
    /// The column behind its end.
    pub end_column: usize,
    /// The JSON pointer of the value.
    pub pointer: String,
}

impl SpecPlace {
    /// The place of a JSON pointer; of what is not there, that of the nearest thing around it.
    pub(crate) fn new(source: &Source, pointer: &str) -> Self {
        let top = Place { line: 1, column: 1 };
        let Span { start, end } = source.span(pointer).unwrap_or(Span { start: top, end: top });
        Self {
            file: source.file.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            pointer: pointer.to_owned(),
        }
    }
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DocumentPlace {
    /// The document's file name.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// A file of the service's facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ServicePlace {
    /// The file.
    pub file: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_spans_key_and_value() {
        let text = "a: { b: 组 } # c\nd:\n  - e: 1\n    f: 'x y'\n\n  - |\n    g\nh:\n";
        let source = Source::parse("spec", text).unwrap();
        let reach = |pointer: &str| {
            let SpecPlace { line, column, end_line, end_column, .. } = SpecPlace::new(&source, pointer);
            (line, column, end_line, end_column)
        };
        assert_eq!(reach("/a"), (1, 1, 1, 12));
        assert_eq!(reach("/a/b"), (1, 6, 1, 10));
        assert_eq!(reach("/d/0"), (3, 5, 4, 13));
        assert_eq!(reach("/d/0/f"), (4, 5, 4, 13));
        assert_eq!(reach("/h"), (8, 1, 8, 2));
        assert_eq!(reach("/a/nowhere"), reach("/a"));
    }
}

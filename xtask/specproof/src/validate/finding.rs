//! A finding: one thing that is wrong, with everything a person needs to mend it.
//!
//! Findings are values and not printed lines, so that one run collects all of them,
//! tests compare them, and every output format shows the same.

use super::rule::Rule;
use crate::source::{Place, Source, Span};
use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule it breaks.
    pub rule: Rule,
    /// The operationId, if it concerns one operation.
    pub operation: Option<String>,
    /// What differs.
    pub message: String,
    /// Where in the spec, or in the errata.
    pub spec: SpecPlace,
    /// Where in a document, if a document has to do with it.
    pub document: Option<DocumentPlace>,
    /// Which file of the service's facts, if one has to do with it.
    pub service: Option<ServicePlace>,
    /// What to do.
    pub help: String,
}

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

impl Finding {
    /// A finding at a JSON pointer of `source`, which is the spec or the errata.
    pub(crate) fn new(
        rule: Rule,
        source: &Source,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            operation: None,
            message: message.into(),
            spec: SpecPlace::new(source, pointer),
            document: None,
            service: None,
            help: help.into(),
        }
    }

    pub(crate) fn of(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    pub(crate) fn in_document(mut self, place: Option<DocumentPlace>) -> Self {
        self.document = place;
        self
    }

    pub(crate) fn in_service(mut self, file: Option<&str>) -> Self {
        self.service = file.map(|file| ServicePlace { file: file.to_owned() });
        self
    }
}

/// Brings findings into the order of the files, each once.
pub(crate) fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    let key = |f: &Finding| (f.spec.clone(), f.rule, f.operation.clone(), f.message.clone(), f.document.clone());
    findings.sort_by_cached_key(key);
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reaches_from_its_key_to_its_last_character() {
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

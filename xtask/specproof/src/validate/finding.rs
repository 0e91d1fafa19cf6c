//! A finding: one thing that is wrong, with everything a person needs to fix it.
//!
//! Findings are values and not printed lines, so that one run collects all of them,
//! tests compare them, and every output format shows the same.

use super::rule::Rule;
use crate::place::{DocumentPlace, ServicePlace, SpecPlace};
use crate::source::Source;
use crate::spec_model::{Operation, Spec};
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
    /// Lines to paste, at the indentation of the file that they go into.
    pub paste: Option<String>,
}

/// What settles a fact: words for the help, and lines to paste.
pub(crate) struct Remedy {
    pub words: String,
    pub paste: Option<String>,
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
            paste: None,
        }
    }

    /// With a help that ends in what an erratum would do.
    pub(crate) fn or_entry(mut self, remedy: Option<Remedy>) -> Self {
        if let Some(Remedy { words, paste }) = remedy {
            let joint = if self.help.is_empty() { "" } else { ", or " };
            self.help = format!("{}{joint}{words}", self.help);
            self.paste = paste;
        }
        self
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

impl Spec<'_> {
    /// A finding at a JSON pointer of the spec.
    pub(crate) fn finding(
        &self,
        rule: Rule,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding::new(rule, self.source, pointer, message, help)
    }
}

impl Operation<'_> {
    /// A finding about this operation.
    pub(crate) fn finding(
        &self,
        spec: &Spec,
        rule: Rule,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        spec.finding(rule, pointer, message, help).of(&self.id)
    }
}

//! From documents to a report: each page is drafted, and the draft is checked.

use super::examples;
use crate::codegen::lint;
use crate::draft::{Address, Reason, drafts};
use crate::source::{Mistake, Source, segment};
use apidoc::facts::Operation;
use apidoc::load::Loaded;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The pages of a folder, and their sums.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How examples and operations were judged.
    pub judged: &'static str,
    /// The sums.
    pub totals: Totals,
    /// In the order of the files.
    pub pages: Vec<PageReport>,
}

/// Sums over all pages.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    /// Pages of a known family, and others.
    pub pages: usize,
    /// Pages that could not be read.
    pub unread: usize,
    /// Warnings of all pages.
    pub warnings: usize,
    /// Operations of all pages.
    pub operations: usize,
    /// Operations that are drafted.
    pub drafted: usize,
    /// Operations that the spec has already.
    pub known: usize,
    /// Drafted operations without a defect, of those that are not in the spec.
    pub working: usize,
    /// Examples that were compared.
    pub examples: usize,
    /// Examples that round-trip.
    pub round_trips: usize,
    /// What is left to people.
    pub todos: usize,
    /// The median of what is left to people on a page.
    pub median_todos: usize,
}

/// One document.
#[derive(Debug, Serialize)]
pub struct PageReport {
    /// The document.
    pub file: String,
    /// Its title; empty if it could not be read.
    pub title: String,
    /// Why it could not be read.
    pub unread: Option<String>,
    /// What could not be read in it.
    pub warnings: Vec<String>,
    /// Its operations.
    pub operations: Vec<OperationReport>,
}

/// One operation of a document.
#[derive(Debug, Serialize)]
pub struct OperationReport {
    /// Its name in the document.
    pub name: String,
    /// Where the document describes it.
    pub line: usize,
    /// Its id in the draft, or in the spec.
    pub id: Option<String>,
    /// Whether the spec has it already: then nothing was drafted or checked.
    pub known: bool,
    /// Rows of parameters that were read.
    pub parameters: usize,
    /// Rows of response fields that were read.
    pub fields: usize,
    /// Rows of errors that were read.
    pub errors: usize,
    /// Examples that were compared.
    pub examples: usize,
    /// Examples that round-trip.
    pub round_trips: usize,
    /// What is left to a person.
    pub todos: usize,
    /// Why it would not work.
    pub defects: Vec<String>,
}

impl OperationReport {
    /// Whether it would work as it is drafted.
    pub fn works(&self) -> bool {
        !self.known && self.defects.is_empty()
    }
}

/// The report on documents; those that could not be read come with the reason.
///
/// # Errors
///
/// Fails where the spec is malformed, or the draft cannot be inserted into it.
pub fn report(file: &str, spec: &str, pages: Vec<(String, Result<Loaded, String>)>) -> anyhow::Result<Report> {
    let loaded: Vec<Loaded> = pages.iter().filter_map(|(_, page)| page.as_ref().ok()).cloned().collect();
    let drafts = drafts(file, spec, &loaded)?;
    let (_, drafted) = drafts.inserted(spec)?;
    let mistakes = Mistakes::of(&drafted);
    let mut outcomes = drafts.outcomes.iter();
    let mut reports = Vec::new();
    for (file, page) in pages {
        let mut report =
            PageReport { file, title: String::new(), unread: None, warnings: Vec::new(), operations: Vec::new() };
        match page {
            Err(reason) => report.unread = Some(reason),
            Ok(page) => {
                report.title = page.facts.title;
                report.warnings = page.warnings;
                // The outcomes have the order of the operations.
                let operations = page.facts.operations.iter().zip(&mut outcomes);
                report.operations = operations
                    .map(|(facts, outcome)| {
                        let mut operation = OperationReport {
                            name: facts.name.clone(),
                            line: facts.line,
                            id: None,
                            known: false,
                            parameters: facts.parameters.len(),
                            fields: facts.response_fields.len(),
                            errors: facts.errors.len(),
                            examples: 0,
                            round_trips: 0,
                            todos: outcome.todos,
                            defects: Vec::new(),
                        };
                        match &outcome.drafted {
                            Ok(address) => check(&mut operation, facts, address, &drafted.value, &mistakes),
                            Err(Reason::Known(id)) => (operation.known, operation.id) = (true, Some(id.clone())),
                            Err(Reason::Refused(reason)) => operation.defects.push(format!("not drafted: {reason}")),
                        }
                        operation
                    })
                    .collect();
            }
        }
        reports.push(report);
    }
    let judged = "an operation works if its address and a kind of token are known, the build takes it, and its page's \
                  examples round-trip through its schemas; no page was compiled";
    Ok(Report { judged, totals: totals(&reports), pages: reports })
}

fn check(operation: &mut OperationReport, facts: &Operation, address: &Address, spec: &Value, mistakes: &Mistakes) {
    operation.id = Some(address.id.clone());
    for (is_missing, what) in [
        (facts.path.is_none(), "the document gives no path"),
        (facts.method.is_none(), "the document gives no method"),
        (facts.access_tokens.is_empty(), "the document names no kind of token"),
    ] {
        if is_missing {
            operation.defects.push(what.to_owned());
        }
    }
    let Some(node) = spec.get("paths").and_then(|paths| paths.get(&address.path)?.get(&address.method)) else { return };
    let compared = examples::compare(facts, node, spec);
    operation.examples = compared.len();
    operation.round_trips = compared.iter().filter(|(_, misfit)| misfit.is_none()).count();
    for (line, misfit) in compared {
        operation.defects.extend(misfit.map(|misfit| format!("the example in line {line}: {misfit}")));
    }
    let pointer = format!("/paths/{}/{}", segment(&address.path), address.method);
    operation.defects.extend(mistakes.within(&pointer, node, spec));
}

/// The mistakes that the linter finds in the draft, by the part of the spec that has them.
struct Mistakes(BTreeMap<String, String>);

impl Mistakes {
    fn of(source: &Source) -> Self {
        // A whole component or operation: `/components/schemas/X`, `/paths/~1a/get`.
        let part = |pointer: &str| pointer.split('/').take(4).collect::<Vec<_>>().join("/");
        let told = |mistake: Mistake| (part(&mistake.pointer), format!("{}; {}", mistake.message, mistake.help));
        Self(lint::check(source).into_iter().map(told).collect())
    }

    /// Those of an operation, and of all that it refers to.
    fn within(&self, pointer: &str, node: &Value, spec: &Value) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut parts = BTreeSet::from([pointer.to_owned()]);
        let mut open = vec![node];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(entries) => {
                    let target = entries.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
                    if let Some(target) = target.filter(|target| parts.insert((*target).to_owned())) {
                        open.extend(spec.pointer(target));
                    }
                    open.extend(entries.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        parts.iter().filter_map(|part| self.0.get(part).cloned()).collect()
    }
}

fn totals(pages: &[PageReport]) -> Totals {
    let mut totals = Totals { pages: pages.len(), ..Totals::default() };
    let mut todos = Vec::new();
    for page in pages {
        totals.unread += usize::from(page.unread.is_some());
        totals.warnings += page.warnings.len();
        let drafted = || page.operations.iter().filter(|operation| !operation.known && operation.id.is_some());
        if drafted().next().is_some() {
            todos.push(drafted().map(|operation| operation.todos).sum::<usize>());
        }
        for operation in &page.operations {
            totals.operations += 1;
            totals.known += usize::from(operation.known);
            totals.drafted += usize::from(!operation.known && operation.id.is_some());
            totals.working += usize::from(operation.works());
            totals.examples += operation.examples;
            totals.round_trips += operation.round_trips;
            totals.todos += operation.todos;
        }
    }
    todos.sort_unstable();
    totals.median_todos = todos.get(todos.len() / 2).copied().unwrap_or_default();
    totals
}

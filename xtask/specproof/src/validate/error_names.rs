//! The names of errors, which are the spec's own.
//!
//! Codes and messages are compared with document and service. No source can prove the
//! names, but each must be used, and its kind must fit the HTTP status.

use super::finding::Finding;
use super::rule::Rule;
use crate::codegen::spec::error_category::ErrorCategory;
use crate::spec_model::{Failure, Node, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of each defined name.
pub(crate) fn kinds<'a>(spec: &Spec<'a>) -> BTreeMap<&'a str, Option<&'a str>> {
    let names = spec.root.get("x-feishu-error-names");
    names.iter().flat_map(Node::entries).map(|(name, node)| (name, node.get_text("kind"))).collect()
}

pub(crate) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    let kinds = kinds(spec);
    let mut used = BTreeSet::new();
    for operation in &spec.operations {
        let from = findings.len();
        check_list(spec, &operation.errors(), &kinds, &mut used, findings);
        for finding in &mut findings[from..] {
            finding.operation = Some(operation.id.clone());
        }
    }
    check_list(spec, &spec.platform_errors(), &kinds, &mut used, findings);
    check_one_name(spec, findings);
    let names = spec.root.get("x-feishu-error-names");
    for (name, node) in names.iter().flat_map(Node::entries) {
        let mut find = |rule, message, help: &str| findings.push(spec.finding(rule, &node.pointer, message, help));
        if !used.contains(name) {
            find(Rule::UnusedErrorName, format!("no error uses the name `{name}`"), "remove it");
        }
        if node.get_text("advice").is_none_or(|advice| advice.trim().is_empty()) {
            find(Rule::Description, format!("`{name}` has no advice"), "say what a person can do");
        }
    }
}

/// The same failure has the same name wherever it is listed.
fn check_one_name(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut names: BTreeMap<(i64, &str), &str> = BTreeMap::new();
    for operation in &spec.operations {
        for error in operation.errors() {
            let (Some(name), Some(message)) = (error.name, error.node.get_text("message")) else { continue };
            let first = *names.entry((error.code, message)).or_insert(name);
            if first != name {
                let text =
                    format!("error {} ({message}) is `{name}` here and `{first}` in another operation", error.code);
                findings.push(operation.finding(
                    spec,
                    Rule::ErrorName,
                    &error.node.pointer,
                    text,
                    "give both the same name",
                ));
            }
        }
    }
}

/// A name whose kind does not fit the HTTP status; the linter finds names that are not defined, and repeated codes.
fn check_list<'a>(
    spec: &Spec,
    list: &[Failure<'a>],
    kinds: &BTreeMap<&str, Option<&str>>,
    used: &mut BTreeSet<&'a str>,
    findings: &mut Vec<Finding>,
) {
    for Failure { code, http, name, node } in list {
        let Some(name) = name else { continue };
        used.insert(name);
        let kind = kinds.get(name).copied().flatten().and_then(ErrorCategory::of_word);
        if let (Some(http), Some(kind)) = (*http, kind)
            && !kind.fits(http)
        {
            let message = format!("error {code} comes with HTTP {http}, but `{name}` is of kind {}", kind.word());
            let help = "choose a name whose kind fits the status";
            findings.push(spec.finding(Rule::ErrorName, &node.pointer, message, help));
        }
    }
}

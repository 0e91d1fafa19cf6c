//! The mistakes of the build's linter, as findings.
//!
//! What follows from the spec alone is checked once, by `build/lint`: the build stops at
//! these mistakes, and here they are shown with all other findings.

use super::finding::Finding;
use super::rule::Rule;
use crate::codegen::lint;
use crate::source::Mistake;
use crate::spec_model::Spec;

pub(crate) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    findings.extend(lint::check(spec.source).into_iter().map(|mistake| finding(spec, mistake)));
}

fn finding(spec: &Spec, mistake: Mistake) -> Finding {
    let Mistake { rule, pointer, message, help, .. } = mistake;
    let rule = rule.and_then(|name| Rule::ALL.iter().find(|rule| rule.name() == name)).copied();
    let within = |outer: &str| pointer.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let operation = spec.operations.iter().find(|operation| within(&operation.node.pointer));
    let finding = spec.finding(rule.unwrap_or(Rule::SpecForm), &pointer, message, help);
    match operation {
        Some(operation) => finding.of(&operation.id),
        None => finding,
    }
}

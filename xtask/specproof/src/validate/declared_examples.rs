//! The examples in the spec against those that evidence has.
//!
//! A mock server returns them and a reference page shows them, so an example that nobody
//! ever saw misleads, and a missing one leaves a mock server to invent a response.

use super::finding::Finding;
use super::inputs::Inputs;
use super::matching::{self, Matched, shown_examples};
use super::rule::Rule;
use crate::examples::{Example, Examples, Origin, PlatformExample, Row, known_to_platform};
use crate::spec_model::{Node, Operation, Spec};

const HELP: &str = "run `cargo xtask spec --write`, which writes the examples that documents and service have";

/// The examples that each operation must have.
pub(crate) fn expected<'a>(spec: &'a Spec, inputs: &Inputs) -> Vec<(&'a Operation<'a>, Examples)> {
    let platform = known_to_platform(spec, &inputs.platform);
    let matched = matching::check(spec, inputs, &mut Vec::new());
    let of = |matched: &Matched<'_>| examples(matched, &platform);
    let all: Vec<Examples> = matched.iter().map(of).collect();
    spec.operations.iter().zip(all).collect()
}

pub(crate) fn check(spec: &Spec, matched: &[Matched], inputs: &Inputs, findings: &mut Vec<Finding>) {
    let platform = known_to_platform(spec, &inputs.platform);
    // Of an operation without its document another finding says so, and half of the evidence shows nothing.
    let has_evidence = |matched: &&Matched| matched.document.is_some() || !matched.comparison.needs_document;
    for matched in matched.iter().filter(has_evidence) {
        let (operation, examples) = (matched.operation, examples(matched, &platform));
        let mut find = |rule, pointer: &str, message: String| {
            findings.push(operation.finding(spec, rule, pointer, message, HELP));
        };
        let response = |status: &str| operation.node.get("responses")?.get(status);
        for (what, holder, expected) in [
            ("the request body", operation.node.get("requestBody"), &examples.request),
            ("the response 200", response("200"), &examples.response),
            ("the response 4XX", response("4XX"), &examples.rejected),
            ("the response 5XX", response("5XX"), &examples.failed),
        ] {
            if let Some(holder) = holder {
                compare(what, &holder, expected, &mut find);
            }
        }
    }
}

fn compare(what: &str, holder: &Node, expected: &[Example], find: &mut impl FnMut(Rule, &str, String)) {
    let media = holder.resolved().get("content").and_then(|content| content.get("application/json"));
    let declared = media.as_ref().and_then(|media| media.get("examples"));
    let declared: Vec<_> = declared.iter().flat_map(Node::entries).collect();
    for example in expected {
        if !declared.iter().any(|(key, _)| *key == example.key) {
            find(Rule::MissingExample, &holder.pointer, format!("{what} has no example `{}`", example.key));
        }
    }
    for (key, node) in &declared {
        let shown = node.resolved();
        let is = |example: &Example| {
            shown.get_text("summary") == example.summary.as_deref()
                && shown.value.get("value") == Some(&example.value)
                && example
                    .component
                    .as_ref()
                    .is_none_or(|name| node.pointer != shown.pointer && shown.pointer.ends_with(&format!("/{name}")))
        };
        match expected.iter().find(|example| example.key == *key) {
            None => {
                find(Rule::UnprovenExample, &node.pointer, format!("no evidence has the example `{key}` of {what}"))
            }
            Some(example) if !is(example) => {
                find(
                    Rule::UnprovenExample,
                    &node.pointer,
                    format!("the example `{key}` of {what} is not the evidence's"),
                );
            }
            Some(_) => {}
        }
    }
    let keys: Vec<&str> = declared.iter().map(|(key, _)| *key).collect();
    let evidence: Vec<&str> = expected.iter().map(|example| example.key.as_str()).collect();
    let same_keys = keys.len() == evidence.len() && keys.iter().all(|key| evidence.contains(key));
    if same_keys && keys != evidence {
        find(Rule::UnprovenExample, &holder.pointer, format!("the examples of {what} are not in the evidence's order"));
    }
}

fn examples(matched: &Matched, platform: &[PlatformExample]) -> Examples {
    let shown = shown_examples(matched);
    let of = |wanted: Origin| {
        shown.iter().filter_map(move |shown| {
            let origin = if shown.service.is_some() { Origin::Service } else { Origin::Document };
            (origin == wanted).then_some((origin, shown.kind, shown.value))
        })
    };
    let rows: Vec<Row> = matched
        .operation
        .errors()
        .into_iter()
        .filter_map(|row| {
            let (name, message) = (row.name?.to_owned(), row.node.get_text("message")?.to_owned());
            Some(Row { http: row.http?, code: row.code, name, message })
        })
        .collect();
    let shown = of(Origin::Service).chain(of(Origin::Document));
    if matched.operation.is_token_endpoint() {
        Examples::of_token_endpoint(&matched.operation.id, shown, &rows, platform)
    } else {
        Examples::new(&matched.operation.id, shown, &rows, platform)
    }
}

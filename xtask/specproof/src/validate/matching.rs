//! Which operation of the spec is which of the documents and of the service.
//!
//! `x-feishu-source` names the document's operation and `operationId` the service's file, so
//! that nothing is guessed; an operation without a counterpart is a finding.

use super::comparison::Comparison;
use super::finding::Finding;
use super::inputs::Inputs;
use super::rule::Rule;
use crate::place::DocumentPlace;
use crate::spec_model::{Operation, Spec};
use crate::statements::document::Described;
use crate::statements::service::Service;
use crate::statements::spec;
use crate::statements::{Statements, examples};
use apidoc::facts::{self, ExampleKind};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// An operation of the spec with its counterparts.
pub(crate) struct Matched<'a> {
    pub operation: &'a Operation<'a>,
    /// The document's file name and the operation in it.
    pub document: Option<(&'a str, &'a facts::Operation)>,
    pub service: Option<&'a Service>,
    pub comparison: Comparison<'a>,
}

pub(crate) fn check<'a>(spec: &'a Spec, inputs: &'a Inputs, findings: &mut Vec<Finding>) -> Vec<Matched<'a>> {
    let mut sources = BTreeSet::new();
    let matched: Vec<Matched> = spec
        .operations
        .iter()
        .map(|operation| {
            let needs_document = !operation.is_token_endpoint();
            let document =
                needs_document.then(|| in_document(spec, inputs, operation, &mut sources, findings)).flatten();
            let service = inputs.service.get(&operation.id);
            if document.is_none() && service.is_none() {
                let message = format!(
                    "no document describes the operation, and there is no {}/{}.json",
                    inputs.service_folder, operation.id
                );
                let help = "remove it, or name its document in x-feishu-source";
                findings.push(operation.finding(spec, Rule::UnknownOperation, &operation.node.pointer, message, help));
            }
            let comparison = Comparison {
                operation: Some(&operation.id),
                needs_document,
                pointer: operation.node.pointer.as_str().into(),
                document: document.map(|(file, described)| {
                    (&described.statements, DocumentPlace { file: file.to_owned(), line: described.facts.line })
                }),
                service: service.map(|service| (Cow::Borrowed(&service.statements), service.file.as_str())),
                spec: spec::statements(operation),
            };
            let document = document.map(|(file, described)| (file, &described.facts));
            Matched { operation, document, service, comparison }
        })
        .collect();
    missing_in_spec(spec, inputs, &sources, findings);
    matched
}

fn in_document<'a>(
    spec: &Spec,
    inputs: &'a Inputs,
    operation: &Operation,
    sources: &mut BTreeSet<(String, String)>,
    findings: &mut Vec<Finding>,
) -> Option<(&'a str, &'a Described)> {
    let source = operation.node.get("x-feishu-source");
    let pointer = source.as_ref().map_or(&operation.node.pointer, |node| &node.pointer);
    let mut find =
        |message: String, help: &str| findings.push(operation.finding(spec, Rule::Source, pointer, message, help));
    let named = source.as_ref().and_then(|node| Some((node.get_text("document")?, node.get_text("operation")?)));
    let Some((file, name)) = named else {
        find(
            "x-feishu-source is missing or incomplete".to_owned(),
            "write `x-feishu-source: { document: FILE.md, operation: NAME }`",
        );
        return None;
    };
    let Some((file, operations)) = inputs.documents.get_key_value(file) else {
        find(format!("there is no document `{file}`"), "name a document of the lock in spec/documents/");
        return None;
    };
    let Some(found) = operations.iter().find(|operation| operation.facts.name == name) else {
        let names: Vec<&str> = operations.iter().map(|operation| operation.facts.name.as_str()).collect();
        find(format!("`{file}` has no operation `{name}`"), &format!("name one of {}", names.join(", ")));
        return None;
    };
    if !sources.insert((file.to_owned(), name.to_owned())) {
        find(format!("`{name}` of `{file}` is also the source of another operation"), "name the source of this one");
    }
    Some((file, found))
}

fn missing_in_spec(spec: &Spec, inputs: &Inputs, sources: &BTreeSet<(String, String)>, findings: &mut Vec<Finding>) {
    let find = |message: String, help: &str| spec.finding(Rule::MissingOperation, "/paths", message, help);
    for (file, operations) in &inputs.documents {
        for Described { facts, .. } in operations {
            if !sources.contains(&(file.clone(), facts.name.clone())) {
                let message = format!("`{}` of `{file}` is not in the spec", facts.name);
                let place = DocumentPlace { file: file.clone(), line: facts.line };
                findings.push(
                    find(message, "transcribe it, with an x-feishu-source that names it").in_document(Some(place)),
                );
            }
        }
    }
    for (id, service) in &inputs.service {
        if !spec.operations.iter().any(|operation| operation.id == *id) {
            let message = format!("the service's operation `{id}` is not in the spec");
            findings.push(find(message, "transcribe it, under this operationId").in_service(Some(&service.file)));
        }
    }
}

/// An example and where it was shown.
pub(crate) struct Shown<'a> {
    pub kind: ExampleKind,
    pub value: &'a Value,
    pub document: Option<DocumentPlace>,
    pub service: Option<&'a str>,
}

/// All that document and service show of an operation. The body of a form is left out: no JSON shows its parts.
pub(crate) fn shown_examples<'a>(matched: &'a Matched) -> Vec<Shown<'a>> {
    let in_document = matched.document.iter().flat_map(|(file, operation)| {
        let examples = operation.examples.iter().filter(|example| !example.value.is_null());
        examples.map(|example| Shown {
            kind: example.kind,
            value: &example.value,
            document: Some(DocumentPlace { file: (*file).to_owned(), line: example.line }),
            service: None,
        })
    });
    let of_service = matched.service.iter().flat_map(|service| {
        let examples = &service.examples;
        let request = examples.request.iter().map(|value| (ExampleKind::Request, value));
        let both = request.chain(examples.response.iter().map(|value| (ExampleKind::Response, value)));
        both.map(|(kind, value)| Shown { kind, value, document: None, service: Some(&service.file) })
    });
    let sends_form = matched.operation.sends_form();
    let all = in_document.chain(of_service);
    all.filter(|shown| !(sends_form && shown.kind == ExampleKind::Request)).collect()
}

impl Shown<'_> {
    /// The code of a response that is a failure.
    pub fn failure(&self) -> Option<i64> {
        let response = self
            .value
            .as_object()
            .filter(|response| self.kind == ExampleKind::Response && examples::is_failure(response));
        response?.get("code")?.as_i64()
    }
}

/// What each example shows on its own, with its place; samples show the rest of their request too.
pub(crate) fn shown_by_examples(matched: &Matched) -> Vec<(String, Statements<()>)> {
    let in_document = matched.document.iter().flat_map(|(file, operation)| {
        operation.examples.iter().map(move |example| {
            let mut side = examples::of_value(example.kind, &example.value);
            if example.kind == ExampleKind::Request {
                examples::add_request(&mut side, matched.operation.path, example);
            }
            (format!("{file}:{}", example.line), side)
        })
    });
    let of_service = shown_examples(matched).into_iter().filter_map(|shown| {
        let file = shown.service?;
        Some((file.to_owned(), examples::of_value(shown.kind, shown.value)))
    });
    in_document.chain(of_service).collect()
}

//! Which operation of the spec is which of the documents and of the service.
//!
//! `x-source` names the document's operation and `operationId` the service's file, so
//! that nothing is guessed; what is left over on any side is a finding.

use super::compare::Evidence;
use super::document::Described;
use super::finding::{DocumentPlace, Finding};
use super::inputs::Inputs;
use super::rule::Rule;
use super::service::Service;
use super::transcript;
use super::view::{Operation, Spec};
use apidoc::facts;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// An operation of the spec with its counterparts.
pub(crate) struct Matched<'a> {
    pub operation: &'a Operation<'a>,
    /// The document's file name and the operation in it.
    pub document: Option<(&'a str, &'a facts::Operation)>,
    pub service: Option<&'a Service>,
    pub evidence: Evidence<'a>,
}

pub(crate) fn check<'a>(spec: &'a Spec, inputs: &'a Inputs, findings: &mut Vec<Finding>) -> Vec<Matched<'a>> {
    let mut sources = BTreeSet::new();
    let matched: Vec<Matched> = spec
        .operations
        .iter()
        .map(|operation| {
            let document = in_document(spec, inputs, operation, &mut sources, findings);
            let service = inputs.service.get(&operation.id);
            if document.is_none() && service.is_none() {
                let message = format!(
                    "no document knows the operation, and there is no {}/{}.json",
                    inputs.service_folder, operation.id
                );
                let help = "remove it, or say in x-source where it is documented";
                findings.push(operation.finding(spec, Rule::UnknownOperation, &operation.node.pointer, message, help));
            }
            let evidence = Evidence {
                operation: Some(&operation.id),
                pointer: operation.node.pointer.as_str().into(),
                document: document.map(|(file, described)| {
                    (&described.side, DocumentPlace { file: file.to_owned(), line: described.facts.line })
                }),
                service: service.map(|service| (Cow::Borrowed(&service.side), service.file.as_str())),
                spec: transcript::side(operation),
            };
            let document = document.map(|(file, described)| (file, &described.facts));
            Matched { operation, document, service, evidence }
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
    let source = operation.node.get("x-source");
    let pointer = source.as_ref().map_or(&operation.node.pointer, |node| &node.pointer);
    let mut find =
        |message: String, help: &str| findings.push(operation.finding(spec, Rule::Source, pointer, message, help));
    let named = source.as_ref().and_then(|node| Some((node.get_text("document")?, node.get_text("operation")?)));
    let Some((file, name)) = named else {
        find(
            "x-source is missing or incomplete".to_owned(),
            "write `x-source: { document: FILE.md, operation: NAME }`",
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
        find(format!("`{name}` of `{file}` is the source of another operation too"), "name the source of this one");
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
                findings.push(find(message, "transcribe it, with an x-source that names it").in_document(Some(place)));
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

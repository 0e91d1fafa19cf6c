//! The requests inside code samples: each is one that the spec describes.
//!
//! The author of a document ran its samples, so they are its best evidence for
//! how a call really looks. Their bodies are examples and are checked as such; here is
//! the rest of the request.

use super::finding::Finding;
use super::json_schema::{Schemas, message};
use super::matching::Matched;
use super::rule::Rule;
use crate::kind;
use crate::place::DocumentPlace;
use crate::spec_model::{Operation, Spec};
use crate::statements::examples::fill;
use apidoc::facts::{Example, ExampleKind};
use serde_json::Value;

pub(crate) fn check(spec: &Spec, matched: &Matched, schemas: &Schemas, findings: &mut Vec<Finding>) {
    let Some((file, document)) = matched.document else { return };
    let operation = matched.operation;
    for sample in document.examples.iter().filter(|example| example.kind == ExampleKind::Request) {
        let place = DocumentPlace { file: file.to_owned(), line: sample.line };
        let mut find = |pointer: &str, message: String, help: &str| {
            let finding = operation.finding(spec, Rule::SampleRequest, pointer, message, help);
            findings.push(finding.in_document(Some(place.clone())));
        };
        if let Some(method) = sample.method.as_ref().filter(|method| **method != operation.method) {
            find(&operation.node.pointer, format!("a sample sends {method}"), "use the method of the sample");
        }
        let mut path_values: Vec<(String, Value)> = sample.path_parameters.clone().into_iter().collect();
        if let Some(path) = &sample.path {
            match fill(operation.path, path) {
                Some(values) => path_values.extend(values),
                None => {
                    find(&operation.path_pointer, format!("a sample requests {path}"), "use the path of the sample")
                }
            }
        }
        let query = sample.query.clone().into_iter().map(|(name, value)| ("query", name, value));
        let values = path_values.into_iter().map(|(name, value)| ("path", name, value)).chain(query);
        for (place, name, value) in values {
            if let Some((pointer, message, help)) = value_problem(operation, schemas, place, &name, &value) {
                find(&pointer, message, help);
            }
        }
        if is_whole_request(sample) {
            for parameter in operation.parameters.iter().filter(|p| p.place == "query" && p.node.is_true("required")) {
                if !sample.query.contains_key(parameter.name) {
                    let message = format!("a sample omits `query {}`, which is required", parameter.name);
                    find(
                        &parameter.node.pointer,
                        message,
                        "make it optional, or say in errata.yaml why it is required",
                    );
                }
            }
        }
    }
}

/// A sample that shows more of the request than its body shows all of it.
fn is_whole_request(sample: &Example) -> bool {
    sample.path.is_some() || !sample.query.is_empty() || !sample.path_parameters.is_empty()
}

fn value_problem(
    operation: &Operation,
    schemas: &Schemas,
    place: &str,
    name: &str,
    value: &Value,
) -> Option<(String, String, &'static str)> {
    let Some(parameter) = operation.parameter(place, name) else {
        let message = format!("a sample sends `{place} {name}`, which is not in the spec");
        return Some((operation.node.pointer.clone(), message, "add the parameter"));
    };
    let schema = parameter.schema.as_ref()?;
    // A value that could not be read, a variable for example, shows nothing.
    if value.is_null() {
        return None;
    }
    let value = kind::typed(value, &schema.kind()?);
    let validator = schemas.validator(schema).ok()?;
    let problem = validator.iter_errors(&value).next().map(|error| message(&error))?;
    let message = format!("a sample sends a `{place} {name}` that does not fit: {problem}");
    Some((schema.pointer.clone(), message, "make the schema accept what the sample sends"))
}

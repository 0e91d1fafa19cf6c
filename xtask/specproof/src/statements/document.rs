//! What a document states about an operation.
//!
//! Its parameter lists are complete. A body, or an object in it, that no table describes
//! is known by the samples that send it: they show that a name exists and of what type it
//! is, and nothing about names that they do not send. What a response holds is known by
//! the examples of it.

use crate::fact::{Aspect, Fact, OperationAspect};
use crate::kind;
use crate::statements::examples::{add_body, add_fields, is_failure};
use crate::statements::{Complete, Statements};
use apidoc::facts::{Example, ExampleKind, Field, Operation, Parameter, Place};
use serde_json::{Value, json};

/// An operation of a document, and what is stated about it.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub facts: Operation,
    pub statements: Statements<Spot>,
}

/// Where a document states something, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub line: usize,
    /// It shows it in an example, and says it nowhere.
    pub in_example: bool,
}

impl Spot {
    fn said(line: usize) -> Self {
        Self { line, in_example: false }
    }

    fn shown(line: usize) -> Self {
        Self { line, in_example: true }
    }
}

impl From<Operation> for Described {
    fn from(facts: Operation) -> Self {
        Self { statements: statements(&facts), facts }
    }
}

/// What the document states, with its lines.
fn statements(operation: &Operation) -> Statements<Spot> {
    let mut statements = Statements::new(Complete::default());
    let at = Spot::said(operation.line);
    statements.add_some(OperationAspect::Method.into(), operation.method.clone(), at);
    statements.add_some(OperationAspect::Path.into(), operation.path.clone(), at);
    statements.add_list(OperationAspect::AccessTokens, &operation.access_tokens, at);
    statements.add_list(OperationAspect::Scopes, &operation.scopes, at);
    statements.add_list(OperationAspect::AppTypes, &operation.app_types, at);
    let rate_limit = operation.rate_limit.and_then(|limit| serde_json::to_value(limit).ok());
    statements.add_some(OperationAspect::RateLimit.into(), rate_limit, at);
    for parameter in &operation.parameters {
        add_parameter(&mut statements, parameter);
    }
    // A name in the path is a parameter, a text, and required, whether or not a table lists it.
    for name in operation.path.iter().flat_map(|path| path.split('/')).filter_map(name_in_path) {
        let fact = Fact::parameter(Place::Path, name);
        statements.add(fact.clone(), "string", at);
        statements.add(fact.aspect(Aspect::Type), "string", at);
        statements.add(fact.aspect(Aspect::Required), true, at);
    }
    for error in &operation.errors {
        let value = match error.http {
            Some(http) => json!({ "http": http, "message": error.message }),
            None => json!({ "message": error.message }),
        };
        statements.add(Fact::error(error.code), value, Spot::said(error.line));
    }
    statements.returns_file = returns_file(operation);
    if !statements.returns_file {
        operation.response_fields.iter().for_each(|field| add_field(&mut statements, field));
    }
    let in_body = operation.parameters.iter().filter(|parameter| parameter.place == Place::Body);
    let tabled: Vec<&str> = in_body.map(|parameter| parameter.name.as_str()).collect();
    for example in &operation.examples {
        match (example.kind, example.value.as_object()) {
            (ExampleKind::Response, Some(response)) if !is_failure(response) => {
                add_fields(&mut statements, response, Spot::shown(example.line));
            }
            (ExampleKind::Request, Some(body)) => add_body(&mut statements, body, &tabled, Spot::shown(example.line)),
            _ => {}
        }
    }
    statements.complete = complete(operation, !tabled.is_empty());
    statements.complete.fields |= statements.returns_file;
    statements
}

fn name_in_path(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Whether a success is a file: it has a row of that type, and no other outside of the envelope. A page that describes no
/// response at all says so by its path.
pub(crate) fn returns_file(operation: &Operation) -> bool {
    let is_file = |field: &Field| kind::normal(&field.kind) == "file" && !field.path.contains('.');
    let is_of_envelope = |field: &Field| ["code", "msg"].contains(&field.path.as_str());
    let rows = &operation.response_fields;
    let is_said = match rows.is_empty() {
        true => operation.path.as_deref().is_some_and(|path| path.ends_with("/download")),
        false => rows.iter().any(is_file) && rows.iter().all(|field| is_file(field) || is_of_envelope(field)),
    };
    is_said && !operation.examples.iter().any(shows_success)
}

fn shows_success(example: &Example) -> bool {
    let is_failed = example.value.as_object().is_some_and(is_failure);
    example.kind == ExampleKind::Response && !example.value.is_null() && !is_failed
}

fn complete(operation: &Operation, tabled_body: bool) -> Complete {
    let mut places = vec![Place::Path, Place::Query];
    if tabled_body {
        places.push(Place::Body);
    }
    Complete {
        places,
        fields: !operation.response_fields.is_empty() || operation.examples.iter().any(shows_success),
        errors: !operation.errors.is_empty(),
    }
}

fn add_parameter(statements: &mut Statements<Spot>, parameter: &Parameter) {
    let fact = Fact::parameter(parameter.place, &parameter.name);
    let (kind, at) = (kind::normal(&parameter.kind), Spot::said(parameter.line));
    statements.add(fact.clone(), kind.clone(), at);
    statements.add(fact.aspect(Aspect::Type), kind.clone(), at);
    statements.add(fact.aspect(Aspect::Required), parameter.required, at);
    let default = parameter.default.as_ref().map(|default| kind::typed(default, &kind));
    statements.add_some(fact.aspect(Aspect::Default), default, at);
    let values: Vec<Value> = parameter.values.iter().map(|value| kind::typed(value, &kind)).collect();
    statements.add_list(fact.aspect(Aspect::Enum), &values, at);
    statements.add_some(fact.aspect(Aspect::Minimum), parameter.minimum, at);
    statements.add_some(fact.aspect(Aspect::Maximum), parameter.maximum, at);
    statements.add_some(fact.aspect(Aspect::MinItems), parameter.min_items, at);
    statements.add_some(fact.aspect(Aspect::MaxItems), parameter.max_items, at);
    statements.add_length(&fact, &kind, parameter.min_length, parameter.max_length, at);
}

fn add_field(statements: &mut Statements<Spot>, field: &Field) {
    let fact = Fact::field(&field.path);
    let (kind, at) = (kind::normal(&field.kind), Spot::said(field.line));
    statements.add(fact.clone(), kind.clone(), at);
    statements.add(fact.aspect(Aspect::Type), kind.clone(), at);
    let values: Vec<Value> = field.values.iter().map(|value| kind::typed(value, &kind)).collect();
    statements.add_list(fact.aspect(Aspect::Enum), &values, at);
}

//! The document's side of an operation.
//!
//! Its parameter lists are complete. A body, or an object in it, that no table describes
//! is known by the samples that send it: they show that a name exists and of what type it
//! is, and nothing about names that they do not send. What an answer holds is known by
//! the examples of it.

use super::fact::{Aspect, Fact, Trait};
use super::kind;
use super::side::{Complete, Side};
use crate::facts::{Example, ExampleKind, Field, Operation, Parameter, Place};
use serde_json::{Map, Value, json};

/// An operation of a document, and its side of the comparison.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub facts: Operation,
    pub side: Side<usize>,
}

impl From<Operation> for Described {
    fn from(facts: Operation) -> Self {
        Self { side: side(&facts), facts }
    }
}

/// What the document says, with its lines.
fn side(operation: &Operation) -> Side<usize> {
    let mut side = Side::default();
    let line = operation.line;
    side.say_if_some(Trait::Method.into(), operation.method.clone(), line);
    side.say_if_some(Trait::Path.into(), operation.path.clone(), line);
    side.say_list(Trait::AccessTokens, &operation.access_tokens, line);
    side.say_list(Trait::Scopes, &operation.scopes, line);
    side.say_list(Trait::AppTypes, &operation.app_types, line);
    let rate_limit = operation.rate_limit.and_then(|limit| serde_json::to_value(limit).ok());
    side.say_if_some(Trait::RateLimit.into(), rate_limit, line);
    for parameter in &operation.parameters {
        say_parameter(&mut side, parameter);
    }
    // A name in the path is a parameter, a text, and required, whether or not a table lists it.
    for name in operation.path.iter().flat_map(|path| path.split('/')).filter_map(name_in_path) {
        let fact = Fact::parameter(Place::Path, name);
        side.say(fact.clone(), "string", line);
        side.say(fact.aspect(Aspect::Type), "string", line);
        side.say(fact.aspect(Aspect::Required), true, line);
    }
    for error in &operation.errors {
        let mut value = json!({ "message": error.message });
        if let Some(http) = error.http {
            value["http"] = http.into();
        }
        side.say(Fact::error(error.code), value, error.line);
    }
    for field in &operation.response_fields {
        say_field(&mut side, field);
    }
    let in_body = operation.parameters.iter().filter(|parameter| parameter.place == Place::Body);
    let tabled: Vec<&str> = in_body.map(|parameter| parameter.name.as_str()).collect();
    for example in &operation.examples {
        match (example.kind, example.value.as_object()) {
            (ExampleKind::Response, Some(answer)) if !is_failure(answer) => {
                say_shown_fields(&mut side, "", answer, example.line);
            }
            (ExampleKind::Request, Some(body)) => say_shown_body(&mut side, "", body, &tabled, example.line),
            _ => {}
        }
    }
    side.complete = complete(operation, !tabled.is_empty());
    side
}

fn name_in_path(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// An answer whose code is not 0 shows a failure, not the fields of the operation's own answer.
pub(crate) fn is_failure(answer: &Map<String, Value>) -> bool {
    answer.get("code").and_then(Value::as_i64).is_some_and(|code| code != 0)
}

fn complete(operation: &Operation, tabled_body: bool) -> Complete {
    let mut places = vec![Place::Path, Place::Query];
    if tabled_body {
        places.push(Place::Body);
    }
    let shows_answer = |example: &Example| {
        example.kind == ExampleKind::Response && example.value.as_object().is_some_and(|answer| !is_failure(answer))
    };
    Complete {
        places,
        fields: !operation.response_fields.is_empty() || operation.examples.iter().any(shows_answer),
        errors: !operation.errors.is_empty(),
    }
}

fn say_parameter(side: &mut Side<usize>, parameter: &Parameter) {
    let fact = Fact::parameter(parameter.place, &parameter.name);
    let (kind, line) = (kind::normal(&parameter.kind), parameter.line);
    side.say(fact.clone(), kind.clone(), line);
    side.say(fact.aspect(Aspect::Type), kind.clone(), line);
    side.say(fact.aspect(Aspect::Required), parameter.required, line);
    let default = parameter.default.as_ref().map(|default| kind::typed(default, &kind));
    side.say_if_some(fact.aspect(Aspect::Default), default, line);
    let values: Vec<Value> = parameter.values.iter().map(|value| kind::typed(value, &kind)).collect();
    side.say_list(fact.aspect(Aspect::Enum), &values, line);
    side.say_if_some(fact.aspect(Aspect::Minimum), parameter.minimum, line);
    side.say_if_some(fact.aspect(Aspect::Maximum), parameter.maximum, line);
    side.say_if_some(fact.aspect(Aspect::MinItems), parameter.min_items, line);
    side.say_if_some(fact.aspect(Aspect::MaxItems), parameter.max_items, line);
    side.say_length(&fact, &kind, parameter.min_length, parameter.max_length, line);
}

fn say_field(side: &mut Side<usize>, field: &Field) {
    let fact = Fact::field(&field.path);
    let kind = kind::normal(&field.kind);
    side.say(fact.clone(), kind.clone(), field.line);
    side.say(fact.aspect(Aspect::Type), kind.clone(), field.line);
    let values: Vec<Value> = field.values.iter().map(|value| kind::typed(value, &kind)).collect();
    side.say_list(fact.aspect(Aspect::Enum), &values, field.line);
}

/// Fields that an example of the answer shows, lists without brackets.
fn say_shown_fields(side: &mut Side<usize>, prefix: &str, fields: &Map<String, Value>, line: usize) {
    for (name, value) in fields {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let fact = Fact::field(&path);
        let kind = kind::of_value(value);
        side.say(fact.clone(), kind.clone(), line);
        side.say_if_some(fact.aspect(Aspect::Type), kind, line);
        for fields in objects(value) {
            say_shown_fields(side, &path, fields, line);
        }
    }
}

/// Properties that an example of the body shows; where a table lists those of an object, it lists all.
fn say_shown_body(side: &mut Side<usize>, prefix: &str, body: &Map<String, Value>, tabled: &[&str], line: usize) {
    let is_tabled = tabled.iter().any(|path| path.rsplit_once('.').map_or("", |(parent, _)| parent) == prefix);
    for (name, value) in body {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if !is_tabled {
            let fact = Fact::parameter(Place::Body, &path);
            let kind = kind::of_value(value);
            side.say(fact.clone(), kind.clone(), line);
            side.say_if_some(fact.aspect(Aspect::Type), kind, line);
        } else if !tabled.contains(&path.as_str()) {
            continue;
        }
        for inner in objects(value) {
            say_shown_body(side, &path, inner, tabled, line);
        }
    }
}

/// The objects that a value is or lists.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(fields) => vec![fields],
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

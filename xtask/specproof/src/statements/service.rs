//! The service's side of an operation: spec/service/OPERATION_ID.json.
//!
//! All its lists are complete. Tables of its reference give every value as text
//! (`"50"`), so values are read in the type of their parameter.

use crate::fact::{Aspect, Fact, OperationAspect};
use crate::kind;
use crate::statements::{Complete, Statements};
use apidoc::facts::{Place, RateLimit};
use serde::Deserialize;
use serde_json::{Value, json};

/// One file of spec/service/, and what it is called.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub file: String,
    pub examples: Examples,
    pub statements: Statements<()>,
}

impl Service {
    pub fn new(file: String, form: Form) -> Self {
        Self { file, statements: statements(&form), examples: form.examples }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    method: String,
    url: String,
    #[serde(default)]
    access_tokens: Vec<String>,
    scopes: Vec<String>,
    app_types: Vec<String>,
    parameters: Vec<Parameter>,
    response_fields: Vec<Field>,
    #[serde(default)]
    examples: Examples,
    errors: Vec<Failure>,
    #[serde(default)]
    rate_limit: Option<RateLimit>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    #[serde(rename = "in")]
    place: Place,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    default: Option<Value>,
    #[serde(default)]
    values: Vec<Value>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    pattern: Option<String>,
    /// For people.
    #[serde(rename = "required_note")]
    _required_note: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Examples {
    pub request: Option<Value>,
    pub response: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    pub http: u16,
    pub code: i64,
    pub msg: String,
}

/// What the service says.
fn statements(form: &Form) -> Statements<()> {
    let mut side = Statements::new(Complete::all());
    side.add(OperationAspect::Method, form.method.clone(), ());
    side.add(OperationAspect::Path, braced(&form.url), ());
    side.add_list(OperationAspect::AccessTokens, &form.access_tokens, ());
    side.add_list(OperationAspect::Scopes, &form.scopes, ());
    side.add_list(OperationAspect::AppTypes, &form.app_types, ());
    let rate_limit = form.rate_limit.and_then(|limit| serde_json::to_value(limit).ok());
    side.add_some(OperationAspect::RateLimit.into(), rate_limit, ());
    for parameter in &form.parameters {
        add_parameter(&mut side, parameter);
    }
    add_fields(&mut side, &form.response_fields);
    for failure in &form.errors {
        side.add(Fact::error(failure.code), json!({ "http": failure.http, "message": failure.msg }), ());
    }
    side
}

fn add_parameter(side: &mut Statements<()>, parameter: &Parameter) {
    let fact = Fact::parameter(parameter.place, &parameter.name);
    let kind = kind::normal(&parameter.kind);
    side.add(fact.clone(), kind.clone(), ());
    side.add(fact.aspect(Aspect::Type), kind.clone(), ());
    side.add(fact.aspect(Aspect::Required), parameter.required, ());
    let default = parameter.default.as_ref().map(|default| kind::typed(default, &kind));
    side.add_some(fact.aspect(Aspect::Default), default, ());
    let values: Vec<Value> = parameter.values.iter().map(|value| kind::typed(value, &kind)).collect();
    side.add_list(fact.aspect(Aspect::Enum), &values, ());
    side.add_some(fact.aspect(Aspect::Minimum), parameter.minimum, ());
    side.add_some(fact.aspect(Aspect::Maximum), parameter.maximum, ());
    side.add_length(&fact, &kind, parameter.min_length, parameter.max_length, ());
    side.add_some(fact.aspect(Aspect::Pattern), parameter.pattern.clone(), ());
}

pub(crate) fn add_fields(side: &mut Statements<()>, fields: &[Field]) {
    for field in fields {
        let fact = Fact::field(&field.path);
        let kind = kind::normal(&field.kind);
        side.add(fact.clone(), kind.clone(), ());
        side.add(fact.aspect(Aspect::Type), kind.clone(), ());
        let values: Vec<Value> = field.values.iter().map(|value| kind::typed(value, &kind)).collect();
        side.add_list(fact.aspect(Aspect::Enum), &values, ());
    }
}

/// `/group/:group_id` as OpenAPI writes it.
fn braced(url: &str) -> String {
    let segments = url.split('/').map(|segment| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

//! What the service states about an operation: spec/service/OPERATION_ID.json.
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
    min_items: Option<u64>,
    max_items: Option<u64>,
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

/// What the service states.
fn statements(form: &Form) -> Statements<()> {
    let mut statements = Statements::new(Complete::all());
    statements.add(OperationAspect::Method, form.method.clone(), ());
    statements.add(OperationAspect::Path, braced(&form.url), ());
    statements.add_list(OperationAspect::AccessTokens, &form.access_tokens, ());
    statements.add_list(OperationAspect::Scopes, &form.scopes, ());
    statements.add_list(OperationAspect::AppTypes, &form.app_types, ());
    let rate_limit = form.rate_limit.and_then(|limit| serde_json::to_value(limit).ok());
    statements.add_some(OperationAspect::RateLimit.into(), rate_limit, ());
    for parameter in &form.parameters {
        add_parameter(&mut statements, parameter);
    }
    add_fields(&mut statements, &form.response_fields);
    for failure in &form.errors {
        statements.add(Fact::error(failure.code), json!({ "http": failure.http, "message": failure.msg }), ());
    }
    statements
}

fn add_parameter(statements: &mut Statements<()>, parameter: &Parameter) {
    let fact = Fact::parameter(parameter.place, &parameter.name);
    let kind = kind::normal(&parameter.kind);
    statements.add(fact.clone(), kind.clone(), ());
    statements.add(fact.aspect(Aspect::Type), kind.clone(), ());
    statements.add(fact.aspect(Aspect::Required), parameter.required, ());
    let default = parameter.default.as_ref().map(|default| kind::typed(default, &kind));
    statements.add_some(fact.aspect(Aspect::Default), default, ());
    let values: Vec<Value> = parameter.values.iter().map(|value| kind::typed(value, &kind)).collect();
    statements.add_list(fact.aspect(Aspect::Enum), &values, ());
    statements.add_some(fact.aspect(Aspect::Minimum), parameter.minimum, ());
    statements.add_some(fact.aspect(Aspect::Maximum), parameter.maximum, ());
    statements.add_some(fact.aspect(Aspect::MinItems), parameter.min_items, ());
    statements.add_some(fact.aspect(Aspect::MaxItems), parameter.max_items, ());
    statements.add_length(&fact, &kind, parameter.min_length, parameter.max_length, ());
    statements.add_some(fact.aspect(Aspect::Pattern), parameter.pattern.clone(), ());
}

pub(crate) fn add_fields(statements: &mut Statements<()>, fields: &[Field]) {
    for field in fields {
        let fact = Fact::field(&field.path);
        let kind = kind::normal(&field.kind);
        statements.add(fact.clone(), kind.clone(), ());
        statements.add(fact.aspect(Aspect::Type), kind.clone(), ());
        let values: Vec<Value> = field.values.iter().map(|value| kind::typed(value, &kind)).collect();
        statements.add_list(fact.aspect(Aspect::Enum), &values, ());
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

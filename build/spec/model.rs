//! The spec as the passes need it: operations with their extensions, and schemas by name.
//!
//! It is read once, from the spec as it is in the file, so that no pass depends on the
//! transforms.

use super::METHODS;
use super::features::{self, LeftOut};
use super::media::{form, is_binary, is_file};
use super::references::{reference, references};
use super::token_endpoints::{self, is_token_endpoint};
use crate::codegen::spec::extensions::{
    AccessToken, AppType, DocumentSource, ErrorName, ErrorRow, Limits, Page, RateLimit, Results, Retry, RetryRule,
};
use crate::codegen::spec::yaml::{Mistake, Source, lookup, segment};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

pub struct Model {
    /// What the spec has and the build leaves out.
    pub left_out: LeftOut,
    /// Without token endpoints, which the client does not offer.
    pub operations: Vec<Operation>,
    pub schemas: BTreeMap<String, Value>,
    /// Schemas of the shared failure responses.
    failures: Vec<String>,
    pub platform_errors: Vec<ErrorRow>,
    pub error_names: BTreeMap<String, ErrorName>,
    pub token_endpoints: Vec<TokenEndpoint>,
}

/// An operation that other clients get their tokens with.
pub struct TokenEndpoint {
    pub pointer: String,
    pub app_types: Vec<AppType>,
    pub errors: Vec<ErrorRow>,
}

pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// The cargo feature that the operation needs.
    pub feature: Option<String>,
    pub source: DocumentSource,
    pub access_tokens: Vec<AccessToken>,
    pub scopes: Vec<String>,
    pub app_types: Vec<AppType>,
    pub rate_limit: Option<RateLimit>,
    pub retry: Retry,
    pub page: Option<Page>,
    pub results: Option<Results>,
    /// Properties from the envelope to the payload: `["data"]`.
    pub data: Vec<String>,
    pub errors: Vec<ErrorRow>,
    pub parameters: Vec<Parameter>,
    /// Schema of the request body.
    pub body: Option<String>,
    /// Whether the body is a form, whose properties are parts.
    pub body_is_form: bool,
    /// Schema of the envelope; none if a success is a file.
    pub response: Option<String>,
}

impl Operation {
    /// Whether a query parameter is the idempotency key, by which the service recognises a repeated call.
    pub fn is_idempotency_key(&self, parameter: &str) -> bool {
        self.retry.rule == RetryRule::IdempotencyKey && self.retry.parameter.as_deref() == Some(parameter)
    }
}

pub struct Parameter {
    pub name: String,
    pub place: String,
    pub required: bool,
    pub deprecated: bool,
    pub description: String,
    pub schema: Value,
}

impl Model {
    /// Reads the spec, and reports every part that is malformed.
    pub fn read(source: &Source) -> Result<Self, Vec<Mistake>> {
        let root = &source.value;
        let of_tokens = token_endpoints::schemas(root);
        let schemas = object(root, "/components/schemas").into_iter().flatten();
        let schemas = schemas.filter(|(name, _)| !of_tokens.contains(*name)).map(|(k, v)| (k.clone(), v.clone()));
        let responses = object(root, "/components/responses").into_iter().flat_map(|map| map.values());
        let mut mistakes = Vec::new();
        let (mut operations, mut token_endpoints) = (Vec::new(), Vec::new());
        for (path, item) in object(root, "/paths").into_iter().flatten() {
            for method in METHODS.iter().filter(|method| item.get(method).is_some()) {
                let pointer = format!("/paths/{}/{method}", segment(path));
                let read = if item.get(method).is_some_and(is_token_endpoint) {
                    read_token_endpoint(source, pointer).map(|endpoint| token_endpoints.push(endpoint))
                } else {
                    read_operation(source, &pointer, method, path).map(|operation| operations.push(operation))
                };
                mistakes.extend(read.err());
            }
        }
        let platform_errors =
            required(source, "", "x-feishu-platform-errors").map_err(|mistake| mistakes.push(mistake));
        let error_names = required(source, "", "x-feishu-error-names").map_err(|mistake| mistakes.push(mistake));
        match (platform_errors, error_names) {
            (Ok(platform_errors), Ok(error_names)) if mistakes.is_empty() => Ok(Self {
                left_out: LeftOut::default(),
                operations,
                schemas: schemas.collect(),
                failures: responses.filter_map(content_schema).collect(),
                platform_errors,
                error_names,
                token_endpoints,
            }),
            _ => Err(mistakes),
        }
    }

    /// Whether no operation was left out. Only then has every transform and pass something to do.
    pub fn is_whole(&self) -> bool {
        self.left_out.paths.is_empty()
    }

    /// An error unless a pass is done. In a part of a spec, there may be nothing to do for it.
    pub fn require(&self, done: bool, message: &str) -> Result<(), String> {
        if done || !self.is_whole() { Ok(()) } else { Err(message.to_owned()) }
    }

    /// Follows `$ref` and an `allOf` of one; returns the name of the schema, if it has one, and the schema.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> (Option<&'a str>, &'a Value) {
        if let Some(name) = reference(schema) {
            return match self.schemas.get_key_value(name) {
                Some((name, schema)) => (Some(name), self.resolve(schema).1),
                None => (None, schema),
            };
        }
        match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => self.resolve(only),
            _ => (None, schema),
        }
    }

    /// The description of a schema, where it is used or else where it is defined.
    pub fn description<'a>(&'a self, schema: &'a Value) -> Option<&'a str> {
        schema.get("description").or_else(|| self.resolve(schema).1.get("description"))?.as_str()
    }

    /// The limits of a schema, where it is used or else where it is defined.
    pub fn limits(&self, schema: &Value) -> Limits {
        let here: Limits = serde_json::from_value(schema.clone()).unwrap_or_default();
        let there: Limits = serde_json::from_value(self.resolve(schema).1.clone()).unwrap_or_default();
        Limits {
            min_length: here.min_length.or(there.min_length),
            max_length: here.max_length.or(there.max_length),
            pattern: here.pattern.or(there.pattern),
            minimum: here.minimum.or(there.minimum),
            maximum: here.maximum.or(there.maximum),
            min_items: here.min_items.or(there.min_items),
            max_items: here.max_items.or(there.max_items),
        }
    }

    /// Names of the schemas with an `enum`.
    pub fn enums(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.schemas
            .iter()
            .filter(|(_, schema)| schema.get("enum").is_some())
            .map(|(name, schema)| (name.as_str(), schema))
    }

    /// Schemas of the request bodies.
    pub fn bodies(&self) -> BTreeSet<&str> {
        self.operations.iter().filter_map(|operation| operation.body.as_deref()).collect()
    }

    /// Schemas of the request bodies that are forms.
    pub fn forms(&self) -> BTreeSet<&str> {
        self.operations.iter().filter(|o| o.body_is_form).filter_map(|operation| operation.body.as_deref()).collect()
    }

    /// Whether a value of the schema is a file.
    pub fn is_upload(&self, schema: &Value) -> bool {
        is_binary(self.resolve(schema).1)
    }

    /// Every request body and every schema in one.
    pub fn request_schemas(&self) -> BTreeSet<&str> {
        &self.bodies() | &self.held_by_bodies()
    }

    /// Every schema in a request body, at any depth.
    pub fn held_by_bodies(&self) -> BTreeSet<&str> {
        self.held_by(self.bodies())
    }

    /// The envelopes of failures and every schema in one.
    pub fn failure_schemas(&self) -> BTreeSet<&str> {
        let failures: BTreeSet<&str> = self.failures.iter().map(String::as_str).collect();
        &failures | &self.held_by(failures.clone())
    }

    /// The schemas of the results of batches.
    pub fn result_schemas(&self) -> BTreeSet<&str> {
        self.operations.iter().filter_map(|operation| Some(operation.results.as_ref()?.item.as_str())).collect()
    }

    /// Whether the schema is one with an `enum`.
    pub fn is_enum(&self, name: &str) -> bool {
        self.schemas.get(name).is_some_and(|schema| schema.get("enum").is_some())
    }

    /// Whether the schema is an enum of numbers.
    pub fn is_integer_enum(&self, name: &str) -> bool {
        self.is_enum(name) && self.schemas[name].get("type").is_some_and(|kind| kind == "integer")
    }

    /// The type of a schema, behind references.
    pub fn kind_of<'a>(&'a self, schema: &'a Value) -> &'a str {
        self.resolve(schema).1.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether a value of the schema is a list.
    pub fn is_list(&self, schema: &Value) -> bool {
        self.kind_of(schema) == "array"
    }

    /// Whether a value of the schema is a `String` in Rust.
    pub fn rust_text(&self, schema: &Value) -> bool {
        let schema = self.resolve(schema).1;
        schema.get("enum").is_none() && schema.get("type").is_some_and(|kind| kind == "string")
    }

    /// Every schema in these, at any depth.
    fn held_by<'a>(&'a self, schemas: BTreeSet<&'a str>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<_> = schemas.into_iter().collect();
        while let Some(name) = open.pop() {
            let mut held = Vec::new();
            self.schemas.get(name).into_iter().for_each(|schema| references(schema, &mut held));
            open.extend(held.into_iter().filter(|name| found.insert(*name)));
        }
        found
    }

    /// A schema's properties, in the spec's order.
    pub fn properties<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.schemas.get(name).and_then(|schema| object(schema, "/properties")).into_iter().flatten()
    }

    /// Whether the property is required.
    pub fn is_required(&self, name: &str, property: &str) -> bool {
        let required = self.schemas.get(name).and_then(|schema| schema.get("required"));
        required.and_then(Value::as_array).is_some_and(|list| list.iter().any(|entry| entry == property))
    }

    /// Schemas that only envelopes need, and the envelopes: the client decodes these itself.
    pub fn envelopes(&self) -> BTreeSet<&str> {
        let empty = |operation| self.payload(operation).filter(|name| self.properties(name).next().is_none());
        let responses = self.operations.iter().flat_map(|operation| [operation.response.as_deref(), empty(operation)]);
        let found: BTreeSet<&str> = responses.flatten().chain(self.failures.iter().map(String::as_str)).collect();
        let others = self.schemas.keys().map(String::as_str).filter(|name| !found.contains(name)).collect();
        &found - &(&self.held_by(others) | &self.bodies())
    }

    /// The name of the schema of the envelope's `data`, which holds the payload or is it.
    pub fn data<'a>(&'a self, operation: &Operation) -> Option<&'a str> {
        self.resolve(self.at(operation, "/data")?).0
    }

    /// The name of the schema of an operation's payload.
    pub fn payload<'a>(&'a self, operation: &Operation) -> Option<&'a str> {
        self.resolve(self.at(operation, &format!("/{}", operation.data.join("/")))?).0
    }

    /// The schema at a pointer into an operation's envelope.
    pub fn at<'a>(&'a self, operation: &Operation, pointer: &str) -> Option<&'a Value> {
        let mut schema = self.schemas.get(operation.response.as_ref()?)?;
        for name in pointer.strip_prefix('/')?.split('/') {
            schema = self.resolve(schema).1.get("properties")?.get(name)?;
        }
        Some(schema)
    }
}

fn read_operation(source: &Source, pointer: &str, method: &str, path: &str) -> Result<Operation, Mistake> {
    let value = lookup(&source.value, pointer).unwrap_or(&Value::Null);
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().trim_end().to_owned();
    let data: Option<String> = optional(source, pointer, "x-feishu-data")?;
    let response = value.pointer("/responses/200").and_then(content_schema);
    let body = value.get("requestBody").map(|body| match form(body) {
        Some(form) => form.get("schema").and_then(reference).map(str::to_owned),
        None => content_schema(body),
    });
    let mut parameters = Vec::new();
    for parameter in value.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        parameters.push(read_parameter(source, parameter));
    }
    Ok(Operation {
        id: text("operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text("summary"),
        description: text("description"),
        feature: features::of_operation(&source.value, value).map(str::to_owned),
        source: required(source, pointer, "x-feishu-source")?,
        access_tokens: required(source, pointer, "x-feishu-access-tokens")?,
        scopes: required(source, pointer, "x-feishu-scopes")?,
        app_types: required(source, pointer, "x-feishu-app-types")?,
        rate_limit: optional(source, pointer, "x-feishu-rate-limit")?,
        retry: required(source, pointer, "x-feishu-retry")?,
        page: optional(source, pointer, "x-feishu-page")?,
        results: optional(source, pointer, "x-feishu-results")?,
        data: data.as_deref().unwrap_or("/data").split('/').skip(1).map(str::to_owned).collect(),
        errors: required(source, pointer, "x-feishu-errors")?,
        parameters,
        body_is_form: value.get("requestBody").and_then(form).is_some(),
        body: body
            .map(|body| {
                body.ok_or_else(|| {
                    source.violation(
                        "request-body",
                        &format!("{pointer}/requestBody"),
                        "the request body has no named schema",
                        "give it application/json or multipart/form-data, and a `$ref` to a schema of components/schemas",
                    )
                })
            })
            .transpose()?,
        response: match value.pointer("/responses/200").is_some_and(is_file) {
            true => None,
            false => Some(response.ok_or_else(|| {
                source.violation(
                    "responses",
                    pointer,
                    "the operation has no named response schema",
                    "give it a response 200 with application/json and a `$ref` to a schema",
                )
            })?),
        },
    })
}

fn read_token_endpoint(source: &Source, pointer: String) -> Result<TokenEndpoint, Mistake> {
    let app_types = required(source, &pointer, "x-feishu-app-types")?;
    let errors = required(source, &pointer, "x-feishu-errors")?;
    Ok(TokenEndpoint { pointer, app_types, errors })
}

fn read_parameter(source: &Source, value: &Value) -> Parameter {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|to| lookup(&source.value, to.strip_prefix('#')?));
    let value = target.unwrap_or(value);
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Parameter {
        name: text("name"),
        place: text("in"),
        required: value.get("required").and_then(Value::as_bool).unwrap_or(false),
        deprecated: value.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
        description: text("description"),
        schema: value.get("schema").cloned().unwrap_or_default(),
    }
}

fn required<T: DeserializeOwned>(source: &Source, pointer: &str, key: &str) -> Result<T, Mistake> {
    optional(source, pointer, key)?.ok_or_else(|| {
        source.violation(
            "spec-form",
            pointer,
            format!("`{key}` is missing here"),
            "add it; spec/README.md describes it",
        )
    })
}

fn optional<T: DeserializeOwned>(source: &Source, pointer: &str, key: &str) -> Result<Option<T>, Mistake> {
    let Some(value) = lookup(&source.value, pointer).and_then(|value| value.get(key)) else { return Ok(None) };
    T::deserialize(value).map(Some).map_err(|error| {
        source.violation(
            "spec-form",
            &format!("{pointer}/{}", segment(key)),
            format!("`{key}` is malformed: {error}"),
            "write it as spec/README.md describes",
        )
    })
}

/// The object at a pointer.
pub fn object<'a>(value: &'a Value, pointer: &str) -> Option<&'a Map<String, Value>> {
    lookup(value, pointer).and_then(Value::as_object)
}

/// The name of the schema of a request or response body.
fn content_schema(value: &Value) -> Option<String> {
    value.pointer("/content/application~1json/schema").and_then(reference).map(str::to_owned)
}

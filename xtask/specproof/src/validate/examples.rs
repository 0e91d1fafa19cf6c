//! Every JSON example of document and service against the schema it is an example of.
//!
//! That an example fits says little if the schema lets anything pass. So each example
//! is also tried with one field renamed, with one value of another type, and as `{}`: a
//! schema that takes such a response would not have revealed a mistake in the spec either.

use super::finding::Finding;
use super::json_schema::{self, Schemas};
use super::matching::{Matched, Shown, shown_examples};
use super::platform::Platform;
use super::rule::Rule;
use crate::spec_model::{Node, Operation, Spec};
use apidoc::facts::ExampleKind;
use jsonschema::Validator;
use serde_json::{Map, Value};

pub(crate) fn check(
    spec: &Spec,
    matched: &Matched,
    platform: &Platform,
    schemas: &Schemas,
    findings: &mut Vec<Finding>,
) {
    for shown in shown_examples(matched) {
        let mut find = |rule, pointer: &str, message: String, help: &str| {
            let finding = matched.operation.finding(spec, rule, pointer, message, help);
            findings.push(finding.in_document(shown.document.clone()).in_service(shown.service));
        };
        check_code(matched, platform, &shown, &mut find);
        let Some(schema) = shown.schema(matched.operation) else {
            if shown.kind == ExampleKind::Request {
                let message = "an example sends a body, and the spec has none".to_owned();
                find(Rule::Example, &matched.operation.node.pointer, message, "add the requestBody");
            }
            continue;
        };
        match schemas.validator(&schema) {
            Ok(validator) => check_fit(&shown, &schema, &validator, &mut find),
            Err(message) => {
                find(Rule::SpecForm, &schema.pointer, format!("this is not a schema: {message}"), "fix the schema");
            }
        }
    }
}

/// An example of a failure shows a code that the operation may return.
fn check_code(matched: &Matched, platform: &Platform, shown: &Shown, find: &mut impl FnMut(Rule, &str, String, &str)) {
    let operation = matched.operation;
    if let Some(code) = shown.failure()
        && !platform.knows(code)
        && !operation.errors().iter().any(|error| error.code == code)
    {
        let message = format!("an example has error {code}, which is missing");
        find(
            Rule::MissingError,
            &operation.node.pointer,
            message,
            "add it to x-feishu-errors, under a name of our own",
        );
    }
}

fn check_fit(shown: &Shown, schema: &Node, validator: &Validator, find: &mut impl FnMut(Rule, &str, String, &str)) {
    let mut fits = true;
    for error in validator.iter_errors(shown.value) {
        fits = false;
        let path = error.instance_path().as_str();
        let message = format!("{} does not fit: {}", shown.name(path), json_schema::message(&error));
        let help = "make the schema accept what document and service show";
        find(Rule::Example, &schema_along(schema, path).pointer, message, help);
    }
    // Changing what does not fit in the first place shows nothing.
    let changes = if fits { changes(shown.value) } else { Vec::new() };
    // Any field of a response may be left out, but an empty object is not a response.
    let nothing = fits && shown.kind == ExampleKind::Response && shown.failure().is_none();
    let nothing =
        nothing.then(|| Change { path: String::new(), what: "as `{}`".to_owned(), example: Value::Object(Map::new()) });
    for Change { path, what, example } in changes.into_iter().chain(nothing) {
        if validator.is_valid(&example) {
            let message = format!("{} also fits {what}", shown.name(&path));
            let help = "give the schema its type and its properties";
            find(Rule::LooseSchema, &schema_along(schema, &path).pointer, message, help);
        }
    }
}

impl Shown<'_> {
    fn schema<'s>(&self, operation: &Operation<'s>) -> Option<Node<'s>> {
        match (self.kind, self.failure()) {
            (ExampleKind::Request, _) => operation.body(),
            (ExampleKind::Response, None) => operation.response(),
            (ExampleKind::Response, Some(_)) => operation.failures().into_iter().next(),
        }
    }

    /// How a message calls the example, or the part of it at a JSON pointer.
    fn name(&self, path: &str) -> String {
        let kind = match self.kind {
            ExampleKind::Request => "the request example",
            ExampleKind::Response => "the response example",
        };
        match dotted(path) {
            path if path.is_empty() => kind.to_owned(),
            path => format!("`{path}` in {kind}"),
        }
    }
}

/// `/data/groups/0/name` as people write it: `data.groups[0].name`.
fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for segment in pointer.split('/').skip(1) {
        if segment.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(&format!("[{segment}]"));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(segment);
        }
    }
    out
}

/// The schema of the value at `path`, or the nearest one around it.
fn schema_along<'a>(schema: &Node<'a>, path: &str) -> Node<'a> {
    let mut here = schema.clone();
    for segment in path.split('/').skip(1) {
        match here.property(segment).or_else(|| here.keyword("items")) {
            Some(inner) => here = inner,
            None => break,
        }
    }
    here
}

/// An example with one thing changed.
struct Change {
    path: String,
    /// How, after "also fits".
    what: String,
    example: Value,
}

/// The example, changed in every way that a schema must reject.
fn changes(example: &Value) -> Vec<Change> {
    let mut places = Vec::new();
    collect_places(example, String::new(), &mut places);
    let mut changes = Vec::new();
    for path in places {
        let Some(here) = example.pointer(&path) else { continue };
        let mut add = |what: String, example: Value| changes.push(Change { path: path.clone(), what, example });
        let (what, other) = match here {
            Value::String(_) => ("as a number", Value::from(7)),
            Value::Number(_) | Value::Bool(_) => ("as a text", Value::from("text")),
            Value::Object(_) => ("as a list", Value::Array(Vec::new())),
            Value::Array(_) => ("as an object", Value::Object(Map::new())),
            Value::Null => continue,
        };
        add(what.to_owned(), with(example, &path, |value| *value = other));
        for key in here.as_object().into_iter().flat_map(Map::keys) {
            let renamed = with(example, &path, |value| {
                if let Some(fields) = value.as_object_mut()
                    && let Some(value) = fields.remove(key)
                {
                    fields.insert(format!("{key}_renamed"), value);
                }
            });
            add(format!("with `{key}` renamed"), renamed);
        }
    }
    changes
}

fn with(example: &Value, path: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut changed = example.clone();
    if let Some(place) = changed.pointer_mut(path) {
        change(place);
    }
    changed
}

fn collect_places(value: &Value, path: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                collect_places(value, format!("{path}/{}", crate::source::segment(key)), places);
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                collect_places(value, format!("{path}/{i}"), places);
            }
        }
        _ => {}
    }
    places.push(path);
}

//! The response: an envelope with `code`, `msg` and the payload in `data`.
//!
//! The client unwraps every response the same way, so an envelope
//! has all three, whatever the document shows of it.

use super::known::Known;
use super::schemas::{Context, Schemas, left_out, reference};
use super::wording::what_is;
use crate::codegen::spec::names::is_field;
use crate::yaml::Map;
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ENVELOPE: [&str; 3] = ["code", "msg", "data"];

pub(super) struct Response {
    /// The schema of the envelope.
    pub schema: String,
    /// The pointer to the payload.
    pub data: String,
    /// The payload's schema.
    pub payload: Value,
    pub notes: Vec<String>,
}

pub(super) fn response(known: &Known, schemas: &mut Schemas, context: &Context) -> Response {
    let mut notes = Vec::new();
    let base = context.operation.to_upper_camel_case();
    let data = known.field("data");
    let is_object = |known: &Known| known.kind().0 == "object";
    if let Some(data) = data.filter(|data| !is_object(data)) {
        notes.push(format!("TODO: `data` is {}, and the client opens objects alone", data.kind().0));
    }
    if known.fields.is_empty() {
        notes.push("TODO: the document shows no response".to_owned());
    }
    let data = data.filter(|data| is_object(data) && !data.fields.is_empty());
    let (data_schema, payload, at) = match data {
        Some(data) => {
            let schema = schemas.object(data, &format!("What `{}` returns.", context.operation), context);
            let value = schema.value();
            let name = schemas.add(&format!("{base}Data"), schema);
            let (payload, at) = innermost(data, value, schemas);
            (reference("schemas", &name), payload, at)
        }
        None => (nothing(schemas), json!({}), "/data".to_owned()),
    };
    let mut properties = Map::default();
    properties.put("code", named(schemas, "Code", "integer", "code"));
    properties.put("msg", named(schemas, "Message", "string", "msg"));
    properties.put("data", data_schema);
    let mut names = BTreeSet::from(ENVELOPE.map(str::to_owned));
    for field in known.fields.iter().filter(|field| !ENVELOPE.contains(&field.name.as_str())) {
        if !is_field(&field.name) || !names.insert(field.name.to_snake_case()) {
            notes.push(left_out(&field.name));
            continue;
        }
        let asked = schemas.value(field, false, true, context);
        properties.put_noted(&field.name, asked.schema, asked.notes);
    }
    let mut envelope = Map::default();
    envelope.put("type", "object");
    envelope.put("description", format!("The envelope that `{}` returns.", context.operation));
    envelope.put("required", json!(["code"]));
    envelope.put("properties", properties);
    let schema = schemas.add(&format!("{base}Response"), envelope);
    Response { schema, data: at, payload, notes }
}

/// The innermost object named `data`, which is the payload.
fn innermost(data: &Known, schema: Value, schemas: &Schemas) -> (Value, String) {
    let (mut known, mut schema, mut at) = (data, schema, "/data".to_owned());
    loop {
        let inner = known.field("data").filter(|inner| inner.kind().0 == "object");
        let target = schema.pointer("/properties/data").and_then(|schema| schemas.shapes.target(schema));
        let (Some(inner), Some(target)) = (inner, target) else { return (schema, at) };
        (known, schema) = (inner, target);
        at.push_str("/data");
    }
}

/// The schema of a payload that says nothing: the spec's, or a new one.
fn nothing(schemas: &mut Schemas) -> Value {
    let mut schema = Map::default();
    schema.put("type", "object");
    schema.put("description", "Nothing; the operation returns nothing but its success.");
    reference("schemas", &schemas.shared(&["NoData".to_owned()], schema))
}

/// The spec's own schema for a part of every envelope.
fn named(schemas: &Schemas, name: &str, kind: &str, property: &str) -> Value {
    let mut schema = json!({ "type": kind });
    if kind == "integer" {
        schema["format"] = json!("int64");
    }
    if schemas.shapes.is(name, &schema) {
        return reference("schemas", name);
    }
    schema["description"] = json!(what_is(property, kind));
    schema
}

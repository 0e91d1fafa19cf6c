//! Changes the body of a response in a way that a client must survive, or notice.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::request::RecordedRequest;
use super::super::spec::Spec;
use super::FaultKind;

/// Changes the body of a response; returns whether there was anything to change.
pub(in super::super) fn distort(kind: FaultKind, operation: &str, request: &RecordedRequest, body: &mut Bytes) -> bool {
    let Ok(mut envelope) = serde_json::from_slice::<Value>(body) else { return false };
    let changed = match kind {
        FaultKind::WrongHasMore => wrong_has_more(&mut envelope),
        FaultKind::RepeatedPageToken => repeat_page_token(request, &mut envelope),
        FaultKind::UnknownFields => add_fields(&mut envelope),
        FaultKind::NullLists => null_lists(&mut envelope),
        FaultKind::UnknownEnumValues => {
            let spec = Spec::get();
            spec.response_schema(operation).is_some_and(|schema| unknown_enums(spec, schema, &mut envelope))
        }
        _ => false,
    };
    if changed {
        *body = envelope.to_string().into();
    }
    changed
}

fn wrong_has_more(envelope: &mut Value) -> bool {
    let has_more = envelope.pointer_mut("/data/has_more");
    let Some(Value::Bool(has_more)) = has_more else { return false };
    *has_more = !*has_more;
    true
}

fn repeat_page_token(request: &RecordedRequest, envelope: &mut Value) -> bool {
    let token = request.query("page_token").filter(|token| !token.is_empty());
    let data = envelope.get_mut("data").and_then(Value::as_object_mut);
    let (Some(token), Some(data)) = (token, data) else { return false };
    if !data.contains_key("has_more") {
        return false;
    }
    data.insert("has_more".to_owned(), true.into());
    data.insert("page_token".to_owned(), token.into());
    true
}

fn add_fields(value: &mut Value) -> bool {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| _ = add_fields(value));
            map.insert("field_of_a_later_version".to_owned(), json!({ "of": [1, null] }));
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| add_fields(item) | changed),
        _ => false,
    }
}

fn null_lists(value: &mut Value) -> bool {
    match value {
        Value::Array(items) if items.is_empty() => {
            *value = Value::Null;
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| null_lists(item) | changed),
        Value::Object(map) => map.values_mut().fold(false, |changed, value| null_lists(value) | changed),
        _ => false,
    }
}

fn unknown_enums(spec: &Spec, schema: &Value, value: &mut Value) -> bool {
    let schema = spec.resolve(schema);
    match value {
        Value::Object(map) => map.iter_mut().fold(false, |changed, (name, value)| {
            let property = schema.get("properties").and_then(|properties| properties.get(name));
            property.is_some_and(|property| unknown_enums(spec, property, value)) | changed
        }),
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else { return false };
            items.iter_mut().fold(false, |changed, item| unknown_enums(spec, schema, item) | changed)
        }
        Value::Null => false,
        _ if schema.get("enum").is_none() => false,
        _ => {
            *value = if value.is_number() { json!(9999) } else { json!("value_of_a_later_version") };
            true
        }
    }
}

//! Changes of the spec before the generator reads it.
//!
//! The spec states facts, and some of them make progenitor write code that is wrong
//! for this service. Each transform removes one such kind of fact and counts what it
//! changed. It fails when it finds nothing: then it is dead and should be removed.

use crate::codegen::spec::METHODS;
use crate::codegen::spec::extensions::RetryRule;
use crate::codegen::spec::media::{FORM, JSON, is_file};
use crate::codegen::spec::model::Model;
use crate::codegen::spec::token_endpoints::is_token_endpoint;
use serde_json::{Map, Value};

type Transform = fn(&mut Value, &Model) -> usize;

/// The order matters: each one works on the spec that the one before left.
const TRANSFORMS: [(&str, Transform); 12] = [
    ("drop_token_endpoints", drop_token_endpoints),
    ("drop_failures", drop_failures),
    ("drop_files", drop_files),
    ("read_forms_as_json", read_forms_as_json),
    ("drop_examples", drop_examples),
    ("drop_envelopes", drop_envelopes),
    ("drop_limits", drop_limits),
    ("drop_defaults", drop_defaults),
    ("unwrap_single_all_of", unwrap_single_all_of),
    ("inline_scalars", inline_scalars),
    ("drop_enum_values", drop_enum_values),
    ("make_idempotency_keys_optional", make_idempotency_keys_optional),
];

/// Applies every transform, or says which one found nothing to do.
pub fn apply(mut spec: Value, model: &Model) -> Result<Value, String> {
    for (name, transform) in TRANSFORMS {
        if transform(&mut spec, model) == 0 && model.is_whole() {
            return Err(format!("the transform `{name}` found nothing to do"));
        }
    }
    Ok(spec)
}

/// The client offers no token endpoints: see `spec/token_endpoints.rs`.
fn drop_token_endpoints(spec: &mut Value, model: &Model) -> usize {
    if let Some(paths) = spec.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.retain(|_, operation| !is_token_endpoint(operation));
        }
        paths.retain(|_, item| item.as_object().is_none_or(|item| !item.is_empty()));
    }
    if let Some(components) = spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        components.retain(|name, _| model.schemas.contains_key(name));
    }
    // A spec without such an endpoint has nothing to change, and the transform is not dead.
    model.token_endpoints.len().max(1)
}

/// A documented failure makes the generator decode failures into a type, and a failure
/// that is not JSON would lose its status. The client decodes failures itself.
fn drop_failures(spec: &mut Value, _: &Model) -> usize {
    let mut dropped = 0;
    for operation in operations(spec) {
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            let before = responses.len();
            responses.retain(|status, _| status == "200");
            dropped += before - responses.len();
        }
    }
    drop_component(spec, "responses");
    dropped
}

/// The generator would read a file as a stream of its own client's. `passes/files.rs` writes the calls.
fn drop_files(spec: &mut Value, _: &Model) -> usize {
    for operation in operations(spec) {
        if let Some(response) = operation.pointer_mut("/responses/200").filter(|response| is_file(response)) {
            response.as_object_mut().map(|response| response.remove("content"));
        }
    }
    // A spec without such an operation has nothing to change, and the transform is not dead.
    1
}

/// The generator has no forms, and would write the same builder. `passes/forms.rs` writes the parts.
fn read_forms_as_json(spec: &mut Value, _: &Model) -> usize {
    for operation in operations(spec) {
        let content = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
        if let Some(content) = content
            && let Some(form) = content.shift_remove(FORM)
        {
            content.insert(JSON.to_owned(), form);
        }
    }
    // A spec without such an operation has nothing to change, and the transform is not dead.
    1
}

/// Examples are for mock servers and reference pages. They are a third of the spec, and the generator would read
/// all of them for nothing.
fn drop_examples(spec: &mut Value, _: &Model) -> usize {
    let mut dropped = drop_component(spec, "examples");
    for operation in operations(spec) {
        for holder in ["/requestBody", "/responses/200"] {
            let media = operation.pointer_mut(&format!("{holder}/content/application~1json"));
            dropped += usize::from(
                media.and_then(Value::as_object_mut).is_some_and(|media| media.shift_remove("examples").is_some()),
            );
        }
    }
    dropped
}

/// Envelopes differ in their payload alone, so one generic type decodes them all; see `src/call/envelope.rs`.
fn drop_envelopes(spec: &mut Value, model: &Model) -> usize {
    for operation in operations(spec) {
        if let Some(response) = operation.pointer_mut("/responses/200").and_then(Value::as_object_mut) {
            response.shift_remove("content");
        }
    }
    let envelopes = model.envelopes();
    let Some(schemas) = spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return 0 };
    let before = schemas.len();
    schemas.retain(|name, _| !envelopes.contains(name.as_str()));
    before - schemas.len()
}

/// The generator turns some limits into types that check responses too: a name one letter
/// too long would fail the response. It ignores other limits. `passes/validation.rs`
/// checks all limits, and on requests only.
fn drop_limits(spec: &mut Value, _: &Model) -> usize {
    drop_keys(spec, &["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"])
}

/// The generator would send a default with every request; the service applies it anyway.
fn drop_defaults(spec: &mut Value, _: &Model) -> usize {
    drop_keys(spec, &["default"])
}

/// OpenAPI 3.0 needs an `allOf` of one to add keys to a reference. The other keys are
/// gone here, so it becomes the reference itself and gets no type of its own. `nullable` stays: it goes with a list,
/// and a named list is written in place of its name next.
fn unwrap_single_all_of(spec: &mut Value, _: &Model) -> usize {
    let mut unwrapped = 0;
    schemas(spec, &mut |schema| {
        if let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            let (mut only, nullable) = (only.as_object().cloned().unwrap_or_default(), schema.remove("nullable"));
            only.extend(nullable.map(|nullable| ("nullable".to_owned(), nullable)));
            *schema = only;
            unwrapped += 1;
        }
    });
    unwrapped
}

/// A named number or string would become a newtype that callers unwrap everywhere. The
/// name only keeps the spec from repeating itself.
///
/// A name may stand for another name: it is followed to its end, which the linter has checked that there is.
fn inline_scalars(spec: &mut Value, _: &Model) -> usize {
    let is_scalar = |schema: &Value| {
        schema.get("properties").is_none()
            && schema.get("enum").is_none()
            && schema.get("type") != Some(&Value::from("object"))
    };
    let Some(components) = spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return 0 };
    // As the transforms before this one left them: without limits.
    let scalars: Map<String, Value> =
        components.iter().filter(|(_, schema)| is_scalar(schema)).map(|(name, s)| (name.clone(), s.clone())).collect();
    components.retain(|name, _| !scalars.contains_key(name));
    let mut inlined = 0;
    schemas(spec, &mut |schema| {
        while let Some(scalar) = reference(&*schema).and_then(|name| scalars.get(name)).and_then(Value::as_object) {
            let nullable = schema.remove("nullable").map(|nullable| ("nullable".to_owned(), nullable));
            *schema = scalar.clone();
            schema.extend(nullable);
            inlined += 1;
        }
    });
    inlined
}

fn reference(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The generator names a variant after each value, and panics if it finds no names: `=`, `>=` and `≥` have none.
/// `passes/enums.rs` writes the enums from the spec instead, so any two values will do here.
fn drop_enum_values(spec: &mut Value, _: &Model) -> usize {
    let mut dropped = 0;
    schemas(spec, &mut |schema| {
        let is_text = schema.get("type").is_some_and(|kind| kind == "string");
        if let Some(values) = schema.get_mut("enum").filter(|_| is_text) {
            *values = Value::from(vec!["a", "b"]);
            dropped += 1;
        }
    });
    dropped
}

/// The service requires an idempotency key with every call. The client generates one if
/// the caller gives none, so the builder must not require it.
fn make_idempotency_keys_optional(spec: &mut Value, model: &Model) -> usize {
    let keys: Vec<_> = model
        .operations
        .iter()
        .filter(|o| o.retry.rule == RetryRule::IdempotencyKey)
        .map(|o| (&o.id, &o.retry.parameter))
        .collect();
    let mut changed = 0;
    for operation in operations(spec) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let Some((_, Some(key))) = keys.iter().find(|(operation, _)| *operation == id) else { continue };
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if parameter.get("name").and_then(Value::as_str) == Some(key) {
                parameter["required"] = Value::Bool(false);
                changed += 1;
            }
        }
    }
    // A spec without such an operation has nothing to change, and the transform is not dead.
    if keys.is_empty() { 1 } else { changed }
}

fn operations(spec: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = spec.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    paths.filter_map(Value::as_object_mut).flat_map(|item| {
        item.iter_mut().filter(|(method, _)| METHODS.contains(&method.as_str())).map(|(_, operation)| operation)
    })
}

/// Removes a kind of components; returns how many there were.
fn drop_component(spec: &mut Value, kind: &str) -> usize {
    let components = spec.get_mut("components").and_then(Value::as_object_mut);
    components
        .and_then(|components| components.shift_remove(kind))
        .map_or(0, |kind| kind.as_object().map_or(0, Map::len))
}

fn drop_keys(spec: &mut Value, keys: &[&str]) -> usize {
    let mut dropped = 0;
    schemas(spec, &mut |schema| {
        let before = schema.len();
        schema.retain(|key, _| !keys.contains(&key.as_str()));
        dropped += before - schema.len();
    });
    dropped
}

/// Visits every schema of the spec, by its position: a property may have the name of a keyword, such as `default`.
fn schemas(spec: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Some(root) = spec.as_object_mut() else { return };
    if let Some(components) = root.get_mut("components") {
        for schema in components.get_mut("schemas").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
        {
            visit_schema(schema, visit);
        }
        for parameter in
            components.get_mut("parameters").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
        {
            parameter.get_mut("schema").into_iter().for_each(|schema| visit_schema(schema, visit));
        }
    }
    for operation in operations(spec) {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            parameter.get_mut("schema").into_iter().for_each(|schema| visit_schema(schema, visit));
        }
    }
}

fn visit_schema(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Some(map) = schema.as_object_mut() else { return };
    visit(map);
    for property in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        visit_schema(property, visit);
    }
    for part in map.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        visit_schema(part, visit);
    }
    map.get_mut("items").into_iter().for_each(|items| visit_schema(items, visit));
}

//! References from one place of the spec to a schema.

use serde_json::Value;

/// The name of the schema that a `$ref` names.
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Every schema that a value refers to, at any depth.
pub fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(reference(value));
    match value {
        Value::Object(map) => map.values().for_each(|value| references(value, found)),
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

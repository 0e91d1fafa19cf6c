//! References from one place of the spec to a component.

use serde_json::Value;
use std::collections::BTreeSet;

/// The name of the schema that a `$ref` names.
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Every schema that a value refers to, at any depth.
pub fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    let mut all = Vec::new();
    all_references(value, &mut all);
    found.extend(all.into_iter().filter_map(|text| text.strip_prefix("#/components/schemas/")));
}

/// What every `$ref` in a value says.
fn all_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(value.get("$ref").and_then(Value::as_str));
    match value {
        Value::Object(map) => map.values().for_each(|value| all_references(value, found)),
        Value::Array(list) => list.iter().for_each(|value| all_references(value, found)),
        _ => {}
    }
}

/// Kind and name of the component that a `$ref` names: `#/components/schemas/Group` is `schemas` and `Group`.
pub fn component(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("#/components/")?.split_once('/')
}

/// Every component that these values need, as a `$ref` names it.
pub fn components_of<'a>(spec: &'a Value, values: Vec<&'a Value>) -> BTreeSet<&'a str> {
    let mut open = Vec::new();
    values.into_iter().for_each(|value| all_references(value, &mut open));
    let mut found = BTreeSet::new();
    while let Some(reference) = open.pop() {
        if let Some((kind, name)) = component(reference)
            && found.insert(reference)
            && let Some(component) = spec.pointer(&format!("/components/{kind}")).and_then(|all| all.get(name))
        {
            all_references(component, &mut open);
        }
    }
    found
}

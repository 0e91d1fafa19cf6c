//! Whether a value goes through the type that the build makes of a schema, and comes out as it was.
//!
//! What is sent must be exactly of the type. What is received is read leniently, as `src/decode` does: numbers as texts
//! and the reverse, and `null` for what is not there; but nothing of it may be lost.

use serde_json::Value;

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Sent,
    Received,
}

/// Why a value does not go through; none if it does. `at` is its dotted name.
pub(super) fn misfit(spec: &Value, schema: &Value, value: &Value, direction: Direction, at: &str) -> Option<String> {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#')) {
        return match spec.pointer(target) {
            Some(schema) => misfit(spec, schema, value, direction, at),
            None => Some(format!("`{at}`: {target} is not defined")),
        };
    }
    if let Some(part) = schema.get("allOf").and_then(|parts| parts.get(0)) {
        return misfit(spec, part, value, direction, at);
    }
    if value.is_null() && direction == Direction::Received {
        return None;
    }
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let listed = schema.get("enum").and_then(Value::as_array);
    if direction == Direction::Sent && listed.is_some_and(|listed| !listed.contains(value)) {
        return Some(format!("`{at}` is {value}, which the schema does not list"));
    }
    match (kind, value) {
        ("object", Value::Object(_)) => object(spec, schema, value, direction, at),
        ("array", Value::Array(items)) => {
            let mut items = items.iter().filter(|item| !(item.is_null() && direction == Direction::Received));
            let of = schema.get("items")?;
            items.find_map(|item| misfit(spec, of, item, direction, at))
        }
        (kind, value) if is_of(kind, value) || direction == Direction::Received && is_read_as(kind, value) => None,
        _ => Some(format!("`{at}` is {}, and the schema says {kind}", shortened(value))),
    }
}

fn object(spec: &Value, schema: &Value, value: &Value, direction: Direction, at: &str) -> Option<String> {
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let named = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.find(|name| value.get(name).is_none()) {
        return Some(format!("`{}` is required and is not there", named(missing)));
    }
    value.as_object()?.iter().find_map(|(name, value)| match properties.get(name) {
        Some(schema) => misfit(spec, schema, value, direction, &named(name)),
        None => Some(format!("`{}` is not in the schema", named(name))),
    })
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => false,
    }
}

/// Whether a lenient decoder reads it.
fn is_read_as(kind: &str, value: &Value) -> bool {
    let text = value.as_str();
    match kind {
        "string" => value.is_number() || value.is_boolean(),
        "integer" => text.is_some_and(|text| text.is_empty() || text.parse::<i64>().is_ok()),
        "number" => text.is_some_and(|text| text.is_empty() || text.parse::<f64>().is_ok()),
        "boolean" => {
            text.is_some_and(|text| ["", "true", "false", "0", "1"].contains(&text))
                || matches!(value.as_i64(), Some(0 | 1))
        }
        _ => false,
    }
}

fn shortened(value: &Value) -> String {
    let text = value.to_string();
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_faithful_values_go_through() {
        let spec = json!({ "components": { "schemas": { "Kind": { "type": "string", "enum": ["a"] } } } });
        let schema = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "integer" }, "kind": { "$ref": "#/components/schemas/Kind" },
            "names": { "type": "array", "items": { "type": "string" } } } });
        let misfit = |value: Value, direction| super::misfit(&spec, &schema, &value, direction, "");
        let good = json!({ "id": 1, "kind": "a", "names": ["b"] });
        assert_eq!(misfit(good.clone(), Direction::Sent), None);
        assert_eq!(misfit(good, Direction::Received), None);
        let odd = json!({ "id": "1", "kind": "new", "names": [null, 2] });
        assert_eq!(misfit(odd.clone(), Direction::Received), None);
        assert_eq!(misfit(odd, Direction::Sent).unwrap(), "`id` is \"1\", and the schema says integer");
        for (value, what) in [
            (json!({}), "`id` is required and is not there"),
            (json!({ "id": 1, "other": 2 }), "`other` is not in the schema"),
            (json!({ "id": 1, "names": {} }), "`names` is {}, and the schema says array"),
        ] {
            assert_eq!(misfit(value, Direction::Received).as_deref(), Some(what));
        }
    }
}

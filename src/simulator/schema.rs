//! Checks JSON against a schema of the spec, and makes an example of one.
//!
//! Only what the spec uses: types, required properties, enums, bounds and `nullable`. A pattern is not checked: it would
//! need a regular expression engine in every program that tests with the simulator.

use serde_json::{Map, Value};

use super::spec::Spec;

/// A value that breaks a schema: where, and the rule.
pub(super) type Violation = (String, String);

/// Fails at the first rule of the schema that the value breaks.
pub(super) fn check(spec: &Spec, schema: &Value, value: &Value, place: &str) -> Result<(), Violation> {
    let schema = spec.resolve(schema);
    let broken = |rule: String| Err((place.to_owned(), rule));
    if value.is_null() {
        return if schema["nullable"] == true { Ok(()) } else { broken("must not be null".to_owned()) };
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let allowed: Vec<_> = allowed.iter().map(plain).collect();
        return broken(format!("must be one of: {}", allowed.join(", ")));
    }
    match (schema["type"].as_str(), value) {
        (Some("object"), Value::Object(fields)) => check_object(spec, schema, fields, place),
        (Some("array"), Value::Array(items)) => {
            check_range(schema, "Items", items.len(), "items").or_else(broken)?;
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| check(spec, &schema["items"], item, &format!("{place}[{index}]")))
        }
        (Some("string"), Value::String(text)) => {
            check_range(schema, "Length", text.chars().count(), "characters").or_else(broken)
        }
        (Some("integer"), Value::Number(number)) if number.is_i64() || number.is_u64() => {
            let (minimum, maximum) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
            let number = number.as_i64().unwrap_or(i64::MAX);
            match (minimum, maximum) {
                (Some(minimum), _) if number < minimum => broken(format!("at least {minimum}")),
                (_, Some(maximum)) if number > maximum => broken(format!("at most {maximum}")),
                _ => Ok(()),
            }
        }
        (Some("boolean"), Value::Bool(_)) | (Some("number"), Value::Number(_)) | (None, _) => Ok(()),
        (Some(name), _) => broken(format!("must be of type {name}")),
    }
}

fn check_object(spec: &Spec, schema: &Value, fields: &Map<String, Value>, place: &str) -> Result<(), Violation> {
    let inside = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.find(|name| !fields.contains_key(*name)) {
        return Err((inside(missing), "required".to_owned()));
    }
    let known = fields.iter().filter_map(|(name, value)| Some((name, schema["properties"].get(name)?, value)));
    known.into_iter().try_for_each(|(name, property, value)| check(spec, property, value, &inside(name)))
}

fn check_range(schema: &Value, what: &str, count: usize, unit: &str) -> Result<(), String> {
    let bound = |name| schema[format!("{name}{what}")].as_u64().and_then(|bound| usize::try_from(bound).ok());
    match (bound("min"), bound("max")) {
        (Some(min), _) if count < min => Err(format!("at least {min} {unit}")),
        (_, Some(max)) if count > max => Err(format!("at most {max} {unit}")),
        _ => Ok(()),
    }
}

/// A scalar as it stands in a query.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value of a parameter, of the type that its schema states.
pub(super) fn parameter(spec: &Spec, schema: &Value, text: &str) -> Value {
    let parsed = match spec.resolve(schema)["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| text.into())
}

/// The example of a schema, or one that follows from its types: every property, and one item in each list.
pub(super) fn example(spec: &Spec, schema: &Value) -> Value {
    let outer = schema;
    let schema = spec.resolve(schema);
    let stated = ["example", "default"].into_iter().find_map(|key| outer.get(key).or_else(|| schema.get(key)));
    if let Some(value) = stated.or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties.map(|(name, property)| (name.clone(), example(spec, property))).collect()
        }
        Some("array") => vec![example(spec, &schema["items"])].into(),
        Some("string") => "example".into(),
        Some("integer" | "number") => schema["minimum"].as_i64().unwrap_or(0).max(0).into(),
        Some("boolean") => false.into(),
        _ => Value::Null,
    }
}

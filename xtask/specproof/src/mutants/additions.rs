//! Keys that a schema, parameter or operation could have and does not.

use serde_json::{Map, Value, json};

/// Adds keys that a schema, parameter or operation could have and does not.
pub(super) fn additions(entries: &Map<String, Value>, mut add: impl FnMut(&str, Value)) {
    let mut offer = |key: &str, value: Value| {
        if !entries.contains_key(key) {
            add(key, value);
        }
    };
    let is = |kind: &str| entries.get("type") == Some(&json!(kind));
    if is("string") {
        for (key, value) in [
            ("minLength", json!(1)),
            ("maxLength", json!(50)),
            ("pattern", json!("^.*$")),
            ("default", json!("x")),
            ("format", json!("date-time")),
        ] {
            offer(key, value);
        }
        offer("enum", json!(["open_id"]));
    }
    if is("integer") {
        for (key, value) in
            [("minimum", json!(0)), ("maximum", json!(5000)), ("default", json!(1)), ("enum", json!([1, 2]))]
        {
            offer(key, value);
        }
    }
    if is("array") {
        offer("minItems", json!(1));
        offer("maxItems", json!(50));
        offer("uniqueItems", json!(true));
    }
    if is("object") {
        offer("additionalProperties", json!(true));
        let names = entries.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
        for name in names {
            let required = entries.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            if !required.contains(&json!(name)) {
                add("required", [required, vec![json!(name)]].concat().into());
            }
        }
        return;
    }
    if entries.contains_key("type") {
        offer("nullable", json!(true));
    }
    if entries.contains_key("in") {
        for (key, value) in [("required", json!(true)), ("deprecated", json!(true)), ("explode", json!(false))] {
            offer(key, value);
        }
    }
    if entries.contains_key("operationId") {
        for (key, value) in [
            ("deprecated", json!(true)),
            ("security", json!([])),
            ("x-feishu-data", json!("/data")),
            ("x-feishu-page", json!({ "items": ["/data"] })),
            ("x-feishu-results", json!({ "items": "/data" })),
            (
                "requestBody",
                json!({ "required": true, "content": { "application/json": { "schema": { "type": "object" } } } }),
            ),
        ] {
            offer(key, value);
        }
    }
    if let Some(rate) = entries.get("per_minute") {
        offer("per_second", rate.clone());
    }
    if entries.contains_key("rule") {
        offer("already_applied_code", json!(42002));
        offer("parameter", json!("user_id_type"));
    }
    if entries.contains_key("sent") {
        offer("already", json!([40001]));
        offer("partial_code", json!(40003));
    } else if entries.contains_key("item") {
        offer("item_key", json!("id"));
    }
}

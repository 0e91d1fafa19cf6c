//! Schemas that nobody wrote, and values of any schema: for what must hold for every spec.
//!
//! Values are made from what OpenAPI says of a schema, and from nothing that the build knows.

#![allow(dead_code, reason = "each test uses a part of this")]

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// Schemas by name.
pub type Schemas = Map<String, Value>;

/// Names of properties, some of them hard to write in Rust.
const NAMES: &[&str] = &[
    "id",
    "count",
    "type",
    "self",
    "名称",
    "check",
    "Content-Type",
    "r#x",
    "items",
    "$ref",
    "description",
    "gen",
    "owner's",
    "value",
    "has_more",
    "data",
];

/// Schemas `Any0` to `Any<objects - 1>` of objects, and the enums and other names that they refer to.
pub fn any_schemas(objects: usize) -> impl Strategy<Value = Schemas> {
    proptest::collection::vec(any_object(objects), objects).prop_map(|objects| {
        let mut schemas = Map::new();
        for (index, properties) in objects.into_iter().enumerate() {
            schemas.insert(format!("Any{index}"), object(index, properties));
        }
        schemas.insert("AnyWord".to_owned(), json!({ "type": "string", "enum": ["=", ">=", "err", ""], "x-enum-varnames": ["Equal", "AtLeast", "Err", "Empty"] }));
        schemas.insert("AnyLevel".to_owned(), json!({ "type": "integer", "enum": [-1, 0, 7], "x-enum-varnames": ["Below", "Zero", "Seven"] }));
        schemas.insert("AnyText".to_owned(), json!({ "type": "string", "maxLength": 9 }));
        schemas.insert("AnyAlias".to_owned(), json!({ "$ref": "#/components/schemas/AnyText" }));
        schemas.insert("AnyFree".to_owned(), json!({ "type": "object" }));
        schemas
    })
}

/// Properties: name, schema, and whether it is required.
type Properties = Vec<(&'static str, Value, bool)>;

fn any_object(objects: usize) -> impl Strategy<Value = Properties> {
    subsequence(NAMES, 1..=6).prop_flat_map(move |names| {
        let property = move |name: &'static str| {
            (any_schema(objects), any::<bool>()).prop_map(move |(schema, required)| (name, schema, required))
        };
        names.into_iter().map(property).collect::<Vec<_>>()
    })
}

fn any_schema(objects: usize) -> impl Strategy<Value = Value> {
    let reference = |name: String| json!({ "$ref": format!("#/components/schemas/{name}") });
    let named = select(vec!["AnyWord", "AnyLevel", "AnyText", "AnyAlias", "AnyFree"]);
    let leaf = prop_oneof![
        select(vec!["string", "integer", "number", "boolean"]).prop_map(|kind| json!({ "type": kind })),
        named.prop_map(move |name| reference(name.to_owned())),
        (0..objects).prop_map(move |index| reference(format!("Any{index}"))),
    ];
    leaf.prop_recursive(3, 4, 1, |items| items.prop_map(|items| json!({ "type": "array", "items": items })))
}

/// Objects refer to few others, and to themselves: rustc follows a type into its fields, and not for ever.
fn near(schema: &mut Value, index: usize) {
    let target =
        schema["$ref"].as_str().and_then(|to| to.strip_prefix("#/components/schemas/Any")?.parse::<usize>().ok());
    if let Some(target) = target {
        let target = if target % 4 == 0 { index } else { index / 4 };
        *schema = json!({ "$ref": format!("#/components/schemas/Any{target}") });
    } else if let Some(items) = schema.get_mut("items") {
        near(items, index);
    }
}

/// An optional list is nullable. An object requires only objects before it, or there would be no value of it.
fn object(index: usize, properties: Properties) -> Value {
    let (mut entries, mut required) = (Map::new(), Vec::new());
    for (name, mut schema, is_required) in properties {
        near(&mut schema, index);
        let target =
            schema["$ref"].as_str().and_then(|to| to.strip_prefix("#/components/schemas/Any")?.parse::<usize>().ok());
        let is_required = is_required && target.is_none_or(|target| target < index);
        if is_required {
            required.push(name);
        } else if schema["type"] == "array" {
            schema["nullable"] = true.into();
        }
        entries.insert(name.to_owned(), schema);
    }
    let mut object = json!({ "type": "object", "properties": entries });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// The names of the schemas that are types in Rust: objects and enums.
pub fn types(schemas: &Schemas) -> Vec<&str> {
    let is_type = |schema: &Value| schema["type"] == "object" || schema.get("enum").is_some();
    schemas.iter().filter(|(_, schema)| is_type(schema)).map(|(name, _)| name.as_str()).collect()
}

/// Values of a schema. What is optional is there or not, and never deeper than `depth`.
pub fn values(schemas: &Schemas, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str().and_then(|to| to.strip_prefix("#/components/schemas/")) {
        return values(schemas, &schemas[name], depth);
    }
    if let Some(part) = schema.get("allOf") {
        return values(schemas, &part[0], depth);
    }
    if let Some(listed) = schema["enum"].as_array() {
        return select(listed.clone()).boxed();
    }
    match schema["type"].as_str() {
        Some("string") => "[a-z中é\"\\\\]{1,6}".prop_map(Value::from).boxed(),
        Some("integer") => any::<i64>().prop_map(Value::from).boxed(),
        Some("number") => any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("array") if depth == 0 => Just(json!([])).boxed(),
        Some("array") => {
            let item = values(schemas, &schema["items"], depth - 1);
            proptest::collection::vec(item, 0..3).prop_map(Value::from).boxed()
        }
        _ => object_values(schemas, schema, depth),
    }
}

fn object_values(schemas: &Schemas, schema: &Value, depth: u32) -> BoxedStrategy<Value> {
    let Some(properties) = schema["properties"].as_object() else {
        return any::<bool>().prop_map(|flag| json!({ "free": [flag, null_or(flag)] })).boxed();
    };
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|entry| entry == name));
    let fields: Vec<_> = properties
        .iter()
        .filter(|(name, _)| depth > 0 || required(name))
        .map(|(name, schema)| {
            let name = name.clone();
            let is_there = if required(&name) { Just(true).boxed() } else { any::<bool>().boxed() };
            (is_there, values(schemas, schema, depth.saturating_sub(1)))
                .prop_map(move |(is_there, value)| is_there.then(|| (name.clone(), value)))
        })
        .collect();
    fields.prop_map(|fields| fields.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
}

fn null_or(flag: bool) -> Value {
    if flag { Value::Null } else { json!({}) }
}

/// A spec with the schemas, of which those with an even number are in a request and all are in a response.
pub fn with_schemas(spec: &str, schemas: &Schemas) -> String {
    let reference = |name: &String| json!({ "$ref": format!("#/components/schemas/{name}") });
    let all = || {
        schemas.keys().filter(|name| schemas[*name]["type"] == "object" && schemas[*name].get("properties").is_some())
    };
    let is_sent =
        |name: &&String| name.strip_prefix("Any").and_then(|n| n.parse::<usize>().ok()).is_some_and(|n| n % 2 == 0);
    let object = |names: Vec<&String>| -> Value {
        let properties = names.iter().map(|name| (name.to_lowercase(), reference(name)));
        json!({ "type": "object", "properties": properties.collect::<Map<_, _>>() })
    };
    let code = json!({ "type": "integer" });
    let envelope = json!({ "type": "object", "required": ["code"], "properties": { "code": code, "data": reference(&"AnyData".to_owned()) } });
    let mut text = String::new();
    for (name, schema) in schemas {
        text += &format!("    {name}: {schema}\n");
    }
    text += &format!("    AnyBody: {}\n", object(all().filter(is_sent).collect()));
    text += &format!("    AnyData: {}\n    AnyResponse: {envelope}\n", object(all().collect()));
    let json_body = |name: &str| json!({ "application/json": { "schema": reference(&name.to_owned()) } });
    let operation = json!({ "post": {
        "operationId": "send_anything", "tags": ["contact"], "summary": "Send anything", "description": "Anything.",
        "x-feishu-source": { "document": "none.md", "operation": "SendAnything" },
        "x-feishu-access-tokens": ["tenant_access_token"], "x-feishu-scopes": ["contact:group"],
        "x-feishu-app-types": ["custom"], "x-feishu-retry": { "rule": "safe" }, "x-feishu-errors": [],
        "requestBody": { "required": true, "content": json_body("AnyBody") },
        "responses": { "200": { "description": "Anything.", "content": json_body("AnyResponse") } },
    } });
    let spec = spec.replacen("\npaths:\n", &format!("\npaths:\n  /open-apis/contact/v3/anything: {operation}\n"), 1);
    spec.replacen("\n  schemas:\n", &format!("\n  schemas:\n{text}"), 1)
}

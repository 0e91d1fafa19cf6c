//! The third family against the running service: both tell of the same operations.
//!
//! The two samples are of our own making, in the form of the platform's reference and
//! about the real service, so what is read from them has to be what `spec/service`
//! knows. What differs is listed here with its reason, and nothing else may.

use super::{facts, operation};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

const CREATE: &str = include_str!("../documents/public/create-user-group.md");
const LIST: &str = include_str!("../documents/public/list-user-groups.md");

/// Fact, what the sample says, what the service's file says, and why.
type Difference = (&'static str, Value, Value, &'static str);

fn service(operation: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../spec/service/{operation}.json"));
    serde_json::from_str(&std::fs::read_to_string(file).expect("the file is there")).expect("JSON")
}

/// What a sample says, by fact: one entry for each thing that either side may state.
fn said_by_sample(text: &str) -> Map<String, Value> {
    let document = facts(text);
    let read = operation(&document, 0);
    let mut said = Map::new();
    said.insert("method".to_owned(), json!(read.method));
    said.insert("path".to_owned(), json!(read.path));
    said.insert("scopes".to_owned(), json!(read.scopes));
    said.insert("app_types".to_owned(), json!(read.app_types));
    said.insert("rate_limit".to_owned(), json!(read.rate_limit));
    for parameter in &read.parameters {
        let value = serde_json::to_value(parameter).expect("JSON");
        let subject = format!("{} {}", value["in"].as_str().expect("a place"), parameter.name);
        for (aspect, value) in value.as_object().expect("an object") {
            if !matches!(aspect.as_str(), "name" | "in" | "line") && !silent(value) {
                said.insert(format!("{subject} {aspect}"), as_text(value));
            }
        }
    }
    for field in &read.response_fields {
        said.insert(format!("response {}", field.path), json!(field.kind));
        if !field.values.is_empty() {
            said.insert(format!("response {} enum", field.path), as_text(&json!(field.values)));
        }
    }
    for error in &read.errors {
        said.insert(format!("error {}", error.code), json!([error.http, error.message]));
    }
    said
}

fn said_by_service(service: &Value) -> Map<String, Value> {
    let mut said = Map::new();
    for (fact, key) in [
        ("method", "method"),
        ("path", "url"),
        ("scopes", "scopes"),
        ("app_types", "app_types"),
        ("rate_limit", "rate_limit"),
    ] {
        said.insert(fact.to_owned(), service[key].clone());
    }
    let list = |key: &str| service[key].as_array().expect("a list").clone();
    for parameter in list("parameters") {
        let subject =
            format!("{} {}", parameter["in"].as_str().expect("a place"), parameter["name"].as_str().expect("a name"));
        for (aspect, value) in parameter.as_object().expect("an object") {
            let aspect = if aspect == "values" { "enum" } else { aspect.as_str() };
            if !matches!(aspect, "name" | "in") {
                said.insert(format!("{subject} {aspect}"), as_text(value));
            }
        }
    }
    for field in list("response_fields") {
        let path = field["path"].as_str().expect("a path");
        said.insert(format!("response {path}"), field["type"].clone());
        if let Some(values) = field.get("values") {
            said.insert(format!("response {path} enum"), as_text(values));
        }
    }
    for error in list("errors") {
        said.insert(format!("error {}", error["code"]), json!([error["http"], error["msg"]]));
    }
    said
}

fn silent(value: &Value) -> bool {
    *value == Value::Null || *value == json!([])
}

/// Values as the service's files write them: defaults and enum values are texts there.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(as_text).collect(),
        Value::Number(_) => json!(value.to_string()),
        other => other.clone(),
    }
}

fn compare(sample: &str, operation: &str, differences: &[Difference]) {
    let sample = said_by_sample(sample);
    let mut service = said_by_service(&service(operation));
    // Limits are numbers in both, and texts in neither.
    service.iter_mut().for_each(|(_, value)| *value = as_text(value));
    let sample: Map<String, Value> = sample.into_iter().map(|(fact, value)| (fact, as_text(&value))).collect();
    let facts: BTreeSet<&String> = sample.keys().chain(service.keys()).collect();
    let said = |side: &Map<String, Value>, fact: &String| side.get(fact).cloned().unwrap_or(Value::Null);
    let found: Vec<(&str, Value, Value)> = facts
        .into_iter()
        .map(|fact| (fact.as_str(), said(&sample, fact), said(&service, fact)))
        .filter(|(_, sample, service)| sample != service)
        // The samples show a few error codes and fields of many; what they show has to be right.
        .filter(|(fact, sample, _)| {
            !((fact.starts_with("error ") || fact.starts_with("response ")) && *sample == Value::Null)
        })
        .collect();
    let expected: Vec<(&str, Value, Value)> =
        differences.iter().map(|(fact, sample, service, _)| (*fact, sample.clone(), service.clone())).collect();
    assert_eq!(found, expected);
}

#[test]
fn create_sample_agrees_with_service() {
    compare(
        CREATE,
        "create_user_group",
        &[("body type default", json!("1"), Value::Null, "the service's file notes no default in a body")],
    );
}

#[test]
fn list_sample_agrees_with_service() {
    compare(
        LIST,
        "list_user_groups",
        &[
            ("query type maximum", json!("2"), Value::Null, "the page states the two values as a range as well"),
            ("query type minimum", json!("1"), Value::Null, "the page states the two values as a range as well"),
            (
                "scopes",
                json!(["contact:group:readonly", "contact:group"]),
                json!(["contact:group:readonly"]),
                "the page lists all scopes of which one is needed, the service's file the least",
            ),
        ],
    );
}

#[test]
fn response_fields_are_counted() {
    let count = |text: &str| operation(&facts(text), 0).response_fields.len();
    assert_eq!((count(CREATE), count(LIST)), (4, 11));
    let document = facts(LIST);
    assert_eq!(operation(&document, 0).access_tokens, ["tenant_access_token", "user_access_token"]);
}

#[test]
fn front_matter_is_not_a_heading() {
    let document = facts(LIST);
    assert_eq!((document.title.as_str(), operation(&document, 0).line), ("列出用户组（示例）", 6));
    let headless = LIST.replace("\n# 列出用户组（示例）\n", "\n");
    let document = facts(&headless);
    assert_eq!(
        (document.title.as_str(), operation(&document, 0).method.as_deref()),
        ("列出用户组（示例）", Some("GET"))
    );
    let rule = format!("---\n\n{}", super::PAGE);
    assert_eq!(operation(&facts(&rule), 0).title, "归还图书");
}

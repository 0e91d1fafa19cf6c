//! What a name could be mistaken for: the other names of its category.
//!
//! A misspelt name is easy to notice. The mistakes that people make are right words at
//! the wrong place: the neighbour's scope, another schema, the other parameter.

use crate::source::segment;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// By category, all names that the spec holds of it, and some that it could hold.
pub(super) type Others = BTreeMap<&'static str, BTreeSet<String>>;

pub(super) fn others(spec: &Value) -> Others {
    let mut others = Others::new();
    collect(spec, "", &mut others);
    for (category, known) in [
        ("kind", &["invalid_argument", "not_found", "already_exists", "invalid_token", "quota"][..]),
        ("rule", &["safe", "never-sent", "idempotency-key"]),
        ("type", &["string", "integer", "number", "boolean", "object", "array"]),
        ("in", &["query", "header", "path", "cookie"]),
        ("pointer", &["/code", "/msg", "/data", "/data/data", "/data/groups", "/data/page_token", "/data/has_more"]),
        ("query", &["page_token", "page_size", "type", "group_type", "member_id", "member_id_type", "user_id_type"]),
        ("property", &["id", "group_id", "name", "type", "member_id", "member_type", "members", "code"]),
        ("schema", &["UserGroup", "UserIdType", "ListUserGroupsData"]),
        ("app type", &["custom", "isv"]),
    ] {
        others.entry(category).or_default().extend(known.iter().map(|text| (*text).to_owned()));
    }
    others
}

fn collect(value: &Value, pointer: &str, others: &mut Others) {
    if let (Some(category), Some(text)) = (category(pointer), value.as_str()) {
        others.entry(category).or_default().insert(text.to_owned());
    }
    for (pointer, value) in children(value, pointer) {
        collect(value, &pointer, others);
    }
}

/// The category of the name at a pointer, if it is one.
pub(super) fn category(pointer: &str) -> Option<&'static str> {
    let segments: Vec<&str> = pointer.rsplit('/').collect();
    Some(match segments.as_slice() {
        ["$ref", _, "examples", ..] => "example",
        ["$ref", "4XX" | "5XX", ..] => "failure",
        ["$ref", ..] => "reference",
        ["name", _, "x-feishu-errors" | "x-feishu-platform-errors", ..] => "error name",
        ["kind", ..] => "kind",
        ["rule", "x-feishu-retry", ..] => "rule",
        ["operationId", ..] => "operation",
        ["operation", "x-feishu-source", ..] => "source",
        ["document", "x-feishu-source", ..] => "document",
        ["type", ..] => "type",
        ["in", ..] => "in",
        [_, "tags", ..] => "tag",
        [_, "x-feishu-access-tokens", ..] => "token",
        [_, "x-feishu-scopes", ..] => "scope",
        [_, "x-feishu-app-types", ..] => "app type",
        ["token" | "has_more" | "x-feishu-data", ..] | [_, "items", "x-feishu-page", ..] => "pointer",
        ["items", "x-feishu-results", ..] => "pointer",
        ["sent" | "id" | "code", "x-feishu-results", ..] => "property",
        ["request_token" | "request_size" | "parameter", ..] => "query",
        ["item_key", ..] => "property",
        ["item", ..] => "schema",
        _ => return None,
    })
}

/// The entries or items of a value, by their pointers.
pub(super) fn children<'a>(value: &'a Value, pointer: &str) -> Vec<(String, &'a Value)> {
    match value {
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (format!("{pointer}/{}", segment(key)), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(i, value)| (format!("{pointer}/{i}"), value)).collect(),
        _ => Vec::new(),
    }
}

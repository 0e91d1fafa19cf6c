//! Facts: what one API document states, as data and without its prose.
//!
//! The one form between reading and proving: whatever family a document belongs
//! to, its reader ends in these types, `spec/documents/*.json` is them as JSON,
//! and `validate` knows nothing of Markdown. Every fact carries the line it came
//! from, so that a finding can point at it. What a document does not state is
//! `null` or an empty list: silence, which differs from stating a value.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One document: a Markdown file that describes one operation or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// File name, without folders: `contact-user-group.md`.
    pub document: String,
    /// The first heading.
    pub title: String,
    pub operations: Vec<Operation>,
}

/// One operation as a document describes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The function's name where the document gives one, else the last segments of the path.
    pub name: String,
    /// The heading that the operation stands under.
    pub title: String,
    /// Line of that heading, from 1.
    pub line: usize,
    /// `GET`, `POST`, `PATCH`, ...
    pub method: Option<String>,
    /// Without host: `/open-apis/contact/v3/group/{group_id}`.
    pub path: Option<String>,
    /// `tenant_access_token`, `user_access_token`.
    pub access_tokens: Vec<String>,
    /// `contact:group`.
    pub scopes: Vec<String>,
    /// `custom`, `isv`.
    pub app_types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    pub parameters: Vec<Parameter>,
    /// Fields of the response, where the document has a table of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_fields: Vec<Field>,
    pub examples: Vec<Example>,
    pub errors: Vec<ErrorCode>,
}

/// Calls allowed per app and tenant; both bounds hold together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_second: Option<u32>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// One parameter: in the path, the query, a header, or a property of the JSON body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    #[serde(rename = "in")]
    pub place: Place,
    /// The document's own word, markup and `?` removed: `string`, `int`, `undefined[]`.
    #[serde(rename = "type")]
    pub kind: String,
    pub required: bool,
    /// A value, or the name of the constant that the document names instead of one.
    pub default: Option<Value>,
    #[serde(rename = "enum")]
    pub values: Vec<Value>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub line: usize,
}

/// One field of the response, by dotted path: `data.group.name`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub path: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    pub line: usize,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExampleKind {
    Request,
    Response,
}

/// Where an example was found: a JSON block, or a call inside a sample of some language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExampleSource {
    Json,
    Curl,
    Php,
    CSharp,
    Node,
    Go,
    Python,
    Java,
}

/// A JSON body, with the rest of the request where a sample shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub kind: ExampleKind,
    pub source: ExampleSource,
    /// The JSON body; `null` where a sample sends none.
    pub value: Value,
    pub line: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Without host and query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Path parameters that a sample passes by position or name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub path_parameters: BTreeMap<String, Value>,
}

impl Example {
    /// An example of which only the place is known yet.
    pub fn at(kind: ExampleKind, source: ExampleSource, line: usize) -> Self {
        Self {
            kind,
            source,
            value: Value::Null,
            line,
            method: None,
            path: None,
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            path_parameters: BTreeMap::new(),
        }
    }
}

/// One row of an error table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    pub http: Option<u16>,
    pub code: i64,
    /// The service's own `msg`, in English; the advice next to it is prose and is not kept.
    pub message: String,
    pub line: usize,
}

//! The spec and the facts in `spec/`, read as data.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test should say where")]

#[path = "../../build/spec/references.rs"]
mod references;
#[path = "../../build/spec/yaml.rs"]
mod source;
#[path = "../../build/spec/token_endpoints.rs"]
mod token_endpoints;

use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A file or folder in `spec/`.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("spec").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&fs::read(path(name)).unwrap()).unwrap()
}

/// `spec/openapi.yaml`, without what the client does not have: the token endpoints and their schemas.
pub fn spec() -> Value {
    let text = fs::read_to_string(path("openapi.yaml")).unwrap();
    let mut spec = source::Source::parse("spec/openapi.yaml", &text).unwrap().value;
    let of_tokens = token_endpoints::schemas(&spec);
    spec["components"]["schemas"].as_object_mut().unwrap().retain(|name, _| !of_tokens.contains(name));
    let is_token_endpoint = |item: &Value| item.as_object().unwrap().values().any(token_endpoints::is_token_endpoint);
    spec["paths"].as_object_mut().unwrap().retain(|_, item| !is_token_endpoint(item));
    spec
}

/// The facts of an operation from the service's reference.
pub fn service(operation: &str) -> Value {
    read(&format!("service/{operation}.json"))
}

/// An operation as a document describes it.
pub struct DocumentedOperation {
    /// The spec's `operationId`, by `x-feishu-source`; `None` if the spec does not have the operation.
    pub operation: Option<String>,
    /// Document and operation name, for messages.
    pub title: String,
    pub facts: Value,
}

/// Every operation of every document.
pub fn documented_operations() -> Vec<DocumentedOperation> {
    let sources = sources(&spec());
    let files = fs::read_dir(path("documents")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = files.filter(|name| name.ends_with(".json")).collect();
    files.sort();
    let documents = files.iter().map(|name| read(&format!("documents/{name}")));
    documents
        .flat_map(|document| {
            let operations = document["operations"].as_array().unwrap().clone();
            let sources = &sources;
            operations
                .into_iter()
                .map(move |facts| {
                    let source = (document["document"].clone(), facts["name"].clone());
                    let operation = sources.iter().find(|(known, _)| *known == source).map(|(_, id)| id.clone());
                    DocumentedOperation { operation, title: format!("{}, {}", source.0, source.1), facts }
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The document and operation name of each operation of the spec, and its `operationId`.
fn sources(spec: &Value) -> Vec<((Value, Value), String)> {
    let items = spec["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    items
        .map(|operation| {
            let source = &operation["x-feishu-source"];
            let id = operation["operationId"].as_str().unwrap().to_owned();
            ((source["document"].clone(), source["operation"].clone()), id)
        })
        .collect()
}

//! The keys that the spec may use: those that something proves.
//!
//! A key that nothing reads is a hole in the proof: `exclusiveMaximum` would change
//! what a client sends, and no document could contradict it. So each part of the spec
//! has its list, and a new key first needs a check.

use super::finding::Finding;
use super::rule::Rule;
use crate::codegen::lint::{COMPONENTS, OPERATION, ROOT as DOCUMENT};
use crate::spec_model::{Node, Operation, Spec};

const INFO: &[&str] = &["title", "version", "description", "license"];
const SERVER: &[&str] = &["url", "description"];
const TAG: &[&str] = &["name", "description"];
const SECURITY_SCHEME: &[&str] = &["type", "scheme", "description"];
const PATH_ITEM: &[&str] = &["get", "put", "post", "delete", "patch", "parameters"];
const PARAMETER: &[&str] = &["name", "in", "required", "deprecated", "description", "schema"];
const REQUEST_BODY: &[&str] = &["required", "description", "content"];
const RESPONSE: &[&str] = &["description", "content"];
const SCHEMA: &[&str] = &[
    "type",
    "format",
    "description",
    "nullable",
    "enum",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "required",
    "properties",
    "items",
    "allOf",
    "x-enum-varnames",
    "x-enum-descriptions",
    "x-feishu-first-of",
];
const FIRST_OF: &[&str] = &["properties", "description"];
const SOURCE: &[&str] = &["document", "operation"];
const RETRY: &[&str] = &["rule", "parameter", "already_applied_code"];
const PAGE: &[&str] = &["items", "item", "item_key", "token", "has_more", "request_token", "request_size"];
const ERROR: &[&str] = &["http", "code", "name", "message"];
const ERROR_NAME: &[&str] = &["kind", "advice"];

pub(crate) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut keys = Keys { spec, findings };
    keys.allow(&spec.root, "the document", DOCUMENT);
    if let Some(info) = spec.root.get("info") {
        keys.allow(&info, "info", INFO);
    }
    for server in items(spec.root.get("servers")) {
        keys.allow(&server, "a server", SERVER);
    }
    for tag in items(spec.root.get("tags")) {
        keys.allow(&tag, "a tag", TAG);
    }
    for item in entries(spec.root.get("paths")) {
        keys.allow(&item, "a path", PATH_ITEM);
    }
    for operation in &spec.operations {
        keys.operation(operation);
    }
    if let Some(components) = spec.root.get("components") {
        keys.allow(&components, "components", COMPONENTS);
        for scheme in entries(components.get("securitySchemes")) {
            keys.allow(&scheme, "a security scheme", SECURITY_SCHEME);
        }
        for parameter in entries(components.get("parameters")) {
            keys.allow(&parameter, "a parameter", PARAMETER);
        }
        for response in entries(components.get("responses")) {
            keys.holder(&response, "a response", RESPONSE);
        }
    }
    for error in items(spec.root.get("x-feishu-platform-errors")) {
        keys.allow(&error, "an error of the platform", &ERROR[..3]);
    }
    for name in entries(spec.root.get("x-feishu-error-names")) {
        keys.allow(&name, "an error name", ERROR_NAME);
    }
}

/// The keys of one schema; `$ref` is the only key, since keys next to it are ignored.
pub(crate) fn check_schema(spec: &Spec, schema: &Node, findings: &mut Vec<Finding>) {
    let allowed = if schema.get("$ref").is_some() { &["$ref"][..] } else { SCHEMA };
    let mut keys = Keys { spec, findings };
    keys.allow(schema, "a schema", allowed);
    for method in entries(schema.get("x-feishu-first-of")) {
        keys.allow(&method, "x-feishu-first-of", FIRST_OF);
    }
}

struct Keys<'a> {
    spec: &'a Spec<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Keys<'_> {
    fn operation(&mut self, operation: &Operation) {
        let node = &operation.node;
        self.allow(node, "an operation", OPERATION);
        for parameter in items(node.get("parameters")) {
            let allowed = if parameter.get("$ref").is_some() { &["$ref"][..] } else { PARAMETER };
            self.allow(&parameter, "a parameter", allowed);
        }
        if let Some(body) = node.get("requestBody") {
            self.holder(&body, "a request body", REQUEST_BODY);
        }
        for response in entries(node.get("responses")) {
            self.holder(&response, "a response", RESPONSE);
        }
        for (key, allowed) in [("x-feishu-source", SOURCE), ("x-feishu-retry", RETRY), ("x-feishu-page", PAGE)] {
            if let Some(node) = node.get(key) {
                self.allow(&node, key, allowed);
            }
        }
        for error in items(node.get("x-feishu-errors")) {
            self.allow(&error, "an error", ERROR);
        }
    }

    /// A request body or response, and the one media type in it.
    fn holder(&mut self, node: &Node, what: &str, allowed: &[&str]) {
        self.allow(node, what, if node.get("$ref").is_some() { &["$ref"] } else { allowed });
        for media in entries(node.get("content")) {
            self.allow(&media, "a media type", &["schema"]);
        }
    }

    fn allow(&mut self, node: &Node, what: &str, allowed: &[&str]) {
        for (key, at) in node.entries() {
            if !allowed.contains(&key) {
                let help = match key {
                    "anyOf" | "oneOf" => "write one schema: the generator makes nothing usable of a choice",
                    "additionalProperties" => "leave it out: a client ignores unknown fields",
                    _ => "remove it, or add a check to validate that proves it",
                };
                let message = format!("`{key}` in {what} is not proven by any check");
                self.findings.push(self.spec.finding(Rule::UnprovenKey, &at.pointer, message, help));
            }
        }
    }
}

fn entries(node: Option<Node>) -> Vec<Node> {
    node.into_iter().flat_map(|node| node.entries()).map(|(_, node)| node).collect()
}

fn items(node: Option<Node>) -> Vec<Node> {
    node.into_iter().flat_map(|node| node.items()).collect()
}

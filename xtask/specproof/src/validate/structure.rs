//! The structure of the document as a whole, which the other checks rely on.
//!
//! A reference to the wrong section, or a component that no operation uses, would hide a
//! part of the spec from every other check.

use super::finding::Finding;
use super::rule::Rule;
use crate::source::{Mistake, segment};
use crate::spec_model::{Node, Spec};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Whether this is a spec at all.
pub(crate) fn readable(spec: &Spec) -> Result<(), Mistake> {
    let patch = spec.root.get_text("openapi").and_then(|version| version.strip_prefix("3.0."));
    if patch.is_none_or(|patch| patch.parse::<u8>().is_err()) {
        return Err(spec.source.mistake(
            "/openapi",
            "this is not an OpenAPI 3.0 document",
            "begin it with `openapi: 3.0.3`",
        ));
    }
    if spec.root.get("paths").is_none_or(|paths| !paths.value.is_object()) {
        return Err(spec.source.mistake("/paths", "there are no paths", "give `paths` a map of paths"));
    }
    Ok(())
}

pub(crate) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    check_security(spec, findings);
    check_token_endpoints(spec, findings);
    check_described(spec, findings);
    check_tags(spec, findings);
    for (name, reference) in references(&spec.root) {
        let section = section(&reference.pointer);
        // The linter reports those without a target.
        if reference.target().is_some() && !name.starts_with(section) {
            let message = format!("`{name}` does not name anything under {section}");
            findings.push(spec.finding(Rule::SpecForm, &reference.pointer, message, "name a component that exists"));
        }
    }
    for (path, item) in spec.root.get("paths").iter().flat_map(Node::entries) {
        if spec.operations.iter().all(|operation| operation.path != path) {
            findings.push(spec.finding(
                Rule::SpecForm,
                &item.pointer,
                "the path has no operation",
                "remove it, or add one",
            ));
        }
    }
    check_used(spec, findings);
}

/// The section of components that a place may refer to.
pub(crate) fn section(pointer: &str) -> &'static str {
    let mut segments = pointer.rsplit('/');
    let (last, around) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    match around {
        "parameters" if last.parse::<usize>().is_ok() => "#/components/parameters/",
        "examples" if pointer.contains("/content/") => "#/components/examples/",
        "responses" if !pointer.starts_with("/components/schemas/") => "#/components/responses/",
        _ => "#/components/schemas/",
    }
}

fn check_described(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut describe = |node: Option<Node>, keys: &[&str]| {
        if let Some(node) = node {
            for key in keys.iter().filter(|key| node.get_text(key).is_none_or(|text| text.trim().is_empty())) {
                let help = "describe it in a sentence of your own";
                findings.push(spec.finding(Rule::Description, &node.pointer, format!("there is no {key}"), help));
            }
        }
    };
    describe(Some(spec.root.get("info").unwrap_or_else(|| spec.root.clone())), &["title", "version", "description"]);
    describe(spec.root.get("info").and_then(|info| info.get("contact")), &["name"]);
    for server in spec.root.get("servers").iter().flat_map(Node::items) {
        describe(Some(server), &["url", "description"]);
    }
    for tag in spec.root.get("tags").iter().flat_map(Node::items) {
        describe(Some(tag), &["description"]);
    }
    describe(security_scheme(spec).map(|(_, scheme)| scheme), &["description"]);
}

fn check_tags(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for tag in spec.root.get("tags").iter().flat_map(Node::items) {
        let name = tag.get_text("name").unwrap_or_default();
        let used = spec
            .operations
            .iter()
            .any(|operation| operation.node.get("tags").is_some_and(|tags| tags.texts().contains(&name)));
        if !seen.insert(name) || !used {
            let message = format!("the tag `{name}` is declared twice or used by no operation");
            findings.push(spec.finding(Rule::Tag, &tag.pointer, message, "remove it"));
        }
    }
}

/// The one security scheme there may be.
fn security_scheme<'a>(spec: &Spec<'a>) -> Option<(&'a str, Node<'a>)> {
    let schemes = spec.root.get("components")?.get("securitySchemes")?.entries();
    <[_; 1]>::try_from(schemes).ok().map(|[scheme]| scheme)
}

/// One bearer token for all: which kind of token is x-feishu-access-tokens' word.
fn check_security(spec: &Spec, findings: &mut Vec<Finding>) {
    let sound = security_scheme(spec).is_some_and(|(name, scheme)| {
        scheme.get_text("type") == Some("http")
            && scheme.get_text("scheme") == Some("bearer")
            && spec.root.get("security").is_some_and(|security| *security.value == json!([{ name: [] }]))
    });
    if !sound {
        let help = "declare one scheme of type http and scheme bearer, and name it under `security`";
        findings.push(spec.finding(
            Rule::Security,
            "/security",
            "the operations are not under one bearer token scheme",
            help,
        ));
    }
}

/// A call that gets a token has none; every other call has one.
fn check_token_endpoints(spec: &Spec, findings: &mut Vec<Finding>) {
    for operation in spec.operations.iter().filter(|operation| operation.is_token_endpoint()) {
        if operation.node.get("security").is_none_or(|security| *security.value != json!([])) {
            let message = "a token endpoint takes no token";
            let pointer = &operation.node.pointer;
            findings.push(operation.finding(spec, Rule::Security, pointer, message, "write `security: []`"));
        }
    }
}

fn check_used(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut used = BTreeSet::new();
    let mut open: Vec<Node> = spec.root.get("paths").into_iter().collect();
    while let Some(node) = open.pop() {
        for (pointer, reference) in references(&node) {
            if used.insert(pointer) {
                open.extend(reference.target());
            }
        }
    }
    for kind in ["parameters", "responses", "examples", "schemas"] {
        let components = spec.root.get("components").and_then(|components| components.get(kind));
        for (name, component) in components.iter().flat_map(Node::entries) {
            if !used.contains(format!("#/components/{kind}/{}", segment(name)).as_str()) {
                let message = format!("no operation uses `{name}`");
                findings.push(spec.finding(Rule::UnusedComponent, &component.pointer, message, "remove it"));
            }
        }
    }
}

/// Every node that has a `$ref` in a part of the spec, with what it says.
pub(crate) fn references<'a>(node: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    let mut found = Vec::new();
    let mut open = vec![node.clone()];
    while let Some(node) = open.pop() {
        if let Some(reference) = node.get_text("$ref") {
            found.push((reference, node.clone()));
        }
        match node.value {
            Value::Object(_) => open.extend(node.entries().into_iter().map(|(_, node)| node)),
            Value::Array(_) => open.extend(node.items()),
            _ => {}
        }
    }
    found
}

//! Keys that the generator does not read, and that no check proves either.
//!
//! A key that nothing reads is a gap in the proof. The linter knows the keys of
//! operations, parameters, bodies, responses and schemas, since the generator reads them;
//! the rest of the document has its lists here.

use super::finding::Finding;
use super::rule::Rule;
use crate::spec_model::{Node, Spec};

const INFO: &[&str] = &["title", "version", "description", "contact", "license"];
const CONTACT: &[&str] = &["name"];
const SERVER: &[&str] = &["url", "description"];
const TAG: &[&str] = &["name", "description", "x-feishu-feature"];
const SECURITY_SCHEME: &[&str] = &["type", "scheme", "description"];
const MEDIA: &[&str] = &["schema", "examples"];
/// The service words these as it likes, so their messages are no facts.
const PLATFORM_ERROR: &[&str] = &["http", "code", "name"];

pub(crate) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut allow = |node: &Node, what: &str, allowed: &[&str]| {
        for (key, at) in node.entries().into_iter().filter(|(key, _)| !allowed.contains(key)) {
            let message = format!("`{key}` in {what} is not proven by any check");
            let help = "remove it, or add a check to validate that proves it";
            findings.push(spec.finding(Rule::UnprovenKey, &at.pointer, message, help));
        }
    };
    let components = spec.root.get("components");
    let of = |kind: &str| entries(components.as_ref().and_then(|components| components.get(kind)));
    if let Some(info) = spec.root.get("info") {
        allow(&info, "info", INFO);
        if let Some(contact) = info.get("contact") {
            allow(&contact, "the contact", CONTACT);
        }
    }
    for server in items(spec.root.get("servers")) {
        allow(&server, "a server", SERVER);
    }
    for tag in items(spec.root.get("tags")) {
        allow(&tag, "a tag", TAG);
    }
    for scheme in of("securitySchemes") {
        allow(&scheme, "a security scheme", SECURITY_SCHEME);
    }
    for error in items(spec.root.get("x-feishu-platform-errors")) {
        allow(&error, "an error of the platform", PLATFORM_ERROR);
    }
    let of_operations = spec.operations.iter().flat_map(|operation| {
        entries(operation.node.get("responses")).into_iter().chain(operation.node.get("requestBody"))
    });
    for holder in of_operations.chain(of("responses")) {
        for media in entries(holder.get("content")) {
            allow(&media, "a media type", MEDIA);
        }
    }
}

/// The generator reads `deprecated` of a property, and no document could contradict it.
pub(crate) fn check_schema(spec: &Spec, schema: &Node, findings: &mut Vec<Finding>) {
    if let Some(at) = schema.get("deprecated") {
        let message = "`deprecated` in a schema is not proven by any check";
        findings.push(spec.finding(Rule::UnprovenKey, &at.pointer, message, "remove it"));
    }
}

fn entries<'a>(node: Option<Node<'a>>) -> Vec<Node<'a>> {
    node.into_iter().flat_map(|node| node.entries()).map(|(_, node)| node).collect()
}

fn items<'a>(node: Option<Node<'a>>) -> Vec<Node<'a>> {
    node.into_iter().flat_map(|node| node.items()).collect()
}

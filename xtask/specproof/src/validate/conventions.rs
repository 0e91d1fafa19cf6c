//! House rules for operations: what generated names, docs and checks rely on.

use super::finding::Finding;
use super::matching::Matched;
use super::rule::Rule;
use crate::fact::Fact;
use crate::spec_model::{Node, Operation, Parameter, Spec, json_schema_of};
use apidoc::facts::Place;
use std::collections::BTreeSet;

pub(crate) fn check(spec: &Spec, matched: &[Matched], findings: &mut Vec<Finding>) {
    let mut ids = BTreeSet::new();
    for Matched { operation, comparison, service, .. } in matched {
        let mut rules = Rules { spec, operation, findings };
        rules.operation_id(&mut ids);
        rules.tag();
        rules.described(&operation.node, &["summary", "description"]);
        rules.request_body();
        rules.responses();
        rules.parameters();
        if service.is_some() {
            rules.deprecated(|place, name| {
                let fact = Fact::parameter(place, name);
                comparison.document_assertion(&fact).says() && !comparison.service_assertion(&fact).says()
            });
        }
    }
}

struct Rules<'a> {
    spec: &'a Spec<'a>,
    operation: &'a Operation<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Rules<'_> {
    /// It becomes the name of a method.
    fn operation_id(&mut self, ids: &mut BTreeSet<String>) {
        let Some(id) = self.operation.node.get("operationId") else {
            self.find(
                Rule::OperationId,
                &self.operation.node,
                "operationId is missing",
                "give it a name in snake_case",
            );
            return;
        };
        let text = id.text().unwrap_or_default();
        let snake = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && !text.contains("__")
            && !text.ends_with('_');
        if !snake {
            self.find(
                Rule::OperationId,
                &id,
                &format!("`{text}` is not snake_case"),
                "write it in lower case with `_` between words",
            );
        }
        if !ids.insert(text.to_owned()) {
            self.find(
                Rule::OperationId,
                &id,
                &format!("another operation has the id `{text}` too"),
                "give each its own",
            );
        }
    }

    /// `/open-apis/contact/v3/...` is of the product `contact`.
    fn tag(&mut self) {
        let product = self.operation.path.split('/').nth(2).unwrap_or_default();
        let tags = self.operation.node.get("tags");
        let at = tags.as_ref().unwrap_or(&self.operation.node);
        if tags.as_ref().map(Node::texts).unwrap_or_default() != [product] {
            self.find(Rule::Tag, at, "the tag is not the product of the path", &format!("write `tags: [{product}]`"));
        }
        let declared = self.spec.root.get("tags");
        if !declared.iter().flat_map(Node::items).any(|tag| tag.get_text("name") == Some(product)) {
            self.find(
                Rule::Tag,
                at,
                &format!("the tag `{product}` is not declared"),
                "describe it under `tags` of the document",
            );
        }
    }

    fn request_body(&mut self) {
        let Some(body) = self.operation.node.get("requestBody") else { return };
        let resolved = body.resolved();
        if !resolved.is_true("required") {
            self.find(Rule::RequestBody, &body, "the request body is not required", "write `required: true`");
        }
        if !is_json_alone(&resolved) {
            self.find(
                Rule::RequestBody,
                &body,
                "the request body is not application/json alone, with an object schema",
                "give it one",
            );
        }
        if json_schema_of(&resolved).is_some_and(|schema| schema.properties().is_empty()) {
            self.find(
                Rule::RequestBody,
                &body,
                "the request body has no properties",
                "remove it, or say what it holds",
            );
        }
    }

    fn responses(&mut self) {
        const STATUSES: [&str; 3] = ["200", "4XX", "5XX"];
        let responses = self.operation.node.get("responses");
        let at = responses.as_ref().unwrap_or(&self.operation.node);
        for status in STATUSES {
            match responses.as_ref().and_then(|responses| responses.get(status)) {
                None => self.find(Rule::Responses, at, &format!("there is no response {status}"), "add it"),
                Some(response) => {
                    let resolved = response.resolved();
                    self.described(&resolved, &["description"]);
                    if !is_json_alone(&resolved) {
                        let message =
                            format!("the response {status} is not application/json alone, with an object schema");
                        self.find(Rule::Responses, &response, &message, "give it one");
                    }
                }
            }
        }
        let envelope = self.operation.response();
        if let Some(envelope) = envelope.filter(|envelope| {
            let code = envelope.property("code").and_then(|code| code.kind());
            code.as_deref() != Some("integer") || envelope.requires("code").is_none()
        }) {
            let help = "add one: it tells success from failure";
            self.find(Rule::Responses, &envelope, "the response has no `code` that is an integer and required", help);
        }
        for (status, response) in
            responses.iter().flat_map(Node::entries).filter(|(status, _)| !STATUSES.contains(status))
        {
            let help = "write 200, 4XX and 5XX: the generator treats `default` as a success too";
            self.find(Rule::Responses, &response, &format!("there is a response `{status}`"), help);
        }
    }

    fn parameters(&mut self) {
        let list = self.operation.node.get("parameters");
        let known = self.operation.parameters.len();
        if list.as_ref().is_some_and(|list| list.items().len() > known) {
            let help = "give each name, in and schema, or a `$ref` to one that has them";
            self.find(
                Rule::SpecForm,
                list.as_ref().unwrap_or(&self.operation.node),
                "an entry is not a parameter",
                help,
            );
        }
        let mut seen = BTreeSet::new();
        for Parameter { name, place, node, schema } in &self.operation.parameters {
            if !["path", "query", "header"].contains(place) || schema.is_none() {
                let help = "write `in: path`, `query` or `header`, and a schema";
                self.find(Rule::SpecForm, node, &format!("`{name}` has no place or no schema"), help);
            }
            if !seen.insert((*place, *name)) {
                self.find(Rule::SpecForm, node, &format!("`{place} {name}` is a duplicate"), "keep one of them");
            }
            self.described(node, &["description"]);
        }
    }

    /// What the service no longer knows should not be used in new code.
    fn deprecated(&mut self, document_alone: impl Fn(Place, &str) -> bool) {
        for Parameter { name, place, node, .. } in &self.operation.parameters {
            let place = match *place {
                "path" => Place::Path,
                "header" => Place::Header,
                _ => Place::Query,
            };
            let expected = document_alone(place, name);
            if node.is_true("deprecated") != expected {
                let (message, help) = match expected {
                    true => ("is known only to the document, but not deprecated", "write `deprecated: true`"),
                    false => ("is deprecated, but the service knows it", "remove `deprecated`"),
                };
                self.find(Rule::Deprecated, node, &format!("`{name}` {message}"), help);
            }
        }
    }

    fn described(&mut self, node: &Node, keys: &[&str]) {
        for key in keys {
            if node.get_text(key).is_none_or(|text| text.trim().is_empty()) {
                self.find(
                    Rule::Description,
                    node,
                    &format!("there is no {key}"),
                    "describe it in a sentence of your own",
                );
            }
        }
    }

    fn find(&mut self, rule: Rule, at: &Node, message: &str, help: &str) {
        self.findings.push(self.operation.finding(self.spec, rule, &at.pointer, message, help));
    }
}

fn is_json_alone(holder: &Node) -> bool {
    json_schema_of(holder).is_some_and(|schema| schema.kind().as_deref() == Some("object"))
        && holder.get("content").is_some_and(|content| content.entries().len() == 1)
}

//! Conventions for operations: what generated names, docs and checks rely on.

use super::errata::Erratum;
use super::finding::Finding;
use super::matching::Matched;
use super::rule::Rule;
use crate::codegen::spec::media::is_file;
use crate::fact::Fact;
use crate::spec_model::{Node, Operation, Parameter, Spec, json_schema_of};
use apidoc::facts::Place;

pub(crate) fn check(spec: &Spec, matched: &[Matched], errata: &[Erratum], findings: &mut Vec<Finding>) {
    for Matched { operation, comparison, service, .. } in matched {
        let mut rules = Rules { spec, operation, findings };
        rules.tag();
        rules.described(&operation.node, &["summary", "description"]);
        rules.request_body();
        rules.responses();
        rules.parameters();
        if let Some(service) = service {
            rules.deprecated(&service.file, |place, name| {
                let fact = Fact::parameter(place, name);
                let is_newer =
                    errata.iter().any(|entry| entry.service_is_older && entry.covers(Some(&operation.id), &fact));
                let by_document = comparison.document_assertion(&fact).says();
                by_document && !is_newer && !comparison.service_assertion(&fact).says()
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
                    let is_file = status == "200" && is_file(resolved.value);
                    if !is_file && !is_json_alone(&resolved) {
                        let message =
                            format!("the response {status} is not application/json alone, with an object schema");
                        self.find(Rule::Responses, &response, &message, "give it one");
                    }
                }
            }
        }
    }

    fn parameters(&mut self) {
        for parameter in &self.operation.parameters {
            self.described(&parameter.node, &["description"]);
        }
    }

    /// What the service no longer knows should not be used in new code.
    fn deprecated(&mut self, service: &str, document_alone: impl Fn(Place, &str) -> bool) {
        for Parameter { name, place, node, .. } in &self.operation.parameters {
            let place = match *place {
                "path" => Place::Path,
                "header" => Place::Header,
                _ => Place::Query,
            };
            let expected = document_alone(place, name);
            if node.is_true("deprecated") != expected {
                let (message, help) = match expected {
                    true => (
                        "is known only to the document, but not deprecated",
                        format!(
                            "if the service no longer takes it, write `deprecated: true`; if it is newer than the \
                             service's facts, add it to {service}, or write `service: older` in its entry of errata.yaml"
                        ),
                    ),
                    false => ("is deprecated, but not known to the document alone", "remove `deprecated`".to_owned()),
                };
                self.find(Rule::Deprecated, node, &format!("`{name}` {message}"), &help);
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

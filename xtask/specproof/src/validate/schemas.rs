//! Conventions for schemas, beyond what the generator needs.
//!
//! Every schema of the spec is visited once, where it is written; the target of a `$ref`
//! is visited where that is.

use super::allowed_keys;
use super::finding::Finding;
use super::rule::Rule;
use crate::spec_model::{Node, Spec};
use std::collections::BTreeSet;

pub(crate) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut roots: Vec<Node> = Vec::new();
    let components = spec.root.get("components");
    let of = |kind: &str| components.as_ref().and_then(|components| components.get(kind));
    roots.extend(of("schemas").iter().flat_map(Node::entries).map(|(_, schema)| schema));
    roots.extend(of("parameters").iter().flat_map(Node::entries).filter_map(|(_, parameter)| parameter.get("schema")));
    roots.extend(of("responses").iter().flat_map(Node::entries).flat_map(|(_, response)| media_schemas(&response)));
    for operation in &spec.operations {
        let lists = operation.node.get("parameters");
        roots.extend(lists.iter().flat_map(Node::items).filter_map(|parameter| parameter.get("schema")));
        roots.extend(operation.node.get("requestBody").iter().flat_map(media_schemas));
        let responses = operation.node.get("responses");
        roots.extend(responses.iter().flat_map(Node::entries).flat_map(|(_, response)| media_schemas(&response)));
    }
    let mut rules = Rules { spec, findings };
    for root in roots {
        let is_component = root.pointer.starts_with("/components/schemas/");
        rules.schema(&root, is_component);
    }
}

fn media_schemas<'a>(holder: &Node<'a>) -> Vec<Node<'a>> {
    let content = holder.get("content");
    content.iter().flat_map(Node::entries).filter_map(|(_, media)| media.get("schema")).collect()
}

struct Rules<'a> {
    spec: &'a Spec<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Rules<'_> {
    /// `described`: it becomes documentation of its own.
    fn schema(&mut self, schema: &Node, described: bool) {
        allowed_keys::check_schema(self.spec, schema, self.findings);
        if schema.get("$ref").is_some() {
            return;
        }
        if described {
            self.description(schema);
        }
        self.format(schema);
        self.enumeration(schema);
        self.first_of(schema);
        for (_, property) in schema.get("properties").iter().flat_map(Node::entries) {
            self.schema(&property, true);
        }
        if let Some(items) = schema.get("items") {
            self.schema(&items, false);
        }
        self.all_of(schema);
    }

    /// `allOf` adds keywords to one reference in OpenAPI 3.0; no keyword may be given twice.
    fn all_of(&mut self, schema: &Node) {
        let Some(parts) = schema.get("allOf") else { return };
        let twice = parts.items().iter().flat_map(Node::parts).find_map(|part| {
            let key = part
                .entries()
                .into_iter()
                .map(|(key, _)| key)
                .find(|key| *key != "description" && schema.get(key).is_some());
            key.map(str::to_owned)
        });
        if let Some(key) = twice.filter(|key| key != "allOf") {
            let message = format!("`{key}` is here and in the schema that `allOf` refers to");
            self.find(Rule::SpecForm, schema, message, "keep it in one place");
        }
        if !matches!(parts.items().as_slice(), [part] if part.get("$ref").is_some()) {
            self.find(Rule::SpecForm, &parts, "`allOf` is not one reference".to_owned(), "write the schema out");
        }
        for part in parts.items() {
            self.schema(&part, false);
        }
    }

    fn description(&mut self, schema: &Node) {
        let text = schema.keyword("description").and_then(|node| node.text().map(str::to_owned));
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.find(
                Rule::Description,
                schema,
                "there is no description".to_owned(),
                "describe it in a sentence of your own",
            );
        }
    }

    /// Documents name no width, so every integer has the widest.
    fn format(&mut self, schema: &Node) {
        if schema.get_text("type") == Some("integer") && schema.get("format").is_none() {
            self.find(Rule::Format, schema, "the format is missing".to_owned(), "write `format: int64`");
        }
    }

    /// Each value has a description of its own, and a name where it is no name itself; the linter counts them.
    fn enumeration(&mut self, schema: &Node) {
        let has_values = schema.get("enum").is_some();
        for (key, is_needed) in [("x-enum-descriptions", has_values), ("x-enum-varnames", false)] {
            let Some(node) = schema.get(key) else {
                if is_needed {
                    let message = format!("`{key}` is missing");
                    self.find(Rule::EnumNotes, schema, message, "give each value one entry, in their order");
                }
                continue;
            };
            let texts: BTreeSet<&str> = node.texts().into_iter().filter(|text| !text.trim().is_empty()).collect();
            if !has_values || texts.len() != node.items().len() {
                let message = format!("`{key}` has an entry that is empty, repeated or of no value");
                self.find(Rule::EnumNotes, &node, message, "give each value one entry, in their order");
            }
        }
    }

    fn first_of(&mut self, schema: &Node) {
        for (method, node) in schema.get("x-feishu-first-of").iter().flat_map(Node::entries) {
            let is_described = node.get_text("description").is_some_and(|text| !text.trim().is_empty());
            if !is_described || node.get("properties").is_none_or(|list| list.items().len() < 2) {
                let message = format!("`{method}` needs a description and several properties");
                self.find(Rule::FirstOf, &node, message, "name properties of this schema");
            }
        }
    }

    fn find(&mut self, rule: Rule, at: &Node, message: String, help: &str) {
        self.findings.push(self.spec.finding(rule, &at.pointer, message, help));
    }
}

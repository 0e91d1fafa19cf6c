//! House rules for schemas: what the generator and the readers of its docs need.
//!
//! Every schema of the spec is visited once, where it is written; what a `$ref` leads
//! to is visited there.

use super::allowed_keys;
use super::finding::Finding;
use super::rule::Rule;
use crate::spec_model::{Node, Spec};
use serde_json::Value;

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
        rules.schema(&root, is_component, true);
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
    /// `described`: it becomes documentation of its own; `whole`: it is no part of an `allOf`.
    fn schema(&mut self, schema: &Node, described: bool, whole: bool) {
        allowed_keys::check_schema(self.spec, schema, self.findings);
        if schema.get("$ref").is_some() {
            return;
        }
        if whole {
            self.kind(schema);
        }
        if described {
            self.description(schema);
        }
        self.format(schema);
        self.nullable(schema);
        self.enumeration(schema);
        self.first_of(schema);
        for (name, property) in schema.get("properties").iter().flat_map(Node::entries) {
            self.optional_list(schema, name, &property);
            self.schema(&property, true, true);
        }
        if let Some(items) = schema.get("items") {
            self.schema(&items, false, true);
        }
        self.all_of(schema);
        for entry in schema.get("required").iter().flat_map(Node::items) {
            if entry.text().is_none_or(|name| schema.property(name).is_none()) {
                let message = format!("`{}` is required but not a property", entry.text().unwrap_or_default());
                self.find(Rule::SpecForm, &entry, message, "name a property, or remove the entry");
            }
        }
    }

    /// `allOf` is how OpenAPI 3.0 says more about a reference: one, and nothing said twice.
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
            self.schema(&part, false, false);
        }
    }

    fn kind(&mut self, schema: &Node) {
        const KINDS: [&str; 6] = ["string", "integer", "number", "boolean", "object", "array"];
        let kind = schema.keyword("type");
        let text = kind.as_ref().and_then(Node::text);
        if text.is_none_or(|kind| !KINDS.contains(&kind)) {
            self.find(Rule::SpecForm, schema, "a schema without a type".to_owned(), "give it its `type`");
        }
        if text == Some("array") && schema.keyword("items").is_none() {
            self.find(Rule::SpecForm, schema, "a list without `items`".to_owned(), "say what it holds");
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

    /// Documents name no width; what is known to be wide enough is taken everywhere.
    fn format(&mut self, schema: &Node) {
        let expected = schema.get_text("type").and_then(|kind| (kind == "integer").then_some("int64"));
        let format = schema.get("format");
        if format.as_ref().map(|node| node.value) != expected.map(Value::from).as_ref() {
            let help = match expected {
                Some(expected) => format!("write `format: {expected}`"),
                None => "remove `format`: no document names one".to_owned(),
            };
            let at = format.unwrap_or_else(|| schema.clone());
            let message = format!("the format is {}", at.text().unwrap_or("missing"));
            self.find(Rule::Format, &at, message, &help);
        }
    }

    fn nullable(&mut self, schema: &Node) {
        if let Some(nullable) = schema.get("nullable")
            && schema.get_text("type") != Some("array")
        {
            let message = "this is nullable but not a list".to_owned();
            self.find(
                Rule::NullableList,
                &nullable,
                message,
                "remove `nullable`: a value that may be absent is not required",
            );
        }
    }

    /// `null`, `[]` and absence mean three things, and only a nullable list keeps them apart.
    fn optional_list(&mut self, object: &Node, name: &str, property: &Node) {
        if property.keyword("type").and_then(|kind| kind.text()) != Some("array") {
            return;
        }
        let nullable = property.keyword("nullable").is_some_and(|node| node.value == &Value::Bool(true));
        match (object.requires(name).is_some(), nullable) {
            (false, false) => {
                let message = format!("`{name}` is an optional list but not nullable");
                self.find(Rule::NullableList, property, message, "write `nullable: true`");
            }
            (true, true) => {
                let message = format!("`{name}` is a required list but nullable");
                self.find(Rule::NullableList, property, message, "remove `nullable`");
            }
            _ => {}
        }
    }

    fn enumeration(&mut self, schema: &Node) {
        let values = schema.get("enum").map_or(0, |values| values.items().len());
        let integers = schema.get("enum").is_some() && schema.get_text("type") == Some("integer");
        for (key, is_needed) in [("x-enum-descriptions", true), ("x-enum-varnames", integers)] {
            let node = schema.get(key);
            // Most texts name themselves; `1` and `+` do not.
            let needed = if is_needed || node.is_some() { values } else { 0 };
            let mut texts = node.as_ref().map(Node::texts).unwrap_or_default();
            let filled = texts.iter().all(|text| !text.trim().is_empty());
            texts.sort_unstable();
            texts.dedup();
            if texts.len() != needed || !filled {
                let message = format!("`{key}` has {} different entries for {needed} values", texts.len());
                self.find(
                    Rule::EnumNotes,
                    node.as_ref().unwrap_or(schema),
                    message,
                    "give each value one entry, in their order",
                );
            }
        }
    }

    fn first_of(&mut self, schema: &Node) {
        for (method, node) in schema.get("x-feishu-first-of").iter().flat_map(Node::entries) {
            let properties = node.get("properties").map(|list| list.texts()).unwrap_or_default();
            let kinds: Vec<_> =
                properties.iter().map(|name| schema.property(name).and_then(|property| property.kind())).collect();
            let sound = kinds.len() > 1 && kinds.iter().all(|kind| kind.is_some() && *kind == kinds[0]);
            let described = node.get_text("description").is_some_and(|text| !text.trim().is_empty());
            if !sound || !described {
                let message = format!("`{method}` needs a description and several properties of one type");
                self.find(Rule::FirstOf, &node, message, "name properties of this schema");
            }
        }
    }

    fn find(&mut self, rule: Rule, at: &Node, message: String, help: &str) {
        self.findings.push(self.spec.finding(rule, &at.pointer, message, help));
    }
}

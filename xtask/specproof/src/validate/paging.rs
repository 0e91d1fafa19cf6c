//! x-feishu-page and x-feishu-data: pointers into the response, and names of parameters.
//!
//! A listing that reads the wrong field as its token never ends or ends too early, and no
//! type would notice. The linter proves that each pointer names a value of the right type;
//! here the values are compared: no list is left out, and token and has_more belong together.

use super::finding::Finding;
use super::rule::Rule;
use crate::spec_model::{Node, Operation, Spec};

pub(crate) fn check(spec: &Spec, operation: &Operation, findings: &mut Vec<Finding>) {
    let Some(response) = operation.response() else { return };
    check_data(spec, operation, &response, findings);
    let Some(page) = operation.node.get("x-feishu-page") else {
        if response.property("data").is_some_and(|data| data.property("has_more").is_some()) {
            let message = "the response has `has_more`, and x-feishu-page is missing";
            let help = "say where items, token and has_more stand, and how they are asked for";
            findings.push(operation.finding(spec, Rule::MissingPage, &operation.node.pointer, message, help));
        }
        return;
    };
    let page = Page { spec, operation, response, node: page };
    for key in ["items", "item", "item_key", "token", "request_token", "request_size"] {
        if let Some(problem) = page.problem(key) {
            let pointer = page.node.get(key).map_or_else(|| page.node.pointer.clone(), |node| node.pointer);
            let help = "see x-feishu-page in spec/README.md, and the schema of the response";
            findings.push(operation.finding(spec, Rule::Page, &pointer, format!("`{key}` {problem}"), help));
        }
    }
}

/// The payload is the innermost of objects named `data`.
fn check_data<'a>(spec: &Spec, operation: &Operation, response: &Node<'a>, findings: &mut Vec<Finding>) {
    let mut expected = "/data".to_owned();
    let mut here = response.schema_at(&expected);
    let within = |data: &Option<Node<'a>>| {
        let inner = data.as_ref()?.property("data")?;
        (inner.kind().as_deref() == Some("object")).then_some(inner)
    };
    // A schema that contains itself would never end: mutants make such schemas.
    while let Some(inner) = within(&here).filter(|_| expected.len() < 60) {
        expected.push_str("/data");
        here = Some(inner);
    }
    let given = operation.node.get("x-feishu-data");
    let actual = given.as_ref().map_or(Some("/data"), Node::text);
    if actual != Some(&expected) || (given.is_some() && expected == "/data") {
        let pointer = given.as_ref().map_or(&operation.node.pointer, |node| &node.pointer);
        let message =
            format!("the payload stands at {expected}, and x-feishu-data says {}", actual.unwrap_or("no pointer"));
        let help = match expected.as_str() {
            "/data" => "leave x-feishu-data out".to_owned(),
            _ => format!("write `x-feishu-data: {expected}`"),
        };
        findings.push(operation.finding(spec, Rule::Data, pointer, message, help));
    }
}

struct Page<'a> {
    spec: &'a Spec<'a>,
    operation: &'a Operation<'a>,
    response: Node<'a>,
    node: Node<'a>,
}

impl<'a> Page<'a> {
    /// What is wrong with a key that names a value of the right type.
    fn problem(&self, key: &str) -> Option<String> {
        let Some(node) = self.node.get(key) else {
            return (key == "item_key" && self.plain_lists()).then(|| "is missing".to_owned());
        };
        match key {
            "items" => self.items(&node),
            "item" => self.item(&node),
            "item_key" => (!self.plain_lists()).then(|| "is given, but no list holds plain strings".to_owned()),
            "token" => self.token(&node),
            "request_token" => self.optional(&node, false),
            // A page size has a maximum, unlike other numbers.
            _ => self.optional(&node, true),
        }
    }

    fn at(&self, node: &Node) -> Option<Node<'a>> {
        self.response.schema_at(node.text()?)
    }

    fn lists(&self) -> Vec<Node<'a>> {
        let items = self.node.get("items");
        items.iter().flat_map(Node::items).filter_map(|pointer| self.at(&pointer)).collect()
    }

    fn plain_lists(&self) -> bool {
        self.lists().iter().any(|list| list.kind().as_deref() == Some("string[]"))
    }

    /// Every list of the object that has `has_more`, and nothing else.
    fn items(&self, node: &Node) -> Option<String> {
        let listed = node.texts();
        let parent = self
            .node
            .get_text("has_more")
            .and_then(|pointer| pointer.rsplit_once('/'))
            .map_or("", |(parent, _)| parent);
        let siblings = self.response.schema_at(parent).map(|data| data.properties()).unwrap_or_default();
        let lists = siblings.iter().filter(|(_, field)| is_list(field)).map(|(name, _)| format!("{parent}/{name}"));
        let left_out = lists.into_iter().find(|list| !listed.contains(&list.as_str()));
        left_out.map(|list| format!("leaves out {list}, a list of the response"))
    }

    fn item(&self, node: &Node) -> Option<String> {
        let schema = node.text().and_then(|name| self.spec.schema(name))?;
        let other = self
            .lists()
            .iter()
            .filter_map(|list| list.keyword("items"))
            .find(|items| items.kind().as_deref() == Some("object") && items.resolved().pointer != schema.pointer);
        other.map(|_| "is not the schema that the lists hold".to_owned())
    }

    fn token(&self, node: &Node<'a>) -> Option<String> {
        let parent = |pointer: Option<&'a str>| Some(pointer?.rsplit_once('/')?.0);
        let is_apart = parent(node.text()) != parent(self.node.get_text("has_more"));
        is_apart.then(|| "is not in the same object as has_more".to_owned())
    }

    fn optional(&self, node: &Node, limited: bool) -> Option<String> {
        let parameter = node.text().and_then(|name| self.operation.parameter("query", name))?;
        let has_limit = parameter.schema.as_ref().is_some_and(|schema| schema.keyword("maximum").is_some());
        let limit = if limited { " with a maximum" } else { "" };
        (parameter.node.is_true("required") || limited && !has_limit)
            .then(|| format!("does not name an optional parameter{limit}"))
    }
}

fn is_list(schema: &Node) -> bool {
    schema.kind().is_some_and(|kind| crate::kind::is_list(&kind))
}

//! The spec as the checks read it: operations, parameters and schemas, each with
//! its JSON pointer.
//!
//! A node follows `$ref` and looks into `allOf`, so that a check asks for a keyword
//! and gets it wherever the spec wrote it. Nothing here fails: what is missing or
//! malformed is absent, and the linter reports it.

use crate::codegen::spec::METHODS;
use crate::codegen::spec::media::{FORM, form};
use crate::codegen::spec::token_endpoints::is_token_endpoint;
use crate::source::{Source, lookup, segment};
use serde_json::Value;

/// How far `$ref` and `allOf` may lead: mutants exchange references, and so make circles.
const FAR: usize = 16;

/// A value of the spec and its JSON pointer.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    root: &'a Value,
    pub value: &'a Value,
    pub pointer: String,
}

impl<'a> Node<'a> {
    pub fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(key)?;
        Some(Self { root: self.root, value, pointer: format!("{}/{}", self.pointer, segment(key)) })
    }

    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        let entries = self.value.as_object().into_iter().flatten();
        entries.filter_map(|(key, _)| Some((key.as_str(), self.get(key)?))).collect()
    }

    pub fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(i, value)| Self { root: self.root, value, pointer: format!("{}/{i}", self.pointer) }).collect()
    }

    pub fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    pub fn get_text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    pub fn is_true(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// The texts of a list.
    pub fn texts(&self) -> Vec<&'a str> {
        self.value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// What `$ref` points at, if this is one.
    pub fn target(&self) -> Option<Self> {
        let pointer = self.get_text("$ref")?.strip_prefix('#')?;
        let value = lookup(self.root, pointer)?;
        Some(Self { root: self.root, value, pointer: pointer.to_owned() })
    }

    /// Itself, or what its `$ref` leads to.
    pub fn resolved(&self) -> Self {
        let mut here = self.clone();
        for _ in 0..FAR {
            match here.target() {
                Some(target) => here = target,
                None => break,
            }
        }
        here
    }

    /// A schema's keyword: its own, its target's, or one of its `allOf` parts'.
    pub fn keyword(&self, key: &str) -> Option<Self> {
        self.keyword_within(key, FAR)
    }

    fn keyword_within(&self, key: &str, left: usize) -> Option<Self> {
        let left = left.checked_sub(1)?;
        if let Some(target) = self.target() {
            return target.keyword_within(key, left);
        }
        let in_part = || self.get("allOf")?.items().iter().find_map(|part| part.keyword_within(key, left));
        self.get(key).or_else(in_part)
    }

    /// The schema and everything that holds together with it.
    pub fn parts(&self) -> Vec<Self> {
        let mut parts = Vec::new();
        self.collect_parts(&mut parts, FAR);
        parts
    }

    fn collect_parts(&self, parts: &mut Vec<Self>, left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        let here = self.resolved();
        let all_of = here.get("allOf");
        parts.push(here);
        for part in all_of.iter().flat_map(Self::items) {
            part.collect_parts(parts, left);
        }
    }

    pub fn properties(&self) -> Vec<(&'a str, Self)> {
        self.parts()
            .iter()
            .filter_map(|part| part.get("properties"))
            .flat_map(|properties| properties.entries())
            .collect()
    }

    pub fn property(&self, name: &str) -> Option<Self> {
        self.parts().iter().find_map(|part| part.get("properties")?.get(name))
    }

    /// The entry of `required` that names a property.
    pub fn requires(&self, name: &str) -> Option<Self> {
        let lists = self.parts().into_iter().filter_map(|part| part.get("required"));
        lists.flat_map(|list| list.items()).find(|entry| entry.text() == Some(name))
    }

    /// `string`, `integer`, `file`, `object`, `string[]`, ...
    pub fn kind(&self) -> Option<String> {
        self.kind_within(FAR)
    }

    fn kind_within(&self, left: usize) -> Option<String> {
        let left = left.checked_sub(1)?;
        match self.keyword("type")?.text()? {
            "array" => Some(match self.keyword("items").and_then(|items| items.kind_within(left)) {
                Some(item) => format!("{item}[]"),
                None => "array".to_owned(),
            }),
            "string" if self.keyword("format").is_some_and(|format| format.text() == Some("binary")) => {
                Some("file".to_owned())
            }
            kind => Some(kind.to_owned()),
        }
    }

    /// The schema of the value at a pointer into a response, lists not entered.
    pub fn schema_at(&self, pointer: &str) -> Option<Self> {
        pointer.strip_prefix('/')?.split('/').try_fold(self.clone(), |schema, name| schema.property(name))
    }
}

/// The spec.
pub(crate) struct Spec<'a> {
    pub source: &'a Source,
    pub root: Node<'a>,
    pub operations: Vec<Operation<'a>>,
}

/// One operation.
pub(crate) struct Operation<'a> {
    /// Its operationId, or method and path where it has none.
    pub id: String,
    /// In capitals.
    pub method: String,
    pub path: &'a str,
    pub path_pointer: String,
    pub node: Node<'a>,
    pub parameters: Vec<Parameter<'a>>,
}

/// One parameter outside of the body.
pub(crate) struct Parameter<'a> {
    pub name: &'a str,
    pub place: &'a str,
    pub node: Node<'a>,
    pub schema: Option<Node<'a>>,
}

/// One entry of x-feishu-errors or x-feishu-platform-errors.
pub(crate) struct Failure<'a> {
    pub code: i64,
    pub http: Option<u64>,
    pub name: Option<&'a str>,
    pub node: Node<'a>,
}

impl<'a> Spec<'a> {
    pub fn new(source: &'a Source) -> Self {
        let root = Node { root: &source.value, value: &source.value, pointer: String::new() };
        let operations =
            root.get("paths").iter().flat_map(Node::entries).flat_map(|(path, item)| operations(path, &item)).collect();
        Self { source, root, operations }
    }

    pub fn platform_errors(&self) -> Vec<Failure<'a>> {
        failures(self.root.get("x-feishu-platform-errors"))
    }

    pub fn schema(&self, name: &str) -> Option<Node<'a>> {
        self.root.get("components")?.get("schemas")?.get(name)
    }
}

fn operations<'a>(path: &'a str, item: &Node<'a>) -> Vec<Operation<'a>> {
    let shared = item.get("parameters");
    let methods = item.entries().into_iter().filter(|(method, _)| METHODS.contains(method));
    methods
        .map(|(method, node)| {
            let own = node.get("parameters");
            let all = shared.iter().chain(own.iter()).flat_map(Node::items);
            Operation {
                id: node.get_text("operationId").map_or_else(|| format!("{method} {path}"), str::to_owned),
                method: method.to_uppercase(),
                path,
                path_pointer: item.pointer.clone(),
                parameters: all.filter_map(|parameter| Parameter::new(&parameter)).collect(),
                node,
            }
        })
        .collect()
}

impl<'a> Parameter<'a> {
    fn new(node: &Node<'a>) -> Option<Self> {
        let node = node.resolved();
        let (name, place) = (node.get_text("name")?, node.get_text("in")?);
        Some(Self { name, place, schema: node.get("schema"), node })
    }
}

impl<'a> Operation<'a> {
    /// Whether the operation is for getting a token: no document describes it, and the client does not offer it.
    pub fn is_token_endpoint(&self) -> bool {
        is_token_endpoint(self.node.value)
    }

    /// The rule by which a POST or PATCH may be repeated, where only a person can know that: a POST whose scopes all
    /// read changes nothing.
    pub fn repeatable(&self) -> Option<Node<'a>> {
        let rule = self.node.get("x-feishu-retry")?.get("rule").filter(|rule| rule.text() == Some("safe"))?;
        let promises = match self.method.as_str() {
            "POST" => self.only_reads(),
            method => method != "PATCH",
        };
        (!promises).then_some(rule)
    }

    /// Whether all scopes of the operation are for reading.
    pub fn only_reads(&self) -> bool {
        let scopes = self.node.get("x-feishu-scopes").map(|scopes| scopes.texts()).unwrap_or_default();
        !scopes.is_empty() && scopes.iter().all(|scope| scope.ends_with(":readonly"))
    }

    pub fn parameter(&self, place: &str, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.place == place && parameter.name == name)
    }

    /// The schema of the request body, which is JSON or a form.
    pub fn body(&self) -> Option<Node<'a>> {
        let body = self.node.get("requestBody")?.resolved();
        json_schema_of(&body).or_else(|| body.get("content")?.get(FORM)?.get("schema"))
    }

    /// Whether the request body is a form.
    pub fn sends_form(&self) -> bool {
        self.node.get("requestBody").is_some_and(|body| form(body.resolved().value).is_some())
    }

    pub fn response(&self) -> Option<Node<'a>> {
        self.response_of("200")
    }

    /// The schemas of the responses that are failures.
    pub fn failures(&self) -> Vec<Node<'a>> {
        ["4XX", "5XX"].into_iter().filter_map(|status| self.response_of(status)).collect()
    }

    fn response_of(&self, status: &str) -> Option<Node<'a>> {
        json_schema_of(&self.node.get("responses")?.get(status)?.resolved())
    }

    pub fn errors(&self) -> Vec<Failure<'a>> {
        failures(self.node.get("x-feishu-errors"))
    }
}

/// The schema of a request body's or response's JSON.
pub(crate) fn json_schema_of<'a>(holder: &Node<'a>) -> Option<Node<'a>> {
    holder.get("content")?.get("application/json")?.get("schema")
}

fn failures(list: Option<Node>) -> Vec<Failure> {
    let entries = list.into_iter().flat_map(|list| list.items());
    entries
        .filter_map(|node| {
            let code = node.value.get("code")?.as_i64()?;
            Some(Failure {
                code,
                http: node.value.get("http").and_then(Value::as_u64),
                name: node.get_text("name"),
                node,
            })
        })
        .collect()
}

//! A draft as a whole: what it adds to each map and list of the spec.

use crate::yaml::{Map, Yaml};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a draft adds.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    pub tags: Vec<Map>,
    /// By path, the methods; of paths that the spec has, those that it does not have.
    pub paths: Vec<(String, Map)>,
    pub responses: Map,
    pub examples: Map,
    pub schemas: Map,
    pub error_names: Map,
}

/// An addition to one map or list.
pub(super) struct Addition {
    /// The keys that lead to it.
    pub at: Vec<String>,
    pub what: Yaml,
}

impl Fragment {
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Puts an operation under its path.
    pub fn add(&mut self, path: &str, method: &Map) {
        match self.paths.iter_mut().find(|(other, _)| other == path) {
            Some((_, methods)) => methods.append(method),
            None => self.paths.push((path.to_owned(), method.clone())),
        }
    }

    /// Drops the schemas that no operation needs: a parameter may turn out to be one that the spec has.
    pub fn drop_unused_schemas(&mut self) {
        let mut open: Vec<String> = Vec::new();
        self.paths.iter().for_each(|(_, methods)| names(&methods.value(), &mut open));
        let schemas: BTreeMap<String, Value> =
            self.schemas.entries().map(|(name, schema)| (name.to_owned(), schema.value())).collect();
        let mut used = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(schema) = schemas.get(&name)
                && used.insert(name)
            {
                names(schema, &mut open);
            }
        }
        self.schemas.retain(|name| used.contains(name));
    }

    /// The additions, in the order of the spec.
    pub fn additions(&self, has_path: impl Fn(&str) -> bool) -> Vec<Addition> {
        let addition = |at: &[&str], what: Yaml| Addition { at: at.iter().map(|&key| key.to_owned()).collect(), what };
        let mut additions = Vec::new();
        if !self.tags.is_empty() {
            additions.push(addition(&["tags"], Yaml::List(self.tags.iter().cloned().map(Yaml::Map).collect())));
        }
        for (path, methods) in self.paths.iter().filter(|(path, _)| has_path(path)) {
            additions.push(addition(&["paths", path], methods.clone().into()));
        }
        let mut paths = Map::default();
        for (path, methods) in self.paths.iter().filter(|(path, _)| !has_path(path)) {
            paths.put(path, methods.clone());
        }
        additions.push(addition(&["paths"], paths.into()));
        additions.push(addition(&["components", "schemas"], self.schemas.clone().into()));
        additions.push(addition(&["components", "responses"], self.responses.clone().into()));
        additions.push(addition(&["components", "examples"], self.examples.clone().into()));
        additions.push(addition(&["x-feishu-error-names"], self.error_names.clone().into()));
        additions.retain(|addition| !addition.what.is_empty());
        additions
    }

    /// The additions as a document of their own.
    pub fn text(&self) -> String {
        let (mut text, mut section) = (String::new(), String::new());
        for Addition { at, what } in self.additions(|_| false) {
            let around = at.iter().rev().fold(what, |what, key| {
                let mut map = Map::default();
                map.put(key, what);
                map.into()
            });
            let part = around.text(0);
            let (head, inside) = part.split_once('\n').unwrap_or((&part, ""));
            // A section that goes on has its key once.
            let is_new = section != head;
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(if is_new { &part } else { inside });
            section = head.to_owned();
        }
        text
    }
}

/// The schemas that a value names: by a reference, or as the `item` of pages or results.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| match value.as_str() {
            Some(text) if key == "$ref" => found.extend(text.strip_prefix("#/components/schemas/").map(str::to_owned)),
            Some(text) if key == "item" => found.push(text.to_owned()),
            _ => names(value, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// A spec with an addition, as values.
pub(super) fn merged(mut spec: Value, addition: &Addition) -> Option<Value> {
    let mut here = &mut spec;
    for key in &addition.at {
        if !here.is_object() {
            return None;
        }
        here = &mut here[key.as_str()];
    }
    match (addition.what.value(), &mut *here) {
        (Value::Object(entries), Value::Object(there)) => there.extend(entries),
        (Value::Array(items), Value::Array(there)) => there.extend(items),
        (added, Value::Null) => *here = added,
        _ => return None,
    }
    Some(spec)
}

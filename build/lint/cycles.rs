//! Finds schemas that are defined by themselves.
//!
//! An object may hold itself in an optional property or in a list: a department has
//! departments. A name that leads back to itself without an object between, or an object
//! that requires itself, describes no value, and following it would never end.

use super::Lint;
use crate::codegen::spec::yaml::{Mistake, segment};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a schema cannot be without: the schemas that it names.
type Needs<'a> = BTreeMap<&'a str, Vec<&'a str>>;

impl<'a> Lint<'a> {
    /// A mistake for each schema that needs itself.
    pub(super) fn cycles(&self) -> Vec<Mistake> {
        let schemas = || self.names("/components/schemas");
        let needs = |of: fn(&'a Value, &mut Vec<&'a str>)| -> Needs<'a> {
            let schema = |name: &'a String| {
                let mut needed = Vec::new();
                let at = format!("/components/schemas/{}", segment(name));
                self.at(&at).into_iter().for_each(|schema| of(schema, &mut needed));
                (name.as_str(), needed)
            };
            schemas().map(schema).collect()
        };
        let (meant, required) = (needs(meant), needs(required));
        let mistake = |name: &str, what: String, help: &str| {
            self.source.violation("spec-form", &format!("/components/schemas/{}", segment(name)), what, help)
        };
        let mistakes = schemas().filter_map(|name| match name.as_str() {
            name if needs_itself(name, &meant) => {
                let what = format!("the schema `{name}` is defined by itself");
                Some(mistake(name, what, "give it a `type` of its own"))
            }
            name if needs_itself(name, &required) => {
                let what = format!("the schema `{name}` requires an object that requires it: there is no such value");
                Some(mistake(name, what, "take one of the properties out of `required`"))
            }
            _ => None,
        });
        mistakes.collect()
    }
}

/// The schemas that a schema is another name of, or a list of.
fn meant<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(target(schema));
    let part = schema.get("allOf").and_then(|parts| parts.get(0));
    part.into_iter().chain(schema.get("items")).for_each(|part| meant(part, found));
}

/// The schemas that every value of a schema has a value of.
fn required<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(target(schema));
    schema.get("allOf").and_then(|parts| parts.get(0)).into_iter().for_each(|part| required(part, found));
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let property = schema.get("properties").and_then(|properties| properties.get(name));
        property.into_iter().for_each(|property| required(property, found));
    }
}

fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

fn needs_itself(name: &str, needs: &Needs) -> bool {
    let (mut open, mut seen) = (vec![name], BTreeSet::new());
    while let Some(next) = open.pop() {
        open.extend(needs.get(next).into_iter().flatten().filter(|needed| seen.insert(**needed)));
    }
    seen.contains(name)
}

//! Parameters: those of a path agree with it, and each is one value or a list that a query can hold.

use super::{Lint, reserved};
use crate::codegen::spec::names::{is_field, parameter_name};
use crate::codegen::spec::yaml::Mistake;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PARAMETER: &[&str] = &["name", "in", "required", "deprecated", "description", "schema", "$ref"];

impl Lint<'_> {
    pub(super) fn parameters(&self, pointer: &str, path: &str) -> Result<(), Mistake> {
        let mut given = BTreeMap::new();
        let list = self.at(&format!("{pointer}/parameters")).and_then(Value::as_array);
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let at = format!("{pointer}/parameters/{index}");
            self.parameter(&at)?;
            let target = parameter.get("$ref").and_then(Value::as_str).and_then(|to| self.at(to.strip_prefix('#')?));
            let text = |key| target.unwrap_or(parameter).get(key).and_then(Value::as_str).unwrap_or_default();
            if given.insert(text("name"), text("in")).is_some() {
                let what = format!("duplicate parameter `{}`", text("name"));
                return Err(self.source.violation("spec-form", &at, what, "keep one of them"));
            }
        }
        // Each `{name}` in the path needs a parameter `in: path`, and the reverse.
        let wanted: BTreeSet<_> = path.split('/').filter_map(parameter_name).collect();
        let given = given.into_iter().filter(|(_, place)| *place == "path").map(|(name, _)| name).collect();
        match wanted.symmetric_difference(&given).next() {
            Some(name) => Err(self.source.violation(
                "spec-form",
                pointer,
                format!("the path and its parameters do not agree on `{name}`"),
                format!("write `{{{name}}}` in the path and a parameter `in: path`, required"),
            )),
            None => Ok(()),
        }
    }

    pub(super) fn parameter(&self, pointer: &str) -> Result<(), Mistake> {
        self.keys(pointer, PARAMETER)?;
        if self.reference(pointer)? {
            return Ok(());
        }
        let place = self.at(&format!("{pointer}/in")).and_then(Value::as_str);
        if !matches!(place, Some("path" | "query" | "header")) || self.at(&format!("{pointer}/name")).is_none() {
            return Err(self.source.violation(
                "spec-form",
                pointer,
                "a parameter needs a `name`, and `in` must be path, query or header",
                "add or correct them",
            ));
        }
        let name = self.at(&format!("{pointer}/name")).and_then(Value::as_str).unwrap_or_default();
        if !is_field(name) {
            let what = format!("the parameter `{name}` is not a valid field name in Rust");
            return Err(self.source.violation(
                "rust-name",
                &format!("{pointer}/name"),
                what,
                "leave the parameter out",
            ));
        }
        if place == Some("path") && self.at(&format!("{pointer}/required")) != Some(&Value::Bool(true)) {
            let what = format!("the parameter `{name}` is in the path and not required");
            return Err(self.source.violation(
                "spec-form",
                pointer,
                what,
                "add `required: true`: no path goes without it",
            ));
        }
        if place == Some("header") && !reserved::is_free_header(name) {
            let what = format!("`{name}` is not the name of a header, or the client writes that header itself");
            return Err(self.source.violation(
                "spec-form",
                &format!("{pointer}/name"),
                what,
                "leave the parameter out",
            ));
        }
        let at = format!("{pointer}/schema");
        if self.at(&at).is_none() {
            return Err(self.source.violation(
                "spec-form",
                pointer,
                "a parameter without a schema",
                "add `schema: { type: ... }`",
            ));
        }
        self.schema(&at)?;
        self.parameter_schema(&at, place)
    }

    /// A parameter is one value; in the query it may be a list of them, since a name may be repeated there.
    fn parameter_schema(&self, at: &str, place: Option<&str>) -> Result<(), Mistake> {
        let wrong = |what: &str, help: &str| Err(self.source.violation("spec-form", at, what, help));
        let help = "give it a string, number or boolean, or a list of them `in: query`";
        let is_one_value = |kind: Option<&str>| !matches!(kind, Some("array" | "object"));
        match (self.kind(at), place) {
            (Some("array"), Some("query")) => match self.resolved(at) {
                list if self.at(&format!("{list}/nullable")).is_some() => {
                    wrong("a parameter cannot be `nullable`", "remove `nullable`: a list that is not set is not sent")
                }
                list if is_one_value(self.kind(&format!("{list}/items"))) => Ok(()),
                _ => wrong("a parameter cannot be a list of lists or of objects", help),
            },
            (kind, _) if is_one_value(kind) => Ok(()),
            (Some("array"), _) => wrong("only a parameter `in: query` can be a list", help),
            _ => wrong("a parameter cannot be an object", help),
        }
    }
}

//! Checks `x-feishu-results`: where a batch reports on its items.
//!
//! A pointer to another list, or another property as the code, would let a failed item
//! pass as done, and no type would notice.

use crate::codegen::spec::extensions::Results;
use crate::codegen::spec::model::{Model, Operation};
use crate::codegen::spec::references::reference;
use crate::codegen::spec::yaml::{Mistake, Source};
use serde_json::Value;

impl Model {
    pub(super) fn check_results(
        &self,
        source: &Source,
        at: &str,
        operation: &Operation,
        results: &Results,
    ) -> Result<(), Mistake> {
        let wrong =
            |key: &str, what: String, help: &str| Err(source.violation("results", &format!("{at}/{key}"), what, help));
        let Results { sent, items, item, id, code, already, partial_code } = results;
        if !self.is_sent(operation, sent, id) {
            let what = format!("`{sent}` is not a list of objects in the request body that require a string `{id}`");
            return wrong("sent", what, "name the property of the body that lists the items, and their id as `id`");
        }
        if self.kind(self.property(item, id)) != Some("string")
            || self.kind(self.property(item, code)) != Some("integer")
        {
            let what = format!("the schema `{item}` does not have a string `{id}` and an integer `{code}`");
            return wrong("item", what, "name the schema of a result; `id` and `code` name two of its properties");
        }
        if self.properties(item).any(|(property, _)| self.is_required(item, property)) {
            let what = format!("the result `{item}` has a required property");
            return wrong("item", what, "make all of them optional: one odd result must not fail the whole response");
        }
        let payload = format!("/{}", operation.data.join("/"));
        if items.rsplit_once('/').is_none_or(|(parent, _)| parent != payload) {
            let what = format!("`{items}` is not a property of the payload at `{payload}`");
            return wrong("items", what, "point at the list of results in the payload");
        }
        let list = self.at(operation, items);
        let listed = list.and_then(|list| self.resolve(list).1.get("items")).and_then(reference);
        match (partial_code, list) {
            (None, _) if listed != Some(item) => {
                let what = format!("`{items}` is not a list of `{item}` in the response");
                return wrong(
                    "items",
                    what,
                    "point at the list of results, or name as `partial_code` the failure that has it",
                );
            }
            (Some(_), Some(_)) => {
                let what = "the results are in the response, and in the data of a failure".to_owned();
                return wrong("partial_code", what, "remove it, or remove the list from the response");
            }
            _ => {}
        }
        let data = self.payload(operation).unwrap_or_default();
        if items.rsplit('/').next().is_some_and(|list| self.is_required(data, list)) {
            let what = format!("the list `{items}` is required");
            return wrong("items", what, "make it optional: a response without it must not fail to decode");
        }
        let is_listed = |code: &i64| operation.errors.iter().any(|row| row.code == *code);
        match already.iter().chain(partial_code).find(|code| !is_listed(code)) {
            Some(code) => {
                let key = if Some(*code) == *partial_code { "partial_code" } else { "already" };
                wrong(
                    key,
                    format!("{code} is not an error of this operation"),
                    "list it in x-feishu-errors, or correct it",
                )
            }
            None => Ok(()),
        }
    }

    /// Whether the property of the request body lists objects, each with its id.
    fn is_sent(&self, operation: &Operation, property: &str, id: &str) -> bool {
        let Some(list) = operation.body.as_deref().and_then(|body| self.property(body, property)) else { return false };
        let object = self.resolve(list).1.get("items").and_then(reference);
        object.is_some_and(|object| {
            self.is_required(object, id) && self.property(object, id).is_some_and(|schema| self.rust_text(schema))
        })
    }

    /// A property of a named schema.
    fn property<'a>(&'a self, schema: &str, property: &str) -> Option<&'a Value> {
        self.schemas.get(schema)?.get("properties")?.get(property)
    }
}

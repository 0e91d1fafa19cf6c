//! Checks what operations share.
//!
//! Operations may share schemas of bodies, envelopes and payloads. Code is generated once
//! for each of these, such as where an envelope has its payload, so it must be the same
//! for all operations that share it.

use crate::codegen::spec::extensions::{Page, Results};
use crate::codegen::spec::model::{Model, Operation};
use crate::codegen::spec::yaml::{Mistake, Source, segment};
use std::collections::BTreeMap;

/// A mistake for each operation that shares a schema with one before it, and differs.
pub(super) fn check(source: &Source, model: &Model) -> Vec<Mistake> {
    let mut uses = Uses { source, first: BTreeMap::new(), mistakes: Vec::new() };
    for operation in &model.operations {
        let data = operation.data.join("/");
        let payload = model.payload(operation).unwrap_or_default();
        if let Some(envelope) = &operation.response {
            uses.alike(operation, ("responses", envelope), "finds the payload elsewhere", &["/", &data]);
            let holder = model.data(operation).unwrap_or_default();
            uses.alike(operation, ("data", holder), "finds the payload elsewhere", &["/", &data]);
        }
        if let Some(Page { items, item, item_key, token, has_more, .. }) = &operation.page {
            let key = item_key.as_deref().unwrap_or_default();
            let parts = [&items.join(" "), item, key, token, has_more];
            uses.alike(operation, ("page", payload), "has other pages", &parts);
        }
        if let Some(Results { sent, id, partial_code, .. }) = &operation.results {
            let body = operation.body.as_deref().unwrap_or_default();
            uses.alike(operation, ("results", body), "has other items", &[sent, id]);
            if partial_code.is_none() {
                uses.alike(operation, ("results", payload), "is another batch", &[&operation.id]);
            }
        }
    }
    uses.mistakes
}

struct Uses<'a> {
    source: &'a Source,
    /// The first operation that uses a schema under a rule, and what it needs there.
    first: BTreeMap<(&'static str, &'a str), (&'a str, String)>,
    mistakes: Vec<Mistake>,
}

impl<'a> Uses<'a> {
    fn alike(&mut self, operation: &'a Operation, at: (&'static str, &'a str), differs: &str, parts: &[&str]) {
        let (id, need) = (operation.id.as_str(), parts.join(" "));
        let (other, needed) = self.first.entry(at).or_insert_with(|| (id, need.clone()));
        if *needed != need {
            let pointer = format!("/paths/{}/{}", segment(&operation.path), operation.method.to_lowercase());
            let (rule, schema) = at;
            let what = format!("`{id}` shares the schema `{schema}` with `{other}`, and {differs}");
            self.mistakes.push(self.source.violation(rule, &pointer, what, "give it a schema of its own"));
        }
    }
}

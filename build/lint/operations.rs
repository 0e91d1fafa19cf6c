//! Checks that the parts of an operation fit together (what operations share is in `shared.rs`).
//!
//! A pointer, a name or a type that does not fit another part would end in code that
//! does not compile, or in a response that is always empty.

use super::{files, forms, reserved, shared};
use crate::codegen::spec::extensions::{ErrorRow, Page, RetryRule};
use crate::codegen::spec::model::{Model, Operation, Parameter};
use crate::codegen::spec::names::field_ident;
use crate::codegen::spec::names::{is_identifier, is_snake_case};
use crate::codegen::spec::references::reference;
use crate::codegen::spec::yaml::{Mistake, Source, segment};
use heck::ToUpperCamelCase;
use serde_json::Value;
use std::collections::BTreeSet;

/// The first mistake of each operation and of each list of errors.
pub(super) fn check(source: &Source, model: &Model) -> Vec<Mistake> {
    let operations = model.operations.iter().map(|operation| {
        let pointer = format!("/paths/{}/{}", segment(&operation.path), operation.method.to_lowercase());
        model.check_operation(source, &pointer, operation)
    });
    let platform = model.check_error_rows(source, "/x-feishu-platform-errors", &model.platform_errors);
    let of_tokens = model.token_endpoints.iter().map(|endpoint| {
        model.check_error_rows(source, &format!("{}/x-feishu-errors", endpoint.pointer), &endpoint.errors)
    });
    let own = operations.chain(of_tokens).chain([model.check_error_names(source), platform]).filter_map(Result::err);
    own.chain(forms::check(source, model)).chain(shared::check(source, model)).collect()
}

impl Model {
    /// Finds the first mistake of an operation.
    fn check_operation(&self, source: &Source, pointer: &str, operation: &Operation) -> Result<(), Mistake> {
        self.check_error_rows(source, &format!("{pointer}/x-feishu-errors"), &operation.errors)?;
        let is_taken = |name: &str| reserved::BUILDER.contains(&field_ident(name).to_string().as_str());
        let taken = operation.parameters.iter().find(|parameter| is_taken(&parameter.name));
        if let Some(Parameter { name, .. }) = taken {
            let what = format!("every builder has a method `{name}`, so no parameter can have that name");
            return Err(source.violation(
                "rust-name",
                &format!("{pointer}/parameters"),
                what,
                "leave the parameter out, or rename the method in build/passes/operations.rs",
            ));
        }
        let mut fields = BTreeSet::new();
        if let Some(Parameter { name, .. }) =
            operation.parameters.iter().find(|parameter| !fields.insert(field_ident(&parameter.name).to_string()))
        {
            let what = format!("`{name}` and another parameter have the same name in Rust");
            return Err(source.violation("rust-name", &format!("{pointer}/parameters"), what, "leave one of them out"));
        }
        self.check_retry(source, &format!("{pointer}/x-feishu-retry"), operation)?;
        files::check(source, pointer, operation)?;
        self.check_body(source, pointer, operation)?;
        if let Some(envelope) = &operation.response {
            self.check_envelope(source, pointer, operation, envelope)?;
        }
        if let Some(results) = &operation.results {
            self.check_results(source, &format!("{pointer}/x-feishu-results"), operation, results)?;
        }
        match &operation.page {
            Some(page) => self.check_page(source, &format!("{pointer}/x-feishu-page"), operation, page),
            None => Ok(()),
        }
    }

    /// Each name becomes a variant in Rust.
    fn check_error_names(&self, source: &Source) -> Result<(), Mistake> {
        let mut taken = BTreeSet::new();
        let mut is_variant = |name: &str| {
            let variant = name.to_upper_camel_case();
            is_snake_case(name) && is_identifier(&variant) && taken.insert(variant)
        };
        match self.error_names.keys().find(|name| !is_variant(name)) {
            Some(name) => Err(source.violation(
                "rust-name",
                &format!("/x-feishu-error-names/{}", segment(name)),
                format!("the error name `{name}` is not snake_case, or is not a valid and unique variant name in Rust"),
                "rename it here and where it is used",
            )),
            None => Ok(()),
        }
    }

    /// Each row has a name that is defined, and a code of its own.
    fn check_error_rows(&self, source: &Source, pointer: &str, rows: &[ErrorRow]) -> Result<(), Mistake> {
        let mut codes = BTreeSet::new();
        for (index, row) in rows.iter().enumerate() {
            let at = format!("{pointer}/{index}");
            if !self.error_names.contains_key(&row.name) {
                let what = format!("the error name `{}` is not defined", row.name);
                return Err(source.violation("error-name", &at, what, "add it to x-feishu-error-names, or correct it"));
            }
            if !codes.insert(row.code) {
                let what = format!("duplicate code {}", row.code);
                return Err(source.violation("duplicate-error", &at, what, "keep one of them"));
            }
        }
        Ok(())
    }

    fn check_retry(&self, source: &Source, at: &str, operation: &Operation) -> Result<(), Mistake> {
        match (operation.retry.rule, &operation.retry.parameter) {
            (RetryRule::IdempotencyKey, Some(name)) if self.query(operation, name) == Some("string") => Ok(()),
            (RetryRule::IdempotencyKey, _) => Err(source.violation(
                "retry",
                at,
                "an idempotency key without its query parameter",
                "name a query parameter of this operation, a string of any value, as `parameter`",
            )),
            (_, Some(_)) => Err(source.violation(
                "retry",
                at,
                "`parameter` goes with the rule `idempotency-key`",
                "remove it or change the rule",
            )),
            _ => Ok(()),
        }
    }

    /// The body is an object with properties.
    fn check_body(&self, source: &Source, pointer: &str, operation: &Operation) -> Result<(), Mistake> {
        if operation.body.as_ref().is_some_and(|body| self.kind(self.schemas.get(body)) != Some("object")) {
            let at = format!("{pointer}/requestBody");
            return Err(source.violation(
                "request-body",
                &at,
                "the request body is no object",
                "refer to a schema of `type: object`",
            ));
        }
        if operation.body.as_ref().is_some_and(|body| self.properties(body).next().is_none()) {
            let at = format!("{pointer}/requestBody");
            let help = "give its schema properties, or remove the request body";
            return Err(source.violation("request-body", &at, "the request body has no properties", help));
        }
        Ok(())
    }

    /// The envelope is an object, and has its parts.
    fn check_envelope(
        &self,
        source: &Source,
        pointer: &str,
        operation: &Operation,
        envelope: &str,
    ) -> Result<(), Mistake> {
        let data = format!("/{}", operation.data.join("/"));
        if self.kind(self.at(operation, "/code")) != Some("integer") || !self.is_required(envelope, "code") {
            let what = format!("the envelope `{envelope}` has no `code` that is a required integer");
            return Err(source.violation("responses", pointer, what, "give the envelope one"));
        }
        // No success is lost because of `msg`, or of anything else that is not its payload.
        let required = self.schemas.get(envelope).and_then(|schema| schema["required"].as_array());
        let is_needed = |name: &str| name == "code" || operation.data.first().is_some_and(|data| data == name);
        if let Some(name) = required.into_iter().flatten().filter_map(Value::as_str).find(|name| !is_needed(name)) {
            let what =
                format!("the envelope `{envelope}` requires `{name}`, so a success without it would be an error");
            return Err(source.violation("responses", pointer, what, "take it out of `required`"));
        }
        if operation.data.first().is_none_or(|first| first != "data") {
            let what = format!("the payload stands at `{data}`, and the client reads the envelope's `data` alone");
            let help = "point `x-feishu-data` at `/data` or an object in it";
            return Err(source.violation("data", pointer, what, help));
        }
        if self.kind(self.at(operation, &data)) != Some("object") {
            let what = format!("the envelope `{envelope}` has no object at `{data}`");
            let help = "give the envelope a `data` property, or point `x-feishu-data` at the payload";
            return Err(source.violation("data", pointer, what, help));
        }
        Ok(())
    }

    fn check_page(&self, source: &Source, at: &str, operation: &Operation, page: &Page) -> Result<(), Mistake> {
        let data = format!("/{}", operation.data.join("/"));
        // One step below the payload: that is where the generated code looks.
        let below = |target: &str| target.rsplit_once('/').is_some_and(|(parent, _)| parent == data);
        let pointers = page.items.iter().map(|list| (list, "array"));
        for (target, kind) in pointers.chain([(&page.token, "string"), (&page.has_more, "boolean")]) {
            if !below(target) || self.kind(self.at(operation, target)) != Some(kind) {
                let what = format!("`{target}` is not a property of type {kind} of the payload at `{data}`");
                return Err(source.violation("page", at, what, "point at such a property of the payload"));
            }
        }
        for (name, kind) in [(&page.request_token, "string"), (&page.request_size, "integer")] {
            if self.query(operation, name) != Some(kind) {
                let what = format!("there is no query parameter `{name}` of type {kind}");
                return Err(source.violation("page", at, what, "name a query parameter of this operation"));
            }
        }
        let payload = self.payload(operation).unwrap_or_default();
        if page.token.rsplit('/').next().is_some_and(|token| self.is_required(payload, token)) {
            let what = format!("`{}` is required, and the last page has none", page.token);
            return Err(source.violation("page", at, what, "take it out of `required` of the payload"));
        }
        let is_required = |name: &str| operation.parameters.iter().any(|other| other.name == name && other.required);
        if let Some(name) = [&page.request_token, &page.request_size].into_iter().find(|name| is_required(name)) {
            let what = format!("the query parameter `{name}` is required, and the first page goes without it");
            return Err(source.violation("page", at, what, "make it optional"));
        }
        if self.schemas.get(&page.item).is_some_and(|item| self.kind(Some(item)) != Some("object")) {
            let what = format!("`{}` is not a schema of an object", page.item);
            return Err(source.violation("page", at, what, "name the schema of the objects that the lists hold"));
        }
        let property = |key: &String| self.schemas.get(&page.item)?.get("properties")?.get(key);
        if page.item_key.is_some() && self.properties(&page.item).any(|(name, _)| self.is_required(&page.item, name)) {
            let what = format!("`{}` has a required property, which an item sent as a plain string lacks", page.item);
            return Err(source.violation("page", at, what, "make its properties optional"));
        }
        if !self.schemas.contains_key(&page.item)
            || page.item_key.as_ref().is_some_and(|key| self.kind(property(key)) != Some("string"))
        {
            let what = format!("there is no schema `{}` with such a key", page.item);
            let help = "name a schema of components/schemas and one of its properties, a string";
            return Err(source.violation("page", at, what, help));
        }
        let lists_items = |list: &&String| {
            let items = self.at(operation, list).and_then(|list| self.resolve(list).1.get("items"));
            let is_key = self.kind(items) == Some("string") && page.item_key.is_some();
            is_key || items.and_then(reference) == Some(&page.item)
        };
        if page.items.is_empty() || !page.items.iter().all(|list| lists_items(&list)) {
            let what = format!("the lists do not hold `{}`, or strings that become one", page.item);
            let help =
                "point `items` at lists of the schema `item`, or name the property that a string becomes as `item_key`";
            return Err(source.violation("page", at, what, help));
        }
        Ok(())
    }

    /// The type behind references; none of a schema that lists its values.
    pub(super) fn kind<'a>(&'a self, schema: Option<&'a Value>) -> Option<&'a str> {
        let schema = self.resolve(schema?).1;
        if schema.get("enum").is_some() { None } else { schema.get("type")?.as_str() }
    }

    /// The type of a query parameter.
    fn query<'a>(&'a self, operation: &'a Operation, name: &str) -> Option<&'a str> {
        let parameter =
            operation.parameters.iter().find(|parameter| parameter.place == "query" && parameter.name == name);
        self.kind(parameter.map(|parameter| &parameter.schema))
    }
}

//! The linter of the spec: returns a list of mistakes, each with its rule, its position and a fix.
//!
//! openapiv3 and progenitor ignore unknown keywords, so `maxLenght` or `requred` would
//! silently weaken the client. The linter allows only the keywords that have an effect
//! at their position, requires that every `$ref` has a target, and checks that the
//! parts of an operation fit together.
//!
//! `build.rs` and `xtask/specproof` both compile this folder as part of `crate::codegen`,
//! since a published crate cannot depend on an unpublished one. `build.rs` prints the
//! mistakes and fails; `cargo xtask validate` shows the same list as findings,
//! by [`RULES`]. Checks that need the spec alone belong here; checks that need a
//! document or the service belong in `validate`.

mod cycles;
mod files;
mod forms;
mod operations;
mod parameters;
pub mod reserved;
mod results;
mod schemas;
mod shared;

use crate::codegen::spec::METHODS;
use crate::codegen::spec::features;
use crate::codegen::spec::media::{FORM, JSON, is_file};
use crate::codegen::spec::model::Model;
use crate::codegen::spec::names::{is_identifier, is_path, is_snake_case};
use crate::codegen::spec::token_endpoints::is_token_endpoint;
use crate::codegen::spec::yaml::{Mistake, Source, lookup, segment};
use heck::ToUpperCamelCase;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Keys of the document.
pub const ROOT: &[&str] = &[
    "openapi",
    "info",
    "servers",
    "tags",
    "security",
    "paths",
    "components",
    "x-feishu-platform-errors",
    "x-feishu-error-names",
];
/// Keys of `components`.
pub const COMPONENTS: &[&str] = &["securitySchemes", "parameters", "responses", "examples", "schemas"];
/// Keys of an operation.
pub const OPERATION: &[&str] = &[
    "operationId",
    "tags",
    "summary",
    "description",
    "parameters",
    "requestBody",
    "responses",
    "x-feishu-source",
    "x-feishu-access-tokens",
    "x-feishu-scopes",
    "x-feishu-app-types",
    "x-feishu-rate-limit",
    "x-feishu-retry",
    "x-feishu-page",
    "x-feishu-results",
    "x-feishu-data",
    "x-feishu-errors",
];
/// Keys of a token endpoint, of which the client has no method.
const TOKEN_ENDPOINT: &[&str] = &[
    "operationId",
    "tags",
    "summary",
    "description",
    "security",
    "requestBody",
    "responses",
    "x-feishu-token-endpoint",
    "x-feishu-app-types",
    "x-feishu-errors",
];
/// Every rule that a mistake can name.
#[allow(dead_code, reason = "the build only prints names; `validate` has a text for each")]
pub const RULES: &[&str] = &[
    "data",
    "duplicate-error",
    "enum-notes",
    "error-name",
    "first-of",
    "nullable-list",
    "operation-id",
    "page",
    "request-body",
    "responses",
    "results",
    "retry",
    "rust-name",
    "spec-form",
    "unproven-key",
];
const BODY: &[&str] = &["required", "description", "content"];
const RESPONSE: &[&str] = &["description", "content", "$ref"];
const EXAMPLE: &[&str] = &["summary", "value", "$ref"];

/// Returns every mistake, in the order of the file.
///
/// The document's keys, an operation or a component report their first mistake only: the others may follow from it.
/// Whether the parts of an operation fit together is checked once each of them is sound.
#[allow(dead_code, reason = "`validate` shows the mistakes; the build goes on with the model")]
pub fn check(source: &Source) -> Vec<Mistake> {
    read(source).err().unwrap_or_default()
}

/// The model of a spec without mistakes, or its mistakes as [`check`] returns them.
pub fn read(source: &Source) -> Result<Model, Vec<Mistake>> {
    let lint = Lint { source, last: RefCell::default() };
    // Whatever follows references would follow these for ever.
    let cycles = lint.cycles();
    if !cycles.is_empty() {
        return Err(cycles);
    }
    let mut found = vec![lint.keys("", ROOT), lint.keys("/components", COMPONENTS)];
    found.extend(lint.tags());
    found.extend(lint.operations());
    let components = |kind: &str| {
        let section = format!("/components/{kind}");
        lint.names(&section).map(move |name| format!("{section}/{}", segment(name))).collect::<Vec<_>>()
    };
    found.extend(components("parameters").iter().map(|pointer| lint.parameter(pointer)));
    found.extend(components("responses").iter().map(|pointer| lint.content(pointer, RESPONSE)));
    found.extend(components("examples").iter().map(|pointer| lint.example(pointer)));
    found.extend(lint.names("/components/schemas").map(|name| lint.named_schema(name)));
    let mut mistakes: Vec<_> = found.into_iter().filter_map(Result::err).collect();
    if mistakes.is_empty() {
        mistakes = match Model::read(source) {
            Ok(model) => match operations::check(source, &model) {
                none if none.is_empty() => return Ok(model),
                mistakes => mistakes,
            },
            Err(mistakes) => mistakes,
        };
    }
    mistakes.sort_by_key(|mistake| mistake.place);
    Err(mistakes)
}

struct Lint<'a> {
    source: &'a Source,
    /// The pointer to the operation or component that was looked into last, and its value.
    last: RefCell<(String, Option<&'a Value>)>,
}

impl<'a> Lint<'a> {
    fn operations(&self) -> Vec<Result<(), Mistake>> {
        let (mut found, mut ids) = (Vec::new(), BTreeMap::new());
        for path in self.names("/paths") {
            let item = format!("/paths/{}", segment(path));
            let is_sound = self.keys(&item, &METHODS).and_then(|()| self.path(&item, path));
            if is_sound.is_err() {
                found.push(is_sound);
                continue;
            }
            for method in self.names(&item) {
                let pointer = format!("{item}/{method}");
                let id = self.at(&format!("{pointer}/operationId")).and_then(Value::as_str).unwrap_or_default();
                let mut unique = || {
                    let what = match ids.insert(id.to_upper_camel_case(), id) {
                        None => return Ok(()),
                        Some(other) if other == id => format!("operationId `{id}` is used twice"),
                        Some(other) => format!("the operationIds `{other}` and `{id}` have the same name in Rust"),
                    };
                    Err(self.source.violation("operation-id", &pointer, what, "rename one of them"))
                };
                found.push(self.operation(&pointer, path).and_then(|()| unique()));
            }
        }
        found
    }

    /// A feature that cargo could not turn on would leave its operations out for ever.
    fn tags(&self) -> Vec<Result<(), Mistake>> {
        let count = self.at("/tags").and_then(Value::as_array).map_or(0, Vec::len);
        let feature = |tag| {
            let pointer = format!("/tags/{tag}/{}", features::KEY);
            let Some(value) = self.at(&pointer) else { return Ok(()) };
            let is_name = |name: &str| {
                name.starts_with(|c: char| c.is_ascii_lowercase())
                    && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            if value.as_str().is_some_and(is_name) {
                return Ok(());
            }
            let (what, help) = ("this is no name of a feature", "write lower-case letters, digits and `-`");
            Err(self.source.violation("spec-form", &pointer, what, help))
        };
        (0..count).map(feature).collect()
    }

    fn path(&self, item: &str, path: &str) -> Result<(), Mistake> {
        if is_path(path) {
            return Ok(());
        }
        let what = format!("the path `{path}` is malformed");
        Err(self.source.violation("spec-form", item, what, "begin with `/`, and write a parameter as `{name}`"))
    }

    /// The generator converts names to its own case, and then does not find the references to them.
    fn named_schema(&self, name: &str) -> Result<(), Mistake> {
        let pointer = format!("/components/schemas/{}", segment(name));
        if reserved::TYPES.contains(&name) {
            let what = format!("a type `{name}` would hide Rust's own");
            return Err(self.source.violation(
                "rust-name",
                &pointer,
                what,
                "rename it, here and where it is referred to",
            ));
        }
        if name == name.to_upper_camel_case() && is_identifier(name) {
            return self.schema(&pointer);
        }
        let what = format!("the generator would rename the schema `{name}`");
        let help = format!("write `{}`, here and where it is referred to", name.to_upper_camel_case());
        Err(self.source.violation("rust-name", &pointer, what, help))
    }

    fn operation(&self, pointer: &str, path: &str) -> Result<(), Mistake> {
        let is_token_endpoint = self.at(pointer).is_some_and(is_token_endpoint);
        self.keys(pointer, if is_token_endpoint { TOKEN_ENDPOINT } else { OPERATION })?;
        let id = self.at(&format!("{pointer}/operationId")).and_then(Value::as_str);
        let Some(id) = id.filter(|id| is_snake_case(id)) else {
            return Err(self.source.violation(
                "operation-id",
                pointer,
                "the operation has no operationId in snake_case",
                "add `operationId: verb_noun`",
            ));
        };
        if !reserved::is_free_operation(id) || !is_identifier(id) {
            let at = format!("{pointer}/operationId");
            return Err(self.source.violation(
                "operation-id",
                &at,
                format!("`{id}` is a keyword or a name that the client uses already"),
                "rename it",
            ));
        }
        self.parameters(pointer, path)?;
        if self.at(&format!("{pointer}/requestBody")).is_some() {
            self.content(&format!("{pointer}/requestBody"), BODY)?;
        }
        for status in self.names(&format!("{pointer}/responses")) {
            let at = format!("{pointer}/responses/{status}");
            if !["200", "4XX", "5XX"].contains(&status.as_str()) {
                return Err(self.source.violation(
                    "responses",
                    &at,
                    format!("the status `{status}` is not supported"),
                    "document success as '200' and failures as 4XX and 5XX",
                ));
            }
            match status == "200" && !is_token_endpoint && self.at(&at).is_some_and(is_file) {
                true => self.file(&at)?,
                false => self.content(&at, RESPONSE)?,
            }
        }
        Ok(())
    }

    fn content(&self, pointer: &str, keys: &[&str]) -> Result<(), Mistake> {
        self.keys(pointer, keys)?;
        if self.reference(pointer)? {
            return Ok(());
        }
        let media_types = self.names(&format!("{pointer}/content")).collect::<Vec<_>>();
        for media in &media_types {
            let at = format!("{pointer}/content/{}", segment(media));
            let is_body = keys == BODY;
            if *media != JSON && !(is_body && *media == FORM) {
                let help = if is_body { "use application/json or multipart/form-data" } else { "use application/json" };
                let what = format!("the media type `{media}` is not supported");
                return Err(self.source.violation("responses", &at, what, help));
            }
            if media_types.len() > 1 {
                let what = "a body has more than one media type";
                return Err(self.source.violation("request-body", &at, what, "keep one of them"));
            }
            if self.at(&format!("{at}/schema")).is_none() {
                let help = "add `schema: { $ref: ... }`, or remove `content` from a failure that has no body";
                return Err(self.source.violation("responses", &at, format!("`{media}` has no schema"), help));
            }
            self.schema(&format!("{at}/schema"))?;
            for example in self.names(&format!("{at}/examples")) {
                self.example(&format!("{at}/examples/{}", segment(example)))?;
            }
        }
        Ok(())
    }

    /// The generator reads no example; `validate` proves their values.
    fn example(&self, pointer: &str) -> Result<(), Mistake> {
        self.keys(pointer, EXAMPLE)?;
        self.reference(pointer).map(|_| ())
    }

    /// Whether the value is a reference, which must have a target and no other keys.
    fn reference(&self, pointer: &str) -> Result<bool, Mistake> {
        let Some(target) = self.at(&format!("{pointer}/$ref")) else { return Ok(false) };
        if target.as_str().and_then(|target| self.at(target.strip_prefix('#')?)).is_none() {
            let at = format!("{pointer}/$ref");
            return Err(self.source.violation(
                "spec-form",
                &at,
                format!("{target} is not defined"),
                "correct the reference, or define its target",
            ));
        }
        if self.names(pointer).count() > 1 {
            let what = "keys next to a `$ref` are ignored";
            return Err(self.source.violation("spec-form", pointer, what, "write `allOf: [{ $ref: ... }]` instead"));
        }
        Ok(true)
    }

    fn keys(&self, pointer: &str, known: &[&str]) -> Result<(), Mistake> {
        let Some(map) = self.object(pointer) else {
            return Err(self.source.violation(
                "spec-form",
                pointer,
                "expected a mapping",
                format!("write `key: value` with keys of: {}", known.join(", ")),
            ));
        };
        match map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.source.violation(
                "unproven-key",
                &format!("{pointer}/{}", segment(key)),
                format!("unknown key `{key}`"),
                format!("use one of: {}", known.join(", ")),
            )),
            None => Ok(()),
        }
    }

    fn names(&self, pointer: &str) -> impl Iterator<Item = &'a String> + use<'a> {
        self.object(pointer).into_iter().flat_map(|map| map.keys())
    }

    fn object(&self, pointer: &str) -> Option<&'a Map<String, Value>> {
        self.at(pointer).and_then(Value::as_object)
    }

    /// The value at a pointer.
    ///
    /// Most are in the operation or component of the one before: finding that again was a third of the linter's time.
    fn at(&self, pointer: &str) -> Option<&'a Value> {
        let Some((end, _)) = pointer.match_indices('/').nth(3) else { return lookup(&self.source.value, pointer) };
        let (holder, inside) = pointer.split_at(end);
        let mut last = self.last.borrow_mut();
        if last.0 != holder {
            *last = (holder.to_owned(), lookup(&self.source.value, holder));
        }
        last.1.and_then(|value| lookup(value, inside))
    }
}

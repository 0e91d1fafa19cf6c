//! The spec's own spelling.
//!
//! openapiv3 and progenitor pass over a keyword they do not know, so `maxLenght`
//! or `requred` would silently weaken the client. Every keyword is held against the
//! ones that mean something at its place, and every `$ref` must lead somewhere.

mod schemas;

pub use crate::codegen::facts::METHODS;
use crate::codegen::facts::object;
use crate::codegen::source::{Mistake, Source, segment};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

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
pub const COMPONENTS: &[&str] = &["securitySchemes", "parameters", "responses", "schemas"];
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
    "x-feishu-data",
    "x-feishu-errors",
];
/// What `Client` has beside the operations.
pub const CLIENT: &[&str] = &[
    "builder",
    "with_user_token",
    "with_retry_policy",
    "base_url",
    "new",
    "call",
    "call_raw",
    "try_once",
    "deadline",
    "shared",
    "retry_policy",
    "credentials",
    "clone",
];
const PARAMETER: &[&str] = &["name", "in", "required", "deprecated", "description", "schema", "$ref"];
const BODY: &[&str] = &["required", "description", "content"];
const RESPONSE: &[&str] = &["description", "content", "$ref"];

/// Finds the first keyword, reference or name that would be passed over or break the generator.
pub fn check(source: &Source) -> Result<(), Mistake> {
    let lint = Lint { source };
    lint.keys("", ROOT)?;
    lint.keys("/components", COMPONENTS)?;
    lint.operations()?;
    for name in lint.names("/components/parameters") {
        lint.parameter(&format!("/components/parameters/{}", segment(name)))?;
    }
    for name in lint.names("/components/responses") {
        lint.content(&format!("/components/responses/{}", segment(name)), RESPONSE)?;
    }
    for name in lint.names("/components/schemas") {
        if *name != name.to_upper_camel_case() || !is_identifier(name) {
            let what = format!("the generator would give the schema `{name}` another name");
            let help = format!("write `{}`, here and where it is referred to", name.to_upper_camel_case());
            return Err(source.mistake(&format!("/components/schemas/{}", segment(name)), what, help));
        }
        lint.schema(&format!("/components/schemas/{}", segment(name)))?;
    }
    Ok(())
}

struct Lint<'a> {
    source: &'a Source,
}

impl<'a> Lint<'a> {
    fn operations(&self) -> Result<(), Mistake> {
        let mut ids = BTreeSet::new();
        for path in self.names("/paths") {
            let item = format!("/paths/{}", segment(path));
            self.keys(&item, &METHODS)?;
            if !is_path(path) {
                let what = format!("the path `{path}` is malformed");
                return Err(self.source.mistake(&item, what, "begin with `/`, and write a parameter as `{name}`"));
            }
            for method in self.names(&item) {
                let pointer = format!("{item}/{method}");
                self.operation(&pointer, path)?;
                let id = self.at(&format!("{pointer}/operationId")).and_then(Value::as_str).unwrap_or_default();
                if !ids.insert(id) {
                    let what = format!("operationId `{id}` is used twice");
                    return Err(self.source.mistake(&pointer, what, "rename one of them"));
                }
            }
        }
        Ok(())
    }

    fn operation(&self, pointer: &str, path: &str) -> Result<(), Mistake> {
        self.keys(pointer, OPERATION)?;
        let id = self.at(&format!("{pointer}/operationId")).and_then(Value::as_str);
        let Some(id) = id.filter(|id| is_snake_case(id)) else {
            return Err(self.source.mistake(
                pointer,
                "the operation has no operationId in snake_case",
                "add `operationId: verb_noun`",
            ));
        };
        if CLIENT.contains(&id) || !is_identifier(id) {
            let at = format!("{pointer}/operationId");
            return Err(self.source.mistake(&at, format!("no method of the client can be called `{id}`"), "rename it"));
        }
        self.parameters(pointer, path)?;
        if self.at(&format!("{pointer}/requestBody")).is_some() {
            self.content(&format!("{pointer}/requestBody"), BODY)?;
        }
        for status in self.names(&format!("{pointer}/responses")) {
            let at = format!("{pointer}/responses/{status}");
            if !["200", "4XX", "5XX"].contains(&status.as_str()) {
                return Err(self.source.mistake(
                    &at,
                    format!("the response `{status}`"),
                    "document success as '200' and failures as 4XX and 5XX",
                ));
            }
            self.content(&at, RESPONSE)?;
        }
        Ok(())
    }

    fn parameters(&self, pointer: &str, path: &str) -> Result<(), Mistake> {
        let mut given = BTreeMap::new();
        let list = self.at(&format!("{pointer}/parameters")).and_then(Value::as_array);
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let at = format!("{pointer}/parameters/{index}");
            self.parameter(&at)?;
            let target = parameter.get("$ref").and_then(Value::as_str).and_then(|to| self.at(to.strip_prefix('#')?));
            let text = |key| target.unwrap_or(parameter).get(key).and_then(Value::as_str).unwrap_or_default();
            if given.insert(text("name"), text("in")).is_some() {
                let what = format!("the parameter `{}` is there twice", text("name"));
                return Err(self.source.mistake(&at, what, "keep one of them"));
            }
        }
        // A `{name}` in the path and a parameter in the path are two halves of one thing.
        let wanted: BTreeSet<_> = path.split('/').filter_map(parameter_name).collect();
        let given = given.into_iter().filter(|(_, place)| *place == "path").map(|(name, _)| name).collect();
        match wanted.symmetric_difference(&given).next() {
            Some(name) => Err(self.source.mistake(
                pointer,
                format!("the path and its parameters do not agree on `{name}`"),
                format!("write `{{{name}}}` in the path and a parameter `in: path`, required"),
            )),
            None => Ok(()),
        }
    }

    fn parameter(&self, pointer: &str) -> Result<(), Mistake> {
        self.keys(pointer, PARAMETER)?;
        if self.reference(pointer)? {
            return Ok(());
        }
        let place = self.at(&format!("{pointer}/in")).and_then(Value::as_str);
        if !matches!(place, Some("path" | "query")) || self.at(&format!("{pointer}/name")).is_none() {
            return Err(self.source.mistake(
                pointer,
                "a parameter needs a `name`, and `in` must be path or query",
                "add or correct them",
            ));
        }
        let name = self.at(&format!("{pointer}/name")).and_then(Value::as_str).unwrap_or_default();
        if !is_field(name) {
            let what = format!("no setter can be named after the parameter `{name}`");
            return Err(self.source.mistake(&format!("{pointer}/name"), what, "leave the parameter out"));
        }
        let at = format!("{pointer}/schema");
        if self.at(&at).is_none() {
            return Err(self.source.mistake(pointer, "a parameter without a schema", "add `schema: { type: ... }`"));
        }
        self.schema(&at)?;
        match self.kind(&at) {
            Some("array" | "object") => {
                Err(self.source.mistake(&at, "a parameter of several values", "give it a string, number or boolean"))
            }
            _ => Ok(()),
        }
    }

    fn content(&self, pointer: &str, keys: &[&str]) -> Result<(), Mistake> {
        self.keys(pointer, keys)?;
        if self.reference(pointer)? {
            return Ok(());
        }
        for media in self.names(&format!("{pointer}/content")) {
            let at = format!("{pointer}/content/{}", segment(media));
            if media != "application/json" {
                return Err(self.source.mistake(&at, format!("the media type `{media}`"), "use application/json"));
            }
            self.schema(&format!("{at}/schema"))?;
        }
        Ok(())
    }

    /// Whether the value is a reference, which must lead somewhere and stand alone.
    fn reference(&self, pointer: &str) -> Result<bool, Mistake> {
        let Some(target) = self.at(&format!("{pointer}/$ref")) else { return Ok(false) };
        if target.as_str().and_then(|target| self.at(target.strip_prefix('#')?)).is_none() {
            let at = format!("{pointer}/$ref");
            return Err(self.source.mistake(
                &at,
                format!("{target} leads nowhere"),
                "correct it, or add what it names",
            ));
        }
        if self.names(pointer).count() > 1 {
            let what = "what stands beside a `$ref` is passed over";
            return Err(self.source.mistake(pointer, what, "write `allOf: [{ $ref: ... }]` instead"));
        }
        Ok(true)
    }

    fn keys(&self, pointer: &str, known: &[&str]) -> Result<(), Mistake> {
        let Some(map) = object(&self.source.value, pointer) else {
            return Err(self.source.mistake(
                pointer,
                "this should be a mapping",
                format!("write `key: value` with keys of: {}", known.join(", ")),
            ));
        };
        match map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.source.mistake(
                &format!("{pointer}/{}", segment(key)),
                format!("the key `{key}` means nothing here"),
                format!("use one of: {}", known.join(", ")),
            )),
            None => Ok(()),
        }
    }

    fn names(&self, pointer: &str) -> impl Iterator<Item = &'a String> + use<'a> {
        object(&self.source.value, pointer).into_iter().flat_map(|map| map.keys())
    }

    fn at(&self, pointer: &str) -> Option<&'a Value> {
        self.source.value.pointer(pointer)
    }
}

/// Lower case, digits and `_`, a letter first.
pub fn is_snake_case(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !id.contains("__")
        && !id.ends_with('_')
}

/// Whether Rust takes it for a name.
pub fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Whether a parameter or property of this name can be a field in Rust.
pub fn is_field(name: &str) -> bool {
    let snake = name.to_snake_case();
    // As the generators do, `types::field_ident` steps aside for a keyword.
    is_identifier(&snake) || is_identifier(&format!("{snake}_"))
}

/// Segments of text, or of one parameter each.
pub fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| parameter_name(segment).is_some() || !segment.contains(['{', '}', '?', '#']);
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment))
}

/// `name` of a segment `{name}`.
fn parameter_name(segment: &str) -> Option<&str> {
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && is_field(name);
    segment.strip_prefix('{')?.strip_suffix('}').filter(is_name)
}

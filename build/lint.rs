//! The spec's own spelling.
//!
//! openapiv3 and progenitor pass over a keyword they do not know, so `maxLenght`
//! or `requred` would silently weaken the client. Every keyword is held against the
//! ones that mean something at its place, and every `$ref` must lead somewhere.

use crate::codegen::facts::{METHODS, object};
use crate::codegen::source::{Mistake, Source, segment};
use serde_json::Value;
use std::collections::BTreeMap;

const ROOT: &[&str] = &[
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
const COMPONENTS: &[&str] = &["securitySchemes", "parameters", "responses", "schemas"];
const OPERATION: &[&str] = &[
    "operationId",
    "tags",
    "summary",
    "description",
    "deprecated",
    "parameters",
    "requestBody",
    "responses",
    "x-source",
    "x-feishu-access-tokens",
    "x-feishu-scopes",
    "x-feishu-app-types",
    "x-feishu-rate-limit",
    "x-feishu-retry",
    "x-feishu-page",
    "x-feishu-data",
    "x-feishu-errors",
];
const PARAMETER: &[&str] = &["name", "in", "required", "deprecated", "description", "schema", "$ref"];
const BODY: &[&str] = &["required", "description", "content"];
const RESPONSE: &[&str] = &["description", "content", "$ref"];
const SCHEMA: &[&str] = &[
    "type",
    "format",
    "description",
    "nullable",
    "deprecated",
    "enum",
    "default",
    "required",
    "properties",
    "items",
    "allOf",
    "$ref",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "x-enum-varnames",
    "x-enum-descriptions",
    "x-feishu-first-of",
];
const TYPES: &[&str] = &["object", "array", "string", "integer", "boolean"];

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
        lint.schema(&format!("/components/schemas/{}", segment(name)))?;
    }
    Ok(())
}

struct Lint<'a> {
    source: &'a Source,
}

impl<'a> Lint<'a> {
    fn operations(&self) -> Result<(), Mistake> {
        let mut ids = BTreeMap::new();
        for path in self.names("/paths") {
            let item = format!("/paths/{}", segment(path));
            self.keys(&item, &METHODS)?;
            for method in self.names(&item) {
                let pointer = format!("{item}/{method}");
                self.keys(&pointer, OPERATION)?;
                let id = self.at(&format!("{pointer}/operationId")).and_then(Value::as_str);
                let Some(id) = id.filter(|id| is_snake_case(id)) else {
                    return Err(self.source.mistake(
                        &pointer,
                        "the operation has no operationId in snake_case",
                        "add `operationId: verb_noun`",
                    ));
                };
                if ids.insert(id, ()).is_some() {
                    return Err(self.source.mistake(
                        &pointer,
                        format!("operationId `{id}` is used twice"),
                        "rename one of them",
                    ));
                }
                for index in 0..self.at(&format!("{pointer}/parameters")).and_then(Value::as_array).map_or(0, Vec::len)
                {
                    self.parameter(&format!("{pointer}/parameters/{index}"))?;
                }
                self.path_parameters(&pointer, path)?;
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
            }
        }
        Ok(())
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
        if self.at(&format!("{pointer}/schema")).is_none() {
            return Err(self.source.mistake(pointer, "a parameter without a schema", "add `schema: { type: ... }`"));
        }
        self.schema(&format!("{pointer}/schema"))
    }

    /// A `{name}` in the path and a parameter in the path are two halves of one thing.
    fn path_parameters(&self, pointer: &str, path: &str) -> Result<(), Mistake> {
        let wanted: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let mut given = Vec::new();
        for parameter in self.at(&format!("{pointer}/parameters")).and_then(Value::as_array).into_iter().flatten() {
            let target = parameter.get("$ref").and_then(Value::as_str).and_then(|to| self.at(to.strip_prefix('#')?));
            let parameter = target.unwrap_or(parameter);
            if parameter.get("in") == Some(&Value::from("path")) {
                given.extend(parameter.get("name").and_then(Value::as_str));
            }
        }
        let lacks = |list: &[&str], name: &&&str| !list.contains(name);
        if let Some(name) =
            wanted.iter().find(|name| lacks(&given, name)).or(given.iter().find(|name| lacks(&wanted, name)))
        {
            return Err(self.source.mistake(
                pointer,
                format!("the path and its parameters do not agree on `{name}`"),
                "write `{name}` in the path and a parameter `in: path`, required",
            ));
        }
        Ok(())
    }

    fn content(&self, pointer: &str, keys: &[&str]) -> Result<(), Mistake> {
        self.keys(pointer, keys)?;
        if self.reference(pointer)? {
            return Ok(());
        }
        for media in self.names(&format!("{pointer}/content")) {
            self.schema(&format!("{pointer}/content/{}/schema", segment(media)))?;
        }
        Ok(())
    }

    fn schema(&self, pointer: &str) -> Result<(), Mistake> {
        self.keys(pointer, SCHEMA)?;
        if self.reference(pointer)? {
            return Ok(());
        }
        let kind = self.at(&format!("{pointer}/type")).and_then(Value::as_str);
        let all = self.at(&format!("{pointer}/allOf")).and_then(Value::as_array);
        match (kind, all.map(Vec::len)) {
            (Some(kind), None) if TYPES.contains(&kind) => {}
            (None, Some(1)) => return self.schema(&format!("{pointer}/allOf/0")),
            _ => {
                return Err(self.source.mistake(
                    pointer,
                    "a schema needs a known `type`, a `$ref` or an `allOf` of one",
                    format!("write one of: {}", TYPES.join(", ")),
                ));
            }
        }
        for name in self.names(&format!("{pointer}/properties")) {
            self.schema(&format!("{pointer}/properties/{}", segment(name)))?;
        }
        for name in self.at(&format!("{pointer}/required")).and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if self.at(&format!("{pointer}/properties/{}", segment(name))).is_none() {
                return Err(self.source.mistake(
                    &format!("{pointer}/required"),
                    format!("`{name}` is required and is no property"),
                    "correct the name or add the property",
                ));
            }
        }
        let values = self.at(&format!("{pointer}/enum")).and_then(Value::as_array).map(Vec::len);
        for key in ["x-enum-varnames", "x-enum-descriptions"] {
            let names = self.at(&format!("{pointer}/{key}")).and_then(Value::as_array).map(Vec::len);
            if names.is_some() && names != values
                || (key == "x-enum-varnames" && kind == Some("integer") && values.is_some() && names.is_none())
            {
                return Err(self.source.mistake(
                    pointer,
                    format!("`{key}` and `enum` are not of one length"),
                    "give each value one entry",
                ));
            }
        }
        if values.is_some() && pointer.matches('/').count() != 3 {
            return Err(self.source.mistake(
                pointer,
                "an `enum` without a name",
                "move it to components/schemas and refer to it",
            ));
        }
        if kind == Some("array") {
            return self.schema(&format!("{pointer}/items"));
        }
        Ok(())
    }

    /// Whether the value is a reference, which must lead somewhere.
    fn reference(&self, pointer: &str) -> Result<bool, Mistake> {
        let Some(target) = self.at(&format!("{pointer}/$ref")) else { return Ok(false) };
        let found = target.as_str().and_then(|target| target.strip_prefix('#')).and_then(|to| self.at(to));
        match found {
            Some(_) => Ok(true),
            None => Err(self.source.mistake(
                &format!("{pointer}/$ref"),
                format!("{target} leads nowhere"),
                "correct it, or add what it names",
            )),
        }
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

fn is_snake_case(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

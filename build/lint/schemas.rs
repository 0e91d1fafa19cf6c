//! Checks schemas: each keyword, its value, and the types that it applies to.
//!
//! The build takes the limits out of the schemas, so `maxLength: a hundred`, or a
//! `pattern` of a number, would silently check nothing. Enum values become names in
//! Rust, and only named objects and enums can be checked by generated code.

use super::Lint;
use crate::codegen::lint::reserved;
use crate::codegen::spec::extensions::{FirstOf, character_class};
use crate::codegen::spec::names::{field_name, is_field, is_identifier, is_snake_case};
use crate::codegen::spec::yaml::{Mistake, segment};
use heck::ToUpperCamelCase;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

const TYPES: &[&str] = &["object", "array", "string", "integer", "number", "boolean"];
const WORDS: &[&str] = &["string", "integer"];

/// What a value must be, for messages, and the test for it.
type Form = (&'static str, fn(&Value) -> bool);

const ANY: Form = ("a value", |_| true);
const TEXT: Form = ("a string", Value::is_string);
const TEXTS: Form =
    ("a list of strings", |value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string)));
const FLAG: Form = ("true or false", Value::is_boolean);
const COUNT: Form = ("a whole number from 0", Value::is_u64);
const NUMBER: Form = ("a whole number", Value::is_i64);
const LIST: Form = ("a list", Value::is_array);
const MAP: Form = ("a mapping", Value::is_object);
const FORMAT: Form = ("`int64` or `binary`", |value| value == "int64" || value == "binary");
// No other pattern can be checked without a regular expression engine, which downstream would pay for.
const PATTERN: Form =
    ("`^[characters and ranges]*$`", |value| value.as_str().is_some_and(|pattern| character_class(pattern).is_some()));

/// Each keyword, its value, and the types that it goes with.
const KEYWORDS: &[(&str, Form, &[&str])] = &[
    ("type", TEXT, TYPES),
    ("format", FORMAT, WORDS),
    ("description", TEXT, TYPES),
    ("nullable", FLAG, &["array"]),
    ("deprecated", FLAG, TYPES),
    ("enum", LIST, WORDS),
    ("default", ANY, TYPES),
    ("required", TEXTS, &["object"]),
    ("properties", MAP, &["object"]),
    ("items", MAP, &["array"]),
    ("allOf", LIST, TYPES),
    ("$ref", TEXT, TYPES),
    ("minLength", COUNT, &["string"]),
    ("maxLength", COUNT, &["string"]),
    ("pattern", PATTERN, &["string"]),
    ("minimum", NUMBER, &["integer"]),
    ("maximum", NUMBER, &["integer"]),
    ("minItems", COUNT, &["array"]),
    ("maxItems", COUNT, &["array"]),
    ("x-enum-varnames", TEXTS, WORDS),
    ("x-enum-descriptions", TEXTS, WORDS),
    ("x-feishu-first-of", MAP, &["object"]),
];

impl Lint<'_> {
    pub(super) fn schema(&self, pointer: &str) -> Result<(), Mistake> {
        self.keys(pointer, &KEYWORDS.iter().map(|(keyword, ..)| *keyword).collect::<Vec<_>>())?;
        if self.reference(pointer)? {
            return Ok(());
        }
        let kind = self.at(&format!("{pointer}/type")).and_then(Value::as_str);
        let parts = self.at(&format!("{pointer}/allOf")).and_then(Value::as_array).map(Vec::len);
        match (kind, parts) {
            (Some(kind), None) if TYPES.contains(&kind) => {}
            (None, Some(1)) => self.schema(&format!("{pointer}/allOf/0"))?,
            _ => {
                return Err(self.source.violation(
                    "spec-form",
                    pointer,
                    "a schema needs a known `type`, a `$ref` or an `allOf` of one",
                    format!("write one of: {}", TYPES.join(", ")),
                ));
            }
        }
        self.values(pointer)?;
        let is_named = pointer.matches('/').count() == 3;
        let unnamed = [("enum", self.at(&format!("{pointer}/enum")).is_some()), ("object", kind == Some("object"))];
        if let Some((what, _)) = unnamed.iter().find(|(_, is)| *is && !is_named) {
            return Err(self.source.violation(
                "spec-form",
                pointer,
                format!("an `{what}` must be a named schema"),
                "move it to components/schemas and refer to it",
            ));
        }
        if self.at(&format!("{pointer}/items/nullable")).is_some() {
            let what = "the items of a list cannot be `nullable`";
            let help = "remove `nullable` there: `null` in a list of a response is skipped";
            return Err(self.source.violation("nullable-list", &format!("{pointer}/items"), what, help));
        }
        self.properties(pointer)?;
        self.first_of(pointer)?;
        self.enumeration(pointer)?;
        if kind == Some("array") { self.schema(&format!("{pointer}/items")) } else { Ok(()) }
    }

    /// Where the schema itself is, behind references and an `allOf` of one.
    pub(super) fn resolved(&self, pointer: &str) -> String {
        let target = self.at(&format!("{pointer}/$ref")).and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        let part = format!("{pointer}/allOf/0");
        match target {
            Some(target) => self.resolved(target),
            None if self.at(&part).is_some() => self.resolved(&part),
            None => pointer.to_owned(),
        }
    }

    /// The type of a schema, with references resolved.
    pub(super) fn kind(&self, pointer: &str) -> Option<&str> {
        if let Some(target) = self.at(&format!("{pointer}/$ref")).and_then(Value::as_str) {
            return self.kind(target.strip_prefix('#')?);
        }
        let kind = self.at(&format!("{pointer}/type")).and_then(Value::as_str);
        kind.or_else(|| self.at(&format!("{pointer}/allOf/0")).and_then(|_| self.kind(&format!("{pointer}/allOf/0"))))
    }

    fn values(&self, pointer: &str) -> Result<(), Mistake> {
        let (kind, schema) = (self.kind(pointer).unwrap_or_default(), self.at(pointer));
        for (keyword, (form, fits), types) in KEYWORDS {
            let Some(value) = schema.and_then(|schema| schema.get(keyword)) else { continue };
            let at = format!("{pointer}/{keyword}");
            if !fits(value) {
                return Err(self.source.violation(
                    "spec-form",
                    &at,
                    format!("`{keyword}: {value}` is not {form}"),
                    "correct it",
                ));
            }
            let is_of_other = *keyword == "format" && (value == "int64") != (kind == "integer");
            if !types.contains(&kind) || is_of_other {
                let what = format!("`{keyword}` does not apply to the type `{kind}`");
                return Err(self.source.violation("spec-form", &at, what, "remove it, or correct the type"));
            }
        }
        Ok(())
    }

    fn properties(&self, pointer: &str) -> Result<(), Mistake> {
        let mut fields = BTreeSet::new();
        for name in self.names(&format!("{pointer}/properties")) {
            let at = format!("{pointer}/properties/{}", segment(name));
            if !is_field(name) || !fields.insert(field_name(name)) {
                let what = format!("`{name}` is not a valid and unique field name in Rust");
                return Err(self.source.violation("rust-name", &at, what, "leave the property out"));
            }
            self.schema(&at)?;
            let is_nullable = self.at(&format!("{at}/nullable")) == Some(&Value::from(true));
            if self.kind(&at) == Some("array") && is_nullable == self.is_required(pointer, name) {
                let what = format!("the list `{name}` must be either required or `nullable: true`");
                return Err(self.source.violation(
                    "nullable-list",
                    &at,
                    what,
                    "an optional list may be `null` in a response and can be sent empty",
                ));
            }
        }
        for name in self.at(&format!("{pointer}/required")).and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if self.at(&format!("{pointer}/properties/{}", segment(name))).is_none() {
                return Err(self.source.violation(
                    "spec-form",
                    &format!("{pointer}/required"),
                    format!("`{name}` is required but is not a property"),
                    "correct the name or add the property",
                ));
            }
        }
        Ok(())
    }

    fn is_required(&self, pointer: &str, name: &str) -> bool {
        let required = self.at(&format!("{pointer}/required")).and_then(Value::as_array);
        required.is_some_and(|list| list.iter().any(|entry| entry == name))
    }

    fn first_of(&self, pointer: &str) -> Result<(), Mistake> {
        for (name, rule) in self.object(&format!("{pointer}/x-feishu-first-of")).into_iter().flatten() {
            let at = format!("{pointer}/x-feishu-first-of/{}", segment(name));
            let wrong =
                |what: String| self.source.violation("first-of", &at, what, "write it as spec/README.md describes");
            let rule = FirstOf::deserialize(rule).map_err(|error| wrong(format!("`{name}` is malformed: {error}")))?;
            if !is_snake_case(name) || !is_identifier(name) || reserved::SCHEMA.contains(&name.as_str()) {
                return Err(wrong(format!("`{name}` is not snake_case, or every type has a method of that name")));
            }
            let is_optional_text = |property: &&String| {
                let at = self.resolved(&format!("{pointer}/properties/{}", segment(property)));
                self.kind(&at) == Some("string")
                    && self.at(&format!("{at}/enum")).is_none()
                    && self.at(&format!("{at}/format")).is_none()
                    && !self.is_required(pointer, property)
            };
            if let Some(property) = rule.properties.iter().find(|property| !is_optional_text(property)) {
                return Err(wrong(format!("`{property}` is not an optional string property")));
            }
        }
        Ok(())
    }

    fn enumeration(&self, pointer: &str) -> Result<(), Mistake> {
        let list = |key: &str| self.at(&format!("{pointer}/{key}")).and_then(Value::as_array);
        let Some(values) = list("enum") else { return Ok(()) };
        let is_integer = self.kind(pointer) == Some("integer");
        for (key, is_needed) in [("x-enum-varnames", is_integer), ("x-enum-descriptions", false)] {
            let names = list(key).map(Vec::len);
            if names.is_some_and(|names| names != values.len()) || (is_needed && names.is_none()) {
                return Err(self.source.violation(
                    "enum-notes",
                    pointer,
                    format!("`{key}` and `enum` have different lengths"),
                    "give each value one entry",
                ));
            }
        }
        if values.iter().any(|value| if is_integer { !value.is_i64() } else { !value.is_string() }) {
            let what = "a value of the `enum` is not of its type";
            return Err(self.source.violation(
                "spec-form",
                &format!("{pointer}/enum"),
                what,
                "correct the value or the type",
            ));
        }
        if let Some(twice) = values.iter().enumerate().find(|(index, value)| values[..*index].contains(value)) {
            let what = format!("the `enum` lists {} twice", twice.1);
            return Err(self.source.violation("spec-form", &format!("{pointer}/enum"), what, "keep one of them"));
        }
        if values.is_empty() {
            let help = "list the values, or remove `enum`";
            return Err(self.source.violation(
                "spec-form",
                &format!("{pointer}/enum"),
                "the `enum` has no values",
                help,
            ));
        }
        let (key, names) = match list("x-enum-varnames") {
            Some(names) => ("x-enum-varnames", names.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            None => {
                let names = values.iter().filter_map(Value::as_str).map(ToUpperCamelCase::to_upper_camel_case);
                ("enum", names.collect::<Vec<_>>())
            }
        };
        // A value that the spec does not list is decoded as `Unknown`.
        let mut taken = BTreeSet::from(["Unknown"]);
        let is_variant = |name: &String| is_identifier(name) && *name == name.to_upper_camel_case();
        if let Some(name) = names.iter().find(|name| !is_variant(name) || !taken.insert(name)) {
            return Err(self.source.violation(
                "rust-name",
                &format!("{pointer}/{key}"),
                format!("`{name}` is not a valid and unique variant name in Rust"),
                "name each value by `x-enum-varnames`, in UpperCamelCase, and none `Unknown`",
            ));
        }
        Ok(())
    }
}

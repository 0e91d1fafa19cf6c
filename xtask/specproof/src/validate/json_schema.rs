//! OpenAPI 3.0 schemas as JSON Schema, for an independent validator.
//!
//! The two differ in `nullable` and in which keys may be next to `$ref`; and here
//! a field that the schema does not name is rejected, which OpenAPI leaves open: an
//! example with such a field shows that the spec lacks it.

use crate::spec_model::Node;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// The schemas of one run, each compiled when it is first asked for.
#[derive(Default)]
pub(crate) struct Schemas {
    compiled: RefCell<HashMap<String, Result<Rc<Validator>, String>>>,
}

impl Schemas {
    /// The validator of a schema, or why it cannot be one.
    pub fn validator(&self, schema: &Node) -> Result<Rc<Validator>, String> {
        let schema = schema.resolved();
        if let Some(known) = self.compiled.borrow().get(&schema.pointer) {
            return known.clone();
        }
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(false)
            .build(&json_schema(&schema));
        let built = built.map(Rc::new).map_err(|error| error.to_string());
        self.compiled.borrow_mut().insert(schema.pointer, built.clone());
        built
    }
}

/// Why a value does not fit its schema.
pub(crate) fn message(error: &ValidationError) -> String {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            format!("the schema has no `{}`", unexpected.join("`, `"))
        }
        ValidationErrorKind::Required { property } => format!("`{}` is missing", property.as_str().unwrap_or_default()),
        _ => {
            let full = error.to_string();
            if full.chars().count() <= 100 { full } else { error.masked().to_string() }
        }
    }
}

/// A self-contained JSON Schema.
fn json_schema(schema: &Node) -> Value {
    let mut definitions = Definitions::default();
    let mut root = definitions.convert(schema);
    if let Some(root) = root.as_object_mut() {
        let named = definitions.done.into_iter().map(|(pointer, schema)| (definitions.names[&pointer].clone(), schema));
        root.insert("$defs".to_owned(), named.collect::<Map<_, _>>().into());
    }
    root
}

/// What `$ref`s lead to, each converted once, so that a schema may contain itself.
#[derive(Default)]
struct Definitions {
    names: BTreeMap<String, String>,
    done: BTreeMap<String, Value>,
}

const COPIED: [&str; 7] = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"];

impl Definitions {
    fn reference(&mut self, schema: &Node) -> Value {
        if schema.target().is_none() {
            return self.convert(schema);
        }
        let target = schema.resolved();
        let next = format!("d{}", self.names.len());
        let known = self.names.contains_key(&target.pointer);
        let name = self.names.entry(target.pointer.clone()).or_insert(next).clone();
        if !known {
            let converted = self.convert(&target);
            self.done.insert(target.pointer, converted);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn convert(&mut self, schema: &Node) -> Value {
        let mut out = Map::new();
        let nullable = schema.keyword("nullable").is_some_and(|node| node.value == &Value::Bool(true));
        let kind = schema.keyword("type").and_then(|node| node.text());
        if let Some(kind) = kind {
            out.insert("type".to_owned(), if nullable { json!([kind, "null"]) } else { json!(kind) });
        }
        if let Some(values) = schema.keyword("enum") {
            let mut values = values.value.clone();
            if let Some(values) = values.as_array_mut().filter(|_| nullable) {
                values.push(Value::Null);
            }
            out.insert("enum".to_owned(), values);
        }
        for key in COPIED {
            if let Some(node) = schema.keyword(key) {
                out.insert(key.to_owned(), node.value.clone());
            }
        }
        if let Some(items) = schema.keyword("items") {
            out.insert("items".to_owned(), self.reference(&items));
        }
        let properties = schema.properties();
        if kind == Some("object") || !properties.is_empty() {
            let required: Vec<&str> =
                properties.iter().map(|(name, _)| *name).filter(|name| schema.requires(name).is_some()).collect();
            let properties: Map<_, _> =
                properties.into_iter().map(|(name, property)| (name.to_owned(), self.reference(&property))).collect();
            out.insert("required".to_owned(), json!(required));
            out.insert("properties".to_owned(), properties.into());
            out.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        out.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::spec_model::Spec;

    fn accepts(schema: &str, value: Value) -> bool {
        let text = format!("components: {{schemas: {{S: {schema}, T: {{type: string, enum: [a]}}}}}}");
        let source = Source::parse("spec", &text).unwrap();
        let spec = Spec::new(&source);
        Schemas::default().validator(&spec.schema("S").unwrap()).unwrap().is_valid(&value)
    }

    #[test]
    fn nullable_enum_accepts_null() {
        assert!(accepts("{type: string, nullable: true, enum: [a]}", Value::Null));
        assert!(!accepts("{type: string, enum: [a]}", Value::Null));
    }

    #[test]
    fn unknown_fields_are_refused_through_all_of() {
        let schema = "{allOf: [{type: object, properties: {a: {$ref: '#/components/schemas/T'}}}]}";
        assert!(accepts(schema, json!({ "a": "a" })));
        assert!(!accepts(schema, json!({ "a": "b" })));
        assert!(!accepts(schema, json!({ "b": "a" })));
    }

    #[test]
    fn a_schema_may_hold_itself() {
        let schema = "{type: object, properties: {s: {$ref: '#/components/schemas/S'}}}";
        assert!(accepts(schema, json!({ "s": { "s": {} } })));
        assert!(!accepts(schema, json!({ "s": { "t": {} } })));
    }
}

//! Schemas from what is known of bodies and responses.
//!
//! Each object and each list of values gets a name, since the generator wants one; one
//! that the spec has already, or that another operation of the draft has, is used again
//! if it is of the same shape.

use super::known::{Known, base};
use super::limits::{default, limits, values};
use super::names::{Taken, schema_names};
use super::shape::Shapes;
use super::wording::{meaning, what_is};
use crate::codegen::spec::names::{is_field, is_identifier};
use crate::spec_model::{Node, Spec};
use crate::yaml::{Map, Yaml};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The schemas that there are, and those that the draft adds.
pub(super) struct Schemas {
    taken: Taken,
    pub shapes: Shapes,
    pub drafted: Map,
}

/// Where a schema is asked for.
#[derive(Clone, Debug)]
pub(super) struct Context<'a> {
    /// The schema around it, as far as its name begins the names of others.
    pub owner: String,
    /// What the operation is about.
    pub noun: &'a str,
    /// The operation's id.
    pub operation: &'a str,
}

/// A schema, and the notes to write above it.
pub(super) struct Asked {
    pub schema: Yaml,
    pub notes: Vec<String>,
}

impl Schemas {
    pub fn new(spec: &Spec) -> Self {
        let shapes = Shapes::of_spec(spec);
        let components = spec.root.get("components").and_then(|components| components.get("schemas"));
        let names: Vec<&str> = components.iter().flat_map(Node::entries).map(|(name, _)| name).collect();
        Self { taken: Taken::new(names), shapes, drafted: Map::default() }
    }

    /// Adds a schema that no other operation shares.
    pub fn add(&mut self, name: &str, schema: Map) -> String {
        let name = self.taken.first_free(&[name.to_upper_camel_case()]);
        self.shapes.add(&name, schema.value());
        self.drafted.put(&name, schema);
        name
    }

    /// A schema of this shape: one that there is, or a new one under one of these names.
    pub fn shared(&mut self, names: &[String], schema: Map) -> String {
        let value = schema.value();
        for name in names {
            if self.shapes.is(name, &value) {
                return name.clone();
            }
        }
        if let Some(name) = self.shapes.equal(&value) {
            return name.to_owned();
        }
        let name = self.taken.first_free(names);
        self.shapes.add(&name, value);
        self.drafted.put(&name, schema);
        name
    }

    /// The schema of an object.
    pub fn object(&mut self, known: &Known, description: &str, context: &Context) -> Map {
        let mut schema = Map::default();
        schema.put("type", "object");
        schema.put("description", description);
        let (mut required, mut properties, mut fields) = (Vec::new(), Map::default(), BTreeSet::new());
        let mut without = Vec::new();
        for field in &known.fields {
            if !is_field(&field.name) || !fields.insert(field.name.to_snake_case()) {
                without.push(left_out(&field.name));
                continue;
            }
            let is_required = field.row.is_some_and(|row| row.required);
            let mut asked = self.value(field, is_required, true, context);
            if known.is_tabled() && field.stated.is_none() && field.fields.iter().all(|inner| inner.stated.is_none()) {
                asked.notes.push("only an example has this; the table does not".to_owned());
            }
            if is_required {
                required.push(field.name.as_str());
            }
            properties.put_noted(&field.name, asked.schema, asked.notes);
        }
        if !required.is_empty() {
            schema.put("required", json!(required));
        }
        if !properties.is_empty() || !without.is_empty() {
            schema.put_noted("properties", properties, without);
        }
        schema
    }

    /// The schema of a value; `described`: it becomes documentation of its own.
    pub fn value(&mut self, known: &Known, required: bool, described: bool, context: &Context) -> Asked {
        let (kind, open) = known.kind();
        let (base, depth) = base(&kind);
        let mut notes: Vec<String> = open.into_iter().collect();
        let limits = known.row.map(|row| limits(row, &kind)).unwrap_or_default();
        notes.extend(limits.notes);
        let values = values(known.values, &kind).unwrap_or_else(|note| {
            notes.push(note);
            Vec::new()
        });
        let default = known.row.map_or(Ok(None), |row| default(row, &kind, &values)).unwrap_or_else(|note| {
            notes.push(note);
            None
        });
        let what = (described && depth == 0).then(|| what_is(&known.name, &kind));
        let name = match base {
            "object" => Some(self.named_object(known, context)),
            _ if !values.is_empty() => Some(self.named_values(known, base, &values, context)),
            _ => None,
        };
        let (own, of_items) = if depth > 0 { (limits.items, limits.own) } else { (limits.own, Vec::new()) };
        let own = own.into_iter().chain(default.map(|default| ("default", default)));
        let mut schema = match name {
            Some(name) => reference_with(&name, own.collect()),
            None => {
                let schema = scalar(base, what, own);
                self.named_scalar(&known.name, &schema).map_or(schema, |name| reference("schemas", &name).into())
            }
        };
        for level in 0..depth {
            let is_outermost = level + 1 == depth;
            let mut list = Map::default();
            list.put("type", "array");
            if is_outermost {
                if described && !required {
                    list.put("nullable", true);
                }
                if described {
                    list.put("description", what_is(&known.name, &kind));
                }
                of_items.iter().for_each(|(key, value)| list.put(key, value.clone()));
            }
            list.put("items", schema);
            schema = list.into();
        }
        Asked { schema, notes: notes.into_iter().map(|note| format!("TODO: {note}")).collect() }
    }

    /// What the spec has under a name of several words, `PageToken` for example, means the same everywhere.
    fn named_scalar(&self, property: &str, schema: &Yaml) -> Option<String> {
        let name = property.to_upper_camel_case();
        (property.contains('_') && self.shapes.is(&name, &schema.value())).then_some(name)
    }

    fn named_object(&mut self, known: &Known, context: &Context) -> String {
        let names = schema_names(&known.name, &context.owner, context.noun, context.operation);
        // What it holds is named after the name that is to be expected.
        let owner = names.first().cloned().unwrap_or_default();
        let schema = self.object(known, &what_is(&known.name, "object"), &Context { owner, ..context.clone() });
        self.shared(&names, schema)
    }

    fn named_values(&mut self, known: &Known, base: &str, values: &[Value], context: &Context) -> String {
        let names = schema_names(&known.name, &context.owner, context.noun, context.operation);
        let mut schema = Map::default();
        schema.put("type", base);
        if base == "integer" {
            schema.put("format", "int64");
        }
        schema.put("description", what_is(&known.name, base));
        schema.put("enum", values.to_vec());
        if let Some(names) = value_names(values) {
            schema.put_noted("x-enum-varnames", json!(names), ["TODO: names that say what the values mean".to_owned()]);
        }
        let meanings = values.iter().map(|value| meaning(&text(value)).into());
        schema.put("x-enum-descriptions", Yaml::List(meanings.collect()));
        self.shared(&names, schema)
    }
}

pub(super) fn left_out(name: &str) -> String {
    format!("TODO: `{name}` is left out: it cannot name a field in Rust, or names two")
}

pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// A reference, with further keywords.
fn reference_with(name: &str, keywords: Vec<(&'static str, Value)>) -> Yaml {
    let reference = reference("schemas", name);
    if keywords.is_empty() {
        return reference.into();
    }
    let mut schema = Map::default();
    schema.put("allOf", json!([reference]));
    keywords.into_iter().for_each(|(key, value)| schema.put(key, value));
    schema.into()
}

fn scalar(base: &str, what: Option<String>, keywords: impl Iterator<Item = (&'static str, Value)>) -> Yaml {
    let mut schema = Map::default();
    let is_file = base == "file";
    schema.put("type", if is_file { "string" } else { base });
    match base {
        "integer" => schema.put("format", "int64"),
        "file" => schema.put("format", "binary"),
        _ => {}
    }
    if let Some(what) = what {
        schema.put("description", what);
    }
    // No limit and no default applies to a file.
    keywords.filter(|_| !is_file).for_each(|(key, value)| schema.put(key, value));
    // Few words fit on one line.
    if schema.entries().count() <= 3 { schema.value().into() } else { schema.into() }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Names of values that are no names themselves; none where all of them are.
fn value_names(values: &[Value]) -> Option<Vec<String>> {
    let mut taken = Taken::new(["Unknown"]);
    let names = values.iter().map(|value| value.as_str().map(ToUpperCamelCase::to_upper_camel_case));
    let speaks = |name: &Option<String>| name.as_ref().filter(|name| is_identifier(name) && !taken.has(name)).cloned();
    let own: Vec<Option<String>> = names.map(|name| speaks(&name)).collect();
    let distinct: BTreeSet<&String> = own.iter().flatten().collect();
    if distinct.len() == values.len() {
        return None;
    }
    let made = |value: &Value| {
        match value.as_i64() {
            Some(number) if number < 0 => format!("Minus{}", number.unsigned_abs()),
            _ => format!("Value{}", text(value).chars().filter(char::is_ascii_alphanumeric).collect::<String>()),
        }
        .to_upper_camel_case()
    };
    let names = values.iter().zip(own).map(|(value, own)| own.unwrap_or_else(|| made(value)));
    Some(names.map(|name| taken.first_free(&[name])).collect())
}

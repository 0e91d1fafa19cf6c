//! The shape of a schema: what it accepts, whatever it is called and however it is described.
//!
//! Two operations of one module use the same things. A schema of the same shape
//! and name is used again instead of being written a second time.

use crate::spec_model::{Node, Spec};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PROSE: [&str; 5] = ["description", "x-enum-descriptions", "x-enum-varnames", "x-feishu-first-of", "deprecated"];
/// How far references are followed: a schema may hold itself.
const FAR: usize = 12;

/// The shapes of named schemas.
pub(super) struct Shapes(BTreeMap<String, Value>);

impl Shapes {
    pub fn of_spec(spec: &Spec) -> Self {
        let components = spec.root.get("components").and_then(|components| components.get("schemas"));
        let named = components.iter().flat_map(Node::entries).map(|(name, node)| (name.to_owned(), node.value.clone()));
        Self(named.collect())
    }

    pub fn add(&mut self, name: &str, schema: Value) {
        self.0.insert(name.to_owned(), schema);
    }

    /// Whether the schema of this name is of the same shape.
    pub fn is(&self, name: &str, schema: &Value) -> bool {
        self.0.get(name).is_some_and(|named| self.shape(named, FAR) == self.shape(schema, FAR))
    }

    pub fn same(&self, a: &Value, b: &Value) -> bool {
        self.shape(a, FAR) == self.shape(b, FAR)
    }

    /// The schema that a reference names.
    pub fn target(&self, schema: &Value) -> Option<Value> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")?;
        self.0.get(name).cloned()
    }

    /// Whether the schema of this name lists values.
    pub fn is_listing(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|schema| schema.get("enum").is_some())
    }

    /// The type of a schema; none of one that lists its values.
    pub fn kind(&self, schema: &Value) -> Option<String> {
        let shape = self.shape(schema, FAR);
        if shape.get("enum").is_some() { None } else { Some(shape.get("type")?.as_str()?.to_owned()) }
    }

    fn shape(&self, schema: &Value, left: usize) -> Value {
        let Some(left) = left.checked_sub(1) else { return Value::Null };
        let Some(entries) = schema.as_object() else { return schema.clone() };
        if let Some(target) = entries.get("$ref").and_then(Value::as_str) {
            let named = target.strip_prefix("#/components/schemas/").and_then(|name| self.0.get(name));
            return named.map_or_else(|| json!(target), |named| self.shape(named, left));
        }
        let mut shape = Map::new();
        for (key, value) in entries {
            match key.as_str() {
                key if PROSE.contains(&key) => {}
                "allOf" => {
                    let parts = value.as_array().into_iter().flatten().map(|part| self.shape(part, left));
                    parts.for_each(|part| shape.extend(part.as_object().cloned().unwrap_or_default()));
                }
                "items" => {
                    shape.insert(key.clone(), self.shape(value, left));
                }
                "properties" => {
                    let properties = value.as_object().into_iter().flatten();
                    let shapes = properties.map(|(name, property)| (name.clone(), self.shape(property, left)));
                    shape.insert(key.clone(), shapes.collect::<Map<_, _>>().into());
                }
                // In any order.
                "required" | "enum" => {
                    let mut values = value.as_array().cloned().unwrap_or_default();
                    values.sort_by_key(Value::to_string);
                    shape.insert(key.clone(), values.into());
                }
                _ => {
                    shape.insert(key.clone(), value.clone());
                }
            }
        }
        shape.into()
    }
}

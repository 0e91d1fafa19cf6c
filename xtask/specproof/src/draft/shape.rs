//! The shape of a schema: what it accepts, whatever it is called and however it is described.
//!
//! Two operations of one module use the same things. A schema of the same shape is used
//! again instead of being written a second time: one of the same name, or any if the shape
//! is telling.

use crate::spec_model::{Node, Spec};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

const PROSE: [&str; 5] = ["description", "x-enum-descriptions", "x-enum-varnames", "x-feishu-first-of", "deprecated"];
const LIMITS: [&str; 5] = ["minLength", "maxLength", "pattern", "minimum", "maximum"];
/// How far references are followed: a schema may hold itself.
const FAR: usize = 12;

/// The shapes of named schemas.
#[derive(Default)]
pub(super) struct Shapes {
    named: BTreeMap<String, Value>,
    /// The names by the hash of their shape: a draft of a thousand pages looks up as many schemas as it adds.
    by_shape: HashMap<u64, BTreeSet<String>>,
}

impl Shapes {
    pub fn of_spec(spec: &Spec) -> Self {
        let components = spec.root.get("components").and_then(|components| components.get("schemas"));
        let named = components.iter().flat_map(Node::entries).map(|(name, node)| (name.to_owned(), node.value.clone()));
        let mut shapes = Self { named: named.collect(), ..Self::default() };
        // A schema may refer to any other, so all of them have to be there.
        let indexed: Vec<(String, u64)> =
            shapes.named.iter().map(|(name, schema)| (name.clone(), hash(&shapes.shape(schema, FAR)))).collect();
        for (name, hash) in indexed {
            shapes.by_shape.entry(hash).or_default().insert(name);
        }
        shapes
    }

    /// Adds a schema; those that it refers to are there.
    pub fn add(&mut self, name: &str, schema: Value) {
        let hash = hash(&self.shape(&schema, FAR));
        self.by_shape.entry(hash).or_default().insert(name.to_owned());
        self.named.insert(name.to_owned(), schema);
    }

    /// Whether the schema of this name is of the same shape.
    pub fn is(&self, name: &str, schema: &Value) -> bool {
        self.named.get(name).is_some_and(|named| self.shape(named, FAR) == self.shape(schema, FAR))
    }

    /// A schema of the same shape under another name, if the shape says enough: two values or three fields are no
    /// coincidence. What a number stands for is not in its shape.
    pub fn equal(&self, schema: &Value) -> Option<&str> {
        let shape = self.shape(schema, FAR);
        let values = shape.get("enum").and_then(Value::as_array);
        let has_words = values.is_some_and(|values| values.len() >= 2 && values.iter().all(Value::is_string));
        let has_fields = shape.get("properties").and_then(Value::as_object).is_some_and(|fields| fields.len() >= 3);
        if !has_words && !has_fields {
            return None;
        }
        let mut names = self.by_shape.get(&hash(&shape)).into_iter().flatten();
        names
            .find(|name| self.named.get(*name).is_some_and(|named| self.shape(named, FAR) == shape))
            .map(String::as_str)
    }

    pub fn same(&self, a: &Value, b: &Value) -> bool {
        self.shape(a, FAR) == self.shape(b, FAR)
    }

    /// Whether `limited` is the same as `schema`, limits aside that `schema` leaves open.
    pub fn same_with_limits(&self, limited: &Value, schema: &Value) -> bool {
        let (mut limited, shape) = (self.shape(limited, FAR), self.shape(schema, FAR));
        if let Some(entries) = limited.as_object_mut() {
            entries.retain(|key, _| !LIMITS.contains(&key.as_str()) || shape.get(key).is_some());
        }
        limited == shape
    }

    /// The schema that a reference names.
    pub fn target(&self, schema: &Value) -> Option<Value> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")?;
        self.named.get(name).cloned()
    }

    /// The schema of this name.
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    /// Whether the schema of this name is an object with properties.
    pub fn is_object(&self, name: &str) -> bool {
        self.named.get(name).is_some_and(|schema| schema.get("properties").is_some_and(|fields| fields.is_object()))
    }

    /// A property of the schema of this name.
    pub fn property(&self, name: &str, property: &str) -> Option<&Value> {
        self.named.get(name)?.get("properties")?.get(property)
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
            let named = target.strip_prefix("#/components/schemas/").and_then(|name| self.named.get(name));
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

fn hash(shape: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    shape.hash(&mut hasher);
    hasher.finish()
}

//! What a row of a table says of a value besides its type: limits, default, listed values.
//!
//! A schema has room for what goes with its type. The rest is no guess's matter: it
//! stays a note for a person who knows what the document meant.

use super::known::base;
use crate::kind;
use apidoc::facts::Parameter;
use serde_json::Value;

/// Keywords of a schema, and what was left out.
#[derive(Debug, Default)]
pub(super) struct Limits {
    /// Of the value itself.
    pub own: Vec<(&'static str, Value)>,
    /// Of the items, where it is a list.
    pub items: Vec<(&'static str, Value)>,
    pub notes: Vec<String>,
}

/// The limits of a row for a value of this type.
pub(super) fn limits(row: &Parameter, kind: &str) -> Limits {
    let mut limits = Limits::default();
    let (base, depth) = base(kind);
    let is_list = depth > 0;
    // A length of a list is a number of items, whatever a table calls it.
    let (least, most) = match is_list {
        true => (row.min_items.or(row.min_length), row.max_items.or(row.max_length)),
        false => (row.min_length, row.max_length),
    };
    let (min, max) = if is_list { ("minItems", "maxItems") } else { ("minLength", "maxLength") };
    let counts = [(min, least), (max, most)].map(|(key, count)| (key, count.map(Value::from)));
    for (key, count) in counts {
        limits.put(key, count, is_list || base == "string", false, kind);
    }
    let ranges = [("minimum", row.minimum), ("maximum", row.maximum)].map(|(key, bound)| (key, bound.map(Value::from)));
    for (key, bound) in ranges {
        limits.put(key, bound, base == "integer", is_list, kind);
    }
    if !is_list {
        for (key, count) in [("minItems", row.min_items), ("maxItems", row.max_items)] {
            limits.put(key, count.map(Value::from), false, false, kind);
        }
    }
    limits
}

impl Limits {
    fn put(&mut self, key: &'static str, value: Option<Value>, fits: bool, of_items: bool, kind: &str) {
        match value {
            None => {}
            Some(value) if !fits => self.notes.push(format!("{key} {value}, which {kind} cannot have")),
            Some(value) if of_items => self.items.push((key, value)),
            Some(value) => self.own.push((key, value)),
        }
    }
}

/// The listed values that a type can have; a note if it cannot have all of them.
pub(super) fn values(listed: &[Value], kind: &str) -> Result<Vec<Value>, String> {
    let (base, _) = base(kind);
    let mut values: Vec<Value> = Vec::new();
    for value in listed {
        let value = kind::typed(value, base);
        let fits = match base {
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            _ => false,
        };
        if !fits {
            return Err(format!("the document lists {}, and the type is {kind}", Value::from(listed.to_vec())));
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// The default, if it is a value of the type and one of those listed.
pub(super) fn default(row: &Parameter, kind: &str, values: &[Value]) -> Result<Option<Value>, String> {
    let Some(stated) = &row.default else { return Ok(None) };
    let value = kind::typed(stated, kind);
    let fits = match kind {
        "string" => value.as_str().is_some_and(|text| !is_constant(text)),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        _ => false,
    };
    if fits && (values.is_empty() || values.contains(&value)) {
        return Ok(Some(value));
    }
    Err(format!("the document's default is {stated}, and that is no {kind} that can be sent"))
}

/// `Consts.User_Id_Type`: the name of a value, where the document names it instead.
fn is_constant(text: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.contains('.') && text.split('.').all(is_name)
}

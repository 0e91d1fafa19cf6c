//! Reads JSON that a person wrote: each field once, with its type, and none that is unknown.
//!
//! A misspelled optional field would otherwise be a setting that silently does nothing.

use serde_json::{Map, Value};

use super::invalid_input::InvalidInput;

/// A JSON object and its place in the input.
pub(super) struct Input<'a> {
    map: &'a Map<String, Value>,
    pointer: String,
}

impl<'a> Input<'a> {
    /// Reads `value`, which is at `pointer`, as an object with no fields other than `allowed`.
    pub fn object(value: &'a Value, pointer: &str, allowed: &[&str]) -> Result<Self, InvalidInput> {
        let map = value.as_object().ok_or_else(|| InvalidInput::new(pointer, "must be an object"))?;
        let input = Self { map, pointer: pointer.to_owned() };
        match map.keys().find(|key| !allowed.contains(&key.as_str())) {
            Some(unknown) => {
                Err(input.wrong(unknown, format!("there is no such field; the fields are {}", allowed.join(", "))))
            }
            None => Ok(input),
        }
    }

    /// A mistake in the field `name`.
    pub fn wrong(&self, name: &str, reason: impl Into<String>) -> InvalidInput {
        InvalidInput::new(self.pointer_of(name), reason)
    }

    /// An optional string.
    pub fn text(&self, name: &str) -> Result<Option<String>, InvalidInput> {
        self.read(name, "a string: put it in quotes", |value| value.as_str().map(str::to_owned))
    }

    /// A string that is not empty.
    pub fn required_text(&self, name: &str) -> Result<String, InvalidInput> {
        let text = self.text(name)?.ok_or_else(|| self.wrong(name, "missing"))?;
        if text.is_empty() { Err(self.wrong(name, "must not be empty")) } else { Ok(text) }
    }

    /// An optional boolean, `false` if it is absent.
    pub fn flag(&self, name: &str) -> Result<bool, InvalidInput> {
        Ok(self.read(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    /// An optional number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, InvalidInput> {
        self.read(name, "a number", Value::as_f64)
    }

    /// An optional integer that is not negative.
    pub fn count(&self, name: &str) -> Result<Option<u64>, InvalidInput> {
        self.read(name, "an integer of 0 or more", Value::as_u64)
    }

    /// An optional list of strings.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, InvalidInput> {
        self.list(name, |value, pointer| {
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| InvalidInput::new(pointer, "must be a string: put it in quotes"))
        })
    }

    /// An optional list, whose items are read with their pointers.
    pub fn list<T>(
        &self,
        name: &str,
        mut item: impl FnMut(&'a Value, &str) -> Result<T, InvalidInput>,
    ) -> Result<Vec<T>, InvalidInput> {
        let items = self.read(name, "a list", Value::as_array)?.into_iter().flatten().enumerate();
        items.map(|(index, value)| item(value, &format!("{}/{index}", self.pointer_of(name)))).collect()
    }

    /// An optional object with keys of any name, whose values are read with their pointers.
    pub fn entries<T>(
        &self,
        name: &str,
        mut entry: impl FnMut(&'a Value, &str) -> Result<T, InvalidInput>,
    ) -> Result<Vec<(String, T)>, InvalidInput> {
        let entries = self.read(name, "an object", Value::as_object)?.into_iter().flatten();
        let pointer = self.pointer_of(name);
        entries.map(|(key, value)| Ok((key.clone(), entry(value, &format!("{pointer}/{}", escaped(key)))?))).collect()
    }

    /// A field that is absent, or empty in YAML, is not there.
    fn read<T>(
        &self,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, InvalidInput> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| self.wrong(name, format!("must be {kind}"))),
        }
    }

    fn pointer_of(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, escaped(name))
    }
}

/// A key as one segment of a JSON pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

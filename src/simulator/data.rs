//! The `data` of a success, as JSON text.
//!
//! A page has hundreds of strings. It is written directly from what the state has, without a copy of each string in
//! between.

use serde::Serialize;
use serde_json::Value;

/// JSON text.
pub(super) struct Data(String);

impl Data {
    /// Writes a value whose keys are strings; nothing else fails.
    pub fn of(value: &impl Serialize) -> Self {
        Self(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The same as a value.
    pub fn into_value(self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        Self::of(&value)
    }
}

//! The input of a handler, and the checks of its parameters.
//!
//! The limits that the facts state (allowed values, maximum length) are checked here
//! and nowhere else: a handler names the parameter and the code of the rejection.

use serde_json::{Map, Value};

use super::builder::ListingEnd;
use super::facts::Facts;
use super::request::RecordedRequest;
use super::response::{Rejection, reject};
use super::state::Tenant;

/// One authorized call of an operation.
pub(super) struct Call<'a> {
    pub request: &'a RecordedRequest,
    pub facts: &'a Facts,
    pub tenant: &'a mut Tenant,
    /// The decoded id in the path; empty if the operation's path has none.
    pub id: &'a str,
    pub listing_end: ListingEnd,
}

impl Call<'_> {
    /// Returns a query parameter that has a fixed set of values, or its documented default
    /// if it is absent.
    pub fn choice(&self, name: &str, code: u32) -> Result<Option<&str>, Rejection> {
        let rule = self.facts.parameter(name);
        let Some(value) = self.request.query(name) else {
            return Ok(rule.default.as_deref());
        };
        if rule.values.iter().any(|allowed| allowed == value) {
            return Ok(Some(value));
        }
        let allowed = rule.values.join(", ");
        Err(reject(code).field(name, value, format!("must be one of: {allowed}")))
    }

    /// Rejects a string with more characters than the facts allow.
    pub fn check_length(&self, name: &str, text: &str, code: u32) -> Result<(), Rejection> {
        match self.facts.parameter(name).max_length {
            Some(max) if text.chars().count() > max => {
                Err(reject(code).field(name, text, format!("at most {max} characters")))
            }
            _ => Ok(()),
        }
    }
}

/// The fields of a JSON body. `null` counts as absent.
pub(super) struct Fields {
    map: Map<String, Value>,
    code: u32,
}

impl Fields {
    /// Parses the body as a JSON object. Any other body, and later any field of the wrong
    /// type, is rejected with `code`.
    pub fn parse(request: &RecordedRequest, code: u32) -> Result<Self, Rejection> {
        match serde_json::from_slice(&request.body) {
            Ok(map) => Ok(Self { map, code }),
            Err(_) => Err(reject(code).field("body", "", "must be a JSON object")),
        }
    }

    /// An optional string.
    pub fn string(&self, name: &str) -> Result<Option<String>, Rejection> {
        self.read(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// An optional integer.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Rejection> {
        self.read(name, "an integer", Value::as_i64)
    }

    /// An optional list of strings.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Rejection> {
        self.read(name, "a list of strings", |value| {
            let items = value.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// A required field, read by one of the methods above.
    pub fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Self, &str) -> Result<Option<T>, Rejection>,
    ) -> Result<T, Rejection> {
        read(self, name)?.ok_or_else(|| reject(self.code).field(name, "", "required"))
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl FnOnce(&Value) -> Option<T>) -> Result<Option<T>, Rejection> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                read(value).map(Some).ok_or_else(|| reject(self.code).field(name, value, format!("must be {kind}")))
            }
        }
    }
}

//! What a handler is given, and how it reads parameters.
//!
//! The rules of the facts (allowed values, longest text) are applied here, once:
//! a handler says which parameter and which code refuses it.

use serde_json::{Map, Value};

use super::builder::ListingEnd;
use super::facts::Facts;
use super::request::RecordedRequest;
use super::response::{Refusal, refuse};
use super::state::Tenant;

/// One authorized call of an operation.
pub(super) struct Call<'a> {
    pub request: &'a RecordedRequest,
    pub facts: &'a Facts,
    pub tenant: &'a mut Tenant,
    /// The id in the path, empty where the operation's path has none.
    pub id: &'a str,
    pub listing_end: ListingEnd,
}

impl Call<'_> {
    /// A query parameter that has a closed list of values; its documented
    /// default where it was left out.
    pub fn choice(&self, name: &str, code: u32) -> Result<Option<&str>, Refusal> {
        let rule = self.facts.parameter(name);
        let Some(value) = self.request.query(name) else {
            return Ok(rule.default.as_deref());
        };
        if rule.values.iter().any(|allowed| allowed == value) {
            return Ok(Some(value));
        }
        let allowed = rule.values.join(", ");
        Err(refuse(code).field(name, value, format!("must be one of: {allowed}")))
    }

    /// Refuses a text of more characters than the facts allow.
    pub fn bounded(&self, name: &str, text: &str, code: u32) -> Result<(), Refusal> {
        match self.facts.parameter(name).max_length {
            Some(most) if text.chars().count() > most => {
                Err(refuse(code).field(name, text, format!("at most {most} characters")))
            }
            _ => Ok(()),
        }
    }
}

/// The fields of a JSON body; `null` counts as left out.
pub(super) struct Fields {
    map: Map<String, Value>,
    code: u32,
}

impl Fields {
    /// Reads the body as a JSON object; `code` refuses anything else, and any
    /// field of the wrong type.
    pub fn of(request: &RecordedRequest, code: u32) -> Result<Self, Refusal> {
        match serde_json::from_slice(&request.body) {
            Ok(map) => Ok(Self { map, code }),
            Err(_) => Err(refuse(code).field("body", "", "must be a JSON object")),
        }
    }

    /// A text, if given.
    pub fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.read(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A whole number, if given.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "an integer", Value::as_i64)
    }

    /// A list of texts, if given.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        self.read(name, "a list of strings", |value| {
            let texts = value.as_array()?.iter();
            texts.map(|text| text.as_str().map(str::to_owned)).collect()
        })
    }

    /// Any of the above, which must be given.
    pub fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Self, &str) -> Result<Option<T>, Refusal>,
    ) -> Result<T, Refusal> {
        read(self, name)?.ok_or_else(|| refuse(self.code).field(name, "", "required"))
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl FnOnce(&Value) -> Option<T>) -> Result<Option<T>, Refusal> {
        match self.map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                read(value).map(Some).ok_or_else(|| refuse(self.code).field(name, value, format!("must be {kind}")))
            }
        }
    }
}

//! The input of a handler, and the checks of its parameters.
//!
//! The limits that the facts state (allowed values, maximum length) are checked here
//! and nowhere else: a handler names the parameter and the code of the rejection.

use std::borrow::Cow;

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

    /// Rejects a list with fewer or more items than the facts allow.
    pub fn check_items(&self, name: &str, count: usize, code: u32) -> Result<(), Rejection> {
        let rule = self.facts.parameter(name);
        let (min, max) = (rule.min_items.unwrap_or(0), rule.max_items.unwrap_or(usize::MAX));
        if (min..=max).contains(&count) {
            return Ok(());
        }
        Err(reject(code).field(name, count, format!("{min} to {max} items")))
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

/// The fields of a JSON body. `null` is a value of the wrong type, since the documents give no
/// field a meaning for it; only of an optional list the spec says that it may be `null`.
pub(super) struct Fields<'a> {
    map: Cow<'a, Map<String, Value>>,
    code: u32,
}

impl Fields<'_> {
    /// Parses the body as a JSON object. Any other body or content type, and later any field
    /// of the wrong type, is rejected with `code`.
    pub fn parse(request: &RecordedRequest, code: u32) -> Result<Fields<'static>, Rejection> {
        // The documents give the header a fixed value. The charset may be left out: UTF-8 is JSON's only one.
        let content_type = request.header("content-type").unwrap_or_default();
        if !is_json(content_type) {
            return Err(reject(code).field("Content-Type", content_type, "must be application/json; charset=utf-8"));
        }
        Self::parse_body(request, code)
    }

    /// Parses the body of a request for a token. It may have no content type: the official SDK for Python sends none.
    pub fn parse_credentials(request: &RecordedRequest, code: u32) -> Result<Fields<'static>, Rejection> {
        match request.header("content-type") {
            None => Self::parse_body(request, code),
            Some(_) => Self::parse(request, code),
        }
    }

    fn parse_body(request: &RecordedRequest, code: u32) -> Result<Fields<'static>, Rejection> {
        match serde_json::from_slice(&request.body) {
            Ok(map) => Ok(Fields { map: Cow::Owned(map), code }),
            Err(_) => Err(reject(code).field("body", "", "must be a JSON object")),
        }
    }

    /// All fields, as a JSON object.
    pub fn into_value(self) -> Value {
        self.map.into_owned().into()
    }

    /// An optional string.
    pub fn string(&self, name: &str) -> Result<Option<String>, Rejection> {
        self.read(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// An optional integer.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Rejection> {
        self.read(name, "an integer", Value::as_i64)
    }

    /// An optional boolean.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Rejection> {
        self.read(name, "a boolean", Value::as_bool)
    }

    /// An optional list of JSON objects.
    pub fn objects(&self, name: &str) -> Result<Option<Vec<Fields<'_>>>, Rejection> {
        self.read_list(name, "a list of objects", |value| {
            let items = value.as_array()?.iter();
            items.map(|item| Some(Fields { map: Cow::Borrowed(item.as_object()?), code: self.code })).collect()
        })
    }

    /// An optional list of strings.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Rejection> {
        self.read_list(name, "a list of strings", |value| {
            let items = value.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// A required field, read by one of the methods above.
    pub fn required<'s, T>(
        &'s self,
        name: &str,
        read: impl FnOnce(&'s Self, &str) -> Result<Option<T>, Rejection>,
    ) -> Result<T, Rejection> {
        read(self, name)?.ok_or_else(|| reject(self.code).field(name, "", "required"))
    }

    fn read_list<'s, T>(
        &'s self,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'s Value) -> Option<T>,
    ) -> Result<Option<T>, Rejection> {
        if self.map.get(name).is_some_and(Value::is_null) { Ok(None) } else { self.read(name, kind, read) }
    }

    fn read<'s, T>(
        &'s self,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'s Value) -> Option<T>,
    ) -> Result<Option<T>, Rejection> {
        match self.map.get(name) {
            None => Ok(None),
            Some(value) => {
                read(value).map(Some).ok_or_else(|| reject(self.code).field(name, value, format!("must be {kind}")))
            }
        }
    }
}

/// Whether a `Content-Type` is JSON in UTF-8.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    media_type.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_type_must_be_json() {
        for accepted in ["application/json", "Application/JSON; Charset=\"UTF-8\"", "application/json;charset=utf-8"] {
            assert!(is_json(accepted), "{accepted}");
        }
        for rejected in ["", "text/json", "application/x-www-form-urlencoded", "application/json; charset=gbk"] {
            assert!(!is_json(rejected), "{rejected}");
        }
    }
}

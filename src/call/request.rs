//! One call, written down: what the builders make and the client sends.
//!
//! The body is serialized once, here, and shared by every try (`Bytes` is counted,
//! not copied). Nothing in a request names a host or a token: those are the client's.

use crate::call::validation::Validator;
use crate::operation::Operation;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::borrow::Cow;
use url::form_urlencoded;

/// What RFC 3986 calls unreserved stays; everything else is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a query parameter holds: for an enum the value on the wire, which need not be what `Display` shows.
pub trait QueryValue {
    /// Before escaping.
    fn query_value(&self) -> Cow<'_, str>;
}

impl QueryValue for String {
    fn query_value(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

macro_rules! written_as_displayed {
    ($($kind:ty),*) => {
        $(impl QueryValue for $kind {
            fn query_value(&self) -> Cow<'_, str> {
                self.to_string().into()
            }
        })*
    };
}

written_as_displayed!(i64, f64, bool);

/// A request that kept every documented rule.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    /// Path and, after `?`, query.
    target: String,
    pub(crate) body: Option<Bytes>,
    /// By which the service knows a repeat, if the operation has such a parameter.
    pub(crate) idempotency_key: Option<String>,
}

impl Request {
    /// Path and query.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The same request with one more query parameter.
    pub(crate) fn with_query(&self, name: &str, value: &str) -> Self {
        let mut request = self.clone();
        append_query(&mut request.target, name, value);
        request
    }
}

/// A request in the making.
#[derive(Debug)]
pub(crate) struct RequestBuilder {
    operation: &'static Operation,
    path: Cow<'static, str>,
    query: String,
    body: Option<Bytes>,
    idempotency_key: Option<String>,
    rules: Validator,
    failed: Option<serde_json::Error>,
}

impl RequestBuilder {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        let (path, query, rules) = (operation.path.into(), String::new(), Validator::default());
        Self { operation, path, query, body: None, idempotency_key: None, rules, failed: None }
    }

    pub(crate) fn rules(&mut self) -> &mut Validator {
        &mut self.rules
    }

    /// What the builder holds for a parameter, or a violation.
    pub(crate) fn given<T>(&mut self, name: &'static str, value: Result<T, String>) -> Option<T> {
        self.rules.given(name, value)
    }

    pub(crate) fn path(&mut self, name: &'static str, value: &str) {
        self.rules.segment(name, value);
        // No parameter's value can hold a brace: it is escaped.
        let place = self.path.match_indices('{').find_map(|(begin, _)| {
            let end = begin + 1 + name.len();
            (self.path.get(begin + 1..end) == Some(name) && self.path.get(end..end + 1) == Some("}"))
                .then_some(begin..end + 1)
        });
        if let Some(place) = place {
            let mut path = String::with_capacity(self.path.len() + value.len());
            path.push_str(&self.path[..place.start]);
            path.extend(utf8_percent_encode(value, SEGMENT));
            path.push_str(&self.path[place.end..]);
            self.path = path.into();
        }
    }

    pub(crate) fn query(&mut self, name: &str, value: &impl QueryValue) {
        append_query(&mut self.query, name, &value.query_value());
    }

    /// A query parameter by which the service knows a repeat.
    pub(crate) fn idempotency_key(&mut self, name: &str, value: &str) {
        append_query(&mut self.query, name, value);
        self.idempotency_key = Some(value.to_owned());
    }

    pub(crate) fn body(&mut self, value: &impl Serialize) {
        match serde_json::to_vec(value) {
            Ok(body) => self.body = Some(body.into()),
            Err(error) => self.failed = Some(error),
        }
    }

    pub(crate) fn finish(self) -> Result<Request, Error> {
        let Self { operation, path, query, body, idempotency_key, rules, failed } = self;
        if !rules.violations.is_empty() {
            return Err(Error::violated(operation, rules.violations));
        }
        if let Some(error) = failed {
            return Err(Error::new(ErrorKind::InvalidRequest, "the body cannot be written as JSON")
                .of(operation)
                .caused_by(error));
        }
        Ok(Request { operation, target: path.into_owned() + &query, body, idempotency_key })
    }
}

/// Appends `?name=value` or `&name=value`.
fn append_query(target: &mut String, name: &str, value: &str) {
    target.push(if target.contains('?') { '&' } else { '?' });
    let escaped = form_urlencoded::byte_serialize(name.as_bytes())
        .chain(["="])
        .chain(form_urlencoded::byte_serialize(value.as_bytes()));
    target.extend(escaped);
}

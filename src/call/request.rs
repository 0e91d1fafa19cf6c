//! A request: what the builders write and the retry loop sends.
//!
//! The body is serialized once, here, and every attempt shares it (`Bytes` is reference-counted). A request contains
//! neither host nor token; the client adds both to each attempt.

use crate::call::argument::Argument;
use crate::call::batch::{Sent, SentItems};
use crate::call::form::Form;
use crate::call::query::{self, QueryValue};
use crate::call::validation::Validator;
use crate::operation::Operation;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderName, HeaderValue};
use serde::Serialize;
use std::borrow::Cow;

/// Escapes everything but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Bytes that most bodies need.
const BODY_CAPACITY: usize = 1024;

/// Bytes that a batch of 100 needs, and that every batch holds until its call ends: a body that begins small moves each time
/// it grows.
const BATCH_CAPACITY: usize = 16 * 1024;

/// A request that follows every documented rule.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    /// Path and, after `?`, query.
    target: String,
    /// Those of the operation's parameters.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<RequestBody>,
    /// By this key the service recognises a repeat, if the operation has such a parameter.
    pub(crate) idempotency_key: Option<String>,
    /// The items of a batch.
    pub(crate) sent: Sent,
}

impl Request {
    /// Path and query.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The same request with one more query parameter.
    pub(crate) fn with_query(&self, name: &str, value: &str) -> Self {
        let mut request = self.clone();
        query::append(&mut request.target, name, value);
        request
    }
}

/// What a request sends after its head.
#[derive(Clone, Debug)]
pub(crate) enum RequestBody {
    Json(Bytes),
    Form(Form),
}

/// Writes a request, parameter by parameter, and collects what is wrong with them.
#[derive(Debug)]
pub(crate) struct RequestBuilder {
    operation: &'static Operation,
    path: Cow<'static, str>,
    query: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<RequestBody>,
    idempotency_key: Option<String>,
    sent: Sent,
    rules: Validator,
    serialize_error: Option<serde_json::Error>,
}

impl RequestBuilder {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        let (path, query, rules) = (operation.path.into(), String::new(), Validator::default());
        let (headers, sent) = (Vec::new(), Sent::default());
        Self { operation, path, query, headers, body: None, idempotency_key: None, sent, rules, serialize_error: None }
    }

    pub(crate) fn rules(&mut self) -> &mut Validator {
        &mut self.rules
    }

    /// The value that the caller gave; a missing or unusable one is a violation.
    pub(crate) fn required<'a, T>(&mut self, name: &'static str, argument: &'a Argument<T>) -> Option<&'a T> {
        self.rules.required(name, argument)
    }

    /// The value, if the caller gave one; an unusable one is a violation.
    #[allow(dead_code, reason = "called for optional parameters; a spec may have none")]
    pub(crate) fn optional<'a, T>(&mut self, name: &'static str, argument: &'a Argument<T>) -> Option<&'a T> {
        self.rules.optional(name, argument)
    }

    /// The value by itself; a missing or unusable one is a violation.
    #[allow(dead_code, reason = "called for bodies; a spec may have none")]
    pub(crate) fn take<T>(&mut self, name: &'static str, mut argument: Argument<T>) -> Option<T> {
        self.required(name, &argument);
        argument.take()
    }

    /// Replaces `{name}` in the path by the value.
    pub(crate) fn path(&mut self, name: &'static str, value: &str) {
        self.rules.segment(name, value);
        // Only placeholders contain braces: those of values written before are escaped.
        let placeholder = self.path.match_indices('{').find_map(|(begin, _)| {
            let end = begin + 1 + name.len();
            (self.path.get(begin + 1..end) == Some(name) && self.path.get(end..end + 1) == Some("}"))
                .then_some(begin..end + 1)
        });
        if let Some(placeholder) = placeholder {
            let mut path = String::with_capacity(self.path.len() + value.len());
            path.push_str(&self.path[..placeholder.start]);
            path.extend(utf8_percent_encode(value, SEGMENT));
            path.push_str(&self.path[placeholder.end..]);
            self.path = path.into();
        }
    }

    pub(crate) fn query(&mut self, name: &str, value: &impl QueryValue) {
        query::append(&mut self.query, name, &value.query_value());
    }

    /// Adds a header; a value that no header can hold is a violation.
    #[allow(dead_code, reason = "called for header parameters; a spec may have none")]
    pub(crate) fn header(&mut self, name: &'static str, value: &impl QueryValue) {
        let value = value.query_value();
        // A server drops blanks at the ends: the value would arrive as another one.
        let is_plain = value.is_ascii() && value.trim() == value;
        let header = if is_plain { HeaderValue::from_str(&value).ok() } else { None };
        match (HeaderName::from_bytes(name.as_bytes()), header) {
            (Ok(name), Some(header)) => self.headers.push((name, header)),
            _ => self.rules.not_a_header(name, &value),
        }
    }

    /// Adds the query parameter by which the service recognises a repeat.
    pub(crate) fn idempotency_key(&mut self, name: &str, value: &str) {
        query::append(&mut self.query, name, value);
        self.idempotency_key = Some(value.to_owned());
    }

    pub(crate) fn body(&mut self, value: &impl Serialize) {
        self.json(value, BODY_CAPACITY);
    }

    /// Sets the body of a batch, and keeps it to compare its items with the results.
    #[allow(dead_code, reason = "called for the bodies of batches; a spec may have none")]
    pub(crate) fn batch(&mut self, body: impl Serialize + SentItems) {
        self.json(&body, BATCH_CAPACITY);
        self.sent = Sent::new(body);
    }

    fn json(&mut self, value: &impl Serialize, capacity: usize) {
        let mut body = Vec::with_capacity(capacity);
        match serde_json::to_writer(&mut body, value) {
            Ok(()) => self.body = Some(RequestBody::Json(body.into())),
            Err(error) => self.serialize_error = Some(error),
        }
    }

    /// Sets a body that is JSON already.
    pub(crate) fn serialized_body(&mut self, body: Bytes) {
        self.body = Some(RequestBody::Json(body));
    }

    /// Sets a body that is a form.
    pub(crate) fn form(&mut self, form: Form) {
        form.check(&mut self.rules);
        self.body = Some(RequestBody::Form(form));
    }

    /// The request, or an error with all violations.
    pub(crate) fn finish(self) -> Result<Request, Error> {
        let Self { operation, path, query, headers, body, idempotency_key, sent, rules, serialize_error } = self;
        if !rules.violations.is_empty() {
            return Err(Error::invalid_request(operation, rules.violations));
        }
        if let Some(error) = serialize_error {
            return Err(Error::new(ErrorKind::InvalidRequest, "not sent: the body cannot be written as JSON")
                .of(operation)
                .caused_by(error));
        }
        Ok(Request { operation, target: path.into_owned() + &query, headers, body, idempotency_key, sent })
    }
}

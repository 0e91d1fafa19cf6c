//! A request of an endpoint that the spec does not have, written by the caller.
//!
//! A program that reads groups also sends messages or reads people. With a second HTTP client for those it would fetch
//! tokens twice and have another retry policy, other errors and other telemetry. So a request written here becomes the
//! same `Request` that the generated builders write, and takes the same path. Only what the spec says of an operation is
//! missing: the caller states the rate limit and the retry rule, and limits of values are not checked.

use super::custom_operation::{Settings, operation, placeholders};
use super::envelope::CustomPayload;
use super::request::{Request, RequestBody, RequestBuilder};
use super::{Context, Download, File, Form, file, send, send_raw};
use crate::operation::{AccessTokenKind, RateLimit, RetryRule};
use crate::{Error, ResponseFuture, random};
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// A call of an endpoint that the spec does not have; [`Client::request`](crate::Client::request) returns it.
///
/// Values are checked when it is sent: every placeholder of the template needs a value, and a value must be one segment of
/// a path. An error of kind [`InvalidRequest`](crate::ErrorKind::InvalidRequest) lists everything that is wrong, before
/// anything is sent.
///
/// It borrows nothing, and clones share nothing but the client. `Debug` shows no values.
#[derive(Clone)]
#[must_use = "nothing is sent before `send` or `send_raw` is called and its future is awaited"]
pub struct CustomRequest {
    context: Context,
    method: Method,
    template: &'static str,
    settings: Settings,
    path: Vec<(&'static str, String)>,
    query: Vec<(String, Result<Vec<String>, String>)>,
    body: Option<Result<RequestBody, String>>,
}

impl CustomRequest {
    pub(crate) fn new(context: Context, method: Method, template: &'static str) -> Self {
        let settings = Settings::of_method(&method);
        Self { context, method, template, settings, path: Vec::new(), query: Vec::new(), body: None }
    }

    /// Sets the value of `{name}` in the template. It is percent-encoded; do not encode it yourself.
    ///
    /// The value must be one segment of a path: not empty, without slashes, not `.` or `..`.
    pub fn path(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.path.retain(|(set, _)| *set != name);
        self.path.push((name, value.to_string()));
        self
    }

    /// Adds a query parameter: a text, number, boolean, or an enum of [`types`](crate::types).
    ///
    /// A list repeats the parameter (`?user_ids=a&user_ids=b`). `None` leaves it out, and so
    /// does a number that is not finite; in a list that is an error.
    pub fn query(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let texts = serde_json::to_value(value).map_err(|error| error.to_string()).and_then(texts);
        self.query.push((name.into(), texts));
        self
    }

    /// Sets the body, which is sent as JSON.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        let json = serde_json::to_vec(body).map(|json| RequestBody::Json(json.into()));
        self.body = Some(json.map_err(|error| error.to_string()));
        self
    }

    /// Sets a form as the body, which is sent as `multipart/form-data`.
    ///
    /// Each attempt sends all of its files. If one cannot be read, the call fails and the service gets no complete request.
    pub fn form(mut self, form: Form) -> Self {
        self.body = Some(Ok(RequestBody::Form(form)));
        self
    }

    /// Sets the calls that the platform allows for this endpoint, per app and tenant. By default there is no limit.
    ///
    /// Calls with the same method, template and rate share one limiter, in all clones of the client; so use the same rate
    /// at each place that calls the endpoint. [`Throttle::share`](crate::Throttle::share) and
    /// [`Throttle::off`](crate::Throttle::off) apply, and a [`RateStore`](crate::store::RateStore) shares the limit
    /// between processes. When the service rejects a call over its limit, all calls of the limiter pause, also without a
    /// rate.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.settings.rate_limit = Some(limit);
        self
    }

    /// Sets whether the call may be repeated if an earlier attempt may have been applied.
    ///
    /// By default as HTTP defines the methods: GET, PUT and DELETE are [`Safe`](RetryRule::Safe), POST and PATCH are
    /// [`NeverSent`](RetryRule::NeverSent). With [`IdempotencyKey`](RetryRule::IdempotencyKey), a key is generated unless
    /// the query parameter is set, which must have one value; [`Error::idempotency_key`] returns it.
    pub fn retry(mut self, rule: RetryRule) -> Self {
        self.settings.retry = rule;
        self
    }

    /// Accepts only this kind of access token: a client that has none fails locally. By default the call is sent with the
    /// client's tenant_access_token or user_access_token.
    pub fn access_token(mut self, kind: AccessTokenKind) -> Self {
        self.settings.access_tokens = match kind {
            AccessTokenKind::Tenant => &[AccessTokenKind::Tenant],
            AccessTokenKind::User => &[AccessTokenKind::User],
            AccessTokenKind::App => &[AccessTokenKind::App],
        };
        self
    }

    /// Sends the call and returns its payload: the `data` of the response.
    ///
    /// `T` is decoded by its own `Deserialize`. For a response without `data` or with an empty one, `T` may be `()`; for
    /// any response it may be [`serde_json::Value`].
    ///
    /// # Errors
    ///
    /// Those of every call: see [`Error`]. Of the service's codes only those of the whole platform are known.
    pub fn send<T: DeserializeOwned + Send + 'static>(self) -> ResponseFuture<T> {
        let (context, request) = self.into_request();
        send::<CustomPayload<T>>(&context, request)
    }

    /// Sends the call and returns its whole envelope, `{code, msg, data}`, as JSON.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), except that a code other than 0 is no error.
    pub fn send_raw(self) -> ResponseFuture<Value> {
        let (context, request) = self.into_request();
        send_raw(&context, request)
    }

    /// Sends the call and returns the file that it responds with, of any media type.
    ///
    /// # Errors
    ///
    /// Those of every call: see [`Error`]. An envelope instead of a file is one; so is a file larger than
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes), which [`send_stream`](Self::send_stream) takes.
    pub fn send_file(self) -> ResponseFuture<File> {
        let (context, request) = self.into_request();
        file::send_file(&context, request)
    }

    /// Sends the call and returns the file that it responds with, chunk by chunk: see [`Download`].
    ///
    /// The call ends where the file begins, and is not repeated after that. A file of more than `max_bytes` ends with an
    /// error.
    ///
    /// # Errors
    ///
    /// Those of every call: see [`Error`]. An envelope instead of a file is one.
    pub fn send_stream(self, max_bytes: u64) -> ResponseFuture<Download> {
        let (context, request) = self.into_request();
        file::send_stream(&context, request, max_bytes)
    }

    fn into_request(self) -> (Context, Result<Request, Error>) {
        let Self { context, method, template, settings, path, query, body } = self;
        let mut request = match operation(&method, template, &settings) {
            Ok(operation) => RequestBuilder::new(operation),
            Err(error) => return (context, Err(error)),
        };
        for name in placeholders(template) {
            match path.iter().find(|(set, _)| *set == name) {
                Some((_, value)) => request.path(name, value),
                None => request.rules().unset(name),
            }
        }
        for (name, _) in path.iter().filter(|(set, _)| placeholders(template).all(|name| name != *set)) {
            request.rules().unknown(name, template);
        }
        let key = match settings.retry {
            RetryRule::IdempotencyKey { parameter } => Some(parameter),
            RetryRule::Safe | RetryRule::NeverSent => None,
        };
        let mut given_keys = Vec::new();
        for (name, texts) in &query {
            match texts {
                // An empty key is no key, but the call would be retried as if it had one.
                Ok(texts) if Some(&**name) == key => given_keys.extend(texts.iter().filter(|text| !text.is_empty())),
                Ok(texts) => texts.iter().for_each(|text| request.query(name, text)),
                Err(reason) => request.rules().unusable(name, reason),
            }
        }
        if let Some(name) = key {
            match &given_keys[..] {
                [] => request.idempotency_key(name, &random::key()),
                [key] => request.idempotency_key(name, key),
                _ => request.rules().unusable(name, "is the idempotency key and has more than one value"),
            }
        }
        match body {
            Some(Ok(RequestBody::Json(body))) => request.serialized_body(body),
            Some(Ok(RequestBody::Form(form))) => request.form(form),
            Some(Err(reason)) => request.rules().unusable("body", &reason),
            None => {}
        }
        (context, request.finish())
    }
}

/// The texts of a query parameter's values.
fn texts(value: Value) -> Result<Vec<String>, String> {
    let text = |value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err("must be a text, a number, a boolean or a list of these".to_owned()),
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.into_iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

impl fmt::Debug for CustomRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, template, settings, .. } = self;
        f.debug_struct("CustomRequest")
            .field("method", method)
            .field("template", template)
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}

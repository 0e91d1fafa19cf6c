//! Builds every response.
//!
//! A handler returns data or a [`Rejection`]: a code and the fields at fault. The envelope,
//! HTTP status, message, log id and the `error` object are added here, in the same way for
//! all operations, as the service's gateway does.

use hyper::body::Bytes;
use hyper::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::data::Data;
use super::facts::{ErrorFact, Facts};
use super::ids;

/// A response with its whole body.
pub(super) type FullResponse = Response<Bytes>;

/// A rejected request: a code that the facts list, and the fields or scopes at fault.
#[derive(Debug)]
pub(super) struct Rejection {
    code: u32,
    status: Option<u16>,
    fields: Vec<Value>,
    permissions: Vec<Value>,
    headers: Vec<(&'static str, u64)>,
    data: Option<Value>,
}

/// Rejects a request with a code. Status and message come from the facts.
pub(super) fn reject(code: u32) -> Rejection {
    Rejection { code, status: None, fields: Vec::new(), permissions: Vec::new(), headers: Vec::new(), data: None }
}

impl Rejection {
    /// Adds a parameter at fault, its value and the rule that it violates.
    pub fn field(mut self, name: &str, value: impl ToString, rule: impl Into<String>) -> Self {
        self.fields.push(json!({
            "field": name,
            "value": value.to_string(),
            "description": rule.into(),
        }));
        self
    }

    /// Adds a missing scope.
    pub fn scope(mut self, scope: &str) -> Self {
        self.permissions.push(json!({
            "type": "action_scope_required",
            "subject": scope,
        }));
        self
    }

    /// Adds a header to the response.
    pub fn header(mut self, name: &'static str, value: u64) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds the result of what was done all the same, as `data`.
    pub fn data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Sets the HTTP status, which otherwise comes from the facts.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Converts the rejection to a response: `{code, msg, error}`, and `data` if there is any.
    pub fn into_response(self, facts: &Facts, platform: &[ErrorFact]) -> FullResponse {
        let ErrorFact { http, code, msg } = facts.error(self.code, platform);
        let http = self.status.unwrap_or(http);
        let log_id = ids::log_id();
        let mut error = json!({
            "log_id": log_id,
            "troubleshooter": format!(
                "https://open.feishu.cn/search?from=openapi&log_id={log_id}&code={code}"
            ),
        });
        if !self.fields.is_empty() {
            error["field_violations"] = self.fields.into();
        }
        if !self.permissions.is_empty() {
            error["permission_violations"] = self.permissions.into();
        }
        let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({ "code": code, "msg": msg, "error": error });
        if let Some(data) = self.data {
            body["data"] = data;
        }
        let mut response = json_response(status, &body, &log_id);
        for (name, value) in self.headers {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        response
    }
}

/// The success of an operation: `{code, msg, data}`, or without data if there is none.
pub(super) fn operation_success(facts: &Facts, data: Option<&Data>) -> FullResponse {
    let msg = Value::from(facts.success_msg());
    let mut body = format!(r#"{{"code":0,"msg":{msg}"#);
    if let Some(data) = data {
        body += r#","data":"#;
        body += data.text();
    }
    body.push('}');
    json_text(StatusCode::OK, body.into_bytes(), &ids::log_id())
}

/// JSON without an envelope.
pub(super) fn plain_json(status: StatusCode, body: &Value) -> FullResponse {
    json_response(status, body, &ids::log_id())
}

/// The success of a token endpoint: the fields are next to `code` and `msg`, without `data`.
pub(super) fn token_success(facts: &Facts, fields: Map<String, Value>) -> FullResponse {
    let mut body = json!({ "code": 0, "msg": facts.success_msg() });
    for (name, value) in fields {
        body[name] = value;
    }
    json_response(StatusCode::OK, &body, &ids::log_id())
}

/// The page of a gateway that could not reach the service.
pub(super) fn bad_gateway() -> FullResponse {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";
    build(StatusCode::BAD_GATEWAY, "text/html", Bytes::from_static(page.as_bytes()), &ids::log_id())
}

/// A page that is no part of the service.
#[cfg(feature = "simulator-docs")]
pub(super) fn page(content_type: &'static str, content: Bytes) -> FullResponse {
    build(StatusCode::OK, content_type, content, &ids::log_id())
}

/// A file, the success of an operation.
pub(super) fn file(content_type: &str, name: &str, content: Bytes) -> FullResponse {
    let mut response = build(StatusCode::OK, "application/octet-stream", content, &ids::log_id());
    let headers =
        [(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename={name}"))];
    for (header, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(header, value);
        }
    }
    response
}

/// A response without a body.
pub(super) fn empty(status: StatusCode) -> FullResponse {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// A response of the gateway itself, without an envelope.
pub(super) fn plain_text(status: StatusCode, text: &'static str) -> FullResponse {
    let body = Bytes::from_static(text.as_bytes());
    build(status, "text/plain; charset=utf-8", body, &ids::log_id())
}

fn json_response(status: StatusCode, body: &Value, log_id: &str) -> FullResponse {
    // A value's keys are strings, so nothing fails.
    json_text(status, serde_json::to_vec(body).unwrap_or_default(), log_id)
}

fn json_text(status: StatusCode, body: Vec<u8>, log_id: &str) -> FullResponse {
    // The journal keeps it, and not what it was allowed to grow into.
    let body = Bytes::from(body.into_boxed_slice());
    build(status, "application/json; charset=utf-8", body, log_id)
}

fn build(status: StatusCode, content_type: &'static str, body: Bytes, log_id: &str) -> FullResponse {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(log_id) = HeaderValue::from_str(log_id) {
        headers.insert("x-tt-logid", log_id);
    }
    response
}

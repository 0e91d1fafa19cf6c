//! The one place where answers take their form.
//!
//! A handler returns data or a [`Refusal`], which is only a code and what was
//! at fault. Envelope, HTTP status, message, log id and the `error` object are
//! added here, the same for all operations, as the gateway does it.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::facts::{ErrorFact, Facts};
use super::ids;

/// What goes back over the wire.
pub(super) type Answer = Response<Full<Bytes>>;

/// Why a request is refused: a code of the facts, and what was at fault.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u32,
    fields: Vec<Value>,
    permissions: Vec<Value>,
    headers: Vec<(&'static str, u64)>,
}

/// Refuses with a code; status and message come from the facts.
pub(super) fn refuse(code: u32) -> Refusal {
    Refusal { code, fields: Vec::new(), permissions: Vec::new(), headers: Vec::new() }
}

impl Refusal {
    /// Names the parameter at fault, its value and the rule it broke.
    pub fn field(mut self, name: &str, value: impl ToString, rule: impl Into<String>) -> Self {
        self.fields.push(json!({
            "field": name,
            "value": value.to_string(),
            "description": rule.into(),
        }));
        self
    }

    /// Names a scope that is missing.
    pub fn scope(mut self, scope: &str) -> Self {
        self.permissions.push(json!({
            "type": "action_scope_required",
            "subject": scope,
        }));
        self
    }

    /// Adds a header to the answer.
    pub fn header(mut self, name: &'static str, value: u64) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The refusal as an answer: `{code, msg, error}`.
    pub fn answer(self, facts: &Facts, platform: &[ErrorFact]) -> Answer {
        let ErrorFact { http, code, msg } = facts.error(self.code, platform);
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
        let body = json!({ "code": code, "msg": msg, "error": error });
        let mut answer = as_json(status, &body, &log_id);
        for (name, value) in self.headers {
            answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        answer
    }
}

/// The success of an operation: `{code, msg, data}`.
pub(super) fn enveloped(facts: &Facts, data: Value) -> Answer {
    let body = json!({ "code": 0, "msg": facts.success(), "data": data });
    as_json(StatusCode::OK, &body, &ids::log_id())
}

/// The success of a token endpoint, which has no `data`: its fields stand
/// beside code and message.
pub(super) fn flat(facts: &Facts, fields: Map<String, Value>) -> Answer {
    let mut body = json!({ "code": 0, "msg": facts.success() });
    for (name, value) in fields {
        body[name] = value;
    }
    as_json(StatusCode::OK, &body, &ids::log_id())
}

/// What a gateway says on its own, before any service is reached.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Answer {
    let body = Bytes::from_static(text.as_bytes());
    answer(status, "text/plain; charset=utf-8", body, &ids::log_id())
}

fn as_json(status: StatusCode, body: &Value, log_id: &str) -> Answer {
    let body = Bytes::from(body.to_string());
    answer(status, "application/json; charset=utf-8", body, log_id)
}

fn answer(status: StatusCode, content_type: &'static str, body: Bytes, log_id: &str) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(log_id) = HeaderValue::from_str(log_id) {
        headers.insert("x-tt-logid", log_id);
    }
    answer
}

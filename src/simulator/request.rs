//! A received request with its response.
//!
//! Handlers and tests read the same value, so a test asserts on exactly the request that
//! was handled. Tests print what they compare, and a request contains credentials: `Debug`
//! redacts them.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::fault::FaultKind;
use crate::operation;

/// A request that the simulator received.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operation, such as `get_user_group`, or the token endpoint, such as `tenant_access_token_internal`; `None` for
    /// a request that the service does not know.
    pub operation: Option<&'static str>,
    /// The HTTP method, such as `POST`.
    pub method: String,
    /// The path without the query, still percent-encoded.
    pub path: String,
    /// The query parameters, decoded, in the order of the request.
    pub query: Vec<(String, String)>,
    /// The headers in the order of the request, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
    /// The response; `None` if a fault left the request without one.
    pub response: Option<RecordedResponse>,
    /// The fault that the request met.
    pub fault: Option<FaultKind>,
}

/// A response that the simulator sent. One that a fault cut is here whole.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedResponse {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Bytes,
}

impl RecordedRequest {
    /// The first query parameter with this name.
    pub fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The first header with this name, which must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// A path parameter, decoded, such as `group_id`.
    pub fn path_parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let operation = operation::ALL.iter().find(|operation| Some(operation.id) == self.operation)?;
        let mut segments = operation.path.split('/').zip(self.path.split('/'));
        let is_parameter =
            |segment: &str| segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(name);
        let (_, value) = segments.find(|(segment, _)| is_parameter(segment))?;
        Some(percent_decode_str(value).decode_utf8_lossy())
    }

    /// The body as JSON; `None` if it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the request is for a token endpoint, where the bodies contain credentials.
    pub(super) fn body_is_secret(&self) -> bool {
        self.path.starts_with("/open-apis/auth/")
    }
}

impl RecordedResponse {
    /// The body as JSON; `None` if it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The envelope's `code`.
    pub fn code(&self) -> Option<i64> {
        self.json()?["code"].as_i64()
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Redacts credentials: the `authorization` header, and the bodies of token requests and of their responses, are
/// shown as `***`.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| match name.as_str() {
                "authorization" => (name.as_str(), "***"),
                _ => (name.as_str(), value.as_str()),
            })
            .collect();
        let body = |body| if self.body_is_secret() { "***".into() } else { String::from_utf8_lossy(body) };
        f.debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", &body(&self.body))
            .field("response", &self.response.as_ref().map(|response| (response.status, body(&response.body))))
            .field("fault", &self.fault)
            .finish()
    }
}

/// Shows the status only: the body may contain a token.
impl fmt::Debug for RecordedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

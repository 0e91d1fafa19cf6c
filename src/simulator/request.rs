//! A received request.
//!
//! Handlers and tests read the same value, so a test asserts on exactly the request that
//! was handled. Tests print what they compare, and a request contains credentials: `Debug`
//! redacts them.

use std::fmt;

/// A request that the simulator received.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The HTTP method, such as `POST`.
    pub method: String,
    /// The path without the query, still percent-encoded.
    pub path: String,
    /// The query parameters, decoded, in the order of the request.
    pub query: Vec<(String, String)>,
    /// The headers in the order of the request, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
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

    /// Whether the request is for a token endpoint, where the body contains credentials.
    fn body_is_secret(&self) -> bool {
        self.path.starts_with("/open-apis/auth/")
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Redacts credentials: the `authorization` header and the bodies of token requests are
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
        let body = if self.body_is_secret() { "***".into() } else { String::from_utf8_lossy(&self.body) };
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", &body)
            .finish()
    }
}

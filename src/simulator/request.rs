//! A request as it arrived: what the handlers read and what tests look at.
//!
//! Both see the same value, so a test asserts on exactly what was answered.
//! Credentials travel in it, and tests print what they compare: `Debug` hides
//! them.

use std::fmt;

/// A request the offline service received.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The HTTP method, such as `POST`.
    pub method: String,
    /// The path as it came, still percent-encoded, without the query.
    pub path: String,
    /// The query parameters, decoded, in the order they came in.
    pub query: Vec<(String, String)>,
    /// The headers with names in lower case, in the order they came in.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl RecordedRequest {
    /// The first query parameter of that name.
    pub fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The first header of that name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Whether the body is one that exchanges credentials for tokens.
    fn carries_secrets(&self) -> bool {
        self.path.starts_with("/open-apis/auth/")
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Shows everything but credentials: the value of `authorization` and the
/// bodies sent to the token endpoints are `***`.
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
        let body = if self.carries_secrets() { "***".into() } else { String::from_utf8_lossy(&self.body) };
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .field("body", &body)
            .finish()
    }
}

//! Assertions on the requests received.
//!
//! "Expected 1, got 0" makes a reader print the whole journal. A failed expectation therefore shows the request that
//! came nearest, and in what it differs.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::request::RecordedRequest;

/// What a request should be like, for [`Simulator::expect`](super::Simulator::expect).
///
/// ```
/// use feishu_user_groups::simulator::Expected;
/// use serde_json::json;
///
/// let expected = Expected::call("update_user_group").path("group_id", "g1").body(json!({ "name": "Design" })).times(1);
/// ```
#[derive(Clone, Debug)]
#[must_use = "pass it to `Simulator::expect`"]
pub struct Expected {
    operation: String,
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Option<Value>,
    code: Option<i64>,
    times: Option<usize>,
}

impl Expected {
    /// Expects a request of an operation, or of a token endpoint: at least one, unless [`times`](Self::times) says more.
    pub fn call(operation: impl Into<String>) -> Self {
        Self { operation: operation.into(), path: Vec::new(), query: Vec::new(), body: None, code: None, times: None }
    }

    /// Expects a path parameter, decoded.
    pub fn path(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.path.push((name.into(), value.into()));
        self
    }

    /// Expects a query parameter, decoded. Other parameters may be there as well.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Expects these fields in the body. An object may have other fields as well; a list must be equal.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Expects the `code` of the response: 0 for a success.
    pub fn code(mut self, code: i64) -> Self {
        self.code = Some(code);
        self
    }

    /// Expects exactly so many requests; 0 for none.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// The requests that are as expected, if there are as many as expected.
    pub(super) fn find<'a>(
        &self,
        journal: impl Iterator<Item = &'a RecordedRequest>,
        operations: &[&'static str],
    ) -> Result<Vec<RecordedRequest>, Unmet> {
        if !operations.contains(&self.operation.as_str()) {
            let all = operations.join(", ");
            return Err(Unmet(format!("there is no operation `{}`; there are {all}", self.operation)));
        }
        let (mut met, mut nearest, mut others) =
            (Vec::new(), None::<(usize, Vec<String>, &RecordedRequest)>, BTreeMap::new());
        let mut made = 0;
        for request in journal {
            if request.operation != Some(self.operation.as_str()) {
                *others.entry(request.operation.unwrap_or("no operation")).or_insert(0) += 1;
                continue;
            }
            made += 1;
            let differences = self.differences(request);
            if differences.is_empty() {
                met.push(request.clone());
            } else if nearest.as_ref().is_none_or(|(_, fewest, _)| differences.len() < fewest.len()) {
                nearest = Some((made, differences, request));
            }
        }
        if self.times.map_or(!met.is_empty(), |times| met.len() == times) {
            return Ok(met);
        }
        let times = self.times.map_or("at least one request".to_owned(), |times| match times {
            1 => "1 request".to_owned(),
            times => format!("{times} requests"),
        });
        let mut text = format!("{}: expected {times}; as expected were {}", self.operation, met.len());
        match nearest {
            // Too many requests are no question of differences.
            _ if self.times.is_some_and(|times| met.len() > times) => {}
            Some((number, differences, request)) => {
                text += &format!("\nthe nearest of {made}, number {number}: {} {}", request.method, request.path);
                for difference in differences {
                    text += &format!("\n  {difference}");
                }
            }
            None if made == 0 && !others.is_empty() => {
                let others: Vec<_> = others.iter().map(|(name, count)| format!("{name} ({count})")).collect();
                text += &format!("\nrequests were made of: {}", others.join(", "));
            }
            None if made == 0 => text += "\nno request was made at all",
            None => {}
        }
        Err(Unmet(text))
    }

    fn differences(&self, request: &RecordedRequest) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: String, expected: &str, actual: Option<&str>| {
            if actual != Some(expected) {
                let actual = actual.map_or("absent".to_owned(), |actual| format!("{actual:?}"));
                found.push(format!("{what}: expected {expected:?}, was {actual}"));
            }
        };
        for (name, value) in &self.path {
            compare(format!("path {name}"), value, request.path_parameter(name).as_deref());
        }
        for (name, value) in &self.query {
            compare(format!("query {name}"), value, request.query(name));
        }
        match (&self.body, request.json()) {
            (None, _) => {}
            (Some(expected), Some(actual)) => body_differences("body", expected, Some(&actual), &mut found),
            (Some(expected), None) => body_differences("body", expected, None, &mut found),
        }
        let code = request.response.as_ref().and_then(|response| response.code());
        if self.code.is_some() && self.code != code {
            let [expected, actual] =
                [self.code, code].map(|code| code.map_or("none".to_owned(), |code| code.to_string()));
            found.push(format!("code: expected {expected}, was {actual}"));
        }
        found
    }
}

fn body_differences(place: &str, expected: &Value, actual: Option<&Value>, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (name, value) in expected {
                body_differences(&format!("{place}.{name}"), value, actual.get(name), found);
            }
        }
        (expected, Some(actual)) if expected == actual => {}
        (expected, actual) => {
            let actual = actual.map_or("absent".to_owned(), Value::to_string);
            found.push(format!("{place}: expected {expected}, was {actual}"));
        }
    }
}

/// No request was as expected, or not as many as expected. `Debug` shows the same text, for `unwrap`.
#[derive(Clone, PartialEq, Eq)]
pub struct Unmet(String);

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Unmet {}

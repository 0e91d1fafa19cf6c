//! The examples that an operation of the spec has.
//!
//! Mock servers and reference pages show what stands under `examples`, so every one is
//! evidence: a request or response that the service's reference or a document shows, or
//! an error row in the form of an envelope. Nobody writes them by hand. `validate` expects
//! exactly these, `cargo xtask spec --write` puts them into the spec (`write`), and a draft
//! has them from the start.

mod layout;
mod platform;
mod write;

pub(crate) use layout::{failure_schema, failures, lines, names, requests_and_responses};
pub(crate) use platform::{known_in_spec, known_to_platform};
pub use write::write;

use crate::statements::examples::is_failure;
use apidoc::facts::ExampleKind;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One example.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    /// Its key among the examples of a body: where it was shown, or the code or name of an error.
    pub key: String,
    /// The name of an error.
    pub summary: Option<String>,
    pub value: Value,
    /// Its name in `components/examples`, if it stands there.
    pub component: Option<String>,
}

/// All examples of an operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Examples {
    pub request: Vec<Example>,
    pub response: Vec<Example>,
    /// Of the response 4XX.
    pub rejected: Vec<Example>,
    /// Of the response 5XX.
    pub failed: Vec<Example>,
}

/// Where an example was shown; its word is the example's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Service,
    Document,
}

/// A row of errors.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub http: u64,
    pub code: i64,
    pub name: String,
    pub message: String,
}

/// The example of an error that any operation may return, and its HTTP status.
#[derive(Clone, Debug)]
pub(crate) struct PlatformExample {
    pub http: u64,
    pub code: i64,
    pub example: Example,
}

impl Examples {
    /// From everything that was shown of an operation, the service's first: a mock server returns the first example.
    pub fn new<'a>(
        id: &str,
        shown: impl Iterator<Item = (Origin, ExampleKind, &'a Value)>,
        rows: &[Row],
        platform: &[PlatformExample],
    ) -> Self {
        let (mut examples, mut failures) = (Self::default(), BTreeMap::new());
        for (origin, kind, value) in shown {
            let failure = value.as_object().filter(|value| kind == ExampleKind::Response && is_failure(value));
            match (failure.and_then(|failure| failure.get("code")?.as_i64()), kind) {
                (Some(code), _) => {
                    failures.entry(code).or_insert(value);
                }
                (None, ExampleKind::Request) => add(&mut examples.request, id, "request", origin, value),
                (None, ExampleKind::Response) => add(&mut examples.response, id, "response", origin, value),
            }
        }
        for Row { http, code, name, message } in rows {
            let value =
                failures.get(code).map_or_else(|| json!({ "code": code, "msg": message }), |&shown| shown.clone());
            let example = Example { key: code.to_string(), summary: Some(name.clone()), value, component: None };
            examples.add_failure(*http, example);
        }
        for PlatformExample { http, code, example } in platform {
            if rows.iter().all(|row| row.code != *code) {
                examples.add_failure(*http, example.clone());
            }
        }
        examples
    }

    /// A token endpoint fails under HTTP 200. What the platform says of a call's token, it says of no call without one.
    pub fn of_token_endpoint<'a>(
        id: &str,
        shown: impl Iterator<Item = (Origin, ExampleKind, &'a Value)>,
        rows: &[Row],
        platform: &[PlatformExample],
    ) -> Self {
        let platform: Vec<PlatformExample> = platform.iter().filter(|known| known.http >= 429).cloned().collect();
        let mut examples = Self::new(id, shown, rows, &platform);
        let under_200 = rows.iter().filter(|row| row.http == 200);
        // JavaScript would put a number before the success, and Prism returns the first example.
        examples.response.extend(under_200.map(|Row { code, name, message, .. }| Example {
            key: name.clone(),
            summary: Some(name.clone()),
            value: json!({ "code": code, "msg": message }),
            component: None,
        }));
        examples
    }

    /// An error with HTTP 200 is one of an item, and no response.
    fn add_failure(&mut self, http: u64, example: Example) {
        match http {
            400..=499 => self.rejected.push(example),
            500..=599 => self.failed.push(example),
            _ => {}
        }
    }
}

fn add(list: &mut Vec<Example>, id: &str, what: &str, origin: Origin, value: &Value) {
    if list.iter().any(|example| example.value == *value) {
        return;
    }
    let word = match origin {
        Origin::Service => "service",
        Origin::Document => "document",
    };
    let before = list.iter().filter(|example| example.key.starts_with(word)).count();
    let key = if before == 0 { word.to_owned() } else { format!("{word}_{}", before + 1) };
    let component = Some(format!("{id}_{what}_{key}"));
    list.push(Example { key, summary: None, value: value.clone(), component });
}

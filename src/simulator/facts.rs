//! What the running service's reference says, read from `spec/service/`.
//!
//! A handler names a code or a parameter; HTTP status, message, allowed values
//! and limits come from here. So the offline service cannot drift from the
//! facts that the spec is proven against, and a changed fact changes both.

use std::io;

use serde::Deserialize;

/// The facts of one operation.
#[derive(Deserialize)]
pub(super) struct Facts {
    pub method: String,
    pub url: String,
    #[serde(default)]
    pub app_types: Vec<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
    parameters: Vec<Parameter>,
    errors: Vec<ErrorFact>,
    examples: Examples,
}

/// What one parameter may be; a limit the reference does not state is `None`.
#[derive(Deserialize, Default)]
pub(super) struct Parameter {
    name: String,
    #[serde(default)]
    pub values: Vec<String>,
    pub default: Option<String>,
    pub minimum: Option<u64>,
    pub maximum: Option<u64>,
    pub max_length: Option<usize>,
}

/// How often an operation may be called.
#[derive(Deserialize, Clone, Copy)]
pub(super) struct RateLimit {
    pub per_minute: Option<usize>,
    pub per_second: Option<usize>,
}

/// One error code and what comes with it.
#[derive(Deserialize, Clone)]
pub(super) struct ErrorFact {
    pub http: u16,
    pub code: u32,
    pub msg: String,
}

#[derive(Deserialize)]
struct Examples {
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    msg: String,
}

#[derive(Deserialize)]
struct Platform {
    errors: Vec<ErrorFact>,
}

impl Facts {
    /// Reads one operation's file.
    pub fn read(json: &str) -> io::Result<Self> {
        Ok(serde_json::from_str(json)?)
    }

    /// The parameter of that name, or one without any rule.
    pub fn parameter(&self, name: &str) -> &Parameter {
        static FREE: Parameter = Parameter {
            name: String::new(),
            values: Vec::new(),
            default: None,
            minimum: None,
            maximum: None,
            max_length: None,
        };
        self.parameters.iter().find(|parameter| parameter.name == name).unwrap_or(&FREE)
    }

    /// The `msg` of a success.
    pub fn success(&self) -> &str {
        &self.examples.response.msg
    }

    /// What a code means here: the operation's own word, else the platform's.
    ///
    /// A code that neither knows is a mistake in the offline service. It
    /// becomes an answer that no fact matches, for the tests to find.
    pub fn error(&self, code: u32, platform: &[ErrorFact]) -> ErrorFact {
        self.errors.iter().chain(platform).find(|error| error.code == code).cloned().unwrap_or_else(|| ErrorFact {
            http: 500,
            code,
            msg: format!("no fact of {} knows this code", self.url),
        })
    }
}

/// The codes that hold for every operation and stand in no operation's file.
pub(super) fn platform() -> io::Result<Vec<ErrorFact>> {
    let json = include_str!("../../spec/service/platform.json");
    Ok(serde_json::from_str::<Platform>(json)?.errors)
}

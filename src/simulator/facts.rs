//! The facts of the service's reference, read from `spec/service/`.
//!
//! A handler names a code or a parameter; HTTP status, message, allowed values and
//! limits come from here. The spec is validated against the same files, so simulator and
//! spec cannot disagree about them.

use std::io;

use serde::Deserialize;

use crate::operation::{AppType, Operation};

/// The facts of one operation.
#[derive(Deserialize, Default)]
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

/// The limits of one parameter; `None` where the reference states none.
#[derive(Deserialize, Default)]
pub(super) struct Parameter {
    name: String,
    #[serde(default)]
    pub values: Vec<String>,
    pub default: Option<String>,
    pub minimum: Option<u64>,
    pub maximum: Option<u64>,
    pub max_length: Option<usize>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
}

/// The rate limit of an operation.
#[derive(Deserialize, Clone, Copy)]
pub(super) struct RateLimit {
    pub per_minute: Option<usize>,
    pub per_second: Option<usize>,
}

/// An error code with its HTTP status and message.
#[derive(Deserialize, Clone)]
pub(super) struct ErrorFact {
    pub http: u16,
    pub code: u32,
    pub msg: String,
}

#[derive(Deserialize, Default)]
struct Examples {
    response: Response,
}

#[derive(Deserialize, Default)]
struct Response {
    msg: String,
}

#[derive(Deserialize)]
struct PlatformFacts {
    errors: Vec<ErrorFact>,
}

impl Facts {
    /// What the spec says about an operation, in the form of a facts file.
    pub fn of(operation: &Operation) -> Self {
        let segments = operation.path.split('/').map(|segment| match segment.strip_prefix('{') {
            Some(name) => format!(":{}", name.trim_end_matches('}')),
            None => segment.to_owned(),
        });
        let app_type = |app_type: &AppType| match app_type {
            AppType::Custom => "custom".to_owned(),
            AppType::Isv => "isv".to_owned(),
        };
        let calls = |limit: Option<u32>| limit.and_then(|calls| usize::try_from(calls).ok());
        Self {
            method: operation.method.to_string(),
            url: segments.collect::<Vec<_>>().join("/"),
            app_types: operation.app_types.iter().map(app_type).collect(),
            scopes: operation.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            rate_limit: operation
                .rate_limit
                .map(|limit| RateLimit { per_minute: calls(limit.per_minute), per_second: calls(limit.per_second) }),
            ..Self::default()
        }
    }

    /// Whether both are about the same method and path, whatever the names of path parameters.
    pub fn is_for_same(&self, other: &Self) -> bool {
        let unnamed = |segment| if str::starts_with(segment, ':') { ":" } else { segment };
        self.method == other.method && self.url.split('/').map(unnamed).eq(other.url.split('/').map(unnamed))
    }

    /// Parses the file of one operation.
    pub fn parse(json: &str) -> io::Result<Self> {
        Ok(serde_json::from_str(json)?)
    }

    /// The limits of the parameter with this name; none if the facts do not list it.
    pub fn parameter(&self, name: &str) -> &Parameter {
        static UNLIMITED: Parameter = Parameter {
            name: String::new(),
            values: Vec::new(),
            default: None,
            minimum: None,
            maximum: None,
            max_length: None,
            min_items: None,
            max_items: None,
        };
        self.parameters.iter().find(|parameter| parameter.name == name).unwrap_or(&UNLIMITED)
    }

    /// The `msg` of a successful response.
    pub fn success_msg(&self) -> &str {
        &self.examples.response.msg
    }

    /// The code of the operation's own failure under HTTP 500; the platform's if it has none.
    pub fn internal_error(&self) -> u32 {
        self.errors.iter().find(|error| error.http == 500).map_or(2200, |error| error.code)
    }

    /// The entry for a code: the operation's own, else the platform's.
    ///
    /// A code that neither lists is a bug of the simulator. It gives a response that
    /// matches no fact, which makes a test fail.
    pub fn error(&self, code: u32, platform: &[ErrorFact]) -> ErrorFact {
        self.errors.iter().chain(platform).find(|error| error.code == code).cloned().unwrap_or_else(|| ErrorFact {
            http: 500,
            code,
            msg: format!("the facts of {} do not list this code", self.url),
        })
    }
}

/// The platform's codes, which every operation can return and no operation's file lists.
pub(super) fn platform_errors() -> io::Result<Vec<ErrorFact>> {
    let json = include_str!("../../spec/service/platform.json");
    Ok(serde_json::from_str::<PlatformFacts>(json)?.errors)
}

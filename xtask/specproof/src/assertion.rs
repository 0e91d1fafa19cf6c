//! Assertions: what one source says about a fact, and when two sources agree.
//!
//! Silence and absence are different assertions. A source with a complete list of
//! parameters says that no other parameter exists; a source without a column for limits
//! says nothing about limits.

use crate::fact::{Aspect, Fact, OperationAspect, Subject};
use crate::kind;
use serde_json::Value;
use std::fmt;

/// What one source says about a fact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Assertion {
    /// Nothing.
    Silent,
    /// That it does not exist.
    Absent,
    /// Its value; of a parameter's or field's existence, its type.
    Says(Value),
}

impl Assertion {
    /// As errata.yaml writes it.
    pub fn from_erratum(value: &Value) -> Self {
        match value.as_str() {
            Some("silent") => Self::Silent,
            Some("absent") => Self::Absent,
            _ => Self::Says(value.clone()),
        }
    }

    pub fn speaks(&self) -> bool {
        *self != Self::Silent
    }

    pub fn says(&self) -> bool {
        matches!(self, Self::Says(_))
    }

    /// Whether two assertions about `fact` agree.
    pub fn agrees(&self, other: &Self, fact: &Fact) -> bool {
        match (self, other) {
            (Self::Says(a), Self::Says(b)) => same(fact, a, b),
            _ => self == other,
        }
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("silent"),
            Self::Absent => f.write_str("absent"),
            Self::Says(Value::String(text)) => f.write_str(text),
            Self::Says(Value::Object(error)) if error.contains_key("message") => {
                let http =
                    error.get("http").and_then(Value::as_u64).map(|http| format!("HTTP {http}, ")).unwrap_or_default();
                write!(f, "{http}`{}`", error.get("message").and_then(Value::as_str).unwrap_or_default())
            }
            Self::Says(value) => write!(f, "{value}"),
        }
    }
}

/// Whether two values of a fact mean the same.
fn same(fact: &Fact, a: &Value, b: &Value) -> bool {
    match (&fact.subject, fact.aspect) {
        // Only its existence is compared: its type is another fact.
        (Subject::Parameter(..) | Subject::Field(_), None) => true,
        (Subject::Error(_), _) => same_where_both_say(a, b),
        // A source that names no type agrees with any.
        (_, Some(Aspect::Type)) => a.is_null() || b.is_null() || same_kind(a, b),
        (_, Some(Aspect::Enum))
        | (
            Subject::Operation(OperationAspect::AccessTokens | OperationAspect::Scopes | OperationAspect::AppTypes),
            _,
        ) => same_set(a, b),
        _ => a == b,
    }
}

pub(crate) fn same_kind(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => kind::same(&kind::normal(a), &kind::normal(b)),
        _ => a == b,
    }
}

/// The order of a list of tokens, scopes or values has no meaning.
fn same_set(a: &Value, b: &Value) -> bool {
    match (a.as_array(), b.as_array()) {
        (Some(a), Some(b)) => a.iter().all(|value| b.contains(value)) && b.iter().all(|value| a.contains(value)),
        _ => a == b,
    }
}

/// An error table may leave out the HTTP status.
fn same_where_both_say(a: &Value, b: &Value) -> bool {
    match (a.as_object(), b.as_object()) {
        (Some(a), Some(b)) => a.iter().all(|(key, value)| b.get(key).is_none_or(|other| other == value)),
        _ => a == b,
    }
}

//! The words of the table, the same on the terminal and on the page.

use super::tally::Tally;
use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, Subject};
use crate::validate::evidence_table::Status;
use apidoc::facts::Place;
use serde_json::Value;

/// What a group of facts is about.
pub(crate) fn group(fact: &Fact) -> &'static str {
    match &fact.subject {
        Subject::Operation(_) | Subject::Behaviour => "Operation",
        Subject::Parameter(Place::Path, _) => "Path parameters",
        Subject::Parameter(Place::Query, _) => "Query parameters",
        Subject::Parameter(Place::Header, _) => "Header parameters",
        Subject::Parameter(Place::Body, _) => "Body",
        Subject::Field(_) => "Response",
        Subject::Error(_) => "Errors",
    }
}

/// What the fact is about, within its group: `page_size`.
pub(crate) fn subject(fact: &Fact) -> String {
    match &fact.subject {
        Subject::Operation(of_operation) => of_operation.word().to_owned(),
        Subject::Behaviour => "behaviour".to_owned(),
        Subject::Parameter(_, name) | Subject::Field(name) => name.clone(),
        Subject::Error(code) => code.to_string(),
    }
}

/// What a source says. The row of a parameter or field says that it exists; its type has its own row.
pub(crate) fn said(fact: &Fact, assertion: &Assertion) -> String {
    match (assertion, &fact.subject, fact.aspect) {
        (Assertion::Says(_), Subject::Parameter(..) | Subject::Field(_), None) => "present".to_owned(),
        (Assertion::Says(Value::Null), _, Some(Aspect::Type)) => "not named".to_owned(),
        (Assertion::Says(Value::Object(error)), Subject::Error(_), _) if !error.contains_key("message") => {
            format!("HTTP {}", error.get("http").map(value).unwrap_or_default())
        }
        (Assertion::Says(Value::Array(values)), ..) => values.iter().map(value).collect::<Vec<_>>().join(", "),
        (Assertion::Says(Value::Object(parts)), ..) if !parts.contains_key("message") => {
            let parts = parts.iter().map(|(key, part)| format!("{key}: {}", value(part)));
            parts.collect::<Vec<_>>().join(", ")
        }
        _ => assertion.to_string(),
    }
}

fn value(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Agreed => "agreed",
        Status::Implied => "implied",
        Status::Shared => "shared",
        Status::Untyped => "untyped",
        Status::Bridged => "bridged",
        Status::Justified => "justified",
        Status::Differs => "DIFFERS",
        Status::Unbacked => "UNBACKED",
    }
}

/// What each of those words means, ordered from best to worst.
pub(crate) const MEANINGS: [(Status, &str); 8] = [
    (Status::Agreed, "document and service say what the spec says, or nothing"),
    (Status::Bridged, "they differ, and an erratum says why and what the spec follows"),
    (Status::Justified, "neither document nor service states it; an erratum has the evidence"),
    (Status::Shared, "not known for this operation; it is in a schema shared with an operation for which it is"),
    (Status::Untyped, "known to exist, but no source names its type"),
    (Status::Implied, "stated by no source; it is a default of OpenAPI, or part of every envelope"),
    (Status::Differs, "they differ, and no erratum says why"),
    (Status::Unbacked, "only the spec states it, and no erratum has evidence"),
];

/// Why some facts have no evidence, in numbers.
pub(crate) fn of_nothing(tally: &Tally) -> String {
    let Tally { nothing, shared, untyped, implied, .. } = *tally;
    let other = nothing - shared - untyped - implied;
    format!("of the {nothing} with nothing, {shared} are shared, {untyped} untyped, {implied} implied, {other} open")
}

//! The words of the table, the same on the terminal and on the page.

use super::tally::Tally;
use crate::validate::claim::Claim;
use crate::validate::fact::{Aspect, Fact, Subject};
use crate::validate::ledger::Standing;
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
        Subject::Field(_) => "Answer",
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

/// What a side says. That a parameter or field is there is all that its own row says; its type has another.
pub(crate) fn said(fact: &Fact, claim: &Claim) -> String {
    match (claim, &fact.subject, fact.aspect) {
        (Claim::Says(_), Subject::Parameter(..) | Subject::Field(_), None) => "present".to_owned(),
        (Claim::Says(Value::Null), _, Some(Aspect::Type)) => "not named".to_owned(),
        (Claim::Says(Value::Object(error)), Subject::Error(_), _) if !error.contains_key("message") => {
            format!("HTTP {}", error.get("http").map(value).unwrap_or_default())
        }
        (Claim::Says(Value::Array(values)), ..) => values.iter().map(value).collect::<Vec<_>>().join(", "),
        (Claim::Says(Value::Object(parts)), ..) if !parts.contains_key("message") => {
            let parts = parts.iter().map(|(key, part)| format!("{key}: {}", value(part)));
            parts.collect::<Vec<_>>().join(", ")
        }
        _ => claim.to_string(),
    }
}

fn value(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Agreed => "agreed",
        Standing::Implied => "implied",
        Standing::Shared => "shared",
        Standing::Untyped => "untyped",
        Standing::Bridged => "bridged",
        Standing::Vouched => "vouched",
        Standing::Differs => "DIFFERS",
        Standing::Unbacked => "UNBACKED",
    }
}

/// What each of those words means, in the order of how well one sleeps.
pub(crate) const MEANINGS: [(Standing, &str); 8] = [
    (Standing::Agreed, "whoever speaks says what the spec says"),
    (Standing::Bridged, "the sides differ, and an erratum says why and what the spec does about it"),
    (Standing::Vouched, "neither document nor service speaks; an erratum has the evidence"),
    (Standing::Shared, "nobody has it here; it stands in a schema that another operation shares, and is known there"),
    (Standing::Untyped, "it is known to be there, and nobody says of which type"),
    (
        Standing::Implied,
        "nobody speaks of it; it is what OpenAPI takes where nothing is written, or every envelope holds",
    ),
    (Standing::Differs, "the sides differ, and nothing says why"),
    (Standing::Unbacked, "nobody else speaks, and nothing says why the spec does"),
];

/// Why some facts have no evidence, in numbers.
pub(crate) fn of_nothing(tally: &Tally) -> String {
    let Tally { nothing, shared, untyped, implied, .. } = *tally;
    let other = nothing - shared - untyped - implied;
    format!("of the {nothing} with nothing, {shared} are shared, {untyped} untyped, {implied} implied, {other} open")
}

//! Errata: the entries of spec/errata.yaml.
//!
//! An erratum lifts the duty to follow document and service, so it must not outlive
//! its reason: it states what all three sides say, it is held against them, and an
//! entry of which any fact in any operation would do without is an error.

use super::finding::Finding;
use super::rule::Rule;
use crate::assertion::Assertion;
use crate::fact::{Fact, Subject};
use crate::source::Source;
use serde_json::{Map, Value};

/// One entry of errata.yaml.
pub(crate) struct Erratum {
    pub pointer: String,
    pub id: String,
    pub operations: Vec<String>,
    pub facts: Vec<Fact>,
    pub document: Assertion,
    pub service: Assertion,
    /// The service's facts are older than the document, so that they lack what is new in it.
    pub service_is_older: bool,
    pub spec: Assertion,
    /// Why we believe one or the other.
    pub evidence: String,
    /// What a caller of the client sees.
    pub bridge: String,
    pub shown_by: Vec<String>,
}

const REQUIRED: [&str; 5] = ["id", "operations", "facts", "evidence", "bridge"];
const OPTIONAL: [&str; 4] = ["document", "service", "spec", "shown_by"];
pub(crate) const GRAMMAR: &str = "write it as spec/README.md says, `query page_size default` for example";

impl Erratum {
    pub fn covers(&self, operation: Option<&str>, fact: &Fact) -> bool {
        operation.is_some_and(|operation| self.operations.iter().any(|each| each == operation))
            && self.facts.contains(fact)
    }
}

/// Reads the entries; what is wrong with their form is found, and the entry left out.
pub(crate) fn read(source: &Source, findings: &mut Vec<Finding>) -> Vec<Erratum> {
    let mut errata: Vec<Erratum> = Vec::new();
    let Some(entries) = source.value.get("errata").and_then(Value::as_array) else {
        let help = "begin the file with `errata:` and list the entries below";
        findings.push(Finding::new(Rule::MalformedErratum, source, "", "the list `errata` is missing", help));
        return errata;
    };
    for (i, entry) in entries.iter().enumerate() {
        let pointer = format!("/errata/{i}");
        match read_entry(source, &pointer, entry) {
            Err(finding) => findings.push(*finding),
            Ok(erratum) => {
                if errata.iter().any(|other| other.id == erratum.id) {
                    let message = format!("the id `{}` is a duplicate", erratum.id);
                    findings.push(Finding::new(
                        Rule::DuplicateErratum,
                        source,
                        &pointer,
                        message,
                        "give it an id of its own",
                    ));
                }
                errata.push(erratum);
            }
        }
    }
    errata
}

fn read_entry(source: &Source, pointer: &str, entry: &Value) -> Result<Erratum, Box<Finding>> {
    let wrong = |rule, key: &str, message: String, help: &str| {
        let pointer = if key.is_empty() { pointer.to_owned() } else { format!("{pointer}/{key}") };
        Box::new(Finding::new(rule, source, &pointer, message, help))
    };
    let malformed = |key: &str, message: String| {
        let help =
            "give it id, operations, facts, document, service, spec, evidence and bridge, as spec/README.md says";
        wrong(Rule::MalformedErratum, key, message, help)
    };
    let Some(map) = entry.as_object() else { return Err(malformed("", "an entry is not a map".to_owned())) };
    if let Some(key) = map.keys().find(|key| !REQUIRED.contains(&key.as_str()) && !OPTIONAL.contains(&key.as_str())) {
        return Err(malformed(key, format!("`{key}` is not a key of an entry")));
    }
    for key in ["id", "evidence", "bridge"] {
        if map.get(key).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(malformed("", format!("`{key}` is missing or not a string")));
        }
    }
    let operations = texts(map, "operations").filter(|list| !list.is_empty());
    let operations = operations.ok_or_else(|| malformed("", "`operations` is missing or not a list".to_owned()))?;
    let names = texts(map, "facts").filter(|list| !list.is_empty());
    let names = names.ok_or_else(|| malformed("", "`facts` is missing or not a list".to_owned()))?;
    let mut facts = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let fact = Fact::parse(name);
        facts.push(fact.ok_or_else(|| {
            wrong(Rule::UnknownFact, &format!("facts/{i}"), format!("`{name}` is not a fact"), GRAMMAR)
        })?);
    }
    let in_prose = facts.iter().all(|fact| fact.subject == Subject::Behaviour);
    for key in ["document", "service", "spec"] {
        let needed = !in_prose || key != "spec";
        if needed && !map.contains_key(key) {
            return Err(malformed("", format!("`{key}` is missing; write `silent` if it states nothing")));
        }
    }
    let shown_by = texts(map, "shown_by").filter(|list| !list.is_empty());
    if shown_by.is_none() && (in_prose || map.contains_key("shown_by")) {
        return Err(malformed("", "`shown_by` is missing or not a list".to_owned()));
    }
    let assertion = |key: &str| map.get(key).map_or(Assertion::Silent, Assertion::from_erratum);
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let service_is_older = text("service") == "older";
    Ok(Erratum {
        pointer: pointer.to_owned(),
        id: text("id"),
        operations,
        facts,
        document: assertion("document"),
        service: if service_is_older { Assertion::Absent } else { assertion("service") },
        service_is_older,
        spec: assertion("spec"),
        evidence: text("evidence"),
        bridge: text("bridge"),
        shown_by: shown_by.unwrap_or_default(),
    })
}

/// A list of texts; nothing if it is anything else.
fn texts(map: &Map<String, Value>, key: &str) -> Option<Vec<String>> {
    map.get(key)?.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

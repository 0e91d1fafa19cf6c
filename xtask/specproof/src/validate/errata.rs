//! Errata: every entry of spec/errata.yaml is needed, and tells the truth.
//!
//! An erratum lifts the duty to follow document and service, so it must not outlive
//! its reason: it states what all three sides say, it is held against them, and an
//! entry of which any fact in any operation would do without is an error.

use super::claim::{Claim, same_kind};
use super::compare::{Backed, Evidence};
use super::fact::{Fact, Subject, Trait};
use super::finding::Finding;
use super::rule::Rule;
use crate::source::Source;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One entry of errata.yaml.
pub(crate) struct Erratum {
    pub pointer: String,
    pub id: String,
    pub operations: Vec<String>,
    pub facts: Vec<Fact>,
    pub document: Claim,
    pub service: Claim,
    spec: Claim,
    /// Why we believe one or the other.
    pub evidence: String,
    /// What a caller of the client sees.
    pub bridge: String,
    shown_by: Vec<String>,
}

const REQUIRED: [&str; 5] = ["id", "operations", "facts", "evidence", "bridge"];
const OPTIONAL: [&str; 4] = ["document", "service", "spec", "shown_by"];
const GRAMMAR: &str = "write it as spec/README.md says, `query page_size default` for example";

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
        findings.push(Finding::new(Rule::MalformedErratum, source, "", "there is no list `errata`", help));
        return errata;
    };
    for (i, entry) in entries.iter().enumerate() {
        let pointer = format!("/errata/{i}");
        match read_entry(source, &pointer, entry) {
            Err(finding) => findings.push(*finding),
            Ok(erratum) => {
                if errata.iter().any(|other| other.id == erratum.id) {
                    let message = format!("the id `{}` stands here a second time", erratum.id);
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
        return Err(malformed(key, format!("an entry has no key `{key}`")));
    }
    for key in ["id", "evidence", "bridge"] {
        if map.get(key).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(malformed("", format!("`{key}` is missing or no text")));
        }
    }
    let operations = texts(map, "operations").filter(|list| !list.is_empty());
    let operations = operations.ok_or_else(|| malformed("", "`operations` is missing or no list".to_owned()))?;
    let names = texts(map, "facts").filter(|list| !list.is_empty());
    let names = names.ok_or_else(|| malformed("", "`facts` is missing or no list".to_owned()))?;
    let mut facts = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let fact = Fact::parse(name);
        facts.push(
            fact.ok_or_else(|| {
                wrong(Rule::UnknownFact, &format!("facts/{i}"), format!("`{name}` is no fact"), GRAMMAR)
            })?,
        );
    }
    let in_prose = facts.iter().all(|fact| fact.subject == Subject::Behaviour);
    for key in ["document", "service", "spec"] {
        let needed = !in_prose || key != "spec";
        if needed && !map.contains_key(key) {
            return Err(malformed("", format!("`{key}` is missing; write `silent` if it says nothing")));
        }
    }
    let shown_by = texts(map, "shown_by").filter(|list| !list.is_empty());
    if shown_by.is_none() && (in_prose || map.contains_key("shown_by")) {
        return Err(malformed("", "`shown_by` is missing or no list".to_owned()));
    }
    let claim = |key: &str| map.get(key).map_or(Claim::Silent, Claim::from_erratum);
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Erratum {
        pointer: pointer.to_owned(),
        id: text("id"),
        operations,
        facts,
        document: claim("document"),
        service: claim("service"),
        spec: claim("spec"),
        evidence: text("evidence"),
        bridge: text("bridge"),
        shown_by: shown_by.unwrap_or_default(),
    })
}

/// A list of texts; nothing if it is anything else.
fn texts(map: &Map<String, Value>, key: &str) -> Option<Vec<String>> {
    map.get(key)?.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Holds the entries against what the sides say.
pub(crate) fn check(
    errata: &[Erratum],
    source: &Source,
    all: &[&Evidence],
    backed: &Backed,
    findings: &mut Vec<Finding>,
) {
    let mut covered: BTreeMap<(&str, &Fact), &str> = BTreeMap::new();
    for erratum in errata {
        check_shown_by(erratum, source, all, findings);
        for (i, operation) in erratum.operations.iter().map(String::as_str).enumerate() {
            let Some(evidence) = all.iter().find(|evidence| evidence.operation == Some(operation)) else {
                let pointer = format!("{}/operations/{i}", erratum.pointer);
                let message = format!("the spec has no operation `{operation}`");
                findings.push(Finding::new(
                    Rule::UnknownFact,
                    source,
                    &pointer,
                    message,
                    "name an operationId of the spec",
                ));
                continue;
            };
            for (i, fact) in erratum.facts.iter().enumerate() {
                let pointer = format!("{}/facts/{i}", erratum.pointer);
                let mut find = |rule, message, help| {
                    findings.push(Finding::new(rule, source, &pointer, message, help).of(operation));
                };
                if let Some(other) =
                    covered.insert((operation, fact), &erratum.id).filter(|_| fact.subject != Subject::Behaviour)
                {
                    let message = format!("`{fact}` already stands in the entry `{other}`");
                    find(Rule::DuplicateErratum, message, "keep it in one of them".to_owned());
                } else if let Some((rule, message, help)) = erratum.problem(evidence, fact, backed) {
                    find(rule, message, help);
                }
            }
        }
    }
}

fn check_shown_by(erratum: &Erratum, source: &Source, all: &[&Evidence], findings: &mut Vec<Finding>) {
    for (i, shown) in erratum.shown_by.iter().enumerate() {
        let known = shown.split_once(' ').is_some_and(|(operation, fact)| {
            let evidence = all.iter().find(|evidence| evidence.operation == Some(operation));
            Fact::parse(fact).is_some_and(|fact| evidence.is_some_and(|evidence| evidence.service_claim(&fact).says()))
        });
        if !known {
            let pointer = format!("{}/shown_by/{i}", erratum.pointer);
            let message = format!("the service says nothing of `{shown}`");
            let help = "name an operation and a fact of its file in spec/service/, `delete_user_group error 42017` for example";
            findings.push(Finding::new(Rule::ErratumEvidence, source, &pointer, message, help));
        }
    }
}

impl Erratum {
    /// What is wrong with the entry for one fact of one operation.
    fn problem(&self, evidence: &Evidence, fact: &Fact, backed: &Backed) -> Option<(Rule, String, String)> {
        // Without a document its side cannot be told, and another finding says why.
        if fact.subject == Subject::Behaviour || evidence.document.is_none() {
            return None;
        }
        let (document, service, spec) = evidence.claims(&fact.whole());
        if !document.says() && !service.says() && !spec.says() {
            let message = format!("neither document nor service nor spec has `{}`", fact.whole());
            return Some((Rule::UnknownFact, message, GRAMMAR.to_owned()));
        }
        let (document, service, spec) = evidence.claims(fact);
        let sides =
            [("document", &self.document, document), ("service", &self.service, service), ("spec", &self.spec, spec)];
        for (who, stated, actual) in sides {
            if !states(fact, who, stated, &actual) {
                let message = format!("`{fact}`: the entry has `{who}: {stated}`, the {who} says {actual}");
                let help = match who {
                    "spec" => format!("make the spec say {stated}, or think the entry over"),
                    _ => format!("think the entry over: the {who} has changed, or was misread"),
                };
                return Some((Rule::ContradictingErratum, message, help));
            }
        }
        evidence.verdict(fact, backed).is_agreement().then(|| {
            let message = format!("`{fact}` needs no entry");
            (Rule::UnusedErratum, message, "take this fact or this operation out of the entry".to_owned())
        })
    }
}

/// Whether an entry states what a side says. Of something's existence it gives the
/// type; of the spec's tokens it gives the order too, since a client takes the first.
fn states(fact: &Fact, who: &str, stated: &Claim, actual: &Claim) -> bool {
    match (stated, actual, &fact.subject, fact.aspect) {
        (Claim::Says(a), Claim::Says(b), Subject::Parameter(..) | Subject::Field(_), None) => {
            b.is_null() || same_kind(a, b)
        }
        (Claim::Says(a), Claim::Says(b), Subject::Operation(Trait::AccessTokens), None) if who == "spec" => a == b,
        _ => stated.agrees(actual, fact),
    }
}

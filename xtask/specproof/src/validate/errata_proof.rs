//! Errata are proven: every entry is needed, and states what the sources say.
//!
//! An erratum lifts the duty to follow document and service, so it must not outlive its
//! reason: it is compared with what all three state, and a fact that would agree without
//! the entry is a finding.

use super::comparison::{Comparison, KnownPlaces};
use super::errata::{Erratum, GRAMMAR};
use super::finding::Finding;
use super::rule::Rule;
use crate::assertion::{Assertion, same_kind};
use crate::fact::{Fact, OperationAspect, Subject};
use crate::source::Source;
use crate::yaml::on_line_of_key;
use std::collections::BTreeMap;

/// Compares the entries with what the sources state.
pub(crate) fn check(
    errata: &[Erratum],
    source: &Source,
    all: &[&Comparison],
    known_places: &KnownPlaces,
    findings: &mut Vec<Finding>,
) {
    let mut covered: BTreeMap<(&str, &Fact), &str> = BTreeMap::new();
    for erratum in errata {
        check_shown_by(erratum, source, all, findings);
        for (i, operation) in erratum.operations.iter().map(String::as_str).enumerate() {
            let Some(comparison) = all.iter().find(|comparison| comparison.operation == Some(operation)) else {
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
                    let message = format!("`{fact}` is already in the entry `{other}`");
                    find(Rule::DuplicateErratum, message, "keep it in one of them".to_owned());
                } else if let Some((rule, message, help)) = erratum.problem(comparison, fact, known_places) {
                    find(rule, message, help);
                }
            }
        }
    }
}

fn check_shown_by(erratum: &Erratum, source: &Source, all: &[&Comparison], findings: &mut Vec<Finding>) {
    for (i, shown) in erratum.shown_by.iter().enumerate() {
        let known = shown.split_once(' ').is_some_and(|(operation, fact)| {
            let comparison = all.iter().find(|comparison| comparison.operation == Some(operation));
            Fact::parse(fact)
                .is_some_and(|fact| comparison.is_some_and(|comparison| comparison.service_assertion(&fact).says()))
        });
        if !known {
            let pointer = format!("{}/shown_by/{i}", erratum.pointer);
            let message = format!("the service states nothing about `{shown}`");
            let help = "name an operation and a fact of its file in spec/service/: `delete_user_group error 42017` for example";
            findings.push(Finding::new(Rule::ErratumEvidence, source, &pointer, message, help));
        }
    }
}

impl Erratum {
    /// What is wrong with the entry for one fact of one operation.
    fn problem(
        &self,
        comparison: &Comparison,
        fact: &Fact,
        known_places: &KnownPlaces,
    ) -> Option<(Rule, String, String)> {
        // Without a document its statements are unknown, and another finding says why.
        if fact.subject == Subject::Behaviour || comparison.document.is_none() {
            return None;
        }
        let (document, service, spec) = comparison.assertions(&fact.whole());
        if !document.says() && !service.says() && !spec.says() {
            let message = format!("none of document, service and spec has `{}`", fact.whole());
            return Some((Rule::UnknownFact, message, GRAMMAR.to_owned()));
        }
        let (document, service, spec) = comparison.assertions(fact);
        let sides =
            [("document", &self.document, document), ("service", &self.service, service), ("spec", &self.spec, spec)];
        for (who, stated, actual) in sides {
            if !states(fact, who, stated, &actual) {
                let (stated, actual) = (on_line_of_key(&stated.value()), on_line_of_key(&actual.value()));
                let message = format!("`{fact}`: the entry has `{who}: {stated}`, the {who} says `{actual}`");
                let help = match who {
                    "spec" => {
                        format!("make the spec say `{stated}`, or write `spec: {actual}` and reconsider the entry")
                    }
                    _ => format!(
                        "write `{who}: {actual}` and reconsider the entry: the {who} has changed, or was misread"
                    ),
                };
                return Some((Rule::ContradictingErratum, message, help));
            }
        }
        if self.service_is_older && !comparison.document_assertion(fact).says() {
            let message = format!("`{fact}`: the entry has `service: older`, and the document does not have it either");
            return Some((Rule::ContradictingErratum, message, "write `service: absent`".to_owned()));
        }
        comparison.verdict(fact, known_places).is_agreement().then(|| {
            let message = format!("`{fact}` needs no entry");
            (Rule::UnusedErratum, message, "remove this fact or this operation from the entry".to_owned())
        })
    }
}

/// Whether the three values of an entry are what the sources say of a fact.
pub(crate) fn is_true_of(erratum: &Erratum, comparison: &Comparison, fact: &Fact) -> bool {
    let (document, service, spec) = comparison.assertions(fact);
    states(fact, "document", &erratum.document, &document)
        && states(fact, "service", &erratum.service, &service)
        && states(fact, "spec", &erratum.spec, &spec)
}

/// Whether an entry states what a source says. For the existence of a parameter or field it
/// gives the type; for the spec's tokens it gives the order too, since a client uses the first.
fn states(fact: &Fact, who: &str, stated: &Assertion, actual: &Assertion) -> bool {
    match (stated, actual, &fact.subject, fact.aspect) {
        (Assertion::Says(a), Assertion::Says(b), Subject::Parameter(..) | Subject::Field(_), None) => {
            b.is_null() || same_kind(a, b)
        }
        (Assertion::Says(a), Assertion::Says(b), Subject::Operation(OperationAspect::AccessTokens), None)
            if who == "spec" =>
        {
            a == b
        }
        _ => stated.agrees(actual, fact),
    }
}

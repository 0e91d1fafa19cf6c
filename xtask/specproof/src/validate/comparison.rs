//! Comparing what document, service and spec state about an operation, fact by fact.
//!
//! The rule is the same for every fact (spec/README.md, "Errata"): the spec follows what
//! document and service state; where they differ an erratum must say which one holds;
//! what only the spec states is not proven. Response fields differ in one point: operations share
//! schemas, so a field that one operation does not return may be in the schema because
//! another one returns it.

use super::errata::Erratum;
use super::finding::Finding;
use super::rule::Rule;
use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, Subject};
use crate::place::DocumentPlace;
use crate::spec_model::Spec;
use crate::statements::Statements;
use crate::statements::document::Spot;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// What document, service and spec state about one operation, and where.
pub(crate) struct Comparison<'a> {
    /// The operationId; none for what holds for all of them.
    pub operation: Option<&'a str>,
    /// Whether a document must describe it: no document has what holds for all of them, and the token endpoints.
    pub needs_document: bool,
    pub pointer: Cow<'a, str>,
    /// What the document states, and where it begins to describe the operation.
    pub document: Option<(&'a Statements<Spot>, DocumentPlace)>,
    /// What the service says, and in which file.
    pub service: Option<(Cow<'a, Statements<()>>, &'a str)>,
    pub spec: Statements<String>,
}

/// The result of comparing one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Agreed,
    /// It is a default of OpenAPI, or part of every envelope.
    Implied,
    /// Not known for this operation; it is in a schema shared with an operation for which it is.
    Shared,
    /// The spec lacks what the fact is about, and another finding says so.
    Moot,
    /// Document and service differ.
    Disagreement,
    /// Document or service states it, and the spec says something else.
    SpecDiffers,
    /// The spec has something that is in no source.
    Unknown,
    /// Only the spec states it.
    Unbacked,
}

impl Verdict {
    /// Whether the sources agree, so that no erratum is needed.
    pub fn is_agreement(self) -> bool {
        matches!(self, Self::Agreed | Self::Implied | Self::Shared)
    }
}

/// A fact, as comparing leaves it.
pub(crate) struct ComparedFact<'a> {
    pub fact: &'a Fact,
    pub verdict: Verdict,
    /// The entry that covers it.
    pub erratum: Option<&'a Erratum>,
    /// It is part of something unknown, which is reported instead.
    pub within_unknown: bool,
}

impl ComparedFact<'_> {
    /// Whether document, service and spec disagree and no erratum says why.
    pub fn is_open(&self) -> bool {
        !self.verdict.is_agreement() && self.verdict != Verdict::Moot && self.erratum.is_none()
    }
}

/// Places of the spec at which some operation's document or service knows a field.
pub(crate) type KnownPlaces = HashSet<String>;

pub(crate) fn known_places<'e, 'a: 'e>(all: impl IntoIterator<Item = &'e Comparison<'a>>) -> KnownPlaces {
    let known = |comparison: &Comparison| -> Vec<String> {
        let facts = comparison.spec.facts().filter(|fact| matches!(fact.subject, Subject::Field(_)));
        let known = facts
            .filter(|fact| comparison.document_assertion(fact).says() || comparison.service_assertion(fact).says());
        known.filter_map(|fact| comparison.spec.at(fact).cloned()).collect()
    };
    all.into_iter().flat_map(known).collect()
}

impl Comparison<'_> {
    pub fn document_assertion(&self, fact: &Fact) -> Assertion {
        self.document.as_ref().map_or(Assertion::Silent, |(side, _)| side.assertion(fact))
    }

    pub fn service_assertion(&self, fact: &Fact) -> Assertion {
        self.service.as_ref().map_or(Assertion::Silent, |(side, _)| side.assertion(fact))
    }

    pub fn assertions(&self, fact: &Fact) -> (Assertion, Assertion, Assertion) {
        (self.document_assertion(fact), self.service_assertion(fact), self.spec.assertion(fact))
    }

    pub fn verdict(&self, fact: &Fact, known_places: &KnownPlaces) -> Verdict {
        let (document, service, spec) = self.assertions(fact);
        let needed = if fact.aspect.is_some() { Some(fact.whole()) } else { fact.parent() };
        if needed.is_some_and(|needed| !self.spec.assertion(&needed).says()) {
            return Verdict::Moot;
        }
        if document.speaks() && service.speaks() && !document.agrees(&service, fact) {
            return Verdict::Disagreement;
        }
        let known = document.says() || service.says();
        if spec.says() && !known {
            return self.verdict_alone(
                fact,
                &spec,
                document == Assertion::Absent || service == Assertion::Absent,
                known_places,
            );
        }
        let departs = |side: &Assertion| side.speaks() && !side.agrees(&spec, fact);
        if departs(&document) || departs(&service) { Verdict::SpecDiffers } else { Verdict::Agreed }
    }

    /// Only the spec states it.
    fn verdict_alone(&self, fact: &Fact, spec: &Assertion, is_absent: bool, known_places: &KnownPlaces) -> Verdict {
        let shared = self.spec.at(fact).is_some_and(|at| known_places.contains(at));
        // Only what is within an object: a response as a whole belongs to one operation.
        let is_nested = matches!(fact.subject, Subject::Field(_)) && fact.parent().is_some();
        // `required: false` is the default of OpenAPI.
        let is_default = fact.aspect == Some(Aspect::Required) && *spec == Assertion::Says(Value::Bool(false));
        let is_shared_field = is_nested && shared && (!is_absent || self.knows_sibling(fact));
        if is_default || self.is_of_envelope(fact) {
            return Verdict::Implied;
        }
        if is_shared_field {
            return Verdict::Shared;
        }
        let of_existence = fact.aspect.is_none() && !matches!(fact.subject, Subject::Operation(_));
        if of_existence { Verdict::Unknown } else { Verdict::Unbacked }
    }

    /// Whether the fact is part of the envelope that every response has: a `code`, a `msg` and a payload, which may be
    /// empty. Failures have an envelope of their own, and facts about it.
    fn is_of_envelope(&self, fact: &Fact) -> bool {
        let (Subject::Field(path), Some(_)) = (&fact.subject, self.operation) else { return false };
        if self.document.as_ref().is_some_and(|(document, _)| document.returns_file) {
            return false;
        }
        let kind = |kind: &str| self.spec.assertion(&fact.whole().aspect(Aspect::Type)) == Assertion::Says(kind.into());
        match path.as_str() {
            "code" => matches!(fact.aspect, None | Some(Aspect::Type | Aspect::Required)) && kind("integer"),
            "msg" => matches!(fact.aspect, None | Some(Aspect::Type)) && kind("string"),
            "data" => {
                let is_empty = !self.spec.facts().any(|other| other.parent().as_ref() == Some(&fact.whole()));
                matches!(fact.aspect, None | Some(Aspect::Type)) && kind("object") && is_empty
            }
            _ => false,
        }
    }

    /// Whether the fact is about a part of something that should not be there at all.
    fn is_within_unknown(&self, fact: &Fact, known_places: &KnownPlaces, covered: &impl Fn(&Fact) -> bool) -> bool {
        let mut around = if fact.aspect.is_some() { Some(fact.whole()) } else { fact.parent() };
        while let Some(here) = around {
            if self.verdict(&here, known_places) == Verdict::Unknown && !covered(&here) {
                return true;
            }
            around = here.parent();
        }
        false
    }

    /// Whether document or service knows any field of the object that `field` is in:
    /// if not, the schema is another operation's and not a shared one.
    fn knows_sibling(&self, field: &Fact) -> bool {
        let parent = field.parent();
        let is_sibling =
            |fact: &Fact| matches!(fact.subject, Subject::Field(_)) && fact.aspect.is_none() && fact.parent() == parent;
        let document = self.document.iter().flat_map(|(side, _)| side.facts());
        document.chain(self.service.iter().flat_map(|(side, _)| side.facts())).any(is_sibling)
    }

    /// A finding about a fact, with the place of every source that states it.
    pub fn finding(&self, spec: &Spec, rule: Rule, fact: &Fact, message: String, help: String) -> Finding {
        let pointer = self.spec.near(fact).map_or(&*self.pointer, String::as_str);
        let mut finding = spec.finding(rule, pointer, message, help);
        finding.operation = self.operation.map(str::to_owned);
        let document = self.document.as_ref().filter(|_| self.document_assertion(fact).speaks());
        let document = document.map(|(side, place)| DocumentPlace {
            line: side.near(fact).map_or(place.line, |spot| spot.line),
            ..place.clone()
        });
        let service = self.service.as_ref().filter(|_| self.service_assertion(fact).speaks());
        finding.in_document(document).in_service(service.map(|(_, file)| *file))
    }

    fn facts(&self) -> BTreeSet<&Fact> {
        let document = self.document.iter().flat_map(|(side, _)| side.facts());
        let service = self.service.iter().flat_map(|(side, _)| side.facts());
        document.chain(service).chain(self.spec.facts()).collect()
    }
}

/// Every fact that any source states, compared.
pub(crate) fn compared<'a>(
    comparison: &'a Comparison,
    known_places: &'a KnownPlaces,
    errata: &'a [Erratum],
) -> impl Iterator<Item = ComparedFact<'a>> {
    let erratum = move |fact: &Fact| errata.iter().find(|erratum| erratum.covers(comparison.operation, fact));
    comparison.facts().into_iter().map(move |fact| {
        let verdict = comparison.verdict(fact, known_places);
        let covered = |fact: &Fact| erratum(fact).is_some();
        let within_unknown = !verdict.is_agreement() && comparison.is_within_unknown(fact, known_places, &covered);
        ComparedFact { fact, verdict, erratum: erratum(fact), within_unknown }
    })
}

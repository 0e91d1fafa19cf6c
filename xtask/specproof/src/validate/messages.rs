//! What a finding about a fact says.
//!
//! The comparison knows that sources differ; a person needs to read which source says
//! what, and what to write instead.

use super::comparison::{ComparedFact, Comparison, KnownPlaces, Verdict, compared};
use super::errata::Erratum;
use super::finding::Finding;
use super::rule::Rule;
use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, OperationAspect, Subject, place_word};
use crate::spec_model::Spec;
use apidoc::facts::Place;

/// Finds every fact on which document, service and spec disagree and which no erratum covers.
pub(crate) fn check(
    spec: &Spec,
    comparison: &Comparison,
    known_places: &KnownPlaces,
    errata: &[Erratum],
    findings: &mut Vec<Finding>,
) {
    if comparison.operation.is_some() && comparison.document.is_none() {
        return; // Nothing can be said without a document, and another finding says that it is missing.
    }
    findings
        .extend(compared(comparison, known_places, errata).flat_map(|compared| of_fact(spec, comparison, &compared)));
}

/// The findings about one fact; none if it agrees or an erratum covers it.
pub(crate) fn of_fact(spec: &Spec, comparison: &Comparison, compared: &ComparedFact) -> Vec<Finding> {
    if !compared.is_open() || compared.within_unknown {
        return Vec::new();
    }
    let case = Case::new(spec, comparison, compared.fact);
    match compared.verdict {
        Verdict::Agreed | Verdict::Implied | Verdict::Shared | Verdict::Moot => Vec::new(),
        Verdict::Disagreement => vec![case.disagreement()],
        Verdict::SpecDiffers => case.spec_differs(),
        Verdict::Unknown => case.unknown().into_iter().collect(),
        Verdict::Unbacked => vec![case.unbacked()],
    }
}

/// A fact on which document, service and spec disagree.
pub(crate) struct Case<'a> {
    spec: &'a Spec<'a>,
    comparison: &'a Comparison<'a>,
    fact: &'a Fact,
    document: Assertion,
    service: Assertion,
    transcript: Assertion,
}

impl<'a> Case<'a> {
    pub fn new(spec: &'a Spec, comparison: &'a Comparison<'a>, fact: &'a Fact) -> Self {
        let (document, service, transcript) = comparison.assertions(fact);
        Self { spec, comparison, fact, document, service, transcript }
    }

    /// Document and service differ, and no erratum covers the difference.
    pub fn disagreement(&self) -> Finding {
        let Self { fact, document, service, transcript, .. } = self;
        let message = format!("`{fact}`: the document says {document}, the service {service}, the spec {transcript}");
        let operation = self.comparison.operation.unwrap_or_default();
        let help = format!(
            "add an entry to errata.yaml: operations: [{operation}], facts: [{fact}], document: {document}, \
             service: {service}, spec: {transcript}"
        );
        self.finding(Rule::Disagreement, message, &help)
    }

    /// The spec has something that is in no source.
    pub fn unknown(&self) -> Option<Finding> {
        let rule = match &self.fact.subject {
            Subject::Field(_) => Rule::UnknownField,
            Subject::Error(_) => Rule::UnknownError,
            // If it has only moved, the finding about the other place says so.
            Subject::Parameter(_, name) if self.also_in(name, |spec, said| said && !spec).is_some() => return None,
            _ => Rule::UnknownParameter,
        };
        let message = format!("`{}` is in neither document nor service", self.fact);
        Some(self.finding(rule, message, "remove it, or add the evidence for it to errata.yaml"))
    }

    /// Only the spec states it.
    pub fn unbacked(&self) -> Finding {
        let Self { fact, transcript, .. } = self;
        let message = format!("`{fact}` is {transcript} in the spec; neither document nor service states it");
        let instead = match fact.subject {
            Subject::Operation(OperationAspect::Retry) => "write `rule: never-sent`",
            _ => "remove it",
        };
        self.finding(Rule::Unbacked, message, &format!("{instead}, or add the evidence for it to errata.yaml"))
    }

    /// Document or service states it, and the spec says something else.
    pub fn spec_differs(&self) -> Vec<Finding> {
        match (&self.fact.subject, self.fact.aspect) {
            (Subject::Parameter(place, name), None) => match self.also_in(name, |spec, said| spec && !said) {
                Some(other) => vec![self.moved(other, *place, name)],
                None => vec![self.missing(Rule::MissingParameter, &format!("add it to the {}", place_word(*place)))],
            },
            (Subject::Field(_), None) => vec![self.missing(Rule::MissingField, "add it to the schema of the response")],
            (Subject::Error(_), _) => self.error(),
            _ => vec![self.other_value()],
        }
    }

    fn missing(&self, rule: Rule, help: &str) -> Finding {
        let who = match (self.document.says(), self.service.says()) {
            (true, true) => "document and service have it",
            (true, false) => "the document has it",
            _ => "the service has it",
        };
        let (_, said) = self.who_says();
        self.finding(rule, format!("`{}` is missing; {who}: {said}", self.fact), help)
    }

    fn other_value(&self) -> Finding {
        let Self { fact, transcript, .. } = self;
        let (who, said) = self.who_says();
        let message = match transcript.says() {
            true => format!("`{fact}` is {transcript} in the spec; {who} {said}"),
            false => format!("`{fact}` is not in the spec; {who} {said}"),
        };
        self.finding(rule_of(fact), message, &format!("make it {said}, or say in errata.yaml why not"))
    }

    /// A parameter that the spec has in another place than document and service.
    fn moved(&self, from: Place, to: Place, name: &str) -> Finding {
        let (who, _) = self.who_says();
        let (from_word, to_word) = (place_word(from), place_word(to));
        let message = format!("`{name}` is in the {from_word} in the spec; {who} {to_word}");
        let at =
            self.comparison.spec.at(&Fact::parameter(from, name)).map_or(&*self.comparison.pointer, String::as_str);
        let there = self.spec.finding(Rule::ParameterPlace, at, "", "");
        Finding {
            spec: there.spec,
            ..self.finding(Rule::ParameterPlace, message, &format!("move it to the {to_word}"))
        }
    }

    /// Another place of a parameter of this name, chosen by whether the spec has it there
    /// and whether document or service has.
    fn also_in(&self, name: &str, chosen: impl Fn(bool, bool) -> bool) -> Option<Place> {
        [Place::Path, Place::Query, Place::Header, Place::Body].into_iter().find(|place| {
            let fact = Fact::parameter(*place, name);
            let (document, service, transcript) = self.comparison.assertions(&fact);
            chosen(transcript.says(), document.says() || service.says())
        })
    }

    /// An error that is missing, or has another status or message in the spec.
    fn error(&self) -> Vec<Finding> {
        let (who, said) = self.who_says();
        let (Assertion::Says(ours), Assertion::Says(theirs)) = (&self.transcript, said) else {
            return vec![self.missing(Rule::MissingError, "add it to x-feishu-errors, under a name of our own")];
        };
        let parts = [(Rule::ErrorHttp, "http"), (Rule::ErrorMessage, "message")];
        let differing =
            parts.into_iter().filter(|(_, part)| theirs.get(part).is_some_and(|said| ours.get(part) != Some(said)));
        differing
            .map(|(rule, part)| {
                let (ours, theirs) = (&ours[part], &theirs[part]);
                let message = format!("`{}` has {part} {ours} in the spec; {who} {theirs}", self.fact);
                self.finding(rule, message, &format!("write `{part}: {theirs}`"))
            })
            .collect()
    }

    fn who_says(&self) -> (&'static str, &Assertion) {
        let differs = |assertion: &Assertion| assertion.speaks() && !assertion.agrees(&self.transcript, self.fact);
        match (differs(&self.document), differs(&self.service)) {
            (true, true) => ("document and service say", &self.document),
            (true, false) => ("the document says", &self.document),
            _ => ("the service says", &self.service),
        }
    }

    fn finding(&self, rule: Rule, message: String, help: &str) -> Finding {
        self.comparison.finding(self.spec, rule, self.fact, message, help.to_owned())
    }
}

fn rule_of(fact: &Fact) -> Rule {
    match (&fact.subject, fact.aspect) {
        (Subject::Operation(OperationAspect::Method), _) => Rule::Method,
        (Subject::Operation(OperationAspect::Path), _) => Rule::Path,
        (Subject::Operation(OperationAspect::AccessTokens), _) => Rule::AccessTokens,
        (Subject::Operation(OperationAspect::Scopes), _) => Rule::Scopes,
        (Subject::Operation(OperationAspect::AppTypes), _) => Rule::AppTypes,
        (Subject::Operation(OperationAspect::RateLimit), _) => Rule::RateLimit,
        (Subject::Operation(OperationAspect::Retry), _) => Rule::Retry,
        (Subject::Field(_), Some(Aspect::Enum)) => Rule::FieldEnum,
        (Subject::Field(_), _) => Rule::FieldType,
        (_, Some(Aspect::Type)) => Rule::ParameterType,
        (_, Some(Aspect::Required)) => Rule::ParameterRequired,
        (_, Some(Aspect::Default)) => Rule::ParameterDefault,
        (_, Some(Aspect::Enum)) => Rule::ParameterEnum,
        _ => Rule::ParameterLimit,
    }
}

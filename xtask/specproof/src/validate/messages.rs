//! What a finding about a fact says.
//!
//! The comparison knows that sources differ; a person needs to read which source says
//! what, and what to write instead.

use super::comparison::{ComparedFact, Comparison, KnownPlaces, Verdict, compared};
use super::entry::Entries;
use super::errata::Erratum;
use super::finding::{Finding, Remedy};
use super::rule::Rule;
use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, OperationAspect, Subject, place_word};
use crate::spec_model::Spec;
use crate::yaml::on_line_of_key;
use apidoc::facts::Place;
use serde_json::Value;

/// Finds every fact on which document, service and spec disagree and which no erratum covers.
pub(crate) fn check(
    spec: &Spec,
    comparison: &Comparison,
    known_places: &KnownPlaces,
    errata: &[Erratum],
    entries: &Entries,
    findings: &mut Vec<Finding>,
) {
    if comparison.needs_document && comparison.document.is_none() {
        return; // Nothing can be said without a document, and another finding says that it is missing.
    }
    let compared = compared(comparison, known_places, errata);
    findings.extend(compared.flat_map(|compared| of_fact(spec, comparison, &compared, entries)));
}

/// The findings about one fact; none if it agrees or an erratum covers it.
pub(crate) fn of_fact(
    spec: &Spec,
    comparison: &Comparison,
    compared: &ComparedFact,
    entries: &Entries,
) -> Vec<Finding> {
    if !compared.is_open() || compared.within_unknown {
        return Vec::new();
    }
    let case = Case::new(spec, comparison, compared.fact, entries);
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
    entries: &'a Entries<'a>,
    document: Assertion,
    service: Assertion,
    transcript: Assertion,
}

impl<'a> Case<'a> {
    pub fn new(spec: &'a Spec, comparison: &'a Comparison<'a>, fact: &'a Fact, entries: &'a Entries<'a>) -> Self {
        let (document, service, transcript) = comparison.assertions(fact);
        Self { spec, comparison, fact, entries, document, service, transcript }
    }

    /// Document and service differ, and no erratum covers the difference.
    pub fn disagreement(&self) -> Finding {
        let Self { fact, document, service, transcript, .. } = self;
        let message = format!("`{fact}`: the document says {document}, the service {service}, the spec {transcript}");
        let mut finding = self.finding(Rule::Disagreement, message, "").or_entry(self.remedy());
        if let Some(help) = self.newer().filter(|_| finding.paste.is_some()) {
            finding.help = help;
        }
        finding
    }

    /// What to do about something that only the document has: it is newer than the service's facts, or it is gone.
    fn newer(&self) -> Option<String> {
        let (_, file) = self.comparison.service.as_ref()?;
        let is_parameter =
            matches!(self.fact.subject, Subject::Parameter(Place::Path | Place::Query | Place::Header, _));
        let deprecated = if is_parameter { ", and write `deprecated: true` in the spec" } else { "" };
        (self.document.says() && self.service == Assertion::Absent).then(|| {
            format!(
                "if it is newer than the service's facts, add it to {file}, or add this entry to errata.yaml with \
                 `service: older`; if the service does not have it, add this entry as it is{deprecated}"
            )
        })
    }

    fn remedy(&self) -> Option<Remedy> {
        self.entries.remedy(self.comparison, self.fact)
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
        Some(self.finding(rule, message, "remove it").or_entry(self.remedy()))
    }

    /// Only the spec states it.
    pub fn unbacked(&self) -> Finding {
        let Self { fact, transcript, .. } = self;
        let message = format!("`{fact}` is {transcript} in the spec; neither document nor service states it");
        let instead = match fact.subject {
            Subject::Operation(OperationAspect::Retry) => "write `rule: never-sent`",
            _ => "remove it",
        };
        self.finding(Rule::Unbacked, message, instead).or_entry(self.remedy())
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
        self.finding(rule_of(fact), message, &self.written(said)).or_entry(self.remedy())
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
                self.finding(rule, message, &format!("write `{part}: {}`", on_line_of_key(theirs)))
            })
            .collect()
    }

    /// What to write so that the spec says the same.
    fn written(&self, said: &Assertion) -> String {
        let Assertion::Says(said) = said else { return "remove it".to_owned() };
        let value = on_line_of_key(said);
        match (&self.fact.subject, self.fact.aspect) {
            (Subject::Operation(of_operation), _) => {
                of_operation.key().map_or_else(|| format!("make it {value}"), |key| format!("write `{key}: {value}`"))
            }
            (_, Some(Aspect::Type)) => match said.as_str().unwrap_or_default() {
                "integer" => "write `type: integer, format: int64`".to_owned(),
                kind @ ("string" | "number" | "boolean") => format!("write `type: {kind}`"),
                kind => format!("make it {kind}"),
            },
            (_, Some(Aspect::Required)) if *said == true => "make it required".to_owned(),
            (_, Some(Aspect::Required)) => "make it optional".to_owned(),
            // An enum needs a name.
            (_, Some(Aspect::Enum)) if !self.transcript.says() => match same_enum(self.spec, said) {
                Some(name) => format!("refer to it by `$ref: '#/components/schemas/{name}'`"),
                None => format!("refer to a schema of components/schemas with `enum: {value}`"),
            },
            (_, Some(aspect)) => format!("write `{}: {value}`", aspect.keyword()),
            (_, None) => format!("make it {value}"),
        }
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

/// The schema of the spec that lists these values.
fn same_enum<'a>(spec: &Spec<'a>, values: &Value) -> Option<&'a str> {
    let sorted = |list: &Value| {
        let mut texts: Vec<String> = list.as_array()?.iter().map(Value::to_string).collect();
        texts.sort_unstable();
        Some(texts)
    };
    let schemas = spec.root.get("components")?.get("schemas")?.entries();
    let wanted = sorted(values)?;
    schemas
        .into_iter()
        .find(|(_, schema)| schema.value.get("enum").and_then(sorted).as_ref() == Some(&wanted))
        .map(|(name, _)| name)
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

//! The evidence table: every fact, what each source says about it, and the evidence for the spec.
//!
//! `validate` asks whether the sources agree, and is silent where they do. A person who has
//! to trust the spec asks why, fact by fact. Both come from the
//! same comparison (`compare`): here they are only written down, none is made.

use super::comparison::{self, ComparedFact, Comparison, Verdict};
use super::entry::Entries;
use super::errata::{self, Erratum};
use super::finding::{self, Finding};
use super::inputs::Inputs;
use super::{errata_proof, matching, messages, platform, structure};
use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, Subject};
use crate::place::SpecPlace;
use crate::source::Mistake;
use crate::spec_model::Spec;
use crate::statements::Statements;
use serde_json::Value;
use std::path::Path;

/// All that is compared fact by fact.
pub(crate) struct EvidenceTable {
    /// The spec's file.
    pub spec: String,
    /// One for each operation, in the order of the spec, and then what holds for all of them.
    pub sections: Vec<Section>,
    pub errata: Vec<Entry>,
    /// Findings that are not about one fact: unmatched operations, errata that do not hold.
    pub other_findings: Vec<Finding>,
}

/// The facts of one operation, or of what all operations have in common.
pub(crate) struct Section {
    /// The operationId, or the pointer into the spec.
    pub name: String,
    /// Method and path of an operation.
    pub about: String,
    /// Where the document begins to describe it.
    pub document: Option<String>,
    pub service: Option<String>,
    pub spec: String,
    pub rows: Vec<Row>,
}

/// One fact.
pub(crate) struct Row {
    pub fact: Fact,
    pub document: Said,
    pub service: Said,
    pub spec: Said,
    pub status: Status,
    /// What shows that the spec is right.
    pub evidence: Vec<Evidence>,
    /// The id of the entry that covers it.
    pub erratum: Option<String>,
    /// What `validate` reports about it.
    pub findings: Vec<Finding>,
}

/// What a source says, and where.
pub(crate) struct Said {
    pub assertion: Assertion,
    pub place: Option<String>,
    /// It says something, and the spec says something else.
    pub differs: bool,
}

/// Why the spec says what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Document or service says the same.
    Agreed,
    /// It is a default of OpenAPI, or part of every envelope.
    Implied,
    /// It is known to exist, but no source names its type.
    Untyped,
    /// It is in a schema shared with another operation, for which it is known.
    Shared,
    /// The sources differ, and an erratum says why.
    Bridged,
    /// Only the spec states it, and an erratum has the evidence.
    Justified,
    /// The sources differ, and no erratum says why.
    Differs,
    /// Only the spec states it.
    Unbacked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EvidenceKind {
    Document,
    Example,
    Service,
    Errata,
}

/// One piece of evidence that the spec is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub kind: EvidenceKind,
    /// A file and line, a file, or the id of an erratum.
    pub place: String,
}

/// One erratum.
pub(crate) struct Entry {
    pub id: String,
    pub place: String,
    pub operations: Vec<String>,
    pub facts: Vec<String>,
    /// What document and service say, of a disagreement in prose.
    pub in_prose: Option<(Assertion, Assertion)>,
    pub evidence: String,
    pub bridge: String,
}

impl Row {
    pub fn has(&self, kind: EvidenceKind) -> bool {
        self.evidence.iter().any(|evidence| evidence.kind == kind)
    }

    /// Whether the sources differ, explained or not.
    pub fn differs(&self) -> bool {
        matches!(self.status, Status::Bridged | Status::Differs)
    }

    /// Whether `validate` reports it.
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Differs | Status::Unbacked)
    }
}

impl EvidenceTable {
    /// # Errors
    ///
    /// Fails if the spec is no OpenAPI 3.0 document.
    pub fn new(inputs: &Inputs) -> Result<Self, Mistake> {
        let spec = Spec::new(&inputs.spec);
        structure::readable(&spec)?;
        let mut other_findings = Vec::new();
        let matched = matching::check(&spec, inputs, &mut other_findings);
        let errata = errata::read(&inputs.errata, &mut other_findings);
        let comparisons: Vec<_> = matched.iter().map(|matched| &matched.comparison).collect();
        let known_places = comparison::known_places(comparisons.iter().copied());
        errata_proof::check(&errata, &inputs.errata, &comparisons, &known_places, &mut other_findings);
        let mut sections: Vec<Section> = Vec::new();
        for matched in &matched {
            let (comparison, operation) = (&matched.comparison, matched.operation);
            let (shown, entries) = (matching::shown_by_examples(matched), Entries::new(&errata, &inputs.errata));
            let rows = Rows { spec: &spec, comparison, shown, entries };
            sections.push(Section {
                name: operation.id.clone(),
                about: format!("{} {}", operation.method, operation.path),
                ..rows.section(comparison::compared(comparison, &known_places, &errata))
            });
        }
        for comparison in &platform::comparisons(&spec, &inputs.platform) {
            let rows = Rows { spec: &spec, comparison, shown: Vec::new(), entries: Entries::none() };
            sections.push(rows.section(comparison::compared(comparison, &comparison::known_places([comparison]), &[])));
        }
        let errata = errata.iter().map(|erratum| Entry::new(erratum, inputs)).collect();
        Ok(Self {
            spec: portable(&inputs.spec.file),
            sections,
            errata,
            other_findings: finding::sorted(other_findings),
        })
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections.iter().flat_map(|section| &section.rows)
    }

    /// Whether `validate` reports anything that is listed here.
    pub fn is_open(&self) -> bool {
        !self.other_findings.is_empty() || self.rows().any(Row::is_open)
    }
}

/// What the rows of one section are made from.
struct Rows<'a> {
    spec: &'a Spec<'a>,
    comparison: &'a Comparison<'a>,
    /// What each example shows.
    shown: Vec<(String, Statements<()>)>,
    entries: Entries<'a>,
}

impl Rows<'_> {
    fn section<'j>(&self, compared: impl Iterator<Item = ComparedFact<'j>>) -> Section {
        let Comparison { pointer, document, service, .. } = self.comparison;
        Section {
            name: pointer.to_string(),
            about: "whatever the operation".to_owned(),
            document: document.as_ref().map(|(_, place)| in_file(&place.file, place.line)),
            service: service.as_ref().map(|(_, file)| portable(file)),
            spec: self.in_spec(pointer),
            // What the spec lacks has no parts: that it lacks it is one row.
            rows: compared
                .filter(|compared| compared.verdict != Verdict::Moot)
                .map(|compared| self.row(&compared))
                .collect(),
        }
    }

    fn row(&self, compared: &ComparedFact) -> Row {
        let fact = compared.fact;
        let (document, service, spec) = self.comparison.assertions(fact);
        let said = |assertion: &Assertion, place: Option<String>| Said {
            differs: assertion.speaks() && !assertion.agrees(&spec, fact),
            place: place.filter(|_| assertion.says()),
            assertion: assertion.clone(),
        };
        let spot = self.comparison.document.as_ref().and_then(|(side, place)| Some((side.at(fact)?, &place.file)));
        let file = self.comparison.service.as_ref().map(|(_, file)| portable(file));
        Row {
            fact: fact.clone(),
            status: match status(compared, &document, &service) {
                Status::Agreed if names_no_type(fact, &document) || names_no_type(fact, &service) => Status::Untyped,
                status => status,
            },
            evidence: self.evidence(compared, &spec),
            erratum: compared.erratum.map(|erratum| erratum.id.clone()),
            findings: messages::of_fact(self.spec, self.comparison, compared, &self.entries),
            document: said(&document, spot.map(|(spot, file)| in_file(file, spot.line))),
            service: said(&service, file),
            spec: said(&spec, self.comparison.spec.at(fact).map(|pointer| self.in_spec(pointer))),
        }
    }

    /// All that says the same as the spec, and the erratum that says why others do not.
    fn evidence(&self, compared: &ComparedFact, spec: &Assertion) -> Vec<Evidence> {
        let (fact, mut evidence) = (compared.fact, Vec::new());
        let mut add = |kind, place| evidence.push(Evidence { kind, place });
        let agrees =
            |assertion: &Assertion| assertion.says() && !names_no_type(fact, assertion) && assertion.agrees(spec, fact);
        if let Some((side, place)) = &self.comparison.document
            && let Some(spot) = side.at(fact).filter(|spot| !spot.in_example && agrees(&side.assertion(fact)))
        {
            add(EvidenceKind::Document, in_file(&place.file, spot.line));
        }
        for (place, side) in &self.shown {
            if agrees(&side.assertion(fact)) {
                add(EvidenceKind::Example, portable(place));
            }
        }
        if let Some((side, file)) = &self.comparison.service
            && agrees(&side.assertion(fact))
        {
            add(EvidenceKind::Service, portable(file));
        }
        if let Some(erratum) = compared.erratum {
            add(EvidenceKind::Errata, erratum.id.clone());
        }
        evidence
    }

    fn in_spec(&self, pointer: &str) -> String {
        let place = SpecPlace::new(self.spec.source, pointer);
        in_file(&place.file, place.line)
    }
}

fn status(compared: &ComparedFact, document: &Assertion, service: &Assertion) -> Status {
    let denied = *document == Assertion::Absent || *service == Assertion::Absent;
    let differs = match compared.verdict {
        Verdict::Agreed | Verdict::Moot => return Status::Agreed,
        Verdict::Implied => return Status::Implied,
        Verdict::Shared => return Status::Shared,
        Verdict::Disagreement | Verdict::SpecDiffers => true,
        Verdict::Unknown | Verdict::Unbacked => denied,
    };
    match (compared.is_open(), differs) {
        (false, true) => Status::Bridged,
        (false, false) => Status::Justified,
        (true, true) => Status::Differs,
        (true, false) => Status::Unbacked,
    }
}

fn names_no_type(fact: &Fact, assertion: &Assertion) -> bool {
    fact.aspect == Some(Aspect::Type) && *assertion == Assertion::Says(Value::Null)
}

impl Entry {
    fn new(erratum: &Erratum, inputs: &Inputs) -> Self {
        let place = SpecPlace::new(&inputs.errata, &erratum.pointer);
        let in_prose = erratum.facts.iter().any(|fact| fact.subject == Subject::Behaviour);
        Self {
            id: erratum.id.clone(),
            place: in_file(&place.file, place.line),
            operations: erratum.operations.clone(),
            facts: erratum.facts.iter().map(Fact::to_string).collect(),
            in_prose: in_prose.then(|| (erratum.document.clone(), erratum.service.clone())),
            evidence: erratum.evidence.clone(),
            bridge: erratum.bridge.clone(),
        }
    }
}

fn in_file(file: &str, line: usize) -> String {
    format!("{}:{line}", portable(file))
}

/// A file as it is called on every machine: of one outside of the workspace, its name alone.
fn portable(file: &str) -> String {
    let path = Path::new(file);
    let name = if path.is_absolute() { path.file_name() } else { None };
    name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())
}

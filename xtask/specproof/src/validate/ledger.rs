//! The ledger: every fact, what each side says of it, and what backs the spec.
//!
//! `validate` asks whether the sides are of one mind, and is silent where they are. A
//! person who has to believe the spec asks why, fact by fact. Both are answered by the
//! same judgements (`compare`): here they are only written down, none is made.

use super::claim::Claim;
use super::compare::{self, Evidence, Judged, Verdict};
use super::errata::{self, Erratum};
use super::fact::{Aspect, Fact, Subject};
use super::finding::{self, Finding, SpecPlace};
use super::inputs::Inputs;
use super::side::Side;
use super::view::Spec;
use super::{form, matching, platform, shown};
use crate::source::Mistake;
use serde_json::Value;
use std::path::Path;

/// All that is compared fact by fact.
pub(crate) struct Ledger {
    /// The spec's file.
    pub spec: String,
    /// One for each operation, in the order of the spec, and then what holds for all of them.
    pub accounts: Vec<Account>,
    pub errata: Vec<Entry>,
    /// What is wrong beside the facts: operations that stand on one side alone, errata that do not hold.
    pub strays: Vec<Finding>,
}

/// The facts of one operation, or of what all operations have in common.
pub(crate) struct Account {
    /// The operationId, or the pointer into the spec.
    pub name: String,
    /// Method and path of an operation.
    pub about: String,
    /// Where the document begins to speak of it.
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
    pub standing: Standing,
    /// What shows that the spec is right.
    pub backing: Vec<Backing>,
    /// The id of the entry that covers it.
    pub erratum: Option<String>,
    /// What `validate` tells of it.
    pub findings: Vec<Finding>,
}

/// What a side says, and where.
pub(crate) struct Said {
    pub claim: Claim,
    pub place: Option<String>,
    /// It speaks, and the spec says otherwise.
    pub differs: bool,
}

/// Why the spec says what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Document or service says the same.
    Agreed,
    /// It is what OpenAPI takes where nothing is written, or what every envelope holds.
    Implied,
    /// It is known to be there, and nobody says of which type.
    Untyped,
    /// It stands in a schema that another operation shares, and is known there.
    Shared,
    /// The sides differ, and an erratum says why.
    Bridged,
    /// Nobody else speaks, and an erratum has the evidence.
    Vouched,
    /// The sides differ, and nothing says why.
    Differs,
    /// Nobody else speaks.
    Unbacked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Document,
    Example,
    Service,
    Errata,
}

/// One piece of evidence that the spec is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backing {
    pub kind: Kind,
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
    pub in_prose: Option<(Claim, Claim)>,
    pub evidence: String,
    pub bridge: String,
}

impl Row {
    pub fn has(&self, kind: Kind) -> bool {
        self.backing.iter().any(|backing| backing.kind == kind)
    }

    /// Whether the sides differ, for a reason or not.
    pub fn differs(&self) -> bool {
        matches!(self.standing, Standing::Bridged | Standing::Differs)
    }

    /// Whether `validate` would not let it pass.
    pub fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Differs | Standing::Unbacked)
    }
}

impl Ledger {
    /// # Errors
    ///
    /// Fails if the spec is no OpenAPI 3.0 document.
    pub fn new(inputs: &Inputs) -> Result<Self, Mistake> {
        let spec = Spec::new(&inputs.spec);
        form::readable(&spec)?;
        let mut strays = Vec::new();
        let matched = matching::check(&spec, inputs, &mut strays);
        let errata = errata::read(&inputs.errata, &mut strays);
        let evidence: Vec<_> = matched.iter().map(|matched| &matched.evidence).collect();
        let backed = compare::backed(evidence.iter().copied());
        errata::check(&errata, &inputs.errata, &evidence, &backed, &mut strays);
        let mut accounts: Vec<Account> = Vec::new();
        for matched in &matched {
            let (evidence, operation) = (&matched.evidence, matched.operation);
            let rows = Rows { spec: &spec, evidence, shown: shown::sides(matched) };
            accounts.push(Account {
                name: operation.id.clone(),
                about: format!("{} {}", operation.method, operation.path),
                ..rows.account(compare::judged(evidence, &backed, &errata))
            });
        }
        for evidence in &platform::evidence(&spec, &inputs.platform) {
            let rows = Rows { spec: &spec, evidence, shown: Vec::new() };
            accounts.push(rows.account(compare::judged(evidence, &compare::backed([evidence]), &[])));
        }
        let errata = errata.iter().map(|erratum| Entry::new(erratum, inputs)).collect();
        Ok(Self { spec: portable(&inputs.spec.file), accounts, errata, strays: finding::sorted(strays) })
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.accounts.iter().flat_map(|account| &account.rows)
    }

    /// Whether `validate` would tell something of what is written here.
    pub fn is_open(&self) -> bool {
        !self.strays.is_empty() || self.rows().any(Row::is_open)
    }
}

/// What the rows of one account are made from.
struct Rows<'a> {
    spec: &'a Spec<'a>,
    evidence: &'a Evidence<'a>,
    /// What each example shows.
    shown: Vec<(String, Side<()>)>,
}

impl Rows<'_> {
    fn account<'j>(&self, judged: impl Iterator<Item = Judged<'j>>) -> Account {
        let Evidence { pointer, document, service, .. } = self.evidence;
        Account {
            name: pointer.to_string(),
            about: "whatever the operation".to_owned(),
            document: document.as_ref().map(|(_, place)| in_file(&place.file, place.line)),
            service: service.as_ref().map(|(_, file)| portable(file)),
            spec: self.in_spec(pointer),
            // What the spec lacks has no parts: that it lacks it is one row.
            rows: judged.filter(|judged| judged.verdict != Verdict::Moot).map(|judged| self.row(&judged)).collect(),
        }
    }

    fn row(&self, judged: &Judged) -> Row {
        let fact = judged.fact;
        let (document, service, spec) = self.evidence.claims(fact);
        let said = |claim: &Claim, place: Option<String>| Said {
            differs: claim.speaks() && !claim.agrees(&spec, fact),
            place: place.filter(|_| claim.says()),
            claim: claim.clone(),
        };
        let spot = self.evidence.document.as_ref().and_then(|(side, place)| Some((side.at(fact)?, &place.file)));
        let file = self.evidence.service.as_ref().map(|(_, file)| portable(file));
        Row {
            fact: fact.clone(),
            standing: match standing(judged, &document, &service) {
                Standing::Agreed if names_no_type(fact, &document) || names_no_type(fact, &service) => {
                    Standing::Untyped
                }
                standing => standing,
            },
            backing: self.backing(judged, &spec),
            erratum: judged.erratum.map(|erratum| erratum.id.clone()),
            findings: judged.findings(self.spec, self.evidence),
            document: said(&document, spot.map(|(spot, file)| in_file(file, spot.line))),
            service: said(&service, file),
            spec: said(&spec, self.evidence.spec.at(fact).map(|pointer| self.in_spec(pointer))),
        }
    }

    /// All that says the same as the spec, and the erratum that says why others do not.
    fn backing(&self, judged: &Judged, spec: &Claim) -> Vec<Backing> {
        let (fact, mut backing) = (judged.fact, Vec::new());
        let mut add = |kind, place| backing.push(Backing { kind, place });
        let agrees = |claim: &Claim| claim.says() && !names_no_type(fact, claim) && claim.agrees(spec, fact);
        if let Some((side, place)) = &self.evidence.document
            && let Some(spot) = side.at(fact).filter(|spot| !spot.in_example && agrees(&side.claim(fact)))
        {
            add(Kind::Document, in_file(&place.file, spot.line));
        }
        for (place, side) in &self.shown {
            if agrees(&side.claim(fact)) {
                add(Kind::Example, portable(place));
            }
        }
        if let Some((side, file)) = &self.evidence.service
            && agrees(&side.claim(fact))
        {
            add(Kind::Service, portable(file));
        }
        if let Some(erratum) = judged.erratum {
            add(Kind::Errata, erratum.id.clone());
        }
        backing
    }

    fn in_spec(&self, pointer: &str) -> String {
        let place = SpecPlace::new(self.spec.source, pointer);
        in_file(&place.file, place.line)
    }
}

fn standing(judged: &Judged, document: &Claim, service: &Claim) -> Standing {
    let denied = *document == Claim::Absent || *service == Claim::Absent;
    let differs = match judged.verdict {
        Verdict::Agreed | Verdict::Moot => return Standing::Agreed,
        Verdict::Implied => return Standing::Implied,
        Verdict::Shared => return Standing::Shared,
        Verdict::Disagreement | Verdict::Departure => true,
        Verdict::Unknown | Verdict::Unbacked => denied,
    };
    match (judged.is_open(), differs) {
        (false, true) => Standing::Bridged,
        (false, false) => Standing::Vouched,
        (true, true) => Standing::Differs,
        (true, false) => Standing::Unbacked,
    }
}

fn names_no_type(fact: &Fact, claim: &Claim) -> bool {
    fact.aspect == Some(Aspect::Type) && *claim == Claim::Says(Value::Null)
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

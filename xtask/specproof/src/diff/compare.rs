//! Comparing what documents state, operation by operation.
//!
//! The order of the differences is the order in which a maintainer works: address,
//! access, parameters, body, response, examples, errors. Lines say where a fact is and are
//! not part of it, so a fact that only moved is no difference.

use super::difference::{Difference, OperationName, Said};
use super::effect;
use super::matching::{self, Described};
use super::pairing::pairs;
use super::part::Part;
use super::spec_place::{self, Transcribed};
use super::statements::{self, Statement};
use super::topic::{Aspect, Subject, Topic};
use crate::spec_model::Spec;
use crate::validate::DocumentPlace;
use apidoc::facts::{Operation, Parameter, Place};
use apidoc::load::Loaded;
use serde_json::{Value, json};

/// Every difference between what old and new documents state.
pub(crate) fn compare(old: &[Loaded], new: &[Loaded], spec: &Spec) -> Vec<Difference> {
    let documents = matching::documents(old, new);
    let mut found = Vec::new();
    for (old, new) in &documents {
        compare_documents(*old, *new, spec, &mut found);
    }
    for (old, new) in &matching::operations(&documents) {
        found.extend(compare_operations(old.as_ref(), new.as_ref(), spec));
    }
    found
}

fn compare_documents(old: Option<&Loaded>, new: Option<&Loaded>, spec: &Spec, found: &mut Vec<Difference>) {
    let place = |read: &Loaded| DocumentPlace { file: read.file.clone(), line: 1 };
    let said = |read: Option<&Loaded>, value: fn(&Loaded) -> &str| Said {
        value: read.map(|read| json!(value(read))),
        place: read.map(place),
    };
    let named = old.or(new).map_or("", |read| &read.facts.document);
    let mut note = |topic: Topic, value: fn(&Loaded) -> &str| {
        let (old, new) = (said(old, value), said(new, value));
        if old.value != new.value {
            found.push(Difference::new(None, topic, old, new, spec_place::of_document(spec, named)));
        }
    };
    if old.is_some() && new.is_some() {
        note(Subject::Document.aspect(Aspect::Name), |read| &read.facts.document);
        note(Subject::Document.aspect(Aspect::Title), |read| &read.facts.title);
    } else if old.or(new).is_some_and(|read| read.facts.operations.is_empty()) {
        // The operations of a document say what is new in it.
        note(Subject::Document.whole(), |read| &read.facts.document);
    }
}

fn compare_operations(old: Option<&Described>, new: Option<&Described>, spec: &Spec) -> Vec<Difference> {
    let transcribed = Transcribed::find(spec, old, new);
    let Some(name) = old.or(new).map(|described| described.facts.name.clone()) else { return Vec::new() };
    let operation = OperationName { id: transcribed.id(), name };
    let mut walk = Walk { transcribed, operation, old, new, found: Vec::new() };
    match (old, new) {
        (Some(old), Some(new)) => walk.both(old, new),
        _ => {
            let whole =
                |side: &Described| (Some(statements::together(statements::of_operation(side.facts))), side.facts.line);
            walk.note(
                Subject::Operation.whole(),
                old.map(whole).unwrap_or_default(),
                new.map(whole).unwrap_or_default(),
            );
        }
    }
    walk.found.sort_by_key(|difference| section(&difference.topic));
    walk.found
}

/// When a maintainer comes to it.
fn section(topic: &Topic) -> usize {
    match (&topic.subject, &topic.aspect) {
        (Subject::Document, _) => 0,
        (Subject::Operation, Some(Aspect::AccessTokens | Aspect::Scopes | Aspect::AppTypes)) => 2,
        (Subject::Operation, Some(Aspect::PerMinute | Aspect::PerSecond)) => 3,
        (Subject::Operation, _) => 1,
        (Subject::Parameter(Place::Body, _), _) => 5,
        (Subject::Parameter(..), _) => 4,
        (Subject::Field(_), _) => 6,
        (Subject::Example(..), _) => 7,
        (Subject::Error(_), _) => 8,
    }
}

/// A dotted name without the marks of lists.
fn plain(name: &str) -> String {
    name.replace("[]", "")
}

/// A value, if there is one, and the line of it or of what it belongs to.
type At = (Option<Value>, usize);

/// The walk through one operation.
struct Walk<'a> {
    transcribed: Transcribed<'a>,
    operation: OperationName,
    old: Option<&'a Described<'a>>,
    new: Option<&'a Described<'a>>,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn both(&mut self, old: &Described, new: &Described) {
        let (before, after) = (old.facts, new.facts);
        let said = |facts: &Operation| (statements::of_operation(facts), facts.line);
        self.statements(&Subject::Operation, said(before), said(after));
        let (left, entered) = (&old.read.facts.document, &new.read.facts.document);
        if left != entered && !new.is_at_home_of(old) {
            let topic = Subject::Operation.aspect(Aspect::Document);
            self.note(topic, (Some(json!(left)), before.line), (Some(json!(entered)), after.line));
        }
        let lines = (before.line, after.line);
        self.parts(&before.parameters, &after.parameters, lines);
        self.ease_within_new(before, after);
        self.parts(&before.response_fields, &after.response_fields, lines);
        self.parts(&before.examples, &after.examples, lines);
        self.parts(&before.errors, &after.errors, lines);
    }

    /// A property that a new and optional object requires breaks nobody: no request has the object.
    fn ease_within_new(&mut self, before: &Operation, after: &Operation) {
        let is_new = |name: &str| {
            let is_it = |row: &&Parameter| row.place == Place::Body && plain(&row.name) == name;
            !before.parameters.iter().any(|row| is_it(&row))
                && after.parameters.iter().any(|row| is_it(&row) && !row.required)
        };
        for difference in &mut self.found {
            if let Subject::Parameter(Place::Body, name) = &difference.topic.subject {
                let name = plain(name);
                let mut outer = name.match_indices('.').filter_map(|(end, _)| name.get(..end));
                if outer.any(is_new) {
                    difference.consequence = effect::within_new(difference.consequence);
                }
            }
        }
    }

    /// `lines` are those of the operations, for what only one state has.
    fn parts<P: Part>(&mut self, old: &[P], new: &[P], lines: (usize, usize)) {
        for pair in pairs(old, new, P::STAGES) {
            let said = |part: &P| (part.statements(), part.line());
            let whole = |part: &P| (Some(statements::together(part.statements())), part.line());
            match pair {
                (Some(old), Some(new)) => self.statements(&old.subject(), said(old), said(new)),
                (Some(old), None) => self.note(old.subject().whole(), whole(old), (None, lines.1)),
                (None, Some(new)) => self.note(new.subject().whole(), (None, lines.0), whole(new)),
                (None, None) => {}
            }
        }
    }

    fn statements(&mut self, subject: &Subject, old: (Vec<Statement>, usize), new: (Vec<Statement>, usize)) {
        for ((aspect, before), (_, after)) in old.0.into_iter().zip(new.0) {
            for (aspect, before, after) in statements::within(&aspect, before, after) {
                self.note(subject.aspect(aspect), (before, old.1), (after, new.1));
            }
        }
    }

    fn note(&mut self, topic: Topic, old: At, new: At) {
        let said = |side: Option<&Described>, (value, line): At| Said {
            value,
            place: side.map(|side| DocumentPlace { file: side.read.file.clone(), line }),
        };
        let (old, new) = (said(self.old, old), said(self.new, new));
        let spec = self.transcribed.place(&topic);
        self.found.push(Difference::new(Some(self.operation.clone()), topic, old, new, spec));
    }
}

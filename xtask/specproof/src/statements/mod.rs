//! Statements: all that one of document, service and spec states about one operation.
//!
//! The three are brought into this one form, so that comparing them is a loop and not a
//! list of cases. `At` is how a source names a place: a line, a file, a pointer.

pub(crate) mod document;
pub(crate) mod examples;
pub(crate) mod service;
pub(crate) mod spec;

use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, Subject};
use crate::kind;
use apidoc::facts::Place;
use serde_json::Value;
use std::collections::BTreeMap;

/// What one source states about one operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statements<At> {
    said: BTreeMap<Fact, (Value, At)>,
    /// Whose lists are complete, so that what is not in them does not exist.
    pub complete: Complete,
    /// Whether a success is a file, and no envelope.
    pub returns_file: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Complete {
    pub places: Vec<Place>,
    pub fields: bool,
    pub errors: bool,
}

impl Complete {
    pub fn fields() -> Self {
        Self { fields: true, ..Self::default() }
    }

    pub fn all() -> Self {
        Self { places: vec![Place::Path, Place::Query, Place::Header, Place::Body], fields: true, errors: true }
    }
}

impl<At> Statements<At> {
    pub fn new(complete: Complete) -> Self {
        Self { said: BTreeMap::new(), complete, returns_file: false }
    }

    /// Adds a statement; the first one about a fact holds.
    pub fn add(&mut self, fact: impl Into<Fact>, value: impl Into<Value>, at: At) {
        self.said.entry(fact.into()).or_insert_with(|| (value.into(), at));
    }

    pub fn add_some(&mut self, fact: Fact, value: Option<impl Into<Value>>, at: At) {
        if let Some(value) = value {
            self.add(fact, value, at);
        }
    }

    /// An empty list says nothing.
    pub fn add_list<T: Clone + Into<Value>>(&mut self, fact: impl Into<Fact>, list: &[T], at: At) {
        if !list.is_empty() {
            self.add(fact, list.iter().cloned().map(Into::into).collect::<Vec<Value>>(), at);
        }
    }

    /// A length of a list is a number of items, whatever a table calls it.
    pub fn add_length(&mut self, subject: &Fact, kind: &str, least: Option<u64>, most: Option<u64>, at: At)
    where
        At: Clone,
    {
        let (min, max) = match kind::is_list(kind) {
            true => (Aspect::MinItems, Aspect::MaxItems),
            false => (Aspect::MinLength, Aspect::MaxLength),
        };
        self.add_some(subject.aspect(min), least, at.clone());
        self.add_some(subject.aspect(max), most, at);
    }

    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.said.keys()
    }

    pub fn at(&self, fact: &Fact) -> Option<&At> {
        self.said.get(fact).map(|(_, at)| at)
    }

    /// Where it states a fact, or else the nearest thing around it.
    pub fn near(&self, fact: &Fact) -> Option<&At> {
        let mut around = Some(fact.whole());
        self.at(fact).or_else(|| {
            std::iter::from_fn(|| {
                let here = around.take()?;
                around = here.parent();
                Some(here)
            })
            .find_map(|here| self.at(&here))
        })
    }

    pub fn assertion(&self, fact: &Fact) -> Assertion {
        match self.said.get(fact) {
            Some((value, _)) => Assertion::Says(value.clone()),
            None if self.denies(fact) => Assertion::Absent,
            None => Assertion::Silent,
        }
    }

    /// Whether it would have listed the subject of `fact`, had it known one.
    fn denies(&self, fact: &Fact) -> bool {
        if fact.aspect.is_some() {
            return false;
        }
        match &fact.subject {
            Subject::Parameter(place, _) => self.complete.places.contains(place) && self.lists_children(fact),
            Subject::Field(_) => self.complete.fields && fact.parent().is_none_or(|parent| self.shows_inside(&parent)),
            Subject::Error(_) => self.complete.errors,
            Subject::Operation(_) | Subject::Behaviour => false,
        }
    }

    /// An empty list in an example does not show what it would hold.
    fn shows_inside(&self, field: &Fact) -> bool {
        self.said.get(field).is_some_and(|(kind, _)| kind != "array")
    }

    /// Of a nested body property: whether any other property of the same parent is listed.
    fn lists_children(&self, fact: &Fact) -> bool {
        let Some(parent) = fact.parent() else { return true };
        self.said.keys().any(|other| other.parent().as_ref() == Some(&parent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn complete_list_denies_missing_names() {
        let mut statements = Statements::new(Complete::fields());
        statements.add(Fact::field("data"), "object", ());
        assert_eq!(statements.assertion(&Fact::field("data")), Assertion::Says(json!("object")));
        assert_eq!(statements.assertion(&Fact::field("data.group")), Assertion::Absent);
        assert_eq!(statements.assertion(&Fact::field("data.group.id")), Assertion::Silent);
        assert_eq!(statements.assertion(&Fact::field("data").aspect(Aspect::Enum)), Assertion::Silent);
        assert_eq!(statements.assertion(&Fact::parameter(Place::Query, "a")), Assertion::Silent);
    }

    #[test]
    fn list_length_counts_items() {
        let mut statements = Statements::default();
        let ids = Fact::parameter(Place::Body, "user_ids");
        statements.add_length(&ids, "string[]", Some(0), Some(10), ());
        assert_eq!(statements.assertion(&ids.aspect(Aspect::MaxItems)), Assertion::Says(json!(10)));
        assert_eq!(statements.assertion(&ids.aspect(Aspect::MaxLength)), Assertion::Silent);
    }
}

//! A difference: one fact that two documents state otherwise, with all a person needs to follow it.
//!
//! Differences are values and not printed lines, so that every output format shows
//! the same and tests ask them directly.

use super::effect::{self, Consequence, Effect};
use super::topic::Topic;
use crate::validate::{DocumentPlace, SpecPlace};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// One fact that two documents state otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The operation that it concerns; none if it is the document as a whole.
    pub operation: Option<OperationName>,
    /// What it is about.
    pub topic: Topic,
    /// What the old document says.
    pub old: Said,
    /// What the new document says.
    pub new: Said,
    /// Where the spec has to follow, or would hold it.
    pub spec: SpecPlace,
    /// What it does to callers.
    pub consequence: Consequence,
}

/// An operation as people find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationName {
    /// The operationId, if the spec has the operation.
    pub id: Option<String>,
    /// Its name in the document, the old one if it changed.
    pub name: String,
}

/// What one state says, and where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Said {
    /// None if it says nothing.
    pub value: Option<Value>,
    /// Where it says it, or where it describes what this belongs to.
    pub place: Option<DocumentPlace>,
}

/// Whether something came, went or is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The new document alone says it.
    Added,
    /// The old document alone says it.
    Removed,
    /// Each says another value.
    Changed,
}

impl Difference {
    pub(crate) fn new(operation: Option<OperationName>, topic: Topic, old: Said, new: Said, spec: SpecPlace) -> Self {
        let consequence = effect::of(&topic, old.value.as_ref(), new.value.as_ref());
        Self { operation, topic, old, new, spec, consequence }
    }

    /// Whether it came, went or is otherwise.
    pub fn change(&self) -> Change {
        match (&self.old.value, &self.new.value) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        }
    }

    /// Whether the spec has the operation, or names the document.
    pub(crate) fn is_in_spec(&self) -> bool {
        self.spec.pointer != super::spec_place::NOWHERE
    }

    /// What it does to callers.
    pub fn effect(&self) -> Effect {
        self.consequence.effect()
    }
}

/// What all differences together do to callers.
pub fn overall(differences: &[Difference]) -> Effect {
    differences.iter().map(Difference::effect).max().unwrap_or(Effect::Compatible)
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            operation: &'a Option<OperationName>,
            topic: &'a Topic,
            change: Change,
            old: &'a Said,
            new: &'a Said,
            spec: &'a SpecPlace,
            effect: Effect,
            reason: &'static str,
        }
        let Self { operation, topic, old, new, spec, consequence } = self;
        let (change, effect, reason) = (self.change(), consequence.effect(), consequence.reason());
        Form { operation, topic, change, old, new, spec, effect, reason }.serialize(serializer)
    }
}

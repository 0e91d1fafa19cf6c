//! Entries of errata.yaml to paste.
//!
//! An erratum states three values in the form of YAML, and one that is retyped from a
//! message is easily wrong. So a finding that an entry would settle brings the entry: at
//! the indentation of the file, with values that the next run agrees to. Where an entry
//! states the same already, it only lacks the operation.

use super::comparison::Comparison;
use super::errata::Erratum;
use super::errata_proof::is_true_of;
use super::finding::Remedy;
use crate::assertion::Assertion;
use crate::fact::Fact;
use crate::source::Source;
use crate::yaml::Map;
use serde_json::json;

/// The entries that there are, and where the next one begins.
pub(crate) struct Entries<'a> {
    errata: &'a [Erratum],
    indent: usize,
}

impl<'a> Entries<'a> {
    pub fn new(errata: &'a [Erratum], source: &Source) -> Self {
        // An entry begins behind its dash and a blank.
        let first = source.value.pointer("/errata/0").and_then(|_| source.place("/errata/0"));
        Self { errata, indent: first.map_or(2, |place| place.column.saturating_sub(3)) }
    }

    /// Of what no entry can cover.
    pub fn none() -> Self {
        Self { errata: &[], indent: 0 }
    }

    /// How an entry settles a fact; none for what holds for all operations.
    pub fn remedy(&self, comparison: &Comparison, fact: &Fact) -> Option<Remedy> {
        let operation = comparison.operation?;
        let fits = |erratum: &&Erratum| {
            erratum.facts.contains(fact) && erratum.facts.iter().all(|fact| is_true_of(erratum, comparison, fact))
        };
        if let Some(erratum) = self.errata.iter().find(fits) {
            let words = format!("add `{operation}` to `operations` of the entry `{}` in errata.yaml", erratum.id);
            return Some(Remedy { words, paste: None });
        }
        let (document, service, spec) = comparison.assertions(fact);
        let mut entry = Map::default();
        entry.put("id", self.free_id(operation, fact));
        entry.put("operations", json!([operation]));
        entry.put("facts", json!([fact.to_string()]));
        for (who, assertion) in [("document", document), ("service", service), ("spec", spec)] {
            entry.put(who, assertion.value());
        }
        entry.put("evidence", "TODO: why one or the other is right.");
        entry.put("bridge", "TODO: what a caller of the client sees.");
        let words = "add this entry to errata.yaml".to_owned();
        Some(Remedy { words, paste: Some(entry.item(self.indent)) })
    }

    fn free_id(&self, operation: &str, fact: &Fact) -> String {
        let words = format!("{operation} {fact}");
        let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.collect::<Vec<_>>().join("-").to_lowercase();
        let numbered = (2..).map(|number| format!("{id}-{number}"));
        let is_free = |id: &String| self.errata.iter().all(|erratum| erratum.id != *id);
        [id.clone()].into_iter().chain(numbered).find(is_free).unwrap_or_default()
    }
}

impl Assertion {
    /// As an entry of errata.yaml states it.
    pub fn value(&self) -> serde_json::Value {
        match self {
            Self::Silent => "silent".into(),
            Self::Absent => "absent".into(),
            Self::Says(value) => value.clone(),
        }
    }
}

//! What differs between two states of the documents.
//!
//! A textual diff of documents drowns the one number that changed in moved lines and
//! reworded prose. So the facts are compared: operations are matched (`matching`,
//! `pairing`), what each states is compared (`statements`, `part`, `compare`),
//! and each difference knows its lines, the place of the spec that has to follow
//! (`spec_place`) and what it does to callers (`effect`).

mod compare;
mod difference;
mod effect;
mod json_diff;
mod matching;
mod pairing;
mod part;
mod phrase;
mod render;
mod similar;
mod spec_place;
mod statements;
mod topic;

pub use difference::{Change, Difference, OperationName, Said, overall};
pub use effect::{Consequence, Effect};
pub use render::{human, json, markdown};
pub use topic::Topic;

use crate::source::Source;
use crate::spec_model::Spec;
use apidoc::load::Loaded;

/// Every difference between old and new documents, located in a spec.
pub fn differences<T: Into<Loaded>>(old: Vec<T>, new: Vec<T>, spec: &Source) -> Vec<Difference> {
    let loaded = |documents: Vec<T>| documents.into_iter().map(Into::into).collect::<Vec<_>>();
    compare::compare(&loaded(old), &loaded(new), &Spec::new(spec))
}

/// The old documents that have a counterpart among the new ones.
///
/// For comparing with one new document: it says nothing about the others, so they are not removed.
pub fn with_counterpart(old: Vec<Loaded>, new: &[Loaded]) -> Vec<Loaded> {
    let known: Vec<bool> = matching::documents(&old, new).iter().map(|(_, new)| new.is_some()).collect();
    old.into_iter().zip(known).filter_map(|(old, known)| known.then_some(old)).collect()
}

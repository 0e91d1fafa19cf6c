//! Which document is which, and which operation.
//!
//! An operation is its method and path where documents give them; the documents of
//! some families do not, so there it is its name. What was renamed is known by saying
//! mostly the same as before, if nothing else does.

use super::pairing::{Stage, pairs};
use super::part::Part;
use crate::facts::{Operation, Place};
use crate::reading::Read;
use std::collections::BTreeSet;

/// An operation and the document it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described<'a> {
    pub read: &'a Read,
    pub facts: &'a Operation,
    /// Which pair of documents.
    home: usize,
}

impl Described<'_> {
    /// Whether both stand in what is the same document, whatever it is called.
    pub fn is_at_home_of(&self, other: &Self) -> bool {
        self.home == other.home
    }
}

pub(crate) type Pair<T> = (Option<T>, Option<T>);

/// The documents of both sides, paired by name, or else by the operations that they share.
pub(crate) fn documents<'a>(old: &'a [Read], new: &'a [Read]) -> Vec<Pair<&'a Read>> {
    // Somebody who compares two files means them, whatever they are called.
    if let ([old], [new]) = (old, new) {
        return vec![(Some(old), Some(new))];
    }
    let stages = [
        Stage::Same(|old: &Read, new: &Read| old.facts.document == new.facts.document),
        Stage::OnlyOne(|old, new| {
            let of = |operation: &Operation| new.facts.operations.iter().any(|other| is_same(operation, other));
            old.facts.operations.iter().any(of)
        }),
    ];
    pairs(old, new, &stages)
}

/// The operations of all documents: in the old order, then what is new.
pub(crate) fn operations<'a>(documents: &[Pair<&'a Read>]) -> Vec<Pair<Described<'a>>> {
    let described = |of: fn(&Pair<&'a Read>) -> Option<&'a Read>| -> Vec<Described<'a>> {
        let reads = documents.iter().enumerate().filter_map(|(home, pair)| Some((home, of(pair)?)));
        reads
            .flat_map(|(home, read)| read.facts.operations.iter().map(move |facts| Described { read, facts, home }))
            .collect()
    };
    let (old, new) = (described(|pair| pair.0), described(|pair| pair.1));
    let stages = [
        Stage::Same(|old: &Described, new: &Described| {
            old.home == new.home && old.facts.name == new.facts.name && has_same_address(old.facts, new.facts)
        }),
        Stage::Same(|old, new| old.facts.path.is_some() && has_same_address(old.facts, new.facts)),
        Stage::Same(|old, new| old.home == new.home && old.facts.name == new.facts.name),
        Stage::OnlyOne(|old, new| is_same(old.facts, new.facts)),
        Stage::OnlyOne(|old, new| is_alike(old.facts, new.facts)),
    ];
    pairs(&old, &new, &stages).into_iter().map(|(old, new)| (old.copied(), new.copied())).collect()
}

fn has_same_address(old: &Operation, new: &Operation) -> bool {
    old.method == new.method && old.path == new.path
}

fn is_same(old: &Operation, new: &Operation) -> bool {
    match (&old.path, &new.path) {
        (Some(_), Some(_)) => has_same_address(old, new),
        _ => old.name == new.name,
    }
}

/// More than half of all that either says, both say.
fn is_alike(old: &Operation, new: &Operation) -> bool {
    let (old, new) = (said_by(old), said_by(new));
    2 * old.intersection(&new).count() > old.union(&new).count()
}

/// What makes an operation this one: what it takes, shows and answers.
fn said_by(operation: &Operation) -> BTreeSet<String> {
    let place = |place: Place| crate::validate::fact::place_word(place);
    let parameters =
        operation.parameters.iter().map(|part| format!("{} {} {}", place(part.place), part.name, part.kind));
    let fields = operation.response_fields.iter().map(|part| format!("response {}", part.path));
    let examples = operation.examples.iter().map(|part| format!("{:?}", part.statements()));
    let errors = operation.errors.iter().map(|part| format!("error {}", part.code));
    let own =
        [Some(&operation.title), operation.method.as_ref(), operation.path.as_ref()].into_iter().flatten().cloned();
    own.chain(parameters).chain(fields).chain(examples).chain(errors).collect()
}

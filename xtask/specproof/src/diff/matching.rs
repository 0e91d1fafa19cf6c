//! Which document is which, and which operation.
//!
//! An operation is its method and path where documents give them; the documents of
//! some families do not, so there it is its name. What was renamed is known by saying
//! mostly the same as before, if nothing else does.

use super::pairing::{Stage, pairs};
use super::part::Part;
use super::similar;
use apidoc::facts::{Operation, Place};
use apidoc::load::Loaded;
use std::collections::{BTreeSet, HashMap};

/// An operation and its document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described<'a> {
    pub read: &'a Loaded,
    pub facts: &'a Operation,
    /// Which pair of documents.
    home: usize,
}

impl Described<'_> {
    /// Whether both are in the same document, even if it was renamed.
    pub fn is_at_home_of(&self, other: &Self) -> bool {
        self.home == other.home
    }
}

pub(crate) type Pair<T> = (Option<T>, Option<T>);

/// The old and new documents, paired by name, or else by the operations that they share.
pub(crate) fn documents<'a>(old: &'a [Loaded], new: &'a [Loaded]) -> Vec<Pair<&'a Loaded>> {
    // Somebody who compares two files means them, whatever they are called.
    if let ([old], [new]) = (old, new) {
        return vec![(Some(old), Some(new))];
    }
    let stages = [Stage::Same(|read: &Loaded| Some(read.facts.document.clone())), Stage::Alike(sharing)];
    pairs(old, new, &stages)
}

/// A value that more operations share than this identifies none of them.
const MANY: usize = 8;

/// The documents that share an operation.
fn sharing(old: &[&Loaded], new: &[&Loaded]) -> Vec<(usize, usize)> {
    let operations = |reads: &[&Loaded]| -> Vec<(usize, Operation)> {
        let of = |(at, read): (usize, &&Loaded)| {
            read.facts.operations.iter().map(move |facts| (at, facts.clone())).collect::<Vec<_>>()
        };
        reads.iter().enumerate().flat_map(of).collect()
    };
    let (old, new) = (operations(old), operations(new));
    let alike = same(
        &old.iter().map(|(_, facts)| facts).collect::<Vec<_>>(),
        &new.iter().map(|(_, facts)| facts).collect::<Vec<_>>(),
    );
    let mut found: Vec<(usize, usize)> = alike.into_iter().map(|(here, there)| (old[here].0, new[there].0)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The operations of all documents: in the old order, then what is new.
pub(crate) fn operations<'a>(documents: &[Pair<&'a Loaded>]) -> Vec<Pair<Described<'a>>> {
    let described = |of: fn(&Pair<&'a Loaded>) -> Option<&'a Loaded>| -> Vec<Described<'a>> {
        let reads = documents.iter().enumerate().filter_map(|(home, pair)| Some((home, of(pair)?)));
        reads
            .flat_map(|(home, read)| read.facts.operations.iter().map(move |facts| Described { read, facts, home }))
            .collect()
    };
    let (old, new) = (described(|pair| pair.0), described(|pair| pair.1));
    let stages = [
        Stage::Same(|described: &Described| {
            Some(format!("{} {} {:?}", described.home, described.facts.name, address(described.facts)))
        }),
        Stage::Same(|described| described.facts.path.as_ref().map(|_| address(described.facts))),
        Stage::Same(|described| Some(format!("{} {}", described.home, described.facts.name))),
        Stage::Alike(|old, new| same(&facts(old), &facts(new))),
        Stage::Alike(|old, new| similar::pairs(&said(old), &said(new))),
    ];
    pairs(&old, &new, &stages).into_iter().map(|(old, new)| (old.copied(), new.copied())).collect()
}

fn facts<'a>(described: &[&Described<'a>]) -> Vec<&'a Operation> {
    described.iter().map(|described| described.facts).collect()
}

fn said(described: &[&Described]) -> Vec<BTreeSet<String>> {
    described.iter().map(|described| said_by(described.facts)).collect()
}

fn address(operation: &Operation) -> String {
    format!("{:?} {:?}", operation.method, operation.path)
}

/// The operations that have the same address, or the same name where one of them has no address.
fn same(old: &[&Operation], new: &[&Operation]) -> Vec<(usize, usize)> {
    let words = |operation: &Operation| {
        let address = operation.path.as_ref().map(|_| address(operation));
        [address, Some(operation.name.clone())].into_iter().flatten()
    };
    let mut holders: HashMap<String, Vec<usize>> = HashMap::new();
    for (there, operation) in new.iter().enumerate() {
        words(operation).for_each(|word| holders.entry(word).or_default().push(there));
    }
    let mut found = BTreeSet::new();
    for (here, operation) in old.iter().enumerate() {
        let there =
            words(operation).filter_map(|word| holders.get(&word)).filter(|there| there.len() <= MANY).flatten();
        found.extend(there.filter(|there| is_same(operation, new[**there])).map(|there| (here, *there)));
    }
    found.into_iter().collect()
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

/// What makes an operation this one: what it takes, shows and returns.
fn said_by(operation: &Operation) -> BTreeSet<String> {
    let place = |place: Place| crate::fact::place_word(place);
    let parameters =
        operation.parameters.iter().map(|part| format!("{} {} {}", place(part.place), part.name, part.kind));
    let fields = operation.response_fields.iter().map(|part| format!("response {}", part.path));
    let examples = operation.examples.iter().map(|part| format!("{:?}", part.statements()));
    let errors = operation.errors.iter().map(|part| format!("error {}", part.code));
    let own =
        [Some(&operation.title), operation.method.as_ref(), operation.path.as_ref()].into_iter().flatten().cloned();
    own.chain(parameters).chain(fields).chain(examples).chain(errors).collect()
}

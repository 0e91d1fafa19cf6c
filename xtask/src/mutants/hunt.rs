//! The hunt: every mutant is shown to `validate`, and those that it lets pass are kept.
//!
//! A proof reads and never writes, so that each core takes the next mutant until none
//! is left, in one process and without a compiler.

use super::accepted::Accepted;
use super::changes;
use super::mutant::Mutant;
use crate::validate::{Inputs, is_proven};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What became of the mutants.
#[derive(Clone, Debug)]
pub struct Hunt {
    /// How many were tried.
    pub tried: usize,
    /// Those that nothing noticed, in the order of the spec.
    pub survivors: Vec<Mutant>,
}

impl Hunt {
    /// Survivors of which no entry speaks.
    pub fn unexplained<'a>(&'a self, accepted: &'a [Accepted]) -> impl Iterator<Item = &'a Mutant> {
        let is_accepted = |mutant: &Mutant| accepted.iter().any(|entry| entry.covers(&mutant.name()));
        self.survivors.iter().filter(move |mutant| !is_accepted(mutant))
    }

    /// How many survivors an entry speaks of.
    pub fn covered(&self, entry: &Accepted) -> usize {
        self.survivors.iter().filter(|mutant| entry.covers(&mutant.name())).count()
    }
}

/// Tries every n-th mutant of the spec, which must be proven as it is.
pub fn hunt(inputs: &Inputs, every: usize) -> Hunt {
    let mutants: Vec<Mutant> = changes::mutants(&inputs.spec.value).into_iter().step_by(every.max(1)).collect();
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let tried: Vec<(usize, bool)> = thread::scope(|scope| {
        let hunters: Vec<_> = (0..cores).map(|_| scope.spawn(|| take(&mutants, &next, inputs))).collect();
        // A panic in a hunter is a bug in a check: it goes on here, and is not lost.
        let join = |hunter: thread::ScopedJoinHandle<'_, _>| {
            hunter.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        hunters.into_iter().flat_map(join).collect()
    });
    let mut survivors: Vec<usize> = tried.iter().filter(|(_, survives)| *survives).map(|(index, _)| *index).collect();
    survivors.sort_unstable();
    Hunt { tried: tried.len(), survivors: survivors.into_iter().map(|index| mutants[index].clone()).collect() }
}

/// Takes one mutant after the other: which were tried, and whether they survived.
fn take(mutants: &[Mutant], next: &AtomicUsize, inputs: &Inputs) -> Vec<(usize, bool)> {
    let mut changed = inputs.clone();
    let mut tried = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(mutant) = mutants.get(index) else { return tried };
        if let Some(spec) = mutant.apply(&inputs.spec.value) {
            changed.spec.value = spec;
            tried.push((index, is_proven(&changed)));
        }
    }
}

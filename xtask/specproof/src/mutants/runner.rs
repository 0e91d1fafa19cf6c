//! Runs `validate` on every mutant and keeps those that survive.
//!
//! A proof only reads, so all cores test mutants in parallel, in one process and without
//! a compiler.

use super::accepted::Accepted;
use super::changes;
use super::mutant::Mutant;
use crate::validate::{Inputs, is_proven};
use rayon::prelude::*;

/// The results of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// How many were tried.
    pub tried: usize,
    /// Those that nothing noticed, in the order of the spec.
    pub survivors: Vec<Mutant>,
}

impl Run {
    /// Survivors that no entry covers.
    pub fn unexplained<'a>(&'a self, accepted: &'a [Accepted]) -> impl Iterator<Item = &'a Mutant> {
        let is_accepted = |mutant: &Mutant| accepted.iter().any(|entry| entry.covers(&mutant.name()));
        self.survivors.iter().filter(move |mutant| !is_accepted(mutant))
    }

    /// How many survivors an entry covers.
    pub fn covered(&self, entry: &Accepted) -> usize {
        self.survivors.iter().filter(|mutant| entry.covers(&mutant.name())).count()
    }
}

/// Tries every n-th mutant of the spec, which must be proven as it is.
pub fn run(inputs: &Inputs, every: usize) -> Run {
    let mutants: Vec<Mutant> = changes::mutants(&inputs.spec.value).into_iter().step_by(every.max(1)).collect();
    let try_one = |changed: &mut Inputs, mutant: Mutant| {
        changed.spec.value = mutant.apply(&inputs.spec.value)?;
        Some((is_proven(changed), mutant))
    };
    let tried: Vec<(bool, Mutant)> = mutants.into_par_iter().map_with(inputs.clone(), try_one).flatten().collect();
    let count = tried.len();
    Run {
        tried: count,
        survivors: tried.into_iter().filter_map(|(survives, mutant)| survives.then_some(mutant)).collect(),
    }
}

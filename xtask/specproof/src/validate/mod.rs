//! The proof that the spec transcribes the documents.
//!
//! Document, service and spec each state facts about every operation (`statements`), and
//! these are compared fact by fact (`comparison`, `messages`). Errata say where two of
//! them may differ, and are proven themselves (`errata`, `errata_proof`). What neither
//! document nor service can state must follow from the rest (`paging`, `results`,
//! `retry`, `error_names`) or is bound by conventions (`structure`, `allowed_keys`, `schemas`,
//! `conventions`). So little of the spec can change without a finding: the list of
//! accepted mutants has the rest, each with its reason.

mod allowed_keys;
mod comparison;
mod conventions;
mod declared_examples;
mod entry;
mod errata;
mod errata_proof;
pub(crate) mod error_names;
pub(crate) mod evidence_table;
mod examples;
mod finding;
mod inputs;
mod json_schema;
mod lint;
mod matching;
mod messages;
mod paging;
pub(crate) mod platform;
mod references;
mod report;
mod results;
mod retry;
mod rule;
mod samples;
mod schemas;
mod structure;
mod todo;

pub(crate) use declared_examples::expected as expected_examples;

pub use crate::place::{DocumentPlace, ServicePlace, SpecPlace};
pub use finding::Finding;
pub use inputs::{Inputs, Paths, Texts};
pub use report::{github, human, json};
pub use rule::Rule;

use crate::source::Mistake;
use crate::spec_model::Spec;
use entry::Entries;

/// Everything that is wrong with a spec: wrong references first, then the rest in the order of the file.
///
/// # Errors
///
/// Fails if it is no OpenAPI 3.0 document.
pub fn validate(inputs: &Inputs) -> Result<Vec<Finding>, Mistake> {
    let spec = Spec::new(&inputs.spec);
    structure::readable(&spec)?;
    let dangling = references::dangling(&spec);
    if dangling.is_empty() {
        return Ok(all(&spec, inputs));
    }
    // What follows from a wrong reference is no finding: the rest is checked as if it were right.
    let mut findings: Vec<Finding> = dangling.iter().map(|reference| reference.finding(&spec)).collect();
    if let Some(source) = references::corrected(&spec, &dangling) {
        findings.extend(all(&Spec::new(&source), inputs));
    }
    Ok(findings)
}

fn all(spec: &Spec, inputs: &Inputs) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in CHECKS {
        check(spec, inputs, &mut findings);
    }
    finding::sorted(findings)
}

/// Whether nothing is wrong with a spec: `validate`, ended by the first finding.
pub fn is_proven(inputs: &Inputs) -> bool {
    let mut findings = Vec::new();
    let spec = Spec::new(&inputs.spec);
    structure::readable(&spec).is_ok()
        && CHECKS.iter().all(|check| {
            check(&spec, inputs, &mut findings);
            findings.is_empty()
        })
}

type Check = fn(&Spec, &Inputs, &mut Vec<Finding>);

/// What ends `is_proven` soonest comes first: the facts notice most mutants, in a tenth of the time of the form.
const CHECKS: [Check; 5] = [of_facts, of_platform, of_form, of_examples, todo::check];

fn of_form(spec: &Spec, _: &Inputs, findings: &mut Vec<Finding>) {
    lint::check(spec, findings);
    structure::check(spec, findings);
    allowed_keys::check(spec, findings);
    schemas::check(spec, findings);
    error_names::check(spec, findings);
    for operation in &spec.operations {
        paging::check(spec, operation, findings);
        results::check(spec, operation, findings);
        retry::check(spec, operation, findings);
    }
}

fn of_facts(spec: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let matched = matching::check(spec, inputs, findings);
    let errata = errata::read(&inputs.errata, findings);
    conventions::check(spec, &matched, &errata, findings);
    let comparisons: Vec<_> = matched.iter().map(|matched| &matched.comparison).collect();
    let known_places = comparison::known_places(comparisons.iter().copied());
    let entries = Entries::new(&errata, &inputs.errata);
    for comparison in comparisons.iter().copied() {
        messages::check(spec, comparison, &known_places, &errata, &entries, findings);
    }
    errata_proof::check(&errata, &inputs.errata, &comparisons, &known_places, findings);
}

fn of_platform(spec: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    platform::check(spec, &inputs.platform, findings);
}

fn of_examples(spec: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let compiled = json_schema::Schemas::default();
    let matched = matching::check(spec, inputs, &mut Vec::new());
    declared_examples::check(spec, &matched, inputs, findings);
    for matched in &matched {
        examples::check(spec, matched, &inputs.platform, &compiled, findings);
        samples::check(spec, matched, &compiled, findings);
    }
}

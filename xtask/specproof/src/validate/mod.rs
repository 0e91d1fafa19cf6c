//! The proof that the spec transcribes the documents.
//!
//! Three sides speak of every operation: the API document, the running service, and
//! the spec (`document`, `service`, `transcript`). They are brought into one form,
//! `Side`, and compared fact by fact (`compare`); errata say where two of them may
//! differ, and are proven themselves (`errata`). What has no counterpart in document
//! or service must follow from the rest (`paging`, `retry`, `errors`) or is bound by the
//! house rules (`keys`, `schemas`, `house`, `form`), so that little of the spec can be
//! changed without somebody noticing: the tests list what still can, with the reason.

pub(crate) mod claim;
mod compare;
pub(crate) mod document;
mod errata;
pub(crate) mod errors;
mod examples;
pub(crate) mod fact;
mod finding;
mod form;
mod house;
mod inputs;
mod keys;
pub(crate) mod kind;
pub(crate) mod ledger;
mod matching;
mod paging;
mod platform;
mod report;
mod retry;
mod rule;
mod samples;
mod schema;
mod schemas;
mod service;
pub(crate) mod shown;
pub(crate) mod side;
mod texts;
pub(crate) mod transcript;
pub(crate) mod view;
mod wording;

pub use finding::{DocumentPlace, Finding, ServicePlace, SpecPlace};
pub use inputs::{Inputs, Paths};
pub use report::{github, human, json};
pub use rule::Rule;
pub use texts::Texts;

use crate::source::Mistake;
use view::Spec;

/// Everything that is wrong with a spec, in the order of the file.
///
/// # Errors
///
/// Fails if it is no OpenAPI 3.0 document.
pub fn validate(inputs: &Inputs) -> Result<Vec<Finding>, Mistake> {
    let mut findings = Vec::new();
    let spec = Spec::new(&inputs.spec);
    form::readable(&spec)?;
    for check in CHECKS {
        check(&spec, inputs, &mut findings);
    }
    Ok(finding::sorted(findings))
}

/// Whether nothing is wrong with a spec: `validate`, ended by the first finding.
pub fn is_proven(inputs: &Inputs) -> bool {
    let mut findings = Vec::new();
    let spec = Spec::new(&inputs.spec);
    form::readable(&spec).is_ok()
        && CHECKS.iter().all(|check| {
            check(&spec, inputs, &mut findings);
            findings.is_empty()
        })
}

type Check = fn(&Spec, &Inputs, &mut Vec<Finding>);

/// The quick ones first.
const CHECKS: [Check; 4] = [of_form, of_facts, of_platform, of_examples];

fn of_form(spec: &Spec, _: &Inputs, findings: &mut Vec<Finding>) {
    form::check(spec, findings);
    keys::check(spec, findings);
    schemas::check(spec, findings);
    errors::check(spec, findings);
    for operation in &spec.operations {
        paging::check(spec, operation, findings);
        retry::check(spec, operation, findings);
    }
}

fn of_facts(spec: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let matched = matching::check(spec, inputs, findings);
    house::check(spec, &matched, findings);
    let evidence: Vec<_> = matched.iter().map(|matched| &matched.evidence).collect();
    let backed = compare::backed(evidence.iter().copied());
    let errata = errata::read(&inputs.errata, findings);
    for evidence in evidence.iter().copied() {
        compare::check(spec, evidence, &backed, &errata, findings);
    }
    errata::check(&errata, &inputs.errata, &evidence, &backed, findings);
}

fn of_platform(spec: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    platform::check(spec, &inputs.platform, findings);
}

fn of_examples(spec: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    let compiled = schema::Schemas::default();
    for matched in &matching::check(spec, inputs, &mut Vec::new()) {
        examples::check(spec, matched, &inputs.platform, &compiled, findings);
        samples::check(spec, matched, &compiled, findings);
    }
}

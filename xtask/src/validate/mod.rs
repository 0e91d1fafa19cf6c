//! Subcommand `cargo xtask validate`: the proof that the spec transcribes the documents.
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
pub use inputs::{Inputs, Parts, Paths};
pub use report::{github, human, json, sarif};
pub use rule::Rule;
pub use texts::Texts;

use crate::Outcome;
use crate::source::Mistake;
use std::io::Write;
use view::Spec;

/// Prove that the spec transcribes the documents and works on the service
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    parts: Parts,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Tell what a rule asks for, why, and how to follow it; nothing is validated
    #[arg(long, value_enum, value_name = "RULE", hide_possible_values = true, exclusive = true)]
    explain: Option<Rule>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// Workflow commands, which GitHub shows beside the lines
    Github,
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif,
}

/// Runs the subcommand; findings go to `out`, the warnings of a document's reader to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed, with file, line and column.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if let Some(rule) = args.explain {
        writeln!(out, "{}: {}\n\n{}", rule.name(), rule.explanation(), rule.reasoning().trim_end())?;
        return Ok(Outcome::Fine);
    }
    let inputs = Inputs::load(&args.parts.into())?;
    for warning in &inputs.warnings {
        writeln!(std::io::stderr(), "{warning}")?;
    }
    let findings = validate(&inputs)?;
    match args.format {
        Format::Json => json(&findings, out)?,
        Format::Github => github(&findings, &inputs.texts, out)?,
        Format::Sarif => sarif(&findings, &inputs.texts, out)?,
        Format::Human => {
            human(&findings, &inputs.texts, out)?;
            if findings.is_empty() {
                let (documents, service) = (inputs.documents.len(), inputs.service.len());
                let spec = &inputs.spec.file;
                writeln!(
                    out,
                    "{spec} agrees with its documents ({documents}) and the service's facts ({service} operations)"
                )?;
            }
        }
    }
    Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

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

//! `cargo xtask mutants`: changes everything in the spec, one thing at a time, and prints what `validate` misses.

use crate::Outcome;
use crate::args::InputPaths;
use anyhow::bail;
use apidoc::files::{shown, text, workspace_root};
use specproof::mutants::{Report, read, run as run_mutants};
use specproof::source::Source;
use specproof::validate::{Inputs, is_proven};
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Change everything in the spec, one thing at a time, and print what `validate` does not notice
///
/// Use a build with optimisation, which is ten times as fast: `cargo run --profile bench -p xtask -- mutants`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Try only every n-th mutant; entries without a survivor are then no error
    #[arg(long, value_name = "N", default_value = "1")]
    every: NonZeroUsize,
    #[command(flatten)]
    paths: InputPaths,
    /// The accepted survivors, instead of xtask/accepted-mutants.yaml
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
}

/// Runs the command; survivors go to `out`.
///
/// # Errors
///
/// Fails where an input is missing or malformed, and where the spec has findings before it is mutated.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = args.accepted.unwrap_or_else(|| workspace_root().join("xtask/accepted-mutants.yaml"));
    let source = Source::parse(&shown(&file), &text(&file)?)?;
    let accepted = read(&source)?;
    let inputs = Inputs::load(&args.paths.into())?;
    if !is_proven(&inputs) {
        bail!(
            "{}: only a spec without findings can be mutated; fix what `cargo xtask validate` reports",
            inputs.spec.file
        );
    }
    let run = run_mutants(&inputs, args.every.get());
    let report = Report::new(&run, &accepted, args.every.get() == 1);
    report.tell(&inputs.spec, &source.file, out)?;
    Ok(Outcome::fine_if(report.is_fine()))
}

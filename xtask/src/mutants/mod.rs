//! Subcommand `cargo xtask mutants`: the proof of the proof.
//!
//! `validate` claims that little of the spec can be changed without somebody noticing.
//! Here everything is changed, one thing at a time (`changes`), and shown to it
//! (`hunt`). What survives is a hole in the proof, unless the list of accepted ones
//! (`accepted`) has the reason why nobody could know better.

mod accepted;
mod additions;
mod changes;
mod hunt;
mod mutant;
mod names;
mod report;

pub use accepted::{Accepted, read};
pub use hunt::{Hunt, hunt};
pub use mutant::Mutant;

use crate::source::Source;
use crate::validate::{Inputs, Paths, is_proven};
use crate::{Outcome, files, workspace_root};
use anyhow::bail;
use report::Report;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Change everything in the spec, one thing at a time, and tell what `validate` does not notice
///
/// Without `--release` a proof takes ten times as long: `cargo run --release -p xtask -- mutants`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Try every n-th mutant alone; entries without a survivor are then no error
    #[arg(long, value_name = "N", default_value = "1")]
    every: NonZeroUsize,
    /// The spec, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The accepted survivors, instead of xtask/accepted-mutants.yaml
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
}

/// The accepted survivors of this workspace.
pub fn accepted_file() -> PathBuf {
    workspace_root().join("xtask/accepted-mutants.yaml")
}

/// Runs the subcommand; what survives goes to `out`.
///
/// # Errors
///
/// Fails where an input is missing or malformed, and where the spec is not proven to begin with.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = args.accepted.unwrap_or_else(accepted_file);
    let source = Source::parse(&files::shown(&file), &files::text(&file)?)?;
    let accepted = read(&source)?;
    let default = Paths::default();
    let inputs = Inputs::load(&Paths { spec: args.spec.unwrap_or_else(|| default.spec.clone()), ..default })?;
    if !is_proven(&inputs) {
        bail!(
            "{}: only a spec without findings can be mutated; mend what `cargo xtask validate` tells",
            inputs.spec.file
        );
    }
    let hunt = hunt(&inputs, args.every.get());
    let report = Report::new(&hunt, &accepted, args.every.get() == 1);
    report.tell(&inputs.spec, &source.file, out)?;
    Ok(if report.is_fine() { Outcome::Fine } else { Outcome::Findings })
}

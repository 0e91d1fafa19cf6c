//! `cargo xtask documents diff`: what changed between two states of the documents.

use crate::Outcome;
use crate::args::{spec_or_default, warn};
use apidoc::files::{shown, text, workspace_root};
use apidoc::load;
use specproof::diff::{Effect, differences, human, json, markdown, with_counterpart};
use specproof::source::Source;
use std::io::Write;
use std::path::PathBuf;

/// Print what changed between two states of the documents, and whether it breaks callers
#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub(super) struct Args {
    /// A Markdown document, a file of facts, or a folder of either [default: spec/documents]
    old: Option<PathBuf>,
    /// The same of the state to compare it with
    new: PathBuf,
    /// Another folder or document of the new state; may be repeated
    #[arg(long, value_name = "DIR")]
    also: Vec<PathBuf>,
    /// Show only what breaks callers
    #[arg(long)]
    breaking: bool,
    /// The spec in which differences are located, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How differences are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// An entry for CHANGELOG.md
    Markdown,
}

pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let spec = spec_or_default(args.spec);
    let spec = Source::parse(&shown(&spec), &text(&spec)?)?;
    let mut old = load::documents(&args.old.unwrap_or_else(|| workspace_root().join("spec/documents")))?;
    let mut new = load::documents(&args.new)?;
    for also in &args.also {
        new.extend(load::documents(also)?);
    }
    warn(old.iter().chain(&new).flat_map(|document| &document.warnings))?;
    if args.new.is_file() {
        old = with_counterpart(old, &new);
    }
    let mut differences = differences(old, new, &spec);
    if args.breaking {
        differences.retain(|difference| difference.effect() == Effect::Breaking);
    }
    match args.format {
        Format::Human => human(&differences, out)?,
        Format::Json => json(&differences, out)?,
        Format::Markdown => markdown(&differences, out)?,
    }
    Ok(Outcome::fine_if(differences.is_empty()))
}

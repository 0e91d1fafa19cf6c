//! `cargo xtask documents report`: what the tool makes of a folder of documents.

use crate::Outcome;
use crate::args::spec_or_default;
use anyhow::bail;
use apidoc::files::{shown, text, with_extension};
use apidoc::load;
use rayon::prelude::*;
use specproof::report::{html, human, json, report};
use std::io::Write;
use std::path::PathBuf;

/// Report for each page what is read and drafted, whether its examples fit, and whether the operation would work
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A folder of Markdown documents
    dir: PathBuf,
    /// The spec, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// A page
    Html,
}

/// A page that cannot be read is part of the report.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let files = with_extension(&args.dir, "md")?;
    if files.is_empty() {
        bail!("{}: there is no Markdown document (*.md) in this folder", args.dir.display());
    }
    let read = |file: &PathBuf| (shown(file), load::markdown(file).map_err(|error| format!("{error:#}")));
    let pages = files.par_iter().map(read).collect();
    let spec = spec_or_default(args.spec);
    let report = report(&shown(&spec), &text(&spec)?, pages)?;
    match args.format {
        Format::Human => human(&report, out)?,
        Format::Json => json(&report, out)?,
        Format::Html => html(&report, out)?,
    }
    Ok(Outcome::Fine)
}

//! `cargo xtask documents draft`: the YAML for operations that the spec does not have.
//!
//! Transcribing is mostly copying: addresses, names, types, limits, codes. That part is
//! done here, from the same facts that `validate` will hold the spec to (`drafting`,
//! `operation` and what they are made of). What only a reader of the document can say
//! stays a `TODO`. The draft is printed, or inserted where it belongs (`insert`); a spec
//! that would not build with it is never written.

mod answer;
mod derived;
mod drafting;
mod errors;
mod fragment;
mod insert;
mod known;
mod limits;
mod names;
mod operation;
mod parameters;
mod schemas;
mod shape;
mod yaml;

pub use drafting::Draft;

use crate::reading::{Read, documents_at};
use crate::{Outcome, facts, files, workspace_root};
use anyhow::Context;
use std::io::Write;
use std::path::PathBuf;

/// Write the YAML of operations that the spec does not have, with a TODO where a document is silent
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A Markdown document, a file of facts, or a folder of either
    file: PathBuf,
    /// The spec, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Insert the draft into the spec instead of printing it
    #[arg(long)]
    write: bool,
}

/// Runs the subcommand; the draft goes to `out`, the warnings of a document's reader to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed, and where the spec would not build with the draft in it; printed
/// is the draft even then.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let path = args.spec.unwrap_or_else(|| workspace_root().join("spec/openapi.yaml"));
    let (shown, text) = (files::shown(&path), files::text(&path)?);
    let mut warnings = Vec::new();
    let documents = documents_at(&args.file, &mut warnings)?;
    for warning in warnings {
        writeln!(std::io::stderr(), "{warning}")?;
    }
    let Draft { fragment, spec, notes } = drafting::draft(&shown, &text, &documents)?;
    if args.write {
        let spec = spec?;
        if spec != text {
            std::fs::write(&path, &spec).with_context(|| format!("{shown}: cannot write this file"))?;
        }
        notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
    } else {
        notes.iter().try_for_each(|note| writeln!(out, "# {note}"))?;
        out.write_all(fragment.as_bytes())?;
        spec?;
    }
    Ok(Outcome::Fine)
}

/// Drafts every operation of documents that a spec, which messages call `file`, does not have.
///
/// # Errors
///
/// Fails where the spec is malformed.
pub fn draft(file: &str, spec: &str, documents: Vec<facts::Document>) -> anyhow::Result<Draft> {
    drafting::draft(file, spec, &documents.into_iter().map(Read::from).collect::<Vec<_>>())
}

//! `cargo xtask documents draft`: writes the YAML of operations that the spec does not have.

use crate::Outcome;
use crate::args::{spec_or_default, warn};
use anyhow::Context;
use apidoc::files::{shown, text};
use apidoc::load;
use specproof::draft::draft;
use std::io::Write;
use std::path::PathBuf;

/// Write the YAML of operations that the spec does not have, with a TODO where a document is silent
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A Markdown document, a file of facts, or a folder of either
    file: PathBuf,
    /// The spec, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Insert the draft into the spec instead of printing it
    #[arg(long)]
    write: bool,
}

/// Fails after printing the draft if the spec would not build with it.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let path = spec_or_default(args.spec);
    let (file, text) = (shown(&path), text(&path)?);
    let documents = load::documents(&args.file)?;
    warn(documents.iter().flat_map(|document| &document.warnings))?;
    let draft = draft(&file, &text, documents)?;
    if args.write {
        let spec = draft.spec?;
        if spec != text {
            std::fs::write(&path, &spec).with_context(|| format!("{file}: cannot write this file"))?;
        }
        draft.notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
    } else {
        draft.notes.iter().try_for_each(|note| writeln!(out, "# {note}"))?;
        out.write_all(draft.fragment().as_bytes())?;
        draft.spec?;
    }
    Ok(Outcome::Fine)
}

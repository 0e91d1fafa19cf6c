//! `cargo xtask spec`: what a command can write into the spec, and the spec for other readers.

use crate::Outcome;
use crate::args::{InputPaths, warn};
use anyhow::Context;
use apidoc::files::{shown, text};
use specproof::codegen::readers::for_readers;
use specproof::examples;
use specproof::validate::{Inputs, Paths};
use std::io::Write;
use std::path::PathBuf;

/// Write the examples into the spec, or the spec with all its facts in the descriptions
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    paths: InputPaths,
    #[command(flatten)]
    task: Task,
}

// No doc comment: clap would show it instead of the command's own help.
#[allow(missing_docs, reason = "the fields' comments are the options' help")]
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Task {
    /// Write `components/examples`, `components/responses` and the lines that refer to them, from documents and service
    #[arg(long)]
    write: bool,
    /// Write the spec as JSON with scopes, limits and error tables in the descriptions, to FILE or standard output
    #[arg(long, value_name = "FILE")]
    for_readers: Option<Option<PathBuf>>,
}

/// Runs the command.
///
/// # Errors
///
/// Fails where an input is missing or malformed, or a file cannot be written.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let paths = Paths::from(args.paths);
    match args.task.for_readers {
        Some(file) => write_for_readers(&paths, file, out)?,
        None => write_examples(&paths, out)?,
    }
    Ok(Outcome::Fine)
}

fn write_examples(paths: &Paths, out: &mut dyn Write) -> anyhow::Result<()> {
    let inputs = Inputs::load(paths)?;
    warn(&inputs.warnings)?;
    let (file, before) = (shown(&paths.spec), text(&paths.spec)?);
    let after = examples::write(&inputs, &before)?;
    if after == before {
        writeln!(out, "{file}: up to date")?;
    } else {
        std::fs::write(&paths.spec, after).with_context(|| format!("{file}: cannot write this file"))?;
        writeln!(out, "{file}: written")?;
    }
    Ok(())
}

fn write_for_readers(paths: &Paths, file: Option<PathBuf>, out: &mut dyn Write) -> anyhow::Result<()> {
    let document = for_readers(&shown(&paths.spec), &text(&paths.spec)?, &|_| true)?;
    let json = serde_json::to_string_pretty(&document)? + "\n";
    match file {
        Some(file) => {
            std::fs::write(&file, json).with_context(|| format!("{}: cannot write this file", file.display()))?;
            writeln!(out, "{}: written", file.display())?;
        }
        None => out.write_all(json.as_bytes())?,
    }
    Ok(())
}

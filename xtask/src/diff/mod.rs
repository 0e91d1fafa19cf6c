//! `cargo xtask documents diff`: what two states of the documents state otherwise.
//!
//! A textual diff of documents drowns the one number that changed in moved lines and
//! reworded prose. So the facts are compared: operations are matched (`matching`,
//! `pairing`), what each states is laid side by side (`statements`, `part`, `compare`),
//! and each difference knows its lines, the place of the spec that has to follow
//! (`spec_place`) and what it does to callers (`effect`).

mod compare;
mod difference;
mod effect;
mod leaves;
mod matching;
mod pairing;
mod part;
mod render;
mod sentence;
mod similar;
mod spec_place;
mod statements;
mod topic;

pub use difference::{Change, Difference, OperationName, Said, overall};
pub use effect::{Consequence, Effect};
pub use render::{human, json, markdown};
pub use topic::Topic;

use crate::reading::{Read, documents_at};
use crate::source::Source;
use crate::validate::view::Spec;
use crate::{Outcome, facts, files, workspace_root};
use std::io::Write;
use std::path::PathBuf;

/// The arguments of `documents diff`.
#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub struct Args {
    /// A Markdown document, a file of facts, or a folder of either [default: spec/documents]
    old: Option<PathBuf>,
    /// The same of the state to compare it with
    new: PathBuf,
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

/// Runs the subcommand; differences go to `out`, the warnings of a document's reader to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let root = workspace_root();
    let spec = args.spec.unwrap_or_else(|| root.join("spec/openapi.yaml"));
    let spec = Source::parse(&files::shown(&spec), &files::text(&spec)?)?;
    let mut warnings = Vec::new();
    let mut old = documents_at(&args.old.unwrap_or_else(|| root.join("spec/documents")), &mut warnings)?;
    let new = documents_at(&args.new, &mut warnings)?;
    for warning in warnings {
        writeln!(std::io::stderr(), "{warning}")?;
    }
    if args.new.is_file() {
        old = without_strangers(old, &new);
    }
    let differences = compare::compare(&old, &new, &Spec::new(&spec));
    match args.format {
        Format::Human => human(&differences, out)?,
        Format::Json => json(&differences, out)?,
        Format::Markdown => markdown(&differences, out)?,
    }
    Ok(if differences.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// One new document says nothing about the others of the lock: they are not gone.
fn without_strangers(old: Vec<Read>, new: &[Read]) -> Vec<Read> {
    let known: Vec<bool> = matching::documents(&old, new).iter().map(|(_, new)| new.is_some()).collect();
    old.into_iter().zip(known).filter_map(|(old, known)| known.then_some(old)).collect()
}

/// Every difference between what old and new documents state, located in a spec.
pub fn differences(old: Vec<facts::Document>, new: Vec<facts::Document>, spec: &Source) -> Vec<Difference> {
    let read = |documents: Vec<facts::Document>| documents.into_iter().map(Read::from).collect::<Vec<_>>();
    compare::compare(&read(old), &read(new), &Spec::new(spec))
}

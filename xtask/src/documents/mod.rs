//! `cargo xtask documents`: reads, locks, compares, drafts from and reports on API documents.

mod diff;
mod draft;
mod report;
mod sync;

use crate::Outcome;
use crate::args::warn;
use apidoc::facts::Document;
use std::io::Write;
use std::path::PathBuf;

/// Read API documents
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the facts of one document as JSON
    Read {
        /// A Markdown document of a known family
        file: PathBuf,
    },
    Sync(sync::Args),
    Diff(diff::Args),
    Draft(draft::Args),
    Report(report::Args),
}

/// Runs the command; results go to `out`, warnings about documents to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Read { file } => {
            let loaded = apidoc::load::markdown(&file)?;
            warn(&loaded.warnings)?;
            out.write_all(to_json(&loaded.facts)?.as_bytes())?;
            Ok(Outcome::Fine)
        }
        Command::Sync(args) => sync::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Draft(args) => draft::run(args, out),
        Command::Report(args) => report::run(args, out),
    }
}

/// Facts as they are written to files and to standard output.
fn to_json(document: &Document) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

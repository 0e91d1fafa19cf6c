//! Subcommand `cargo xtask coverage`: which facts of the spec are backed by what.
//!
//! `validate` proves the spec and is silent where it may be believed; here is why it
//! may. Every fact that is compared stands in the ledger of `validate` with what each
//! side says and what backs it; this folder counts (`tally`), words (`words`) and shows
//! it, in short on the terminal and in full as a page that needs nothing but itself.
//!
//! It ends with findings exactly where comparing the facts has some: an open difference,
//! a fact that asks for evidence and has none, an operation or an erratum that does not
//! hold. A fact that `validate` lets stand without evidence (`implied`, `shared`) is
//! shown and counted, and is no failure.

mod page;
mod tally;
mod terminal;
mod words;

use crate::validate::ledger::{Kind, Ledger, Row};
use crate::validate::{Inputs, Parts};
use crate::{Outcome, files, workspace_root};
use anyhow::Context;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Show every fact of the spec with its evidence, here and as a page
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    parts: Parts,
    /// Where the page goes, instead of target/coverage.html
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print these facts alone; the page holds all of them and has the same choice
    #[arg(long, value_enum, default_value_t = Only::All)]
    only: Only,
}

/// Facts to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// All facts
    All,
    /// Facts that a document states
    Document,
    /// Facts that an example shows
    Example,
    /// Facts that the service's reference states
    Service,
    /// Facts of which an erratum speaks
    Errata,
    /// Facts that nothing backs
    Nothing,
    /// Facts on which the sides differ
    Differences,
    /// Facts that `validate` does not let pass
    Open,
}

impl Only {
    fn takes(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::Document => row.has(Kind::Document),
            Self::Example => row.has(Kind::Example),
            Self::Service => row.has(Kind::Service),
            Self::Errata => row.has(Kind::Errata),
            Self::Nothing => row.backing.is_empty(),
            Self::Differences => row.differs(),
            Self::Open => row.is_open(),
        }
    }
}

/// Runs the subcommand; the table goes to `out`, the warnings of a document's reader to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed, and where the page cannot be written.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let inputs = Inputs::load(&args.parts.into())?;
    for warning in &inputs.warnings {
        writeln!(std::io::stderr(), "{warning}")?;
    }
    let ledger = Ledger::new(&inputs)?;
    terminal::print(&ledger, args.only, out)?;
    let file = args.html.unwrap_or_else(|| workspace_root().join("target/coverage.html"));
    let page = page::render(&ledger)?;
    let cannot_write = || format!("{}: cannot write the page", files::shown(&file));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(cannot_write)?;
    }
    fs::write(&file, page).with_context(cannot_write)?;
    writeln!(out, "\nthe same with all places: {}", files::shown(&file))?;
    Ok(if ledger.is_open() { Outcome::Findings } else { Outcome::Fine })
}

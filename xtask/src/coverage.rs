//! `cargo xtask coverage`: the evidence for every fact of the spec, here and as a page.

use crate::Outcome;
use crate::args::{InputPaths, named, warn};
use crate::cargo;
use anyhow::Context;
use apidoc::files::shown;
use specproof::coverage::{Coverage, Filter};
use specproof::validate::Inputs;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Show every fact of the spec with its evidence, here and as a page
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    paths: InputPaths,
    /// Where the page is written, instead of coverage.html in the target folder
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print only these facts; the page holds all of them and has the same choice
    #[arg(long, value_name = "FACTS", value_parser = named(Filter::ALL.to_vec()), default_value = "all")]
    only: Filter,
}

/// Runs the command; the table goes to `out`, warnings about documents to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed, and where the page cannot be written.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let inputs = Inputs::load(&args.paths.into())?;
    warn(&inputs.warnings)?;
    let coverage = Coverage::new(&inputs)?;
    coverage.print(args.only, out)?;
    let file = match args.html {
        Some(file) => file,
        None => cargo::target_directory()?.join("coverage.html"),
    };
    let page = coverage.page()?;
    let cannot_write = || format!("{}: cannot write the page", shown(&file));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(cannot_write)?;
    }
    fs::write(&file, page).with_context(cannot_write)?;
    writeln!(out, "\nthe same with all places: {}", shown(&file))?;
    Ok(Outcome::fine_if(!coverage.is_open()))
}

//! `cargo xtask documents sync`: writes the facts of each document to `spec/documents/*.json`.
//!
//! Checking and writing compute the same files, so they cannot disagree about what is
//! stale. Nothing is deleted: a folder with one new document must not remove the facts of
//! the others, so facts without a document are only reported.

use super::to_json;
use crate::Outcome;
use crate::args::warn;
use anyhow::{Context, bail};
use apidoc::files::{shown, with_extension, workspace_root};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write the facts of every document in some folders to spec/documents
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders with the Markdown documents
    #[arg(required = true, value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Write nothing; exit 1 if the facts are stale
    #[arg(long)]
    check: bool,
    /// Folder of the facts, instead of spec/documents
    #[arg(long, value_name = "DIR")]
    lock: Option<PathBuf>,
}

pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let lock = args.lock.unwrap_or_else(|| workspace_root().join("spec/documents"));
    let folders = args.dirs.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(" ");
    let mut outcome = Outcome::Fine;
    let mut locked = BTreeSet::new();
    for (file, facts) in facts(&args.dirs)? {
        let target = lock.join(&file);
        locked.insert(file);
        let name = shown(&target);
        let is_fresh = fs::read_to_string(&target).is_ok_and(|current| current == facts);
        if is_fresh {
            writeln!(out, "{name}: up to date")?;
        } else if args.check {
            outcome = Outcome::Findings;
            let state = if target.exists() { "stale" } else { "missing" };
            writeln!(out, "{name}: {state}. Run `cargo xtask documents sync {folders}`")?;
        } else {
            fs::create_dir_all(&lock).with_context(|| format!("{}: cannot create this folder", shown(&lock)))?;
            fs::write(&target, facts).with_context(|| format!("{name}: cannot write this file"))?;
            writeln!(out, "{name}: written")?;
        }
    }
    for file in with_extension(&lock, "json").unwrap_or_default() {
        if file.file_name().is_some_and(|name| !locked.contains(Path::new(name))) {
            writeln!(
                out,
                "{}: no document in {folders} states these facts; delete the file if its document is gone",
                shown(&file),
            )?;
        }
    }
    Ok(outcome)
}

/// For each document the name of its file in the lock, and the file's content.
fn facts(folders: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for folder in folders {
        let documents = with_extension(folder, "md")?;
        if documents.is_empty() {
            bail!("{}: there is no Markdown document (*.md) in this folder", folder.display());
        }
        files.extend(documents);
    }
    // Before anything is written: facts of one would be written over those of the other.
    let mut names = BTreeMap::new();
    for file in &files {
        if let Some(other) = names.insert(file.file_name(), file) {
            bail!("{} and {} have the same file name; rename one of them", shown(other), shown(file));
        }
    }
    let loaded: Vec<_> = files.par_iter().map(|file| apidoc::load::markdown(file)).collect();
    let (mut facts, mut failures) = (Vec::new(), Vec::new());
    for (file, loaded) in files.iter().zip(loaded) {
        match loaded {
            Ok(loaded) => {
                warn(&loaded.warnings)?;
                let name = Path::new(file.file_name().unwrap_or_default()).with_extension("json");
                facts.push((name, to_json(&loaded.facts)?));
            }
            Err(error) => failures.push(format!("{error:#}")),
        }
    }
    if !failures.is_empty() {
        bail!("{}", failures.join("\n"));
    }
    Ok(facts)
}

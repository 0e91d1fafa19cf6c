//! The lock: `spec/documents/*.json`, one file of facts per document.
//!
//! Checking and writing share one computation, so that they cannot disagree about
//! what is fresh. Nothing is deleted: a folder with one new document in it must not
//! cost the facts of the others, so facts without a document are only pointed out.

use super::load_quietly;
use crate::{Outcome, parallel};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn sync(documents: &Path, lock: &Path, check: bool, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Fine;
    let mut locked = BTreeSet::new();
    for (file, facts) in facts(documents)? {
        let target = lock.join(&file);
        locked.insert(file);
        let shown = target.display();
        let fresh = fs::read_to_string(&target).is_ok_and(|current| current == facts);
        if fresh {
            writeln!(out, "{shown}: up to date")?;
        } else if check {
            outcome = Outcome::Findings;
            let state = if target.exists() { "stale" } else { "missing" };
            writeln!(out, "{shown}: {state}. Run `cargo xtask documents sync {}`", documents.display())?;
        } else {
            fs::create_dir_all(lock).with_context(|| format!("{}: cannot create this folder", lock.display()))?;
            fs::write(&target, facts).with_context(|| format!("{shown}: cannot write this file"))?;
            writeln!(out, "{shown}: written")?;
        }
    }
    for file in files(lock, "json").unwrap_or_default() {
        if file.file_name().is_some_and(|name| !locked.contains(Path::new(name))) {
            writeln!(
                out,
                "{}: no document in {} states these facts; delete the file if its document is gone",
                file.display(),
                documents.display()
            )?;
        }
    }
    Ok(outcome)
}

/// For each document the name of its lock file and the file's content.
fn facts(documents: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let files = files(documents, "md")?;
    if files.is_empty() {
        bail!("{}: there is no Markdown document (*.md) in this folder", documents.display());
    }
    let read = parallel::map(&files, |file| {
        let (document, warnings) = load_quietly(file)?;
        anyhow::Ok((super::to_json(&document)?, warnings))
    });
    let (mut facts, mut failures) = (Vec::new(), Vec::new());
    for (file, read) in files.iter().zip(read) {
        match read {
            Ok((json, warnings)) => {
                std::io::stderr().write_all(warnings.as_bytes())?;
                let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                facts.push((PathBuf::from(format!("{stem}.json")), json));
            }
            Err(error) => failures.push(format!("{error:#}")),
        }
    }
    if !failures.is_empty() {
        bail!("{}", failures.join("\n"));
    }
    Ok(facts)
}

/// The files of a folder with an extension, by name.
fn files(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}: cannot read this folder", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("{}: cannot read this folder", folder.display()))?.path();
        if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

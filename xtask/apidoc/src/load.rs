//! Loading documents from a path: Markdown, facts as JSON, or a folder of either.
//!
//! Every command that takes documents loads them here, so a path means the same to all
//! of them. Where Markdown was read its text is kept, so that reports can quote it.

use crate::facts::Document;
use crate::files::{json, shown, text, with_extension};
use anyhow::bail;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A document and where it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What the document states.
    pub facts: Document,
    /// The file that line numbers refer to: the Markdown, or for facts the document that they name.
    pub file: String,
    /// The Markdown, if it was read.
    pub markdown: Option<String>,
    /// What could not be read, as `FILE:LINE:COLUMN: warning: MESSAGE`.
    pub warnings: Vec<String>,
}

impl From<Document> for Loaded {
    fn from(facts: Document) -> Self {
        Self { file: facts.document.clone(), facts, markdown: None, warnings: Vec::new() }
    }
}

/// Loads every document at a path; in a folder that holds both, facts win over Markdown.
///
/// # Errors
///
/// Fails where there is no document or one cannot be read.
pub fn documents(path: &Path) -> anyhow::Result<Vec<Loaded>> {
    if path.is_file() {
        return Ok(vec![match path.extension() {
            Some(extension) if extension == "json" => json::<Document>(path)?.into(),
            _ => markdown(path)?,
        }]);
    }
    let facts = with_extension(path, "json")?;
    let documents: Vec<Loaded> = if facts.is_empty() {
        with_extension(path, "md")?.par_iter().map(|file| markdown(file)).collect::<anyhow::Result<_>>()?
    } else {
        facts.iter().map(|file| Ok(json::<Document>(file)?.into())).collect::<anyhow::Result<_>>()?
    };
    if documents.is_empty() {
        bail!("{}: this folder has neither facts (*.json) nor documents (*.md)", shown(path));
    }
    Ok(documents)
}

/// Loads every document at several paths, which may not hold two documents of one name.
///
/// # Errors
///
/// Fails as [`documents`] does, and where two documents have the same name.
pub fn all_documents(paths: &[PathBuf]) -> anyhow::Result<Vec<Loaded>> {
    let (mut all, mut folders) = (Vec::new(), BTreeMap::new());
    for path in paths {
        for loaded in documents(path)? {
            if let Some(other) = folders.insert(loaded.facts.document.clone(), path) {
                let (name, path, other) = (&loaded.facts.document, shown(path), shown(other));
                bail!(
                    "{name} is in {other} and in {path}; facts are kept by the document's name, so rename one of them"
                );
            }
            all.push(loaded);
        }
    }
    Ok(all)
}

/// Loads one Markdown document.
///
/// # Errors
///
/// Fails where the file cannot be read or is not an API document of a known family.
pub fn markdown(path: &Path) -> anyhow::Result<Loaded> {
    let file = shown(path);
    let text = text(path)?;
    let reading = crate::read(&file, &text)?;
    let warnings = reading.warnings.iter().map(|warning| format!("{file}:{warning}")).collect();
    Ok(Loaded { facts: reading.document, file, markdown: Some(text), warnings })
}

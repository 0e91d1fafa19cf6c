//! Documents from wherever they are: Markdown, facts, or a folder of either.
//!
//! Proving and comparing take the same inputs, so one place decides what a path
//! means. Where the Markdown itself was read, its text stays at hand for showing.

use crate::documents;
use crate::facts;
use crate::files::{json, shown, text, with_extension};
use crate::parallel;
use anyhow::bail;
use std::path::Path;

/// A document, and where it was read.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub facts: facts::Document,
    /// What its line numbers count in: the Markdown that was read, or else the document that its facts name.
    pub file: String,
    /// The Markdown, if it was at hand.
    pub markdown: Option<String>,
}

impl From<facts::Document> for Read {
    fn from(facts: facts::Document) -> Self {
        Self { file: facts.document.clone(), facts, markdown: None }
    }
}

/// All documents at a path; facts come before Markdown where a folder holds both.
///
/// # Errors
///
/// Fails where there are none, or where one cannot be read.
pub(crate) fn documents_at(path: &Path, warnings: &mut Vec<String>) -> anyhow::Result<Vec<Read>> {
    if path.is_file() {
        return Ok(vec![match path.extension() {
            Some(extension) if extension == "json" => json::<facts::Document>(path)?.into(),
            _ => told(markdown(path)?, warnings),
        }]);
    }
    let mut documents = Vec::new();
    for file in with_extension(path, "json")? {
        documents.push(json::<facts::Document>(&file)?.into());
    }
    if documents.is_empty() {
        for read in parallel::map(&with_extension(path, "md")?, |file| markdown(file)) {
            documents.push(told(read?, warnings));
        }
    }
    if documents.is_empty() {
        bail!("{}: neither facts (*.json) nor documents (*.md) are in this folder", shown(path));
    }
    Ok(documents)
}

/// A document and its warnings, each with its place.
fn markdown(path: &Path) -> anyhow::Result<(Read, Vec<String>)> {
    let file = shown(path);
    let text = text(path)?;
    let reading = documents::read(&file, &text)?;
    let warnings = reading.warnings.iter().map(|warning| format!("{file}:{warning}")).collect();
    Ok((Read { facts: reading.document, file, markdown: Some(text) }, warnings))
}

fn told((read, told): (Read, Vec<String>), warnings: &mut Vec<String>) -> Read {
    warnings.extend(told);
    read
}

//! What a proof is made from, read once.
//!
//! The mutants of a later run change the spec alone, hundreds of times, so documents,
//! service and errata are held here beside it, ready to be compared again.

use super::document::Described;
use super::platform::Platform;
use super::service::Service;
use crate::source::{Mistake, Place, Source};
use crate::{documents, facts, workspace_root};
use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the parts of a proof stand.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The spec.
    pub spec: PathBuf,
    /// A folder of facts, a Markdown document, or a folder of them.
    pub documents: PathBuf,
    /// The folder of the service's facts.
    pub service: PathBuf,
    /// The errata.
    pub errata: PathBuf,
}

impl Default for Paths {
    /// The spec of this workspace.
    fn default() -> Self {
        let spec = workspace_root().join("spec");
        Self {
            documents: spec.join("documents"),
            service: spec.join("service"),
            errata: spec.join("errata.yaml"),
            spec: spec.join("openapi.yaml"),
        }
    }
}

/// What a proof is made from.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The spec; another value under the same places is another proof.
    pub spec: Source,
    /// The errata.
    pub errata: Source,
    /// What the documents' reader could not read, each with its place.
    pub warnings: Vec<String>,
    /// The operations of each document, by its file name.
    pub(crate) documents: BTreeMap<String, Vec<Described>>,
    /// By operationId.
    pub(crate) service: BTreeMap<String, Service>,
    pub(crate) service_folder: String,
    pub(crate) platform: Platform,
}

impl Inputs {
    /// Reads all files.
    ///
    /// # Errors
    ///
    /// Fails where a file is missing or is not what its name says, with file, line and column.
    pub fn load(paths: &Paths) -> anyhow::Result<Self> {
        let mut warnings = Vec::new();
        Ok(Self {
            spec: yaml(&paths.spec)?,
            errata: yaml(&paths.errata)?,
            documents: described(documents_at(&paths.documents, &mut warnings)?),
            warnings,
            service: service_at(&paths.service)?,
            service_folder: shown(&paths.service),
            platform: platform_at(&paths.service)?,
        })
    }

    /// Takes other documents: the proof is then made from these.
    pub fn set_documents(&mut self, documents: Vec<facts::Document>) {
        self.documents = described(documents);
    }
}

fn described(documents: Vec<facts::Document>) -> BTreeMap<String, Vec<Described>> {
    let describe =
        |document: facts::Document| (document.document, document.operations.into_iter().map(Described::from).collect());
    documents.into_iter().map(describe).collect()
}

/// A path as people see it: without the workspace's folder.
fn shown(path: &Path) -> String {
    path.strip_prefix(workspace_root()).unwrap_or(path).display().to_string()
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{}: cannot read this file", shown(path)))
}

fn yaml(path: &Path) -> anyhow::Result<Source> {
    let source = Source::parse(&shown(path), &text(path)?)?;
    match source.value.is_object() {
        true => Ok(source),
        false => Err(source.mistake("", "this is no map of keys and values", "begin with a key").into()),
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let read = serde_json::from_str(&text(path)?);
    Ok(read.map_err(|error| Mistake {
        file: shown(path),
        place: Some(Place { line: error.line(), column: error.column() }),
        // Its own words end with the place, which stands before them already.
        message: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
        help: "give the file the form of its neighbours".to_owned(),
    })?)
}

fn documents_at(path: &Path, warnings: &mut Vec<String>) -> anyhow::Result<Vec<facts::Document>> {
    if path.is_file() {
        return Ok(vec![markdown(path, warnings)?]);
    }
    let facts = files(path, "json")?;
    let mut documents: Vec<facts::Document> = facts.iter().map(|file| json(file)).collect::<anyhow::Result<_>>()?;
    if documents.is_empty() {
        for file in files(path, "md")? {
            documents.push(markdown(&file, warnings)?);
        }
    }
    if documents.is_empty() {
        bail!("{}: neither facts (*.json) nor documents (*.md) are in this folder", shown(path));
    }
    Ok(documents)
}

fn markdown(path: &Path, warnings: &mut Vec<String>) -> anyhow::Result<facts::Document> {
    let name = shown(path);
    let reading = documents::read(&name, &text(path)?)?;
    warnings.extend(reading.warnings.iter().map(|warning| format!("{name}:{warning}")));
    Ok(reading.document)
}

/// The file of each operation, by operationId.
fn service_at(folder: &Path) -> anyhow::Result<BTreeMap<String, Service>> {
    let mut service = BTreeMap::new();
    for path in files(folder, "json")? {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if id != "platform" {
            service.insert(id, Service::new(shown(&path), json(&path)?));
        }
    }
    Ok(service)
}

fn platform_at(folder: &Path) -> anyhow::Result<Platform> {
    let path = folder.join("platform.json");
    if !path.is_file() {
        return Ok(Platform::default());
    }
    Ok(Platform { file: shown(&path), form: json(&path)? })
}

/// The files of a folder with an extension, by name.
fn files(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let cannot_read = || format!("{}: cannot read this folder", shown(folder));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot_read)? {
        let path = entry.with_context(cannot_read)?.path();
        if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

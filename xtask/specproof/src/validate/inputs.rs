//! What a proof is made from, read once.
//!
//! The mutants of a later run change the spec alone, hundreds of times, so documents,
//! service and errata are kept here, ready to be compared again.

use super::platform::Platform;
use crate::source::Source;
use crate::statements::document::Described;
use crate::statements::service::Service;
use apidoc::facts::Document;
use apidoc::files::{json, shown, text, with_extension, workspace_root};
use apidoc::load::{self, Loaded};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the inputs of a proof are.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The spec.
    pub spec: PathBuf,
    /// Folders of facts, Markdown documents, or folders of them.
    pub documents: Vec<PathBuf>,
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
            documents: vec![spec.join("documents")],
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
    /// The files' own lines, for showing.
    pub texts: Texts,
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
        let mut texts = Texts::default();
        let documents = load::all_documents(&paths.documents)?;
        for document in &documents {
            if let Some(markdown) = &document.markdown {
                texts.add(&document.facts.document, &document.file, markdown.clone());
            }
        }
        let warnings = documents.iter().flat_map(|document| document.warnings.iter().cloned()).collect();
        Ok(Self {
            spec: yaml(&paths.spec, &mut texts)?,
            errata: yaml(&paths.errata, &mut texts)?,
            documents: described(documents),
            warnings,
            service: service_at(&paths.service)?,
            service_folder: shown(&paths.service),
            platform: platform_at(&paths.service)?,
            texts,
        })
    }

    /// How many documents and how many operations of the service there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.documents.len(), self.service.len())
    }

    /// Takes other documents: the proof is then made from these.
    pub fn set_documents(&mut self, documents: Vec<Document>) {
        // Their lines are not those of the Markdown that was read.
        self.documents.keys().for_each(|name| self.texts.remove(name));
        self.documents = described(documents.into_iter().map(Loaded::from).collect());
    }
}

fn described(documents: Vec<Loaded>) -> BTreeMap<String, Vec<Described>> {
    let describe =
        |Loaded { facts, .. }: Loaded| (facts.document, facts.operations.into_iter().map(Described::from).collect());
    documents.into_iter().map(describe).collect()
}

fn yaml(path: &Path, texts: &mut Texts) -> anyhow::Result<Source> {
    let text = text(path)?;
    let source = Source::parse(&shown(path), &text)?;
    texts.add(&source.file, &source.file, text);
    match source.value.is_object() {
        true => Ok(source),
        false => Err(source.mistake("", "this is not a map of keys and values", "begin with a key").into()),
    }
}

/// The file of each operation and token endpoint, by operationId.
fn service_at(folder: &Path) -> anyhow::Result<BTreeMap<String, Service>> {
    let mut service = BTreeMap::new();
    let tokens = folder.join("tokens");
    let of_tokens = if tokens.is_dir() { with_extension(&tokens, "json")? } else { Vec::new() };
    for path in with_extension(folder, "json")?.into_iter().chain(of_tokens) {
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

/// The lines of the files that findings point at, by the names that findings give the files.
///
/// Only what was read anyway is kept: of a document that was loaded as facts there is no line to show.
#[derive(Clone, Debug, Default)]
pub struct Texts(BTreeMap<String, Text>);

#[derive(Clone, Debug)]
struct Text {
    path: String,
    lines: Vec<String>,
}

impl Texts {
    /// Keeps a file that findings call `name`; `path` is where it lies.
    pub(crate) fn add(&mut self, name: &str, path: &str, text: String) {
        let lines = text.lines().map(str::to_owned).collect();
        self.0.insert(name.to_owned(), Text { path: path.to_owned(), lines });
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Where a file lies, or what findings call it.
    pub(crate) fn path<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, |text| &text.path)
    }

    /// The lines of a file with their numbers, from 1.
    pub(crate) fn lines(&self, name: &str) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.0.get(name).into_iter().flat_map(|text| &text.lines);
        lines.enumerate().map(|(index, line)| (index + 1, line.as_str()))
    }

    /// One line of a file, from 1.
    pub(crate) fn line(&self, name: &str, line: usize) -> Option<&str> {
        self.0.get(name)?.lines.get(line.checked_sub(1)?).map(String::as_str)
    }
}

//! A copy of this repository's spec to work on, through the commands that maintainers run.

use apidoc::files::workspace_root;
use clap::Parser;
use specproof::codegen;
use specproof::validate::{Finding, Inputs, Paths, Rule, validate};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::{Outcome, documents};

#[derive(Parser)]
struct Documents {
    #[command(flatten)]
    args: documents::Args,
}

/// `cargo xtask documents ...`; what it prints, and how it ends.
pub fn run(arguments: &[&str]) -> (String, anyhow::Result<Outcome>) {
    let args = Documents::try_parse_from(["documents"].iter().chain(arguments)).unwrap().args;
    let mut out = Vec::new();
    let ended = documents::run(args, &mut out);
    (String::from_utf8(out).unwrap(), ended)
}

/// The same of what should end well.
fn printed(arguments: &[&str]) -> anyhow::Result<String> {
    let (printed, ended) = run(arguments);
    assert_eq!(ended?, Outcome::Fine);
    Ok(printed)
}

/// The spec of this repository.
pub fn spec() -> String {
    fs::read_to_string(workspace_root().join("spec/openapi.yaml")).unwrap()
}

/// A document of the fixtures.
pub fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draft").join(format!("{name}.md"))
}

/// What is printed must be what the golden file has.
#[track_caller]
pub fn assert_golden(file: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/draft").join(file);
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs; `GOLDEN=write` writes it anew\n{found}", file.display());
}

/// A folder that is gone when it is dropped.
pub struct Workshop(PathBuf);

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Workshop {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("xtask-draft-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("documents")).unwrap();
        fs::create_dir_all(folder.join("lock")).unwrap();
        for facts in fs::read_dir(workspace_root().join("spec/documents")).unwrap() {
            let facts = facts.unwrap();
            fs::copy(facts.path(), folder.join("lock").join(facts.file_name())).unwrap();
        }
        fs::write(folder.join("openapi.yaml"), spec()).unwrap();
        Self(folder)
    }

    /// The folder of new documents.
    pub fn documents(&self) -> PathBuf {
        self.0.join("documents")
    }

    pub fn spec_file(&self) -> PathBuf {
        self.0.join("openapi.yaml")
    }

    pub fn spec(&self) -> String {
        fs::read_to_string(self.spec_file()).unwrap()
    }

    fn dropped_in(&self, name: &str) -> PathBuf {
        let file = self.documents().join(format!("{name}.md"));
        fs::copy(document(name), &file).unwrap();
        file
    }

    /// Drops a document in and prints its draft.
    pub fn print(&self, name: &str) -> anyhow::Result<String> {
        let (spec, file) = (self.spec_file(), self.dropped_in(name));
        printed(&["draft", file.to_str().unwrap(), "--spec", spec.to_str().unwrap()])
    }

    /// Drops a document in and writes its draft into the spec.
    pub fn draft(&self, name: &str) -> anyhow::Result<String> {
        self.draft_file(&self.dropped_in(name))
    }

    pub fn draft_file(&self, file: &Path) -> anyhow::Result<String> {
        printed(&["draft", file.to_str().unwrap(), "--spec", self.spec_file().to_str().unwrap(), "--write"])
    }

    /// `documents sync`: the documents' facts into the lock.
    pub fn sync(&self) {
        printed(&["sync", self.documents().to_str().unwrap(), "--lock", self.0.join("lock").to_str().unwrap()])
            .unwrap();
    }

    /// What `validate --draft` finds, a line each.
    pub fn findings(&self) -> Vec<String> {
        self.findings_of(&Paths { spec: self.spec_file(), documents: vec![self.0.join("lock")], ..Paths::default() })
    }

    /// The same with no facts but the documents'.
    pub fn findings_by_documents_alone(&self) -> Vec<String> {
        fs::create_dir_all(self.0.join("service")).unwrap();
        fs::write(self.0.join("errata.yaml"), "errata: []\n").unwrap();
        self.findings_of(&Paths {
            spec: self.spec_file(),
            documents: vec![self.0.join("lock")],
            service: self.0.join("service"),
            errata: self.0.join("errata.yaml"),
        })
    }

    /// How to fix each of them.
    pub fn helps(&self) -> Vec<String> {
        let helps = self.all_findings().into_iter().filter(|finding| finding.rule != Rule::Todo);
        helps.map(|finding| finding.help).collect()
    }

    /// How many lines a draft left open.
    pub fn leftovers(&self) -> usize {
        self.all_findings().iter().filter(|finding| finding.rule == Rule::Todo).count()
    }

    fn all_findings(&self) -> Vec<Finding> {
        let paths = Paths { spec: self.spec_file(), documents: vec![self.0.join("lock")], ..Paths::default() };
        validate(&Inputs::load(&paths).unwrap()).unwrap()
    }

    fn findings_of(&self, paths: &Paths) -> Vec<String> {
        let findings = validate(&Inputs::load(paths).unwrap()).unwrap();
        let line = |finding: &Finding| {
            let operation = finding.operation.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
            format!("{}: {operation}{}", finding.rule.name(), finding.message)
        };
        findings.iter().filter(|finding| finding.rule != Rule::Todo).map(line).collect()
    }

    /// The client's code for the spec, which is Rust.
    pub fn code(&self) -> String {
        let code = codegen::generate("openapi.yaml", &self.spec()).unwrap();
        syn::parse_file(&code).unwrap();
        code
    }
}

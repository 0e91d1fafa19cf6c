//! A small world of documents, service, errata and spec that tests change, and the page that the
//! command writes of it, read back.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("specproof/tests")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn coverage(folder: &Path, html: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("coverage").arg("--html").arg(html).args(more);
    for (option, part) in [
        ("--spec", "openapi.yaml"),
        ("--documents", "documents"),
        ("--service", "service"),
        ("--errata", "errata.yaml"),
    ] {
        command.arg(option).arg(folder.join(part));
    }
    command.output().unwrap()
}

/// A copy of the small world, to be changed.
pub struct World(pub PathBuf);

impl World {
    pub fn new(name: &str) -> Self {
        let folder = crate::scratch(&format!("coverage-{name}"));
        let _ = fs::remove_dir_all(&folder);
        for part in ["documents", "service"] {
            fs::create_dir_all(folder.join(part)).unwrap();
            for file in fs::read_dir(tests().join("golden/world").join(part)).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), folder.join(part).join(file.file_name())).unwrap();
            }
        }
        for file in ["openapi.yaml", "errata.yaml"] {
            fs::copy(tests().join("golden/world").join(file), folder.join(file)).unwrap();
        }
        Self(folder)
    }

    /// Replaces a text that the file has once.
    pub fn replace(self, file: &str, old: &str, new: &str) -> Self {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file}: {old}");
        fs::write(path, text.replace(old, new)).unwrap();
        self
    }

    pub fn change_json(self, file: &str, change: impl FnOnce(&mut Value)) -> Self {
        let path = self.0.join(file);
        let mut value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut value);
        fs::write(path, value.to_string()).unwrap();
        self
    }

    pub fn without_erratum(self, id: &str) -> Self {
        let path = self.0.join("errata.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let mut entries: Vec<&str> = text.split("  - id: ").collect();
        let before = entries.len();
        entries.retain(|entry| !entry.starts_with(&format!("{id}\n")));
        assert_eq!(entries.len(), before - 1, "{id}");
        fs::write(path, entries.join("  - id: ")).unwrap();
        self
    }

    pub fn page(&self) -> (i32, String) {
        let html = self.0.join("page.html");
        let output = coverage(&self.0, &html, &[]);
        let code = output.status.code().unwrap();
        assert!(code < 2, "{}", text(&output.stderr));
        (code, fs::read_to_string(html).unwrap())
    }

    /// How the command ends, and one row of the page.
    pub fn row(&self, id: &str) -> (i32, Row) {
        let (code, page) = self.page();
        (code, rows(&page).remove(id).unwrap())
    }
}

/// A row as the page shows it.
#[derive(Debug)]
pub struct Row {
    pub classes: BTreeSet<String>,
    pub document: String,
    pub service: String,
    pub spec: String,
    pub evidence: String,
}

impl Row {
    pub fn is(&self, class: &str) -> bool {
        self.classes.contains(class)
    }
}

pub fn parse(page: &str) -> Document<'_> {
    Document::parse_with_options(page, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() }).unwrap()
}

pub fn words(node: Node) -> String {
    let texts = node.descendants().filter(Node::is_text).filter_map(|node| node.text());
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// By their anchors, each of which is there once.
pub fn rows(page: &str) -> BTreeMap<String, Row> {
    let document = parse(page);
    let mut rows = BTreeMap::new();
    for node in document.descendants() {
        let classes: BTreeSet<String> =
            node.attribute("class").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        if node.has_tag_name("tr") && classes.contains("fact") {
            let cell = |label: &str| {
                let cell = node.children().find(|cell| cell.attribute("data-label") == Some(label)).unwrap();
                words(cell)
            };
            let row = Row {
                document: cell("Document"),
                service: cell("Service"),
                spec: cell("Spec"),
                evidence: cell("Evidence"),
                classes,
            };
            let id = node.attribute("id").unwrap().to_owned();
            assert!(rows.insert(id.clone(), row).is_none(), "{id} stands there twice");
        }
    }
    rows
}

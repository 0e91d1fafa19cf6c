//! The docs about other people's tools are about the versions that `cargo xtask interop` runs.

use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn docs_show_pinned_versions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let docs = read("docs/interop.md");
    let node: Value = serde_json::from_str(&read("xtask/interop/package.json")).unwrap();
    let node = node["dependencies"].as_object().unwrap().iter();
    let node = node.map(|(name, version)| (name.clone(), version.as_str().unwrap().to_owned()));
    let python = read("xtask/interop/requirements.txt");
    let python = python.lines().filter_map(|line| line.split_once("==")).map(|(a, b)| (a.to_owned(), b.to_owned()));
    for (name, version) in node.chain(python) {
        let shown = name.replace("@stoplight/prism-cli", "Prism");
        let row = docs.lines().find(|line| line.starts_with('|') && line.contains(&shown));
        // The compiler is how openapi-typescript is checked, and no tool of its own.
        assert!(name == "typescript" || row.is_some_and(|row| row.contains(&version)), "{name} {version}");
    }
}

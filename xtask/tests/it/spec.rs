//! `cargo xtask spec`: the examples that it writes, and the document for readers.

use apidoc::files::workspace_root;
use clap::Parser;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use xtask::{Outcome, spec};

#[derive(Parser)]
struct Spec {
    #[command(flatten)]
    args: spec::Args,
}

fn run(arguments: &[&str]) -> String {
    let args = Spec::try_parse_from(["spec"].iter().chain(arguments)).unwrap().args;
    let mut out = Vec::new();
    assert_eq!(spec::run(args, &mut out).unwrap(), Outcome::Fine);
    String::from_utf8(out).unwrap()
}

fn original() -> String {
    fs::read_to_string(workspace_root().join("spec/openapi.yaml")).unwrap()
}

/// A file that is gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let file = std::env::temp_dir().join(format!("xtask-spec-{}-{name}", std::process::id()));
        fs::write(&file, text).unwrap();
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn whole_examples_are_left_alone() {
    let spec = Scratch::new("whole", &original());
    assert!(run(&["--write", "--spec", spec.path()]).ends_with(": up to date\n"));
    assert_eq!(spec.text(), original());
}

#[test]
fn lost_and_changed_examples_are_written() {
    let original = original();
    let reference = |from: &str| {
        format!("              {from}: {{ $ref: '#/components/examples/create_user_group_request_{from}' }}\n")
    };
    let references = format!("            examples:\n{}{}", reference("service"), reference("document"));
    let (head, rest) = original.split_once("\n  examples:\n").unwrap();
    let (_, tail) = rest.split_once("\n\n").unwrap();
    for (name, damaged) in [
        ("changed", original.replace("code: 42017, msg: ", "code: 42017, msg: not ")),
        ("references", original.replace(&references, "")),
        ("components", format!("{head}\n\n{tail}")),
    ] {
        assert_ne!(damaged, original, "{name}");
        let spec = Scratch::new(name, &damaged);
        assert!(run(&["--write", "--spec", spec.path()]).ends_with(": written\n"), "{name}");
        assert_eq!(spec.text(), original, "{name}");
    }
}

#[test]
fn document_for_readers_shows_extensions() {
    let document: Value = serde_json::from_str(&run(&["--for-readers"])).unwrap();
    let operations: Vec<&Value> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter(|operation| operation.get("x-feishu-scopes").is_some())
        .collect();
    assert!(!operations.is_empty());
    for operation in operations {
        let description = operation["description"].as_str().unwrap();
        let shown =
            |text: &str| assert!(description.contains(text), "{}: {text}: {description}", operation["operationId"]);
        operation["x-feishu-scopes"].as_array().unwrap().iter().for_each(|scope| shown(scope.as_str().unwrap()));
        operation["x-feishu-access-tokens"].as_array().unwrap().iter().for_each(|kind| shown(kind.as_str().unwrap()));
        for error in operation["x-feishu-errors"].as_array().unwrap() {
            let name = error["name"].as_str().unwrap();
            shown(&format!("| {} | {} | `{name}` | ", error["http"], error["code"]));
            shown(document["x-feishu-error-names"][name]["advice"].as_str().unwrap());
        }
        shown("- Calls: ");
        shown("- Retry: ");
    }
    assert!(document["info"]["description"].as_str().unwrap().contains("| 429 | 99991400 | `rate_limited` |"));
}

#[test]
fn document_for_readers_fits_a_file() {
    let file = Scratch::new("readers.json", "");
    assert!(run(&["--for-readers", file.path()]).ends_with(": written\n"));
    assert_eq!(file.text(), run(&["--for-readers"]));
}

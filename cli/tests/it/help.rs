//! The help texts, as they are printed. `GOLDEN=write` rewrites them, for you to read.

use crate::support::{Ran, bare};
use std::path::PathBuf;

const COMMANDS: [&str; 16] = [
    "",
    "doctor",
    "dump",
    "group",
    "group create",
    "group delete",
    "group list",
    "group of",
    "group update",
    "member add",
    "member list",
    "performance write",
    "sync",
    "sync apply",
    "sync plan",
    "simulate",
];

#[test]
fn help_texts_unchanged() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help");
    for command in COMMANDS {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = Ran::of(bare(&words).output().unwrap()).exits(0).out;
        let name = if command.is_empty() { "feishu-groups".to_owned() } else { command.replace(' ', "-") };
        let path = folder.join(format!("{name}.txt"));
        if std::env::var("GOLDEN").is_ok_and(|value| value == "write") {
            std::fs::write(&path, &help).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(help, expected, "{}", path.display());
    }
}

#[test]
fn completions_name_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let out = Ran::of(bare(&["completions", shell]).output().unwrap()).exits(0).out;
        assert!(out.contains("max-removals"), "{shell}");
    }
}

//! The help texts, as they are printed. `GOLDEN=write` rewrites them, for you to read.

use crate::support::{Ran, bare};
use std::path::PathBuf;

/// The help of a command and of all below it, with their words.
fn helps(words: &[String]) -> Vec<(Vec<String>, String)> {
    let args: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let help = Ran::of(bare(&args).output().unwrap()).exits(0).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<String> = listed.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    let below = names.into_iter().filter(|name| name != "help").flat_map(|name| helps(&[words, &[name]].concat()));
    [(words.to_vec(), help.clone())].into_iter().chain(below).collect()
}

#[test]
fn help_texts_unchanged() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help");
    let helps = helps(&[]);
    assert!(helps.len() > 20, "{} commands", helps.len());
    for (words, help) in helps {
        let name = if words.is_empty() { "feishu-groups".to_owned() } else { words.join("-") };
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

/// The commands of the first page do what it says.
#[test]
fn readme_commands_run() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut messages = String::new();
    for line in readme.lines().filter(|line| line.starts_with("feishu-groups --simulator")) {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().skip(1).collect();
        let ran = Ran::of(bare(&words).current_dir(&root).output().unwrap()).exits(0);
        messages.push_str(&ran.err);
    }
    for part in ["plan: ", "design: ", " added, ", " removed, ", " unchanged"] {
        assert!(messages.contains(part), "{part:?} is not in:\n{messages}");
    }
}

//! The lock of facts, through the command line: written, checked, and left alone.

use apidoc::facts::Document;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGE: &str = include_str!("../../apidoc/tests/documents/page.md");

/// An empty folder of this test's own.
fn folder(test: &str) -> PathBuf {
    let folder = crate::scratch(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("docs")).expect("the folder can be made");
    folder
}

fn xtask(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder).arg("documents").args(arguments).output().expect("xtask runs")
}

fn out(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn sync_then_check_is_fresh() {
    let folder = folder("sync");
    std::fs::write(folder.join("docs/page.md"), PAGE).expect("written");
    let sync = ["sync", "docs", "--lock", "lock"];
    let check = ["sync", "docs", "--lock", "lock", "--check"];

    let (code, stdout, _) = out(&xtask(&folder, &check));
    assert_eq!(code, Some(1));
    assert_eq!(stdout, "lock/page.json: missing. Run `cargo xtask documents sync docs`\n");
    assert!(!folder.join("lock").exists(), "--check writes nothing");

    assert_eq!(out(&xtask(&folder, &sync)), (Some(0), "lock/page.json: written\n".to_owned(), String::new()));
    assert_eq!(out(&xtask(&folder, &check)), (Some(0), "lock/page.json: up to date\n".to_owned(), String::new()));
    let written = std::fs::read_to_string(folder.join("lock/page.json")).expect("readable");
    assert_eq!(out(&xtask(&folder, &["read", "docs/page.md"])), (Some(0), written.clone(), String::new()));
    assert!(written.ends_with("}\n"));

    std::fs::write(folder.join("docs/page.md"), PAGE.replace("300", "301")).expect("written");
    let (code, stdout, _) = out(&xtask(&folder, &check));
    assert_eq!(code, Some(1));
    assert_eq!(stdout, "lock/page.json: stale. Run `cargo xtask documents sync docs`\n");
    assert_eq!(std::fs::read_to_string(folder.join("lock/page.json")).expect("readable"), written);
}

#[test]
fn orphaned_facts_are_reported_and_kept() {
    let folder = folder("orphan");
    std::fs::write(folder.join("docs/page.md"), PAGE).expect("written");
    std::fs::create_dir(folder.join("lock")).expect("made");
    std::fs::write(folder.join("lock/gone.json"), "{}").expect("written");
    let (code, stdout, _) = out(&xtask(&folder, &["sync", "docs", "--lock", "lock"]));
    assert_eq!(code, Some(0));
    assert!(stdout.contains("lock/gone.json: no document in docs states these facts"), "{stdout}");
    assert!(folder.join("lock/gone.json").exists());
}

#[test]
fn documents_of_one_name_are_refused_before_any_is_written() {
    let folder = folder("twice");
    std::fs::create_dir(folder.join("more")).expect("made");
    for file in ["docs/a.md", "docs/page.md", "more/page.md"] {
        std::fs::write(folder.join(file), PAGE).expect("written");
    }
    let (code, stdout, stderr) = out(&xtask(&folder, &["sync", "docs", "more", "--lock", "lock"]));
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(stderr, "error: docs/page.md and more/page.md have the same file name; rename one of them\n");
    assert!(!folder.join("lock").exists());
}

#[test]
fn unreadable_document_exits_2() {
    let folder = folder("unreadable");
    std::fs::write(folder.join("docs/bytes.md"), b"# a\nb \xff").expect("written");
    std::fs::write(folder.join("docs/notes.md"), "# 笔记\n").expect("written");
    std::fs::create_dir(folder.join("empty")).expect("made");
    for (arguments, expected) in [
        (["read", "docs/bytes.md"], "error: docs/bytes.md:2:3: this byte is not UTF-8"),
        (["read", "docs/notes.md"], "error: docs/notes.md:1:1: this document belongs to no known family"),
        (["read", "docs/absent.md"], "error: docs/absent.md: cannot read this file"),
        (["sync", "empty"], "error: empty: there is no Markdown document"),
        (["sync", "docs"], "error: docs/bytes.md:2:3: this byte is not UTF-8"),
    ] {
        let (code, stdout, stderr) = out(&xtask(&folder, &arguments));
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.starts_with(expected), "{stderr}");
    }
}

#[test]
fn warnings_go_to_stderr() {
    let folder = folder("warnings");
    std::fs::write(folder.join("docs/page.md"), PAGE.replace("{\"code\": 0}", "{")).expect("written");
    let (code, stdout, stderr) = out(&xtask(&folder, &["read", "docs/page.md"]));
    assert_eq!(code, Some(0));
    assert!(serde_json::from_str::<Document>(&stdout).is_ok());
    assert!(stderr.starts_with("docs/page.md:52:1: warning: this is not JSON"), "{stderr}");
}

//! `documents diff` through the real command line, on a small world in which most things change.
//!
//! What is printed stands in `golden/diff`. After a change of wording,
//! `GOLDEN=write cargo test -p xtask --test documents_diff` writes it anew: read the
//! difference before you commit it.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("specproof/tests/golden").join(file)
}

fn diff(arguments: &[&Path], options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["documents", "diff"]).args(arguments).args(options);
    command.arg("--spec").arg(golden("world/openapi.yaml")).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The output in a format, which must be the golden one.
fn assert_golden(format: &str, file: &str) {
    let output = diff(&[&golden("diff/old.json"), &golden("diff/new.json")], &["--format", format]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let found = text(&output.stdout);
    let file = golden("diff").join(file);
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs; `GOLDEN=write` writes it anew\n{found}", file.display());
}

#[test]
fn human_diff_shows_three_places() {
    assert_golden("human", "human.txt");
}

#[test]
fn markdown_diff_is_a_changelog_entry() {
    assert_golden("markdown", "changelog.md");
}

#[test]
fn json_format_is_stable() {
    assert_golden("json", "differences.json");
}

#[test]
fn no_difference_exits_0() {
    let old = golden("diff/old.json");
    for (format, told) in [
        ("human", "The documents state the same: no difference.\n"),
        ("markdown", "### Changed in the documents\n\nThe documents state the same: no difference.\n"),
    ] {
        let output = diff(&[&old, &old], &["--format", format]);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), told.to_owned()));
    }
    let output = diff(&[&old, &old], &["--format", "json"]);
    let expected = serde_json::json!({ "differences": [], "effect": "compatible" });
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected);
}

#[test]
fn lock_is_the_default_old_state() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/documents");
    let one = lock.join("contact-user-group.json");
    for arguments in [&[lock.as_path()][..], &[&one], &[&lock, &one]] {
        let output = diff(arguments, &[]);
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    }
    let output = diff(&[&one, &lock], &[]);
    assert_eq!(output.status.code(), Some(1));
    let found = text(&output.stdout);
    assert!(found.contains("    new:  performance-user-group-user-rel.md:1\n"), "{found}");
    assert!(found.ends_with("7 differences: 7 break nobody. As a whole, the change breaks nobody.\n"), "{found}");
}

/// A folder in which each name is a page.
fn pages(name: &str, pages: &[(&str, String)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff-pages").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (page, text) in pages {
        fs::write(folder.join(page), text).unwrap();
    }
    folder
}

/// PAGE with rows behind the first row of its body.
fn with_rows(rows: &str) -> String {
    let (head, rest) = PAGE.split_once("### 请求体").unwrap();
    let row = rest.match_indices("\n| ").nth(2).unwrap().0 + 1;
    format!("{head}### 请求体{}{rows}{}", &rest[..row], &rest[row..])
}

#[test]
fn required_property_of_new_optional_object_breaks_nobody() {
    let old = pages("within-old", &[("page.md", PAGE.to_owned())]);
    let inside = "| `extra` | `extra` | 否 | more |\n| &nbsp;&nbsp;└ `key` | `string` | 是 | the key |\n";
    let new = pages("within-new", &[("page.md", with_rows(inside))]);
    let found = text(&diff(&[&old, &new], &[]).stdout);
    assert!(found.contains("do not send the object that it is in") && found.contains("2 break nobody"), "{found}");
    let required = pages("within-required", &[("page.md", with_rows(&inside.replacen('否', "是", 1)))]);
    let breaking = text(&diff(&[&old, &required], &["--breaking"]).stdout);
    assert!(breaking.contains("2 differences: 2 break callers"), "{breaking}");
    assert!(text(&diff(&[&old, &new], &["--breaking"]).stdout).starts_with("The documents state the same"));
}

#[test]
fn new_page_is_one_entry_without_a_place() {
    let old = pages("one-old", &[("page.md", PAGE.to_owned())]);
    let other = PAGE.replace("/open-apis/", "/open-apis/other/");
    let new = pages("one-new", &[("other.md", other)]);
    let output = diff(&[&old, &old], &["--also", new.to_str().unwrap()]);
    let found = text(&output.stdout);
    assert!(found.ends_with("1 difference, which breaks nobody.\n") && !found.contains("/paths"), "{found}");
}

const PAGE: &str = include_str!("../../apidoc/tests/documents/page.md");

#[test]
fn markdown_diff_names_its_lines() {
    let folder = crate::scratch("diff");
    let _ = fs::remove_dir_all(&folder);
    let write = |name: &str, content: &str| {
        let file = folder.join(name).join("page.md");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        file
    };
    let old = write("old", PAGE);
    let moved = write("moved", &PAGE.replacen('\n', "\n\n", 1));
    let output = diff(&[&old, &moved], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));

    let (line, _) = PAGE.lines().enumerate().find(|(_, line)| line.contains("300")).unwrap();
    let changed = write("changed", &PAGE.replacen('\n', "\n\n", 1).replace("300", "301"));
    let found = text(&diff(&[old.parent().unwrap(), changed.parent().unwrap()], &[]).stdout);
    for (side, line) in [("old", line + 1), ("changed", line + 2)] {
        assert!(found.contains(&format!("{side}/page.md:{line}\n")), "{found}");
    }
}

#[test]
fn unreadable_input_exits_2() {
    let nowhere = Path::new("/nowhere");
    for arguments in [&[nowhere][..], &[nowhere, &golden("diff/old.json")], &[&golden("world/openapi.yaml")]] {
        let output = diff(arguments, &[]);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
    }
    let output = diff(&[], &[]);
    assert_eq!(output.status.code(), Some(2));
}

//! The proof cannot be fooled: whatever changes in the spec, `validate` notices.
//!
//! `cargo xtask mutants` is called as a library on the real spec, and through the
//! command line with lists of accepted survivors that are wrong.

use apidoc::files::workspace_root;
use specproof::mutants::{Accepted, read, run};
use specproof::source::Source;
use specproof::validate::{Inputs, Paths, validate};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Without optimisation a proof takes ten times as long, so that a debug build tries only
/// every n-th mutant; `cargo test --release -p xtask --test validate_mutants` tries all.
const EVERY: usize = if cfg!(debug_assertions) { 11 } else { 1 };

fn accepted() -> Vec<Accepted> {
    read(
        &Source::parse("accepted", &fs::read_to_string(workspace_root().join("xtask/accepted-mutants.yaml")).unwrap())
            .unwrap(),
    )
    .unwrap()
}

#[test]
fn every_spec_mutant_is_noticed() {
    let inputs = Inputs::load(&Paths::default()).unwrap();
    assert_eq!(validate(&inputs).unwrap(), [], "only a spec that is clean can be mutated");
    let (run, accepted) = (run(&inputs, EVERY), accepted());
    assert!(run.tried > 9000 / EVERY, "only {} mutants", run.tried);
    let unexplained: Vec<String> = run.unexplained(&accepted).map(|mutant| mutant.name()).collect();
    assert!(unexplained.is_empty(), "these mutants survived: {unexplained:#?}");
    if EVERY == 1 {
        let stale = accepted.iter().find(|entry| run.covered(entry) == 0);
        assert_eq!(stale, None, "no survivor has this form any more");
    }
}

fn mutants(name: &str, accepted: &str, options: &[&str]) -> (Output, PathBuf) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutants-{name}.yaml"));
    fs::write(&file, accepted).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    (command.arg("mutants").args(options).arg("--accepted").arg(&file).output().unwrap(), file)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Few mutants, for a test of what is printed about them.
const FEW: &[&str] = &["--every", "401"];

#[test]
fn unexplained_survivor_is_reported() {
    let (output, file) = mutants("none", "accepted: []\n", &["--every", "53"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(told.starts_with("spec/openapi.yaml:") && told.contains(": mutant survived: `"), "{told}");
    assert!(told.contains(file.file_name().unwrap().to_str().unwrap()), "{told}");
    assert!(told.trim_end().ends_with("unexplained); stale entries: 0"), "{told}");
}

#[test]
fn accepted_survivors_show_their_reason() {
    let (output, _) = mutants("all", "accepted:\n  - { mutants: '*', reason: a test }\n", &["--every", "53"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(told.starts_with("accepted ") && told.contains("  *: a test\n"), "{told}");
    assert!(told.contains("accepted, 0 unexplained)"), "{told}");
}

#[test]
fn unreadable_input_exits_2() {
    let (output, _) = mutants("form", "accepted:\n  - { mutants: '*' }\n", FEW);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("mutants-form.yaml:2:5: the entry has no text `reason`"));
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("specproof/tests/golden/world/openapi.yaml");
    let (output, _) = mutants("spec", "accepted: []\n", &["--spec", world.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("only a spec without findings can be mutated"), "{}", text(&output.stderr));
}

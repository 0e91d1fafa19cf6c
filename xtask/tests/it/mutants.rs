//! The proof cannot be fooled: whatever changes in the spec, `validate` notices.
//!
//! `cargo xtask mutants` is called as a library on the real spec, and through the
//! command line with lists of accepted survivors that are wrong.

use apidoc::files::workspace_root;
use specproof::mutants::{Accepted, read, run};
use specproof::source::Source;
use specproof::validate::{Inputs, Paths, validate};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Without optimisation a proof takes ten times as long, so that a debug build tries only
/// every n-th mutant; `cargo run --profile bench -p xtask -- mutants` tries all.
const EVERY: usize = if cfg!(debug_assertions) { 41 } else { 1 };

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

/// A small spec that is proven by facts and errata of its own.
fn world() -> PathBuf {
    workspace_root().join("xtask/specproof/tests/golden/world")
}

fn mutants(name: &str, accepted: &str, options: &[&str]) -> (Output, PathBuf) {
    let file = crate::scratch(&format!("mutants-{name}.yaml"));
    fs::write(&file, accepted).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    (command.arg("mutants").args(options).arg("--accepted").arg(&file).output().unwrap(), file)
}

/// As `mutants`, of some mutants of the small spec: what is printed of them is the same for all.
fn mutants_of_world(name: &str, accepted: &str) -> (Output, PathBuf) {
    let folder = |folder: &str| world().join(folder).display().to_string();
    let paths = ["openapi.yaml", "documents", "service", "errata.yaml"].map(folder);
    let [spec, documents, service, errata] = &paths;
    let options = ["--spec", spec, "--documents", documents, "--service", service, "--errata", errata, "--every", "3"];
    mutants(name, accepted, &options)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn unexplained_survivor_is_reported() {
    let (output, file) = mutants_of_world("none", "accepted: []\n");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(told.contains("openapi.yaml:") && told.contains(": mutant survived: `"), "{told}");
    assert!(told.contains(file.file_name().unwrap().to_str().unwrap()), "{told}");
    assert!(told.trim_end().ends_with("unexplained); stale entries: 0"), "{told}");
}

#[test]
fn accepted_survivors_show_their_reason() {
    let (output, _) = mutants_of_world("all", "accepted:\n  - { mutants: '*', reason: a test }\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert!(told.starts_with("accepted ") && told.contains("  *: a test\n"), "{told}");
    assert!(told.contains("accepted, 0 unexplained)"), "{told}");
}

#[test]
fn unreadable_input_exits_2() {
    let (output, _) = mutants("form", "accepted:\n  - { mutants: '*' }\n", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("mutants-form.yaml:2:5: the entry has no text `reason`"));
    let spec = world().join("openapi.yaml");
    let (output, _) = mutants("spec", "accepted: []\n", &["--spec", spec.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("only a spec without findings can be mutated"), "{}", text(&output.stderr));
}

//! `validate` on the spec of this repository, and through the real command line.

use serde_json::Value;
use specproof::validate::{Inputs, Paths, Rule, human, is_proven, validate};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn spec_is_clean() {
    let inputs = Inputs::load(&Paths::default()).unwrap();
    let findings = validate(&inputs).unwrap();
    let mut out = Vec::new();
    human(&findings, &inputs.texts, &mut out).unwrap();
    assert!(findings.is_empty(), "{}", String::from_utf8(out).unwrap());
    assert!(is_proven(&inputs));
}

/// A response with one more field is another operation's, though each of its fields is known somewhere.
#[test]
fn exchanged_response_is_a_finding() {
    let text = fs::read_to_string(Paths::default().spec).unwrap();
    let spec = text.replacen("schemas/TenantAccessTokenResponse'", "schemas/CustomAppAccessTokenResponse'", 1);
    let spec = Temporary::new("response.yaml", &spec);
    let findings = validate(&Inputs::load(&Paths { spec: spec.0.clone(), ..Paths::default() }).unwrap()).unwrap();
    assert!(findings.iter().any(|finding| finding.rule == Rule::UnknownField), "{findings:?}");
}

fn world(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("specproof/tests/golden/world").join(file)
}

/// `cargo xtask validate` on the small world, with some of its parts elsewhere.
fn run(parts: &[(&str, &Path)], more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("validate").args(more);
    for (option, file) in [
        ("--spec", "openapi.yaml"),
        ("--documents", "documents"),
        ("--service", "service"),
        ("--errata", "errata.yaml"),
    ] {
        let elsewhere = parts.iter().find(|(part, _)| *part == option).map(|(_, path)| path.to_path_buf());
        command.arg(option).arg(elsewhere.unwrap_or_else(|| world(file)));
    }
    command.output().unwrap()
}

/// A file that is gone when it is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("xtask-validate-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn broken_spec(name: &str) -> Temporary {
    let text = fs::read_to_string(world("openapi.yaml")).unwrap();
    Temporary::new(name, &text.replacen("maxItems: 10", "maxItems: 11", 1))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn agreement_exits_0() {
    let output = run(&[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("agrees with its documents (1)"), "{}", text(&output.stdout));
}

#[test]
fn findings_exit_1() {
    let spec = broken_spec("findings.yaml");
    let output = run(&[("--spec", &spec.0)], &[]);
    assert_eq!(output.status.code(), Some(1));
    let out = text(&output.stdout);
    assert!(out.starts_with("error[parameter-limit]: write_thing: `body owners max_items` is 11"), "{out}");
    assert!(out.contains("\n1 error; `cargo xtask validate --explain parameter-limit` tells why"), "{out}");
}

#[test]
fn json_format_is_stable() {
    let spec = broken_spec("json.yaml");
    let output = run(&[("--spec", &spec.0)], &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = serde_json::json!({
        "findings": [{
            "rule": "parameter-limit",
            "operation": "write_thing",
            "message": "`body owners max_items` is 11 in the spec; document and service say 10",
            "spec": {
                "file": "json.yaml",
                "line": 186,
                "column": 11,
                "end_line": 186,
                "end_column": 23,
                "pointer": "/components/schemas/WriteThingBody/properties/owners/maxItems",
            },
            "document": { "file": "things.md", "line": 51 },
            "service": { "file": "tests/golden/world/service/write_thing.json" },
            "help": "write `maxItems: 10`, or add this entry to errata.yaml",
            "paste": "  - id: write-thing-body-owners-max-items\n    operations: [write_thing]\n    \
                      facts: [body owners max_items]\n    document: 10\n    service: 10\n    spec: 11\n    \
                      evidence: 'TODO: why one or the other is right.'\n    \
                      bridge: 'TODO: what a caller of the client sees.'\n",
        }],
        "errors": 1,
    });
    let mut found: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Where this repository and its temporary files lie is of no interest.
    for (place, from) in [("spec", "json.yaml"), ("service", "tests/golden")] {
        let file = &mut found["findings"][0][place]["file"];
        let text = file.as_str().unwrap();
        *file = text[text.find(from).unwrap()..].into();
    }
    assert_eq!(found, expected);
    let clean = run(&[], &["--format", "json"]);
    assert_eq!(
        serde_json::from_slice::<Value>(&clean.stdout).unwrap(),
        serde_json::json!({ "findings": [], "errors": 0 })
    );
}

/// What is printed where it could not run.
fn refused(parts: &[(&str, &Path)]) -> String {
    let output = run(parts, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

#[test]
fn unreadable_input_exits_2_with_place() {
    let missing = refused(&[("--errata", Path::new("/nowhere/errata.yaml"))]);
    assert!(missing.contains("/nowhere/errata.yaml: cannot read this file"), "{missing}");
    let missing = refused(&[("--documents", Path::new("/nowhere"))]);
    assert!(missing.contains("/nowhere: cannot read this folder"), "{missing}");

    let yaml = Temporary::new("syntax.yaml", "openapi: 3.0.3\npaths: {a: [}\n");
    let told = refused(&[("--spec", &yaml.0)]);
    assert!(told.contains("syntax.yaml:2:13: this is not YAML"), "{told}");
    let other = Temporary::new("other.yaml", "swagger: '2.0'\n");
    let told = refused(&[("--spec", &other.0)]);
    assert!(told.contains("other.yaml:1:1: this is not an OpenAPI 3.0 document; begin it with"), "{told}");

    let json = Temporary::new("facts.json", "{\n  \"document\": 1\n}");
    let folder = Temporary::new("folder", "");
    fs::remove_file(&folder.0).unwrap();
    fs::create_dir(&folder.0).unwrap();
    let inside = folder.0.join("facts.json");
    fs::copy(&json.0, &inside).unwrap();
    let told = refused(&[("--documents", &folder.0)]);
    assert!(told.contains("facts.json:2:15: invalid type: integer `1`, expected a string"), "{told}");
    let told = refused(&[("--service", &folder.0)]);
    assert!(told.contains("facts.json:2:12: unknown field `document`"), "{told}");
    fs::remove_file(inside).unwrap();
    fs::remove_dir(&folder.0).unwrap();
}

#[test]
fn wrong_usage_exits_2() {
    for wrong in [&["--format", "yaml"][..], &["--explode"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("validate").args(wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

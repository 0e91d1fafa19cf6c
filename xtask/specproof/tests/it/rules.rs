//! One bad spec per rule, with the exact diagnostics.
//!
//! `golden/world` is a small spec with its document, service and errata, and it is
//! clean. Each case of `golden/cases.yaml` breaks it by replacing a text, and what
//! `validate` prints then stands in `golden/findings`. After a change of wording,
//! `GOLDEN=write cargo test -p xtask --test validate_golden` writes those files anew:
//! read the difference before you commit it.

use serde_json::Value;
use specproof::source::Source;
use specproof::validate::{Inputs, Paths, Rule, human, validate};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A copy of the small world, gone when it is dropped.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("xtask-validate-{}-{name}", std::process::id()));
        for file in ["openapi.yaml", "errata.yaml", "documents/things.json"].into_iter().chain([
            "service/list_things.json",
            "service/write_thing.json",
            "service/platform.json",
        ]) {
            fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
            fs::copy(golden().join("world").join(file), folder.join(file)).unwrap();
        }
        Self(folder)
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} has no `{old}`");
        fs::write(path, text.replacen(old, new, 1)).unwrap();
    }

    /// What `validate` prints, with paths as they are within the world.
    fn findings(&self) -> String {
        let at = |name: &str| self.0.join(name);
        let paths = Paths {
            spec: at("openapi.yaml"),
            documents: vec![at("documents")],
            service: at("service"),
            errata: at("errata.yaml"),
        };
        let inputs = Inputs::load(&paths).unwrap();
        let findings = validate(&inputs).unwrap();
        let mut out = Vec::new();
        human(&findings, &inputs.texts, &mut out).unwrap();
        // Should the temporary folder lie in the workspace, messages name it without the workspace.
        let short = self.0.strip_prefix(apidoc::files::workspace_root()).unwrap_or(&self.0);
        let plain = anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string();
        let whole = plain.replace(&format!("{}/", self.0.display()), "");
        whole.replace(&format!("{}/", short.display()), "")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn writes_golden() -> bool {
    std::env::var_os("GOLDEN").is_some_and(|value| value == "write")
}

fn cases() -> Vec<Value> {
    let text = fs::read_to_string(golden().join("cases.yaml")).unwrap();
    Source::parse("cases.yaml", &text).unwrap().value["cases"].as_array().unwrap().clone()
}

fn name(case: &Value) -> &str {
    case["name"].as_str().unwrap()
}

#[test]
fn small_world_is_clean() {
    assert_eq!(World::new("clean").findings(), "");
}

#[test]
fn every_case_has_golden_diagnostics() {
    let mut wrong = Vec::new();
    for case in cases() {
        let name = name(&case);
        let rule = name.split('.').next().unwrap();
        let world = World::new(name);
        for edit in case["edits"].as_array().unwrap() {
            let text = |key: &str| edit[key].as_str().unwrap().replace("{NEWLINE}", "\n");
            world.replace(&text("file"), &text("old"), &text("new"));
        }
        let found = world.findings();
        assert!(found.contains(&format!("error[{rule}]")), "{name} is not found:\n{found}");
        let file = golden().join("findings").join(format!("{name}.txt"));
        if writes_golden() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &found).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "these differ; `GOLDEN=write` writes them anew\n{}", wrong.join("\n"));
}

#[test]
fn rules_cases_and_files_match() {
    let cases = cases();
    let rules: BTreeSet<&str> = cases.iter().map(|case| name(case).split('.').next().unwrap()).collect();
    let known: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(rules, known);
    let names: BTreeSet<String> = cases.iter().map(|case| format!("{}.txt", name(case))).collect();
    if writes_golden() {
        return;
    }
    let files = fs::read_dir(golden().join("findings")).unwrap();
    let files: BTreeSet<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, names);
}

#[test]
fn rule_texts_are_complete() {
    for rule in Rule::ALL {
        assert!(rule.explanation().ends_with('.') && rule.explanation().len() > 20, "{}", rule.name());
        let mut rest = rule.reasoning();
        for part in ["## Why\n\n", "\n\n## How to fix\n\n", "\n\n## Example\n\n"] {
            let (before, after) = rest.split_once(part).unwrap_or_else(|| panic!("{}: no {part:?}", rule.name()));
            assert!(before.is_empty() || before.len() > 30, "{}: too little before {part:?}", rule.name());
            rest = after;
        }
        assert!(rest.contains("```"), "{}: an example without a block", rule.name());
    }
}

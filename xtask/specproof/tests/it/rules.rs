//! One bad spec per rule, with the exact diagnostics.
//!
//! `golden/world` is a small spec with its document, service and errata, and it is
//! clean. Each case of `golden/cases.yaml` breaks it by replacing a text, and what
//! `validate` prints then stands in `golden/findings`. After a change of wording,
//! `GOLDEN=write cargo test -p specproof --test it rules::` writes those files anew:
//! read the difference before you commit it.

use serde_json::Value;
use specproof::source::Source;
use specproof::validate::{Finding, Inputs, Paths, Rule, human, validate};
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

    fn inputs(&self) -> Inputs {
        let at = |name: &str| self.0.join(name);
        let paths = Paths {
            spec: at("openapi.yaml"),
            documents: vec![at("documents")],
            service: at("service"),
            errata: at("errata.yaml"),
        };
        Inputs::load(&paths).unwrap()
    }

    /// What `validate` prints, with paths as they are within the world.
    fn findings(&self) -> String {
        let inputs = self.inputs();
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

/// The world that a case has broken.
fn broken(case: &Value) -> World {
    let world = World::new(name(case));
    for edit in case["edits"].as_array().unwrap() {
        let text = |key: &str| edit[key].as_str().unwrap().replace("{NEWLINE}", "\n");
        world.replace(&text("file"), &text("old"), &text("new"));
    }
    world
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
        let found = broken(&case).findings();
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

/// An entry that a finding proposes settles it, and nothing is wrong with the entry.
#[test]
fn pasted_entries_hold() {
    let of_errata = [
        Rule::MalformedErratum,
        Rule::DuplicateErratum,
        Rule::UnknownFact,
        Rule::UnusedErratum,
        Rule::ContradictingErratum,
    ];
    let mut pasted = 0;
    for case in cases() {
        let world = broken(&case);
        let before = validate(&world.inputs()).unwrap();
        for finding in before.iter().filter(|finding| finding.paste.is_some()) {
            let errata = world.0.join("errata.yaml");
            let text = fs::read_to_string(&errata).unwrap();
            fs::write(&errata, format!("{text}{}", finding.paste.as_ref().unwrap())).unwrap();
            let after = validate(&world.inputs()).unwrap();
            let (rule, message) = (finding.rule, &finding.message);
            let is_same =
                |other: &Finding| (other.rule, &other.operation, &other.message) == (rule, &finding.operation, message);
            assert!(!after.iter().any(is_same), "{message}");
            let is_new = |other: &&Finding| {
                of_errata.contains(&other.rule) && !before.iter().any(|known| known.message == other.message)
            };
            assert_eq!(after.iter().find(is_new), None, "{} of {}: {message}", rule.name(), name(&case));
            fs::write(&errata, text).unwrap();
            pasted += 1;
        }
    }
    assert!(pasted > 10, "{pasted}");
}

#[test]
fn older_service_facts_ask_for_no_deprecation() {
    let world = World::new("older");
    world.replace("errata.yaml", "service: absent\n    spec: boolean", "service: older\n    spec: boolean");
    world.replace("openapi.yaml", "          deprecated: true\n", "");
    assert_eq!(world.findings(), "");
    // A parameter that neither side has is not newer than anything.
    world.replace("documents/things.json", "\"legacy\"", "\"other\"");
    world.replace("errata.yaml", "document: boolean", "document: absent");
    assert!(world.findings().contains("`service: older`, and the document does not have it"), "{}", world.findings());
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

//! A tag whose feature is off is as if the spec did not have it.

use apidoc::files::workspace_root;
use specproof::codegen::readers::for_readers;
use specproof::codegen::{generate, generate_with};

const FILE: &str = "spec/openapi.yaml";

fn read(file: &str) -> String {
    std::fs::read_to_string(workspace_root().join(file)).unwrap()
}

/// The spec, and a tag of operations with schemas of their own.
fn with_labels(key: &str) -> String {
    let tag = format!("  - {{ name: labels, description: Labels{key} }}\n");
    let mut text = read(FILE);
    for (heading, added) in [
        ("\ntags:\n", tag),
        ("\npaths:\n", read("tests/downstream/kinds/operations.yaml")),
        ("\n  schemas:\n", read("tests/downstream/kinds/schemas.yaml")),
    ] {
        assert!(text.contains(heading), "{heading}");
        text = text.replacen(heading, &format!("{heading}{added}"), 1);
    }
    text
}

/// The code without the item that asks for the feature.
fn without_item(code: &str) -> String {
    let item = "#[cfg(feature = \"labels\")]\nconst _: () = ();\n";
    assert_eq!(code.matches(item).count(), 1);
    code.replacen(item, "", 1)
}

#[test]
fn tag_of_a_feature_that_is_off_leaves_nothing() {
    let code = generate_with(FILE, &with_labels(", x-feishu-feature: labels"), &|_| false).unwrap();
    assert!(without_item(&code) == generate(FILE, &read(FILE)).unwrap(), "the code has something of the labels");
}

#[test]
fn tag_of_a_feature_that_is_on_is_built() {
    let asked = std::cell::RefCell::new(Vec::new());
    let is_on = |feature: &str| {
        asked.borrow_mut().push(feature.to_owned());
        true
    };
    let code = generate_with(FILE, &with_labels(", x-feishu-feature: labels"), &is_on).unwrap();
    assert!(!asked.borrow().is_empty() && asked.borrow().iter().all(|feature| feature == "labels"));
    let line = "- Feature: `labels`";
    assert!(code.contains(line));
    let lines = |code: &str| code.lines().filter(|code| !code.contains(line)).map(str::to_owned).collect::<Vec<_>>();
    assert!(lines(&without_item(&code)) == lines(&generate(FILE, &with_labels("")).unwrap()));
}

#[test]
fn part_of_a_spec_may_lack_what_a_transform_is_for() {
    let text = read(FILE);
    let contact = "  - name: contact\n";
    assert!(text.contains(contact));
    let text = text.replacen(contact, &format!("{contact}    x-feishu-feature: contact\n"), 1);
    let code = generate_with(FILE, &text, &|_| false).unwrap();
    assert!(code.contains("write_performance_group_members") && !code.contains("create_user_group"));
}

#[test]
fn readers_see_what_is_built() {
    let document = |is_on: &dyn Fn(&str) -> bool| for_readers(FILE, &with_labels(", x-feishu-feature: labels"), is_on);
    let path = "/open-apis/contact/v3/app_labels";
    assert!(document(&|_| true).unwrap()["paths"].get(path).is_some());
    assert!(document(&|_| false).unwrap()["paths"].get(path).is_none());
}

#[test]
fn name_that_is_no_feature_is_a_mistake() {
    for name in ["Labels", "''", "'la bels'", "1", "[labels]", "~", "组"] {
        let mistake = generate(FILE, &with_labels(&format!(", x-feishu-feature: {name}"))).unwrap_err().to_string();
        let said = "this is no name of a feature; write lower-case letters, digits and `-`";
        assert!(mistake.starts_with("spec/openapi.yaml:") && mistake.ends_with(said), "{name}: {mistake}");
    }
}

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

/// The spec, each of whose tags has a feature of its name.
fn all_gated() -> String {
    let mut text = read(FILE);
    for name in ["contact", "auth", "performance"] {
        let tag = format!("  - name: {name}\n");
        assert!(text.contains(&tag));
        text = text.replacen(&tag, &format!("{tag}    x-feishu-feature: {name}\n"), 1);
    }
    text
}

#[test]
fn part_of_a_spec_may_lack_what_a_pass_is_for() {
    let only = |feature| generate_with(FILE, &all_gated(), &|other| other == feature);
    let code = only("performance").unwrap();
    assert!(code.contains("write_performance_group_members") && !code.contains("create_user_group"));
    let code = only("contact").unwrap();
    assert!(!code.contains("write_performance_group_members") && code.contains("create_user_group"));
    let mistake = only("none").unwrap_err().to_string();
    let said = "the feature of every tag is off; turn on at least one of: auth, contact, performance";
    assert!(mistake.ends_with(said), "{mistake}");
}

/// `/group/simplelist` is a path of the service, built or not.
#[test]
fn path_that_is_left_out_is_no_id() {
    let text = with_labels(", x-feishu-feature: labels");
    let list = "\n  /open-apis/contact/v3/group/simplelist:\n";
    let at = text.find(list).unwrap();
    let (before, rest) = text.split_at(at);
    assert!(rest.contains("      tags: [contact]\n"));
    let text = format!("{before}{}", rest.replacen("      tags: [contact]\n", "      tags: [labels]\n", 1));
    let code = generate_with(FILE, &text, &|_| false).unwrap();
    assert!(!code.contains("fn list_user_groups(") && code.contains("\"simplelist\" => Some("), "the value is refused");
}

#[test]
fn readers_see_what_is_built() {
    let document = |is_on: &dyn Fn(&str) -> bool| for_readers(FILE, &with_labels(", x-feishu-feature: labels"), is_on);
    let path = "/open-apis/contact/v3/app_labels";
    for is_on in [true, false] {
        let document = document(&|_| is_on).unwrap();
        assert_eq!(document["paths"].get(path).is_some(), is_on);
        let tags = document["tags"].as_array().unwrap();
        assert_eq!(tags.iter().any(|tag| tag["name"] == "labels"), is_on);
    }
}

#[test]
fn name_that_is_no_feature_is_a_mistake() {
    for name in ["Labels", "''", "'la bels'", "1", "[labels]", "~", "组"] {
        let mistake = generate(FILE, &with_labels(&format!(", x-feishu-feature: {name}"))).unwrap_err().to_string();
        let said = "this is no name of a feature; write lower-case letters, digits and `-`";
        assert!(mistake.starts_with("spec/openapi.yaml:") && mistake.ends_with(said), "{name}: {mistake}");
    }
}

//! No package in the lock may need a newer Rust than the workspace promises.

use serde_json::{Value, json};
use xtask::cargo::Metadata;
use xtask::msrv::{Report, report};

fn package(name: &str, rust_version: Option<&str>, is_ours: bool) -> Value {
    let source = (!is_ours).then_some("registry");
    json!({ "id": name, "name": name, "version": "1.2.3", "rust_version": rust_version, "source": source })
}

/// What is found where ours depends on `normal`, which builds with `build`, and is tested with `dev`.
fn found(normal: &str, build: &str, dev: &str) -> Report {
    let depends = |on: &str, kind: Option<&str>| json!({ "pkg": on, "dep_kinds": [{ "kind": kind }] });
    let metadata: Metadata = serde_json::from_value(json!({
        "target_directory": "target",
        "packages": [
            package("feishu-user-groups", Some("1.88"), true),
            package("normal", Some(normal), false),
            package("build", Some(build), false),
            package("dev", Some(dev), false),
            package("silent", None, false),
        ],
        "resolve": { "nodes": [
            { "id": "feishu-user-groups", "deps": [depends("normal", None), depends("dev", Some("dev"))] },
            { "id": "normal", "deps": [depends("build", Some("build")), depends("silent", None)] },
            { "id": "build", "deps": [] },
            { "id": "dev", "deps": [] },
            { "id": "silent", "deps": [] },
        ] },
    }))
    .unwrap();
    report(&metadata).unwrap()
}

#[test]
fn packages_within_promise_are_fine() {
    for version in ["1.88", "1.88.0", "1.56", "1.9.9"] {
        let report = found(version, version, version);
        assert_eq!((report.findings, report.downstream, report.packages), (vec![], 4, 5), "{version}");
    }
}

#[test]
fn newer_package_is_found() {
    for (index, who) in
        ["downstream compiles it", "downstream compiles it", "tests or tools compile it"].iter().enumerate()
    {
        for newer in ["1.88.1", "1.89", "1.100", "2.0"] {
            let mut versions = ["1.88"; 3];
            versions[index] = newer;
            let [finding] = &*found(versions[0], versions[1], versions[2]).findings else { panic!("one finding") };
            let name = ["normal", "build", "dev"][index];
            assert!(finding.starts_with(&format!("{name} 1.2.3 needs Rust {newer}, newer than 1.88, and {who}")));
        }
    }
}

#[test]
fn member_with_another_promise_is_found() {
    for other in [None, Some("1.85")] {
        let metadata: Metadata = serde_json::from_value(json!({
            "target_directory": "target",
            "packages": [package("feishu-user-groups", Some("1.88"), true), package("tool", other, true)],
            "resolve": { "nodes": [] },
        }))
        .unwrap();
        let findings = report(&metadata).unwrap().findings;
        assert_eq!(findings.len(), 1);
        assert!(findings[0].starts_with("tool must have `rust-version.workspace = true`"), "{findings:?}");
    }
}

#[test]
fn workspace_without_promise_is_an_error() {
    for packages in [json!([package("feishu-user-groups", None, true)]), json!([])] {
        let metadata = json!({ "target_directory": "target", "packages": packages, "resolve": { "nodes": [] } });
        assert!(report(&serde_json::from_value::<Metadata>(metadata).unwrap()).is_err());
    }
}

#[test]
fn readmes_promise_the_rust_of_the_manifest() {
    let root = apidoc::files::workspace_root();
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let promised = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"')).unwrap();
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(root.join(readme)).unwrap();
        assert!(text.contains(&format!("Rust {promised} ")), "{readme}");
    }
}

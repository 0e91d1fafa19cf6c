//! `cargo xtask ci`: what must pass before anything lands, in the order of cost.
//!
//! `.ci/run` installs what a fresh machine lacks and runs this, so CI and a
//! contributor's machine run the same commands. A step that fails stops the run: its
//! own output says what to mend. What would make it much longer is a job of its own in
//! `.github/workflows/ci.yml`: every mutant, the costs of a call, other people's tools, the oldest Rust.

use crate::Outcome;
use crate::cargo::{self, Metadata};
use anyhow::Context;
use apidoc::files::workspace_root;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Run what the first job of CI runs: format, clippy, dependencies, public API, tests, docs, package, and the spec in other tools' eyes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder of API documents, to check that spec/documents is not stale and that they prove the spec; may be repeated
    #[arg(long, value_name = "DIR")]
    documents: Vec<PathBuf>,
}

/// A command and the environment it wants.
struct Step {
    command: Vec<String>,
    environment: &'static [(&'static str, &'static str)],
}

/// Exact versions: a linter that learns a rule must not fail a change that is not about it.
const REDOCLY: &str = "@redocly/cli@2.77.0";
const TYPESCRIPT: &str = "openapi-typescript@7.13.0";

/// Runs every step.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let scratch = workspace_root().join("target/ci");
    std::fs::create_dir_all(&scratch).with_context(|| scratch.display().to_string())?;
    let on_github = std::env::var_os("GITHUB_ACTIONS").is_some();
    let features = features(&cargo::read()?)?;
    for step in steps(&args, &features, &scratch.display().to_string(), on_github) {
        let line = step.command.join(" ");
        writeln!(out, "$ {line}")?;
        out.flush()?;
        let begun = Instant::now();
        let mut command = cargo::from_shell(&step.command[0]);
        command.args(&step.command[1..]).envs(step.environment.iter().copied()).current_dir(workspace_root());
        let status =
            command.status().with_context(|| format!("`{line}` did not start; `.ci/run` installs what it needs"))?;
        writeln!(out, "  {} after {} s", if status.success() { "ok" } else { "FAILED" }, begun.elapsed().as_secs())?;
        if !status.success() {
            return Ok(Outcome::Findings);
        }
    }
    Ok(Outcome::Fine)
}

/// What the published crate is checked with: no feature, and each one alone. All together are clippy's first step.
///
/// # Errors
///
/// Fails where the workspace has no such crate.
fn features(metadata: &Metadata) -> anyhow::Result<Vec<String>> {
    let published = metadata.packages.iter().find(|package| package.is_published());
    let published = published.with_context(|| format!("the workspace has no package {}", cargo::PUBLISHED))?;
    let names = published.features.keys().filter(|name| *name != "default").cloned();
    Ok([String::new()].into_iter().chain(names).collect())
}

fn steps(args: &Args, features: &[String], scratch: &str, on_github: bool) -> Vec<Step> {
    let step = |line: &str| Step { command: line.split(' ').map(str::to_owned).collect(), environment: &[] };
    let mut steps = vec![
        step("cargo fmt --all --check"),
        step("cargo clippy --workspace --all-targets --all-features -- -D warnings"),
        step("cargo deny --locked --workspace check -D warnings licenses bans sources"),
        step("cargo xtask msrv"),
    ];
    steps.extend(features.iter().map(|feature| {
        // Without the packages that turn its features on. With `features`, dependencies are those of the other steps; that
        // it asks enough of them is shown with another Rust, see the workflow.
        let packages = "--package feishu-user-groups --package features";
        step(&format!("cargo clippy {packages} --no-default-features --features={feature} -- -D warnings"))
    }));
    steps.extend([
        step("cargo xtask api --check"),
        step("cargo test --workspace --all-features --no-fail-fast"),
        // The README's first command.
        step("cargo run --example tour"),
        step("cargo run --example mirror"),
        Step {
            environment: &[("RUSTDOCFLAGS", "-D warnings")],
            ..step("cargo doc --workspace --no-deps --all-features")
        },
        // Builds with the default features, without the rest of the workspace.
        step("cargo package --package feishu-user-groups --allow-dirty"),
    ]);
    // On a GitHub runner, findings are shown at the changed lines.
    let mut validate = step(if on_github { "cargo xtask validate --format github" } else { "cargo xtask validate" });
    if !args.documents.is_empty() {
        // The Markdown itself must say what its facts say, and prove the same.
        let folders = args.documents.iter().map(|folder| folder.display().to_string());
        let mut sync = step("cargo xtask documents sync --check");
        sync.command.extend(folders.clone());
        steps.push(sync);
        validate.command.extend(folders.flat_map(|folder| ["--documents".to_owned(), folder]));
    }
    steps.push(validate);
    steps.extend([
        step(&format!("npx --yes {REDOCLY} lint --extends recommended spec/openapi.yaml")),
        step(&format!("npx --yes {TYPESCRIPT} spec/openapi.yaml --output {scratch}/client.ts")),
        step(&format!("openapi-python-client generate --fail-on-warning --overwrite --meta none --path spec/openapi.yaml --output-path {scratch}/python_client")),
    ]);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_with(words: &str, on_github: bool, documents: &[&str]) -> Option<String> {
        let args = Args { documents: documents.iter().map(PathBuf::from).collect() };
        let steps = steps(&args, &[String::new(), "redis".to_owned()], "scratch", on_github);
        steps.iter().map(|step| step.command.join(" ")).find(|line| line.contains(words))
    }

    #[test]
    fn github_runner_gets_github_findings() {
        let line = line_with("xtask validate", true, &[]);
        assert_eq!(line.as_deref(), Some("cargo xtask validate --format github"));
    }

    #[test]
    fn each_feature_is_checked_alone() {
        let package = |name: &str| {
            let features = serde_json::json!({ "default": ["tls"], "redis": ["dep:redis"], "tls": [] });
            serde_json::json!({ "id": name, "name": name, "version": "1.0.0", "features": features })
        };
        let of = |name: &str| {
            let metadata = serde_json::json!({
                "packages": [package(name)], "resolve": { "nodes": [] }, "target_directory": "target"
            });
            features(&serde_json::from_value(metadata).unwrap())
        };
        assert_eq!(of("feishu-user-groups").unwrap(), ["", "redis", "tls"]);
        assert!(of("another").is_err());
        for feature in ["--features= ", "--features=redis "] {
            let line = line_with(feature, false, &[]).unwrap_or_default();
            assert!(line.contains("--package feishu-user-groups") && line.contains("--no-default-features"), "{line}");
        }
    }

    #[test]
    fn every_document_folder_is_checked() {
        let line = |words| line_with(words, false, &["a", "b"]).unwrap_or_default();
        assert_eq!(line("xtask validate"), "cargo xtask validate --documents a --documents b");
        assert_eq!(line("documents sync"), "cargo xtask documents sync --check a b");
        assert_eq!(line_with("documents sync", false, &[]), None);
    }
}

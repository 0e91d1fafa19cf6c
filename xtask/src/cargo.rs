//! cargo: started as from a shell, and what it knows of the workspace and of every package in its lock.
//!
//! cargo tells a program that it runs about its package, in variables. A cargo that inherits them passes them on to
//! build scripts, and that of `ring` asks to run again whenever they change: TLS, the HTTP client and all that stands
//! on them would be built anew with every step of CI.

use anyhow::{Context, bail};
use apidoc::files::workspace_root;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// As much of `cargo metadata` as the commands here use.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) resolve: Resolve,
    pub(crate) target_directory: PathBuf,
}

/// A package of the workspace or of the lock.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// The oldest compiler that it declares to build with.
    pub(crate) rust_version: Option<String>,
    /// `None` for the workspace's own.
    pub(crate) source: Option<String>,
    /// Each with what it turns on.
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
}

impl Package {
    /// Whether it is the crate that downstream compiles.
    pub(crate) fn is_published(&self) -> bool {
        self.name == PUBLISHED && self.source.is_none()
    }
}

/// The crate whose dependencies downstream compiles.
pub(crate) const PUBLISHED: &str = "feishu-user-groups";

/// Which package depends on which.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<DependencyKind>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DependencyKind {
    /// `None` for a normal one, else `build` or `dev`.
    pub(crate) kind: Option<String>,
}

/// The folder that cargo builds into: `target`, unless the environment or a configuration names another.
pub(crate) fn target_directory() -> anyhow::Result<PathBuf> {
    #[derive(Deserialize)]
    struct Folders {
        target_directory: PathBuf,
    }
    Ok(ask::<Folders>(&["--no-deps"])?.target_directory)
}

/// A program without the variables by which cargo tells this one of its package.
pub(crate) fn from_shell(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let is_of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if name.to_str().is_some_and(is_of_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Asks cargo. A lock that does not fit the manifests is an error, and is not written anew.
pub(crate) fn read() -> anyhow::Result<Metadata> {
    ask(&["--locked", "--all-features"])
}

fn ask<T: DeserializeOwned>(arguments: &[&str]) -> anyhow::Result<T> {
    let mut cargo = from_shell("cargo");
    cargo.args(["metadata", "--format-version", "1"]).args(arguments).current_dir(workspace_root());
    let output = cargo.output().context("`cargo metadata` did not start")?;
    if !output.status.success() {
        bail!("`cargo metadata` failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("`cargo metadata` printed something else than metadata")
}

//! `cargo xtask msrv`: the lock holds no package that needs a newer Rust than this workspace promises.
//!
//! clippy knows the promise (`rust-version`) and refuses what came to the standard library
//! later, so our own code is looked after. A dependency is not: `cargo update` takes a
//! version that needs a newer compiler without a word, and only a user of the older one
//! learns of it. Every package declares what it needs, so no second toolchain is wanted here.

use crate::Outcome;
use crate::cargo::{self, Metadata, PUBLISHED, Package};
use anyhow::{Context, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Check that no package in Cargo.lock needs a newer Rust than this workspace promises
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Checks the lock.
///
/// # Errors
///
/// Fails where the lock does not fit the manifests.
pub fn run(_: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let metadata = cargo::read()?;
    let Report { msrv, downstream, packages, findings } = report(&metadata)?;
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    if findings.is_empty() {
        writeln!(out, "Rust {msrv} is enough for {packages} packages, of which downstream compiles {downstream}")?;
    }
    Ok(Outcome::fine_if(findings.is_empty()))
}

/// What the check found.
#[derive(Debug)]
pub struct Report {
    /// The promise.
    pub msrv: String,
    /// How many packages downstream compiles at most, on any platform.
    pub downstream: usize,
    /// How many packages there are.
    pub packages: usize,
    /// One line for each package that breaks the promise.
    pub findings: Vec<String>,
}

/// Checks what cargo says of the lock.
///
/// # Errors
///
/// Fails where the published crate is missing, or promises nothing.
pub fn report(metadata: &Metadata) -> anyhow::Result<Report> {
    let published = metadata.packages.iter().find(|package| package.is_published());
    let published = published.with_context(|| format!("the workspace has no package {PUBLISHED}"))?;
    let Some(msrv) = &published.rust_version else { bail!("{PUBLISHED} has no `rust-version`") };
    let promised = version(msrv)?;
    let downstream = compiled_with(metadata, published);
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let Package { name, version: own, rust_version, source, .. } = package;
        match (rust_version, source) {
            (Some(needed), Some(_)) if version(needed)? > promised => {
                let who = match downstream.contains(&*package.id) {
                    true => "downstream compiles it",
                    false => "tests or tools compile it",
                };
                findings.push(format!(
                    "{name} {own} needs Rust {needed}, newer than {msrv}, and {who}; hold it back with \
                     `cargo update {name} --precise VERSION`, or raise `rust-version`"
                ));
            }
            (needed, None) if needed.as_ref() != Some(msrv) => {
                findings.push(format!("{name} must have `rust-version.workspace = true`, as {PUBLISHED} has"));
            }
            _ => {}
        }
    }
    let (downstream, packages) = (downstream.len(), metadata.packages.len());
    Ok(Report { msrv: msrv.clone(), downstream, packages, findings })
}

/// The ids of all packages that are compiled with this one, itself included: over normal and build dependencies.
fn compiled_with<'a>(metadata: &'a Metadata, package: &'a Package) -> BTreeSet<&'a str> {
    let nodes: BTreeMap<_, _> = metadata.resolve.nodes.iter().map(|node| (&*node.id, node)).collect();
    let (mut found, mut open) = (BTreeSet::new(), vec![&*package.id]);
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let dependencies = nodes.get(id).into_iter().flat_map(|node| &node.deps);
            let compiled = |kinds: &[cargo::DependencyKind]| {
                kinds.iter().any(|dependency| dependency.kind.as_deref() != Some("dev"))
            };
            open.extend(dependencies.filter(|dependency| compiled(&dependency.dep_kinds)).map(|it| &*it.pkg));
        }
    }
    found
}

/// `1.88` and `1.88.0` are the same.
fn version(text: &str) -> anyhow::Result<[u64; 3]> {
    let mut parts = [0; 3];
    for (part, digits) in parts.iter_mut().zip(text.split('.')) {
        *part = digits.parse().with_context(|| format!("`{text}` is no version of Rust"))?;
    }
    Ok(parts)
}

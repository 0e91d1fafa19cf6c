//! `cargo xtask api`: the public API as a text that is kept in the repository.
//!
//! Most of the API is generated: a changed line of the spec, a pass of `build/` or a new
//! version of the generator changes what callers can name, and no diff of the sources
//! shows it. This listing does, one item a line, with all features.
//!
//! rustdoc writes what it knows of the crate as JSON, in a format that changes from one
//! Rust to the next, and only if it may use what is unstable. cargo must not be allowed
//! that: build scripts would see it, and all that stands on them would be built anew. So
//! cargo is given a rustdoc that allows it to itself.

use crate::{Outcome, cargo};
use anyhow::{Context, bail};
use apidoc::files::{shown, workspace_root};
use public_api::{Builder, PublicApi};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Write docs/public-api.txt, the listing of the public API
///
/// Needs the Rust of CI: other versions write another format, or other names of the standard library.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write nothing; print what would change, and fail if anything would
    #[arg(long)]
    check: bool,
}

const HEAD: &str = "\
# The public API with all features, as `cargo xtask api` lists it. A line that goes or changes breaks callers.
# Implementations that the compiler adds by itself (Send, Sync, ..) and those for all types are left out.
";

/// Writes the listing, or compares it.
///
/// # Errors
///
/// Fails where the crate does not compile, or this Rust writes another format than the listing is made from.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let path = workspace_root().join("docs/public-api.txt");
    let listing = listing(&rustdoc_json()?)?;
    if !args.check {
        fs::write(&path, listing).with_context(|| shown(&path))?;
        return Ok(Outcome::Fine);
    }
    let kept = fs::read_to_string(&path).with_context(|| shown(&path))?;
    let changes = changes(&kept, &listing);
    for change in &changes {
        writeln!(out, "{change}")?;
    }
    if !changes.is_empty() {
        let file = shown(&path);
        writeln!(out, "the public API is not the one in {file}: if that is meant, run `cargo xtask api`")?;
    }
    Ok(Outcome::fine_if(changes.is_empty()))
}

/// The lines that are in one text alone: `-` for the first one's, `+` for the second one's.
pub fn changes(kept: &str, now: &str) -> Vec<String> {
    let (kept, now): (BTreeSet<_>, BTreeSet<_>) = (kept.lines().collect(), now.lines().collect());
    let gone = kept.difference(&now).map(|line| format!("-{line}"));
    let mut changes: Vec<_> = gone.chain(now.difference(&kept).map(|line| format!("+{line}"))).collect();
    // What was changed stands together.
    changes.sort_by(|a, b| a[1..].cmp(&b[1..]));
    changes
}

/// Lets rustdoc write its JSON.
fn rustdoc_json() -> anyhow::Result<PathBuf> {
    let target = cargo::read()?.target_directory;
    let rustdoc = allowed_rustdoc(&target.join("api"))?;
    let json = target.join("doc/feishu_user_groups.json");
    // `features` has nothing to list: with it, the dependencies are those that the other commands have built.
    let command = "cargo doc --quiet --locked --package feishu-user-groups --package features --no-deps --all-features";
    let mut words = command.split_whitespace();
    let mut cargo = cargo::from_shell(words.next().unwrap_or_default());
    cargo
        .args(words)
        .env("RUSTDOC", rustdoc)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    let status = cargo.current_dir(workspace_root()).status();
    if !status.with_context(|| format!("`{command}` did not start"))?.success() {
        bail!("`{command}` failed");
    }
    Ok(json)
}

/// A rustdoc that may do what is unstable.
fn allowed_rustdoc(folder: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join("rustdoc");
    fs::write(&path, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// The items, one a line, each module's together.
///
/// # Errors
///
/// Fails where the file is not rustdoc's JSON of the Rust that the listing is made with.
pub fn listing(json: &Path) -> anyhow::Result<String> {
    let api = |derived_too: bool| -> anyhow::Result<PublicApi> {
        let builder = Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true);
        builder.omit_auto_derived_impls(!derived_too).build().context(
            "rustdoc wrote what the crate `public-api` does not read: it has to fit the Rust of CI, see xtask/Cargo.toml",
        )
    };
    let written: BTreeSet<String> = api(false)?.items().map(ToString::to_string).collect();
    // That a type is Clone counts; what methods Clone has is known.
    let items = api(true)?;
    let items = items.items().map(ToString::to_string);
    let items = items.filter(|item| written.contains(item) || item.starts_with("impl"));
    Ok(HEAD.lines().map(str::to_owned).chain(items).map(|line| line + "\n").collect())
}

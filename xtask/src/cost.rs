//! Subcommand `cargo xtask cost`: what a program that makes one call costs to build.
//!
//! Every downstream pays it, again and again. Programs that do the same by hand stand
//! next to ours, all built clean, in release, in one run: CPU seconds differ by two between
//! machines, their ratios do not. What is fetched beforehand is not measured.

use crate::Outcome;
use anyhow::{Context, bail};
use apidoc::files::workspace_root;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Build programs that make one call, by hand and with this crate: CPU seconds, crates, size
///
/// Takes a quarter of an hour on two cores, and wants the machine to itself.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Build only the programs whose description holds this; the ratio is then to the first of these
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// A program to build.
struct Program {
    what: &'static str,
    dependencies: &'static str,
    source: &'static str,
    /// How a TLS provider is chosen, where reqwest does not.
    tls: &'static str,
}

const HAND_WRITTEN: &str = include_str!("../../benches/programs/hand_written.rs");
const THIS_CRATE: &str = include_str!("../../benches/programs/this_crate.rs");
const BY_ITSELF: &str = "fn choose_tls() {}\n";

const PROGRAMS: [Program; 6] = [
    Program {
        what: "by hand, reqwest as it comes",
        dependencies: r#"reqwest = { version = "0.13", features = ["json"] }"#,
        source: HAND_WRITTEN,
        tls: BY_ITSELF,
    },
    Program {
        what: "by hand, without HTTP/2, charset, proxy",
        dependencies: r#"reqwest = { version = "0.13", default-features = false, features = ["json", "default-tls"] }"#,
        source: HAND_WRITTEN,
        tls: BY_ITSELF,
    },
    Program {
        what: "by hand, ring for TLS besides",
        dependencies: r#"reqwest = { version = "0.13", default-features = false, features = ["json", "rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }"#,
        source: HAND_WRITTEN,
        tls: "fn choose_tls() { let _ = rustls::crypto::ring::default_provider().install_default(); }\n",
    },
    Program {
        what: "by hand, no TLS",
        dependencies: r#"reqwest = { version = "0.13", default-features = false, features = ["json"] }"#,
        source: HAND_WRITTEN,
        tls: BY_ITSELF,
    },
    Program {
        what: "this crate",
        dependencies: r#"feishu-user-groups = { path = "ROOT" }"#,
        source: THIS_CRATE,
        tls: "",
    },
    Program {
        what: "this crate, no TLS",
        dependencies: r#"feishu-user-groups = { path = "ROOT", default-features = false }"#,
        source: THIS_CRATE,
        tls: "",
    },
];

/// What building it took.
struct Built {
    cpu_seconds: f64,
    crates: usize,
    megabytes: f64,
}

/// Runs the subcommand; the table goes to `out`.
///
/// # Errors
///
/// Fails where a program does not build; crates are fetched, which needs a registry.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let root = workspace_root().canonicalize()?;
    let scratch = root.join("target/cost");
    let chosen: Vec<&Program> = PROGRAMS.iter().filter(|program| program.what.contains(&args.only)).collect();
    if chosen.is_empty() {
        bail!("no program is described by {:?}; there are: {}", args.only, PROGRAMS.map(|it| it.what).join("; "));
    }
    let mut first = None;
    writeln!(out, "| a program that makes one call | CPU | CPU seconds | crates | size |")?;
    writeln!(out, "| --- | --- | --- | --- | --- |")?;
    for program in chosen {
        write_program(program, &root, &scratch)?;
        let Built { cpu_seconds, crates, megabytes } = build(&scratch)?;
        let ratio = cpu_seconds / *first.get_or_insert(cpu_seconds);
        let what = program.what;
        writeln!(out, "| {what} | {ratio:.2} | {cpu_seconds:.0} | {crates} | {megabytes:.1} MB |")?;
        out.flush()?;
    }
    fs::remove_dir_all(&scratch)?;
    Ok(Outcome::Fine)
}

/// A package of its own, with nothing built.
fn write_program(program: &Program, root: &Path, scratch: &Path) -> anyhow::Result<()> {
    if scratch.exists() {
        fs::remove_dir_all(scratch).with_context(|| scratch.display().to_string())?;
    }
    fs::create_dir_all(scratch.join("src"))?;
    let dependencies = program.dependencies.replace("ROOT", &root.display().to_string());
    let manifest = format!(
        r#"[package]
name = "one-call"
edition = "2024"
[workspace]
[profile.release]
strip = true
[dependencies]
serde = {{ version = "1", features = ["derive"] }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}
{dependencies}
"#
    );
    fs::write(scratch.join("Cargo.toml"), manifest)?;
    fs::write(scratch.join("src/main.rs"), format!("{}{}", program.source, program.tls))?;
    Ok(())
}

fn build(scratch: &Path) -> anyhow::Result<Built> {
    let tree = shell("cargo fetch --quiet && cargo tree --edges normal,build --prefix none --no-dedupe", scratch)?;
    // A line is `name version (..)`; some crates stand there more than once.
    let crates = tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>()).collect::<BTreeSet<_>>().len();
    let times = shell("cargo build --release --quiet && times", scratch)?;
    let cpu_seconds = times.lines().nth(1).and_then(children_seconds).context("the shell told no times")?;
    let size = fs::metadata(scratch.join("target/release/one-call"))?.len();
    Ok(Built { cpu_seconds, crates, megabytes: size as f64 / 1e6 })
}

/// Runs a line of a POSIX shell, whose `times` tells what all its children took.
fn shell(line: &str, folder: &Path) -> anyhow::Result<String> {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    let output = command.output().with_context(|| format!("`{line}` did not start"))?;
    if !output.status.success() {
        bail!("`{line}` failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// User and system time of `1m2.34s 0m5.6s`.
fn children_seconds(line: &str) -> Option<f64> {
    let seconds = |time: &str| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    line.split_whitespace().map(seconds).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_times_are_parsed() {
        assert_eq!(children_seconds("1m2.5s 0m0.25s"), Some(62.75));
        assert_eq!(children_seconds("0m0.000000s 0m0.010000s"), Some(0.01));
        assert_eq!(children_seconds("fast"), None);
    }
}

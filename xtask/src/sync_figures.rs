//! `cargo xtask sync-figures`: what the command `feishu-groups` does and costs at full size.
//!
//! The command is built as `cargo install` builds it. Its size and its start are measured here; the rest is a test,
//! `cli/tests/figures`, which runs that build against the offline service: ten thousand people while a fifth of all
//! requests fail, fifty kills, a plan of a hundred thousand. How near a run comes to the documented rates is a test in
//! simulated time.

use crate::Outcome;
use anyhow::{Context, bail};
use apidoc::files::workspace_root;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the command may have, in bytes.
const MAX_BYTES: u64 = 8_000_000;

/// What it may take to start.
const MAX_START: Duration = Duration::from_millis(10);

/// Starts of which the median is taken.
const STARTS: usize = 101;

/// Build feishu-groups as it is installed, and print its figures at full size
///
/// Takes a quarter of an hour, and wants the machine to itself. Exit code 1 if a bound is broken; the command that
/// repeats the run is printed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Draw the faults and kills of this run again, instead of others
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Only the figures whose name contains this: faults, kills, plan, rate; `none` for size and start alone
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// Runs the subcommand; figures go to `out`, failures of the tests to standard error.
///
/// # Errors
///
/// Fails where cargo or the command does not start, or the command does not build.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let (seed, only) = (args.seed.unwrap_or_else(|| RandomState::new().hash_one(())), args.only);
    let filter = if only.is_empty() { String::new() } else { format!(" --only {only}") };
    writeln!(out, "$ cargo xtask sync-figures --seed {seed}{filter}")?;
    out.flush()?;
    let root = workspace_root().canonicalize()?;
    let mut build = cargo(&root, "build --quiet --release --locked --package feishu-groups --bin feishu-groups");
    if !build.status().context("cargo did not start")?.success() {
        bail!("feishu-groups does not build");
    }
    let built = root.join("target/release/feishu-groups");
    let size = built.metadata().with_context(|| built.display().to_string())?.len();
    let start = median_start(&built)?;
    writeln!(out, "size: {:.2} MB; start: {:.1} ms", size as f64 / 1e6, start.as_secs_f64() * 1e3)?;
    out.flush()?;
    let mut is_fine = size < MAX_BYTES && start < MAX_START;
    let mut tests = vec![format!("--test figures -- --ignored {only}")];
    if "rate".contains(&only) {
        tests.push("--test it -- rate::".to_owned());
    }
    for test in tests {
        let words = format!("test --quiet --package feishu-groups {test} --nocapture --test-threads 1");
        let mut tests = cargo(&root, &words);
        tests.env("FEISHU_GROUPS_BINARY", &built).env("FIGURES_SEED", seed.to_string());
        is_fine &= tests.status().context("cargo did not start")?.success();
    }
    Ok(Outcome::fine_if(is_fine))
}

fn cargo(root: &Path, words: &str) -> Command {
    let mut command = crate::cargo::from_shell("cargo");
    command.args(words.split_whitespace()).current_dir(root);
    command
}

/// The median of many runs that print the version.
fn median_start(binary: &Path) -> anyhow::Result<Duration> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begun = Instant::now();
        let status = Command::new(binary).arg("--version").stdout(Stdio::null()).status()?;
        if !status.success() {
            bail!("{} --version failed", binary.display());
        }
        times.push(begun.elapsed());
    }
    times.sort();
    times.get(STARTS / 2).copied().context("no start was measured")
}

//! `cargo xtask soak`: the soak of the client with a random seed and more calls.
//!
//! The soak is a test, `tests/soak`: thousands of calls through a proxy that makes a fifth of all attempts fail. In
//! `cargo test` it has a fixed seed, so that it says the same on every machine. This command explores: each run draws
//! other faults, and what it finds is repeated by the seed that it prints.

use crate::{Outcome, cargo};
use anyhow::Context;
use apidoc::files::workspace_root;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;

/// Run the soak of the client with a random seed, and print its figures
///
/// Exit code 1 if a call ended wrongly or dishonestly; the command that repeats it is printed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Draw the faults of this run again, instead of others
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many calls
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    calls: u64,
}

/// Runs the soak; its figures go to standard output, what it found to standard error.
///
/// # Errors
///
/// Fails where cargo does not start.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let (seed, calls) = (args.seed.unwrap_or_else(|| RandomState::new().hash_one(())), args.calls);
    let again = format!("cargo xtask soak --seed {seed} --calls {calls}");
    writeln!(out, "$ {again}")?;
    out.flush()?;
    let mut cargo = cargo::from_shell("cargo");
    cargo.args(["test", "--quiet", "--package", "feishu-user-groups", "--all-features", "--test", "soak"]);
    cargo.args(["--", "--nocapture"]).current_dir(workspace_root());
    cargo.env("SOAK_SEED", seed.to_string()).env("SOAK_CALLS", calls.to_string());
    let status = cargo.status().context("cargo did not start")?;
    if !status.success() {
        writeln!(out, "the soak failed with seed {seed}; to repeat it: {again}")?;
    }
    Ok(Outcome::fine_if(status.success()))
}

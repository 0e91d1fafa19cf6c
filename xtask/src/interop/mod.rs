//! `cargo xtask interop`: the offline service and the spec in the tools of other people, as they come.
//!
//! An SDK or a generator knows nothing of this repository, so it finds what our own tests agree on with our own code: a
//! response that it cannot read, a request of its own that the offline service rejects. Each tool goes through a group's
//! whole life with its members (`xtask/interop/life.mjs`), against an offline service of its own.

mod install;
mod mock;
mod process;
mod schemathesis;
mod table;
mod tools;

use crate::Outcome;
use anyhow::Context;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Seed, Simulator};
use install::Folders;
use std::io::Write;
use std::time::Instant;
use table::Row;

/// Run SDKs, generated clients, mock servers and a fuzzer of other people against the offline service and the spec
///
/// Needs Node with npm, Python with venv, and a network. Everything is installed into target/interop.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run only the tools whose name holds this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// How many requests the fuzzer makes up for each operation
    #[arg(long, value_name = "N", default_value_t = 20)]
    max_examples: u32,
}

/// What a tool did.
struct Ended {
    calls: usize,
    failed: Vec<String>,
}

/// Where a tool finds the service.
struct Service {
    url: String,
    // It stops when this is dropped.
    _simulator: Simulator,
}

impl Service {
    async fn start() -> anyhow::Result<Self> {
        let seed = Seed::from_yaml(include_str!("../../interop/seed.yaml")).context("xtask/interop/seed.yaml")?;
        let simulator = Simulator::builder().seed(seed).start().await.context("the offline service did not start")?;
        Ok(Self { url: simulator.url().to_owned(), _simulator: simulator })
    }

    /// What every script reads.
    fn environment(&self) -> [(&'static str, String); 3] {
        [("BASE_URL", self.url.clone()), ("APP_ID", APP_ID.to_owned()), ("APP_SECRET", APP_SECRET.to_owned())]
    }
}

/// Runs the tools and prints a table.
///
/// # Errors
///
/// Fails where a tool cannot be installed or does not start.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let folders = Folders::new()?;
    let begun = Instant::now();
    install::install(&folders)?;
    install::generate(&folders)?;
    writeln!(out, "installed and generated in {} s", begun.elapsed().as_secs())?;
    let runtime = tokio::runtime::Runtime::new().context("the asynchronous runtime did not start")?;
    let mut rows = Vec::new();
    for tool in tools::all(args.max_examples).iter().filter(|tool| tool.name.contains(&args.only)) {
        let begun = Instant::now();
        let service = runtime.block_on(Service::start())?;
        let ended = (tool.run)(&runtime, &folders, &service).with_context(|| tool.name.clone())?;
        let row = Row { name: tool.name.clone(), ended, seconds: begun.elapsed().as_secs() };
        row.print(out)?;
        rows.push(row);
    }
    table::print(&rows, out)?;
    Ok(Outcome::fine_if(rows.iter().all(|row| row.ended.failed.is_empty())))
}

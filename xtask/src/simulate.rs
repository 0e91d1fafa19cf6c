//! `cargo xtask simulate`: the offline service, for clients in any language.

use crate::Outcome;
use anyhow::Context;
use feishu_user_groups::simulator::{App, Seed};
use std::io::Write;

#[path = "../../cli/src/simulation.rs"]
mod simulation;

/// Run the offline service until it is interrupted
///
/// The first line printed is `listening on http://ADDRESS:PORT`. `/docs` is the API reference, whose page sends calls to
/// the service; `/_simulator/openapi.json` describes the admin API.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    options: simulation::Options,
}

/// Runs the service; comes back only if it cannot.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let options = args.options;
    let builder = options.builder(Seed::default()).map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Runtime::new().context("the asynchronous runtime did not start")?;
    runtime.block_on(async {
        let simulator = builder.start().await;
        let simulator = simulator.with_context(|| format!("the service did not start at {}", options.listen))?;
        let App { id, secret, .. } = simulator.app();
        // In one piece: a reader that closes the pipe after the first line must not stop the service.
        let (url, secret) = (simulator.url(), secret.expose());
        let told =
            format!("listening on {url}\nAPI reference: {url}/docs\napp {id}, secret {secret}; stop with Ctrl-C\n");
        out.write_all(told.as_bytes())?;
        out.flush()?;
        simulator.run_until_stopped().await;
        Ok(Outcome::Fine)
    })
}

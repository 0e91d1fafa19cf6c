//! `cargo xtask simulate`: the offline service, for clients in any language.

use crate::Outcome;
use anyhow::Context;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use std::io::Write;
use std::net::SocketAddr;

/// Run the offline service until it is interrupted
///
/// The first line printed is `listening on http://ADDRESS:PORT`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to listen; port 0 lets the system choose
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

/// Runs the service; comes back only if it cannot.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Runtime::new().context("the asynchronous runtime did not start")?;
    runtime.block_on(async {
        let simulator = Simulator::builder().address(args.listen).start().await;
        let simulator = simulator.with_context(|| format!("cannot listen on {}", args.listen))?;
        // In one piece: a reader that closes the pipe after the first line must not stop the service.
        let told = format!("listening on {}\napp {APP_ID}, secret {APP_SECRET}; stop with Ctrl-C\n", simulator.url());
        out.write_all(told.as_bytes())?;
        out.flush()?;
        simulator.run_until_stopped().await;
        Ok(Outcome::Fine)
    })
}

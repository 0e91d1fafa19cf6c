//! `simulate`: the offline service on its own, so that several commands see what the others changed.

use crate::args::Simulate;
use crate::failure::Failure;
use crate::output;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Seed, Simulator};
use std::process::ExitCode;

pub async fn run(args: &Simulate) -> Result<ExitCode, Failure> {
    let simulator = Simulator::builder().seed(Seed::invented(args.seed)).address(args.listen).start().await;
    let simulator =
        simulator.map_err(|error| Failure::bad_input(format!("cannot listen on {}: {error}", args.listen)))?;
    // The secret is that of every offline service, and opens nothing else.
    let text =
        format!("export FEISHU_BASE_URL={} FEISHU_APP_ID={APP_ID} FEISHU_APP_SECRET={APP_SECRET}\n", simulator.url());
    output::bytes(text.as_bytes())?;
    simulator.run_until_stopped().await;
    Ok(ExitCode::SUCCESS)
}

//! `simulate`: the offline service on its own, so that several commands see what the others changed.

use crate::failure::Failure;
use crate::output;
use crate::simulation::Options;
use feishu_user_groups::simulator::{App, Seed};
use std::process::ExitCode;

pub async fn run(options: &Options) -> Result<ExitCode, Failure> {
    let builder = options.builder(Seed::invented(1)).map_err(Failure::bad_input)?;
    let simulator = builder.start().await.map_err(|error| {
        Failure::bad_input(format!("the offline service did not start at {}: {error}", options.listen))
    })?;
    let App { id, secret, .. } = simulator.app();
    // The secret is that of an offline service, and opens nothing else.
    let text = format!(
        "export FEISHU_BASE_URL={} FEISHU_APP_ID={id} FEISHU_APP_SECRET={}\n",
        simulator.url(),
        secret.expose()
    );
    output::bytes(text.as_bytes())?;
    simulator.run_until_stopped().await;
    Ok(ExitCode::SUCCESS)
}

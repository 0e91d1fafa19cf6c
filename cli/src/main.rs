//! The command `feishu-groups`. What decides over members is in the library; this is arguments, questions and output.

use crate::failure::Failure;
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

mod args;
mod command;
mod confirm;
mod connect;
mod failure;
mod output;
mod progress;
mod simulation;

/// Interrupted, as shells count it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match run(args) {
        Ok(code) => code,
        Err(failure) => {
            // Nothing is left to do if standard error is closed.
            let _ = writeln!(std::io::stderr(), "error: {failure}");
            failure.exit_code()
        }
    }
}

fn run(mut args: args::Args) -> Result<ExitCode, Failure> {
    if args.command.connects() {
        connect::ask_for_secret(&mut args.global)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::service(format!("no runtime could be started: {error}")))?;
    let after_interruption = args.command.after_interruption();
    // A question waits for a line and blocks its thread. The signal has to be noticed meanwhile, by this one.
    let handle = runtime.handle().clone();
    let command = runtime.spawn_blocking(move || handle.block_on(command::run(args)));
    let result = runtime.block_on(async {
        tokio::select! {
            result = command => result.unwrap_or_else(|_| Err(Failure::partial("the command broke off; this is a bug"))),
            // Without a handler of the signal the default ends the process, which is the same end.
            Ok(()) = tokio::signal::ctrl_c() => {
                let after = if confirm::is_confirmed() { after_interruption } else { "Nothing was changed." };
                // Nothing is left to do if standard error is closed.
                let _ = writeln!(std::io::stderr(), "interrupted. {after}");
                Ok(ExitCode::from(INTERRUPTED))
            }
        }
    });
    // A question that still waits must not keep the process.
    runtime.shutdown_background();
    result
}

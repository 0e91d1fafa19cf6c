//! The command `feishu-groups`. What decides over members is in the library; this is arguments, questions and output.

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
mod simulated;

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

fn run(args: args::Args) -> Result<ExitCode, failure::Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| failure::Failure::bad_input(format!("no runtime could be started: {error}")))?;
    runtime.block_on(async {
        tokio::select! {
            result = command::run(args) => result,
            // Without a handler of the signal the default ends the process, which is the same end.
            Ok(()) = tokio::signal::ctrl_c() => {
                let text = "interrupted. What was sent stays; the same command again does the rest.";
                let _ = writeln!(std::io::stderr(), "{text}");
                Ok(ExitCode::from(INTERRUPTED))
            }
        }
    })
}

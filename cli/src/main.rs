//! The command `feishu-groups`. What decides over members is in the library; this is arguments, questions and output.

use crate::failure::Failure;
use clap::Parser;
use std::future::poll_fn;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::task::Poll;
use std::thread;
use tokio::runtime::Runtime;

mod args;
mod command;
mod confirm;
mod connect;
mod failure;
mod output;
mod progress;
mod simulation;

/// Interrupted, as shells count it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match run(args) {
        Ok(code) => code,
        Err(failure) => {
            // Nothing is left to do if standard error is closed.
            let _ = writeln!(io::stderr(), "error: {failure}");
            failure.exit_code()
        }
    }
}

fn run(mut args: args::Args) -> Result<ExitCode, Failure> {
    if args.command.connects() {
        connect::ask_for_secret(&mut args.global)?;
    }
    let after_interruption = args.command.after_interruption();
    // A question waits for a line, and blocks this thread. Another one notices the signal meanwhile.
    let signals = runtime()?;
    let mut interrupted = Box::pin(tokio::signal::ctrl_c());
    // The first poll sets the handler. Left to the thread, that could come after a question: an interruption there would
    // end the process without a message.
    match signals.block_on(poll_fn(|context| Poll::Ready(interrupted.as_mut().poll(context)))) {
        Poll::Pending => drop(thread::spawn(move || {
            if signals.block_on(interrupted).is_ok() {
                end_interrupted(after_interruption);
            }
        })),
        Poll::Ready(Ok(())) => end_interrupted(after_interruption),
        // No handler can be set: the signal ends the process by default, without a message.
        Poll::Ready(Err(_)) => {}
    }
    let result = panic::catch_unwind(AssertUnwindSafe(|| runtime()?.block_on(command::run(args))));
    result.unwrap_or_else(|_| Err(Failure::partial("the command broke off; this is a bug")))
}

fn runtime() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::service(format!("no runtime could be started: {error}")))
}

fn end_interrupted(after_interruption: &str) {
    let after = if confirm::is_confirmed() { after_interruption } else { "Nothing was changed." };
    progress::aside(|| {
        // Nothing is left to do if standard error is closed.
        let _ = writeln!(io::stderr(), "interrupted. {after}");
        std::process::exit(INTERRUPTED);
    })
}

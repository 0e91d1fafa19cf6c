//! One module for each command.

mod doctor;
mod dump;
mod group;
mod manifest;
mod member;
mod outcome;
mod people;
mod performance;
mod request;
mod row;
mod simulate;
mod sync;

use crate::args::{Args, Command};
use crate::failure::Failure;
use crate::output;
use clap::CommandFactory;
use std::process::ExitCode;

/// Runs the command that was given.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let Args { global, command } = args;
    if let Some(path) = command.report().filter(|_| !global.dry_run) {
        outcome::check_writable(path)?;
    }
    match command {
        Command::Group(command) => group::run(&global, command).await,
        Command::Member(command) => member::run(&global, command).await,
        Command::Sync(command) => sync::run(&global, command).await,
        Command::Dump { id_type } => dump::run(&global, id_type).await,
        Command::Performance(command) => performance::run(&global, command).await,
        Command::Doctor => doctor::run(&global).await,
        Command::Simulate(args) => simulate::run(&args).await,
        Command::Completions { shell } => {
            // Into memory first: a closed output would be a panic of the generator.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "feishu-groups", &mut script);
            output::bytes(&script)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

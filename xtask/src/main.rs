//! `cargo xtask`: the command line, and nothing but the command line.

use clap::Parser;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use xtask::{
    api, ci, codegen, cost, coverage, documents, interop, msrv, mutants, perf, simulate, soak, spec, sync_figures,
    validate,
};

/// The maintainers' tool of feishu-user-groups
///
/// Exit codes: 0 fine, 1 stale or findings, 2 could not run.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
enum Command {
    Documents(documents::Args),
    Codegen(codegen::Args),
    Simulate(simulate::Args),
    Soak(soak::Args),
    Spec(spec::Args),
    Interop(interop::Args),
    SyncFigures(sync_figures::Args),
    Ci(ci::Args),
    Validate(validate::Args),
    Coverage(coverage::Args),
    Mutants(mutants::Args),
    Perf(perf::Args),
    Cost(cost::Args),
    Msrv(msrv::Args),
    Api(api::Args),
}

fn main() -> ExitCode {
    // Takes colours out where no terminal shows them, or where NO_COLOR says so.
    let mut out = anstream::stdout().lock();
    let outcome = match Command::parse() {
        Command::Documents(args) => documents::run(args, &mut out),
        Command::Codegen(args) => codegen::run(args, &mut out),
        Command::Simulate(args) => simulate::run(args, &mut out),
        Command::Soak(args) => soak::run(args, &mut out),
        Command::Spec(args) => spec::run(args, &mut out),
        Command::Interop(args) => interop::run(args, &mut out),
        Command::SyncFigures(args) => sync_figures::run(args, &mut out),
        Command::Ci(args) => ci::run(args, &mut out),
        Command::Validate(args) => validate::run(args, &mut out),
        Command::Coverage(args) => coverage::run(args, &mut out),
        Command::Mutants(args) => mutants::run(args, &mut out),
        Command::Perf(args) => perf::run(args, &mut out),
        Command::Cost(args) => cost::run(args, &mut out),
        Command::Msrv(args) => msrv::run(args, &mut out),
        Command::Api(args) => api::run(args, &mut out),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        // The reader of the output has seen enough, as `head` does.
        Err(error) if error.downcast_ref().is_some_and(|e: &std::io::Error| e.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Nothing is left to do if standard error is gone, too.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

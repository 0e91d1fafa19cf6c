//! The command line of the maintainers' tool, as a library.
//!
//! Each command is a module with `Args` and `run(args, out)`, so that tests run what the
//! command line runs and capture what it prints. The work itself is done by `apidoc`,
//! which reads documents, and `specproof`, which proves the spec with their facts.

pub mod api;
mod args;
pub mod cargo;
pub mod ci;
pub mod codegen;
pub mod cost;
pub mod coverage;
pub mod documents;
pub mod interop;
pub mod msrv;
pub mod mutants;
pub mod perf;
pub mod simulate;
pub mod soak;
pub mod spec;
pub mod sync_figures;
pub mod validate;

use std::process::ExitCode;

/// How a command that ran has ended; one that could not run returns an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Everything agrees: exit code 0.
    Fine,
    /// Something is stale or disagrees, and has been printed: exit code 1.
    Findings,
}

impl Outcome {
    /// `Findings` unless `fine`.
    pub fn fine_if(fine: bool) -> Self {
        if fine { Self::Fine } else { Self::Findings }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Findings => Self::FAILURE,
        }
    }
}

//! The maintainers' tool of feishu-user-groups, as a library.
//!
//! Each subcommand is a module with `Args` and `run(args, out)`, so that tests call
//! what the command line calls and capture what it prints.

pub mod ci;
#[path = "../../build/codegen.rs"]
pub mod codegen;
pub mod cost;
pub mod coverage;
pub mod diff;
pub mod documents;
pub mod draft;
#[allow(missing_docs, reason = "the fields are the words of the JSON that spec/documents holds")]
pub mod facts;
mod files;
pub mod generate;
pub mod mutants;
mod parallel;
pub mod perf;
mod reading;
pub mod simulate;
pub mod validate;

pub use codegen::source;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a command that could run has ended; one that could not is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Everything agrees: exit code 0.
    Fine,
    /// Something is stale or does not agree, and has been told: exit code 1.
    Findings,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Findings => Self::FAILURE,
        }
    }
}

/// The folder of the workspace: cargo names the package's folder, which lies in it.
///
/// Asked at run time, so that no path of the building machine is compiled in. Without
/// cargo it is the current folder.
pub fn workspace_root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    package.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

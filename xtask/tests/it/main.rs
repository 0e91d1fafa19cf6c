//! The commands, through the real command line or as the library behind it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a failed test should say where")]

mod api;
mod commands;
mod coverage;
mod documents_diff;
mod documents_draft;
mod documents_report;
mod documents_sync;
mod import_circles;
mod interop;
mod msrv;
mod mutants;
#[path = "../../../src/property.rs"]
mod property;
mod readme_costs;
mod spec;
mod validate;
mod validate_reports;

use std::path::{Path, PathBuf};

/// A path of this process: two runs of the tests at once do not write each other's files.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xtask-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

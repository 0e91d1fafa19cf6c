//! The commands, through the real command line or as the library behind it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a failed test should say where")]

mod api;
mod commands;
mod coverage;
mod documents_diff;
mod documents_draft;
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

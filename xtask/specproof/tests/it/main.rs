//! The proof of the spec, its parts and its own proof, as a library.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a failed test should say where")]

mod any_spec;
mod corpus;
mod diff_mutants;
mod document_mutants;
mod features;
#[path = "../../../apidoc/tests/corpus/mod.rs"]
mod generated;
mod mutated;
mod reserved_names;
mod rules;
mod spec_mistakes;

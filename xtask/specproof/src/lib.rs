//! Proves `spec/openapi.yaml` against what the API documents and the service state.
//!
//! `validate` compares the spec with the facts of documents (`apidoc`) and of the service,
//! `coverage` shows the evidence for each fact, and `mutants` tests the proof itself.
//! `diff` compares two states of the documents, and `draft` writes the YAML of new
//! operations, and `report` says what the tool makes of documents. Nothing here reads Markdown.

mod assertion;
#[path = "../../../build/codegen.rs"]
pub mod codegen;
pub mod coverage;
pub mod diff;
pub mod draft;
pub mod examples;
mod fact;
mod kind;
pub mod mutants;
mod place;
#[cfg(test)]
#[path = "../../../src/property.rs"]
mod property;
pub mod report;
mod spec_model;
mod statements;
pub mod validate;
mod yaml;

pub use codegen::spec::yaml as source;

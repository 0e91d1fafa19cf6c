//! The YAML for operations that the spec does not have.
//!
//! Transcribing is mostly copying: addresses, names, types, limits, codes. That part is
//! done here, from the same facts that `validate` will hold the spec to (`drafting`,
//! `operation` and what they are made of). What only a reader of the document can say
//! stays a `TODO`. The draft is printed, or inserted where it belongs (`insert`); a spec
//! that would not build with it is never written.

mod batch;
mod derived;
mod drafting;
mod errors;
mod fragment;
mod insert;
mod known;
mod limits;
mod names;
mod operation;
mod parameters;
mod response;
mod schemas;
mod shape;
mod wording;

pub use drafting::Draft;
pub(crate) use drafting::{Address, Reason, drafts};

use apidoc::load::Loaded;

/// Drafts every operation of documents that a spec, which messages call `file`, does not have.
///
/// # Errors
///
/// Fails where the spec is malformed.
pub fn draft<T: Into<Loaded>>(file: &str, spec: &str, documents: Vec<T>) -> anyhow::Result<Draft> {
    drafting::draft(file, spec, documents.into_iter().map(Into::into).collect())
}

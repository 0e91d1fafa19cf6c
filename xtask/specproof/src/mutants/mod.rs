//! The proof of the proof.
//!
//! `validate` promises to notice almost every change of the spec.
//! Here everything is changed, one thing at a time (`changes`), and shown to it
//! (`runner`). What survives is a gap in the proof, unless the list of accepted ones
//! (`accepted`) has the reason why no check could notice it.

mod accepted;
mod additions;
mod changes;
mod mutant;
mod names;
mod report;
mod runner;

pub use accepted::{Accepted, read};
pub use mutant::Mutant;
pub use report::Report;
pub use runner::{Run, run};

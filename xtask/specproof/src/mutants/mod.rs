//! The proof of the proof.
//!
//! `validate` asserts that little of the spec can be changed without somebody noticing.
//! Here everything is changed, one thing at a time (`changes`), and shown to it
//! (`runner`). What survives is a gap in the proof, unless the list of accepted ones
//! (`accepted`) has the reason why nobody could know better.

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

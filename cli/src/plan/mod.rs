//! What has to change in a group so that its members are those of a file, and when that is refused.
//!
//! A plan that adds too many is a nuisance; one that removes too many takes away access, and nobody remembers who had
//! it. So additions are planned freely, and removals only on evidence:
//!
//! - the whole list of present members was read, and its length is that which the group itself reports;
//! - the file names at least one person;
//! - there are no more removals than the ceiling, by default a quarter of the members.
//!
//! Nothing else decides: a plan is a function of two lists and these limits, without network or clock.

mod ceiling;
mod group;
mod refusal;
pub mod tenant;

pub use self::ceiling::Ceiling;
pub use self::group::{Drift, Options, Plan, Present};
pub use self::refusal::Refusal;

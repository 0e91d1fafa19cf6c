//! What the service is asked about people and members, and what it is asked to change.
//!
//! These are all calls that a sync makes. They use nothing but the client's public API, one call after the other: the
//! documented rates are lower than what one connection reaches, and a run that stops knows then exactly what it sent.

mod apply;
mod change;
mod find;
mod joined;
mod read;
mod retrying;
mod tenant;

pub use self::apply::{Applied, BATCH, Stop, add, apply, remove};
pub use self::change::{Undeleted, create, delete, update};
pub use self::find::{Found, find};
pub use self::joined::{JoinedGroup, all, groups_of, of_type};
pub use self::read::{GroupState, read};
pub use self::retrying::RetryingClient;
pub use self::tenant::{GroupApplied, apply_tenant};

/// Called with the number of people who are done since the last call, for a progress bar.
pub type Progress<'a> = &'a mut (dyn FnMut(usize) + Send);

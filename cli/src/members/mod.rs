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

/// What has come forward since the last step, for a display of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// This many more people were looked up, added or removed.
    Done(usize),
    /// The members of a group are being read. A group may be read several times, and each counts from 0.
    Read {
        /// The group.
        group_id: &'a str,
        /// How many were read so far.
        members: usize,
    },
}

/// Called at each step.
pub type Progress<'a> = &'a mut (dyn FnMut(Step<'_>) + Send);

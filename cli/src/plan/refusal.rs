//! Why a plan is refused, with the figures, and what to do if it is right after all.

use super::Ceiling;
use std::fmt;

/// Why nothing may be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Members would be removed, but the list of members is not known to be whole.
    IncompleteRead {
        /// How many would be removed.
        removals: usize,
        /// What is missing.
        gap: String,
    },
    /// The file names nobody.
    EmptyInput {
        /// How many members the group has.
        members: usize,
    },
    /// More would be removed than the ceiling allows.
    TooManyRemovals {
        /// How many would be removed.
        removals: usize,
        /// How many members the group has.
        members: usize,
        /// How many may be removed.
        allowed: usize,
        /// The ceiling as it was given.
        ceiling: Ceiling,
    },
    /// The group's members follow from a rule.
    DynamicGroup,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncompleteRead { removals, gap } => write!(
                f,
                "{removals} members would be removed, but the list of present members may be incomplete: {gap}. \
                 Nobody is removed on an incomplete list; `--keep-others` only adds"
            ),
            Self::EmptyInput { members } => write!(
                f,
                "the file names nobody, which would remove all {members} members. \
                 `member remove` or `group delete --drain` empties a group on purpose"
            ),
            Self::TooManyRemovals { removals, members, allowed, ceiling } => write!(
                f,
                "{removals} of {members} members would be removed, and the ceiling of {ceiling} allows {allowed}. \
                 If that is what you want, raise it: `--max-removals {removals}`"
            ),
            Self::DynamicGroup => f.write_str(
                "the group is dynamic: a rule selects its members, and no call adds or removes one. \
                 Change its rule in the admin console",
            ),
        }
    }
}

impl std::error::Error for Refusal {}

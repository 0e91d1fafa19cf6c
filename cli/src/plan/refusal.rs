//! Why a plan is refused, with the figures, and what to do if it is right after all.

use super::Ceiling;
use crate::counted;
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
    /// Members would be removed or groups deleted, but a group was not read to its end.
    IncompleteReads {
        /// How many members would be removed.
        removals: usize,
        /// How many groups would be deleted.
        deletions: usize,
        /// What is missing, and where.
        gaps: Vec<String>,
    },
    /// Members would be removed or groups deleted, but the manifest says that it does not name everybody.
    IncompleteManifest,
    /// More would be removed from all groups together than the ceiling allows.
    TooManyRemovalsOfAll {
        /// How many would be removed.
        removals: usize,
        /// How many members the groups have.
        members: usize,
        /// How many may be removed.
        allowed: usize,
        /// The ceiling as it was given.
        ceiling: Ceiling,
    },
    /// More groups would be deleted than the ceiling allows.
    TooManyDeletions {
        /// How many would be deleted.
        deletions: usize,
        /// How many groups the tenant has.
        groups: usize,
        /// How many may be deleted.
        allowed: usize,
        /// The ceiling as it was given.
        ceiling: Ceiling,
    },
    /// The manifest has no group, so that all would be deleted.
    EmptyManifest {
        /// How many groups would be deleted.
        groups: usize,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members_of = |count: &usize| counted(*count, "member", "members");
        let groups_of = |count: &usize| counted(*count, "group", "groups");
        match self {
            Self::IncompleteRead { removals, gap } => write!(
                f,
                "{} would be removed, but the list of present members may be incomplete: {gap}. \
                 Nobody is removed on an incomplete list; `--keep-others` only adds",
                members_of(removals)
            ),
            Self::EmptyInput { members } => write!(
                f,
                "the file names nobody, which would remove the group's {}. \
                 `member remove` or `group delete --drain` empties a group on purpose",
                members_of(members)
            ),
            Self::TooManyRemovals { removals, members, allowed, ceiling } => write!(
                f,
                "{removals} of {} would be removed, and the ceiling of {ceiling} allows {allowed}. \
                 If that is what you want, raise it: `--max-removals {removals}`",
                members_of(members)
            ),
            Self::DynamicGroup => f.write_str(
                "the group is dynamic: a rule selects its members, and no call adds or removes one. \
                 Change its rule in the admin console",
            ),
            Self::IncompleteReads { removals, deletions, gaps } => write!(
                f,
                "{} would be removed and {} deleted, but not everything was read: {}. \
                 Nobody is removed then; `--keep-others` only adds, and a group without `users` in the manifest is not read",
                members_of(removals),
                groups_of(deletions),
                gaps.join("; ")
            ),
            Self::IncompleteManifest => f.write_str(
                "the manifest says `complete: false`, so people may be missing from it, and nobody is removed. \
                 Dump again, or use `--keep-others`, which only adds",
            ),
            Self::TooManyRemovalsOfAll { removals, members, allowed, ceiling } => write!(
                f,
                "{removals} of {} of all groups would be removed, those of deleted groups included, and the \
                 ceiling of {ceiling} allows {allowed}. If that is what you want, raise it: `--max-removals {removals}`",
                members_of(members)
            ),
            Self::TooManyDeletions { deletions, groups, allowed, ceiling } => write!(
                f,
                "{deletions} of {} would be deleted, and the ceiling of {ceiling} allows {allowed}. \
                 If that is what you want, raise it with `--max-removals`, which counts members and groups alike",
                groups_of(groups)
            ),
            Self::EmptyManifest { groups } => write!(
                f,
                "the manifest has no group, which would delete {}. `group delete` deletes groups on purpose",
                groups_of(groups)
            ),
        }
    }
}

impl std::error::Error for Refusal {}

//! Which members belong to which groups, in both directions.
//!
//! A group can have 100,000 members, and a member can be in thousands of groups. Members
//! of a group are kept in the order of joining, groups of a member in the order of their
//! creation; both are ordered maps, so a page begins where the last one ended without
//! passing over what came before. Every operation takes logarithmic time.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;

use super::registry::Key;

/// A group, by its position in the order of creation.
pub(super) type GroupPosition = u64;

/// The memberships of one kind of member.
#[derive(Default)]
pub(super) struct Memberships {
    /// The members of each group that has any, by the position of the membership.
    members: HashMap<GroupPosition, BTreeMap<u64, Key>>,
    /// The position of each membership, by member and group.
    groups: BTreeMap<(Key, GroupPosition), u64>,
    last_position: u64,
}

impl Memberships {
    /// The memberships of a seed, group by group and in the order of joining; who joins a group twice joined it the first
    /// time.
    ///
    /// Ordered maps are made of sorted lists many times faster than one entry after the other.
    pub fn of(joins: &[(GroupPosition, Key)]) -> Self {
        let memberships = (1..).zip(joins).map(|(position, (group, member))| ((*member, *group), position));
        let mut groups: Vec<((Key, GroupPosition), u64)> = memberships.collect();
        groups.sort_unstable();
        let mut repeated = HashSet::new();
        groups.dedup_by(|(later, position), (earlier, _)| later == earlier && repeated.insert(*position));
        let mut last_position = 0;
        let mut next = |(_, member): &(GroupPosition, Key)| {
            last_position += 1;
            (last_position, *member)
        };
        let mut members = HashMap::new();
        for joins in joins.chunk_by(|(one, _), (other, _)| one == other) {
            let joined = joins.iter().map(&mut next).filter(|(position, _)| !repeated.contains(position));
            let joined: BTreeMap<_, _> = joined.collect();
            members.extend(joins.first().map(|(group, _)| (*group, joined)));
        }
        Self { members, groups: groups.into_iter().collect(), last_position }
    }

    /// Adds a member to a group; returns `false` for one who is in it.
    pub fn join(&mut self, group: GroupPosition, member: Key) -> bool {
        let Entry::Vacant(free) = self.groups.entry((member, group)) else { return false };
        self.last_position += 1;
        free.insert(self.last_position);
        self.members.entry(group).or_default().insert(self.last_position, member);
        true
    }

    /// Removes a member from a group; returns `false` for one who is not in it.
    pub fn leave(&mut self, group: GroupPosition, member: Key) -> bool {
        let Some(position) = self.groups.remove(&(member, group)) else { return false };
        if let Some(members) = self.members.get_mut(&group) {
            members.remove(&position);
            if members.is_empty() {
                self.members.remove(&group);
            }
        }
        true
    }

    /// Whether a group has this member.
    pub fn contains(&self, group: GroupPosition, member: Key) -> bool {
        self.groups.contains_key(&(member, group))
    }

    /// The number of members of a group.
    pub fn count(&self, group: GroupPosition) -> usize {
        self.members.get(&group).map_or(0, BTreeMap::len)
    }

    /// The members of a group after the membership at `after`, each with the position of
    /// the membership.
    pub fn members_after(&self, group: GroupPosition, after: u64) -> impl Iterator<Item = (u64, Key)> {
        let members = self.members.get(&group).into_iter();
        members.flat_map(move |members| members.range(beyond(after))).map(|(position, member)| (*position, *member))
    }

    /// The groups of a member that were created after the one at `after`.
    pub fn groups_after(&self, member: Key, after: GroupPosition) -> impl Iterator<Item = GroupPosition> {
        let groups = (Bound::Excluded((member, after)), Bound::Included((member, GroupPosition::MAX)));
        self.groups.range(groups).map(|((_, group), _)| *group)
    }
}

/// The positions after this one.
pub(super) fn beyond(position: u64) -> (Bound<u64>, Bound<u64>) {
    (Bound::Excluded(position), Bound::Unbounded)
}

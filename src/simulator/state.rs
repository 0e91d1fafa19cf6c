//! What a tenant has: its user groups, and the performance system's groups.
//!
//! The two kinds of group know nothing of each other, on the service as here.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;

use super::group::Group;
use super::ids;

/// Everything that belongs to one tenant.
#[derive(Default)]
pub(super) struct Tenant {
    /// In the order of creation.
    groups: Vec<Stored>,
    created: u64,
    /// Groups of people under review, by id.
    pub performance: HashMap<String, PerformanceGroup>,
    /// The `client_token`s that writes were made under.
    pub spent_client_tokens: HashSet<String>,
    /// Seals the page tokens, so that none is valid for another tenant.
    pub seal: RandomState,
}

/// A user group and its place in the order of creation, which no deletion
/// shifts: a listing that resumes there misses and repeats nothing.
pub(super) struct Stored {
    pub place: u64,
    pub group: Group,
}

/// A group of people under review.
#[derive(Clone, Default)]
pub(super) struct PerformanceGroup {
    pub members: Vec<String>,
    /// Only the administrators may write its members.
    pub manual: bool,
    /// An import is running.
    pub importing: bool,
}

impl Tenant {
    /// A tenant with these groups of people under review, and no user group.
    pub fn new(performance: HashMap<String, PerformanceGroup>) -> Self {
        Self { performance, ..Self::default() }
    }

    /// The user groups in the order of creation.
    pub fn groups(&self) -> impl Iterator<Item = &Stored> {
        self.groups.iter()
    }

    /// The user group of that id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups().map(|stored| &stored.group).find(|group| group.id == id)
    }

    /// The user group of that id, to change it.
    pub fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.iter_mut().map(|stored| &mut stored.group).find(|group| group.id == id)
    }

    /// Whether a group has taken this id or custom id.
    pub fn has_id(&self, id: &str) -> bool {
        self.groups().any(|Stored { group, .. }| group.id == id || group.custom_id.as_deref() == Some(id))
    }

    /// Whether a group other than `except` has this name.
    pub fn has_name(&self, name: &str, except: &str) -> bool {
        self.groups().any(|Stored { group, .. }| group.name == name && group.id != except)
    }

    /// An id that no group has.
    pub fn free_id(&self) -> String {
        loop {
            let id = format!("g{}", ids::hex());
            if !self.has_id(&id) {
                return id;
            }
        }
    }

    /// Takes in a new group.
    pub fn insert(&mut self, group: Group) {
        self.created += 1;
        self.groups.push(Stored { place: self.created, group });
    }

    /// Removes a group.
    pub fn remove(&mut self, id: &str) {
        self.groups.retain(|stored| stored.group.id != id);
    }

    /// Whether the tenant employs the bearer of this id.
    ///
    /// There is no list of employees to keep: an id that has the form of its
    /// kind belongs to somebody, unless it says itself that it is `missing`.
    /// Whoever was made a member of a group exists under any id.
    pub fn employs(&self, id: &str, kind: &str) -> bool {
        let well_formed = match kind {
            "open_id" => id.starts_with("ou_"),
            "union_id" => id.starts_with("on_"),
            _ => !id.is_empty() && !id.starts_with("ou_") && !id.starts_with("on_"),
        };
        well_formed && !id.contains("missing") || self.groups().any(|stored| stored.group.has_member(id))
    }
}

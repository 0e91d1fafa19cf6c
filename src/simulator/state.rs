//! The state of a tenant: user groups and performance groups.
//!
//! The two kinds of group are independent, as on the service.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;

use super::group::Group;
use super::ids;

/// The state of one tenant.
#[derive(Default)]
pub(super) struct Tenant {
    /// In the order of creation.
    groups: Vec<Stored>,
    last_position: u64,
    /// Performance groups by id.
    pub performance: HashMap<String, PerformanceGroup>,
    /// The `client_token`s of successful writes.
    pub used_client_tokens: HashSet<String>,
    /// The hash key of page tokens, which makes them invalid for other tenants.
    pub page_token_key: RandomState,
}

/// A user group and its position in the order of creation.
///
/// Deletions do not change positions, so a listing that resumes at one skips and repeats
/// nothing.
pub(super) struct Stored {
    pub position: u64,
    pub group: Group,
}

/// A group of people under performance review.
#[derive(Clone, Default)]
pub(super) struct PerformanceGroup {
    pub members: Vec<String>,
    /// Only administrators can change the members; the API cannot.
    pub manual: bool,
    /// An import is running.
    pub importing: bool,
}

impl Tenant {
    /// Creates a tenant with these performance groups and no user group.
    pub fn new(performance: HashMap<String, PerformanceGroup>) -> Self {
        Self { performance, ..Self::default() }
    }

    /// The user groups in the order of creation.
    pub fn groups(&self) -> impl Iterator<Item = &Stored> {
        self.groups.iter()
    }

    /// The user group with this id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups().map(|stored| &stored.group).find(|group| group.id == id)
    }

    /// The user group with this id, to change it.
    pub fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.iter_mut().map(|stored| &mut stored.group).find(|group| group.id == id)
    }

    /// Whether a group has this id or custom id.
    pub fn has_id(&self, id: &str) -> bool {
        self.groups().any(|Stored { group, .. }| group.id == id || group.custom_id.as_deref() == Some(id))
    }

    /// Whether a group other than `except` has this name.
    pub fn has_name(&self, name: &str, except: &str) -> bool {
        self.groups().any(|Stored { group, .. }| group.name == name && group.id != except)
    }

    /// Generates an id that no group has.
    pub fn free_id(&self) -> String {
        loop {
            let id = format!("g{}", ids::hex());
            if !self.has_id(&id) {
                return id;
            }
        }
    }

    /// Adds a group.
    pub fn insert(&mut self, group: Group) {
        self.last_position += 1;
        self.groups.push(Stored { position: self.last_position, group });
    }

    /// Removes a group.
    pub fn remove(&mut self, id: &str) {
        self.groups.retain(|stored| stored.group.id != id);
    }

    /// Whether an employee with this id exists.
    ///
    /// There is no list of employees: an id in the form of its type exists unless it
    /// contains `missing`. A member of a group exists whatever the form of the id.
    pub fn employee_exists(&self, id: &str, id_type: &str) -> bool {
        let well_formed = match id_type {
            "open_id" => id.starts_with("ou_"),
            "union_id" => id.starts_with("on_"),
            _ => !id.is_empty() && !id.starts_with("ou_") && !id.starts_with("on_"),
        };
        well_formed && !id.contains("missing") || self.groups().any(|stored| stored.group.has_member(id))
    }
}

//! The state of a tenant: its directory, user groups, their members, and performance groups.
//!
//! User groups and performance groups are independent, as on the service. Groups are found
//! by id and name, and pages of them by position, without a scan: a listing takes as long
//! in a tenant with a hundred thousand groups as in one with ten.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::RandomState;
use std::io;

use super::department::Department;
use super::directory::{DepartmentIdType, Departments, People, UserIdType};
use super::group::Group;
use super::ids;
use super::membership::{GroupPosition, Memberships, beyond};
use super::person::Person;
use super::registry::Key;

/// The state of one tenant.
#[derive(Default)]
pub(super) struct Tenant {
    /// In the order of creation. Deletions do not change positions, so a listing that
    /// resumes at one skips and repeats nothing.
    groups: BTreeMap<GroupPosition, Group>,
    by_id: HashMap<String, GroupPosition>,
    by_custom_id: HashMap<String, GroupPosition>,
    by_name: HashMap<String, GroupPosition>,
    last_position: GroupPosition,
    pub people: People,
    pub departments: Departments,
    users: Memberships,
    member_departments: Memberships,
    /// The number of memberships of people in groups that are not dynamic.
    normal_memberships: usize,
    groups_outside_scope: usize,
    /// Performance groups by id.
    pub performance: HashMap<String, PerformanceGroup>,
    /// The `client_token`s of successful writes.
    pub used_client_tokens: HashSet<String>,
    /// The hash key of page tokens, which makes them invalid for other tenants.
    pub page_token_key: RandomState,
}

/// What a test puts into a tenant before the start.
#[derive(Clone, Debug, Default)]
pub(super) struct Seeds {
    pub people: Vec<Person>,
    pub departments: Vec<Department>,
    pub groups: Vec<Group>,
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
    /// Creates a tenant without user groups, whose people and departments are invented.
    pub fn empty(performance: HashMap<String, PerformanceGroup>) -> Self {
        Self { performance, ..Self::default() }
    }

    /// Creates a tenant with seeds. Fails if two seeds have the same id, name, email or phone number, or
    /// if a group has a member that does not exist.
    pub fn seeded(seeds: Seeds, performance: HashMap<String, PerformanceGroup>) -> io::Result<Self> {
        let duplicate = |what: &str, id: &str| invalid(format!("two {what} have the same `{id}`"));
        let mut tenant = Self {
            people: People::new(seeds.people).map_err(|id| duplicate("people", &id))?,
            departments: Departments::new(seeds.departments).map_err(|id| duplicate("departments", &id))?,
            ..Self::empty(performance)
        };
        for mut group in seeds.groups {
            let mut ids = std::iter::once(&group.id).chain(&group.custom_id);
            if let Some(taken) = ids.find(|id| tenant.has_id(id)) {
                return Err(duplicate("groups", taken));
            }
            if tenant.has_name(&group.name, "") {
                return Err(duplicate("groups", &group.name));
            }
            let users = std::mem::take(&mut group.member_user_ids);
            let departments = std::mem::take(&mut group.member_department_ids);
            let missing = |group: &Group, id: &str| invalid(format!("the group {}: there is no `{id}`", group.id));
            let position = tenant.insert(group.clone());
            for id in users {
                let person = tenant.people.of_any_id(&id).ok_or_else(|| missing(&group, &id))?;
                tenant.join(position, person);
            }
            for id in departments {
                let department = tenant.departments.of_any_id(&id).ok_or_else(|| missing(&group, &id))?;
                tenant.member_departments.join(position, department);
            }
        }
        Ok(tenant)
    }

    /// The groups created after the one at this position, with their positions.
    pub fn groups_after(&self, after: GroupPosition) -> impl Iterator<Item = (GroupPosition, &Group)> {
        self.groups.range(beyond(after)).map(|(position, group)| (*position, group))
    }

    /// The groups of a person created after the one at this position, with their positions.
    pub fn groups_of(&self, person: Key, after: GroupPosition) -> impl Iterator<Item = (GroupPosition, &Group)> {
        let positions = self.users.groups_after(person, after);
        positions.filter_map(|position| Some((position, self.groups.get(&position)?)))
    }

    /// The position of the group with this id.
    pub fn position(&self, id: &str) -> Option<GroupPosition> {
        self.by_id.get(id).copied()
    }

    /// The group with this id, without its members.
    pub fn group(&self, id: &str) -> Option<(GroupPosition, &Group)> {
        let position = self.position(id)?;
        Some((position, self.groups.get(&position)?))
    }

    /// A group with its members: open ids, in the order of joining.
    pub fn with_members(&self, position: GroupPosition, group: &Group) -> Group {
        let users = self.users.members_after(position, 0);
        let departments = self.member_departments.members_after(position, 0);
        Group {
            member_user_ids: users
                .filter_map(|(_, key)| self.people.id(key, UserIdType::Open).map(str::to_owned))
                .collect(),
            member_department_ids: departments
                .filter_map(|(_, key)| self.departments.id(key, DepartmentIdType::Open).map(str::to_owned))
                .collect(),
            ..group.clone()
        }
    }

    /// Whether a group has this id or custom id.
    pub fn has_id(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.by_custom_id.contains_key(id)
    }

    /// Whether a group other than `except` has this name.
    pub fn has_name(&self, name: &str, except: &str) -> bool {
        self.by_name.get(name).is_some_and(|position| self.position(except) != Some(*position))
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

    /// Adds a group without members; its ids and name must be free.
    pub fn insert(&mut self, group: Group) -> GroupPosition {
        self.last_position += 1;
        let position = self.last_position;
        self.by_id.insert(group.id.clone(), position);
        if let Some(custom_id) = &group.custom_id {
            self.by_custom_id.insert(custom_id.clone(), position);
        }
        self.by_name.insert(group.name.clone(), position);
        self.groups_outside_scope += usize::from(!group.in_contact_scope);
        self.groups.insert(position, group);
        position
    }

    /// Changes the name, the description, or both; the name must be free.
    pub fn update(&mut self, position: GroupPosition, name: Option<String>, description: Option<String>) {
        let Some(group) = self.groups.get_mut(&position) else { return };
        if let Some(name) = name {
            self.by_name.remove(&group.name);
            self.by_name.insert(name.clone(), position);
            group.name = name;
        }
        if let Some(description) = description {
            group.description = description;
        }
    }

    /// Removes a group, which must have no members.
    pub fn remove(&mut self, position: GroupPosition) {
        let Some(group) = self.groups.remove(&position) else { return };
        self.by_id.remove(&group.id);
        if let Some(custom_id) = &group.custom_id {
            self.by_custom_id.remove(custom_id);
        }
        self.by_name.remove(&group.name);
        self.groups_outside_scope -= usize::from(!group.in_contact_scope);
    }

    /// Whether the app's contact scope is the whole tenant.
    pub fn all_in_scope(&self) -> bool {
        !self.people.any_outside_scope && !self.departments.any_outside_scope && self.groups_outside_scope == 0
    }

    /// The number of people and of departments in a group.
    pub fn member_counts(&self, position: GroupPosition) -> (usize, usize) {
        (self.users.count(position), self.member_departments.count(position))
    }

    /// The number of memberships of people in groups that are not dynamic.
    pub fn normal_memberships(&self) -> usize {
        self.normal_memberships
    }

    /// The people in a group who joined after `after`, each with a position to resume at.
    pub fn users_after(&self, group: GroupPosition, after: u64) -> impl Iterator<Item = (u64, Key)> {
        self.users.members_after(group, after)
    }

    /// The departments in a group that joined after `after`, each with a position to resume at.
    pub fn departments_after(&self, group: GroupPosition, after: u64) -> impl Iterator<Item = (u64, Key)> {
        self.member_departments.members_after(group, after)
    }

    /// Whether a group has this person as a member.
    pub fn has_member(&self, group: GroupPosition, person: Key) -> bool {
        self.users.contains(group, person)
    }

    /// Adds a person to a group; returns `false` for a member.
    pub fn join(&mut self, group: GroupPosition, person: Key) -> bool {
        let joined = self.users.join(group, person);
        self.normal_memberships += usize::from(joined && self.is_normal(group));
        joined
    }

    /// Removes a person from a group; returns `false` for somebody who is no member.
    pub fn leave(&mut self, group: GroupPosition, person: Key) -> bool {
        let left = self.users.leave(group, person);
        self.normal_memberships -= usize::from(left && self.is_normal(group));
        left
    }

    fn is_normal(&self, group: GroupPosition) -> bool {
        self.groups.get(&group).is_some_and(|group| !group.dynamic)
    }

    /// Whether somebody who has not resigned has this id, of a type that a performance group uses.
    ///
    /// The reference does not say what a `people_admin_id` is like; here it is the user id.
    pub fn employee_exists(&self, id: &str, id_type: &str) -> bool {
        let id_type = UserIdType::parse(id_type).unwrap_or(UserIdType::User);
        let status = self.people.find(id_type, id).and_then(|key| self.people.status(key));
        self.people.exists(id_type, id) && status.is_none_or(|status| !status.resigned)
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

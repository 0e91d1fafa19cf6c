//! The state of a tenant: its directory, user groups, their members, and performance groups.
//!
//! User groups and performance groups are independent, as on the service. Groups are found
//! by id and name, and pages of them by position, without a scan: a listing takes as long
//! in a tenant with a hundred thousand groups as in one with ten.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::RandomState;

use super::directory::{DepartmentIdType, Departments, People, UserIdType};
use super::group::Group;
use super::ids;
use super::invalid_input::InvalidInput;
use super::membership::{GroupPosition, Memberships, beyond};
use super::performance_group::PerformanceGroup;
use super::recent::Recent;
use super::registry::Key;
use super::seed::TenantSeed;

/// The most `client_token`s that a tenant remembers.
const MAX_CLIENT_TOKENS: usize = 10_000;

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
    /// The `client_token`s of the latest successful writes.
    pub used_client_tokens: Recent<MAX_CLIENT_TOKENS>,
    /// The hash key of page tokens, which makes them invalid for other tenants.
    pub page_token_key: RandomState,
}

impl Tenant {
    /// Creates a tenant without user groups, whose people and departments are invented.
    pub fn empty(performance: &[PerformanceGroup]) -> Self {
        let performance = performance.iter().map(|group| (group.id.clone(), group.clone())).collect();
        Self { performance, ..Self::default() }
    }

    /// Creates a tenant with what the seed has, and with the performance groups of every tenant.
    ///
    /// Fails if two seeds have the same id, name, email or phone number, or if a group has a member
    /// that does not exist.
    pub fn seeded(seed: &TenantSeed, performance: &[PerformanceGroup]) -> Result<Self, InvalidInput> {
        let mut tenant = Self {
            people: People::new(&seed.people)?,
            departments: Departments::new(&seed.departments)?,
            ..Self::empty(performance)
        };
        let (mut users, mut departments) = (Vec::new(), Vec::new());
        for (index, group) in seed.groups.iter().enumerate() {
            let added = tenant.add_seed(group, &mut users, &mut departments);
            added.map_err(|error| error.below(&format!("/groups/{index}")))?;
        }
        tenant.users = Memberships::of(&users);
        tenant.member_departments = Memberships::of(&departments);
        let normal = tenant.groups.iter().filter(|(_, group)| !group.dynamic);
        tenant.normal_memberships = normal.map(|(position, _)| tenant.users.count(*position)).sum();
        let mut seen = HashSet::new();
        for (index, group) in seed.performance_groups.iter().enumerate() {
            if !seen.insert(&group.id) {
                let pointer = format!("/performance_groups/{index}/id");
                return Err(InvalidInput::new(
                    pointer,
                    format!("`{}` is taken by another performance group", group.id),
                ));
            }
            tenant.performance.insert(group.id.clone(), group.clone());
        }
        Ok(tenant)
    }

    /// Adds a group without its members, who are added to the lists.
    fn add_seed(
        &mut self,
        group: &Group,
        users: &mut Vec<(GroupPosition, Key)>,
        departments: &mut Vec<(GroupPosition, Key)>,
    ) -> Result<(), InvalidInput> {
        let taken = |field, value: &str| Err(InvalidInput::new(field, format!("`{value}` is taken by another group")));
        if self.has_id(&group.id) {
            return taken("/id", &group.id);
        }
        if let Some(id) = group.custom_id.as_ref().filter(|id| self.has_id(id)) {
            return taken("/custom_id", id);
        }
        if self.has_name(&group.name, "") {
            return taken("/name", &group.name);
        }
        let position = self.insert(group.without_members());
        self.people.expect_members(group.member_user_ids.len());
        users.reserve(group.member_user_ids.len());
        let missing = |list: &str, index: usize, what: &str, id: &str| {
            InvalidInput::new(format!("/{list}/{index}"), format!("there is no {what} `{id}`"))
        };
        for (index, id) in group.member_user_ids.iter().enumerate() {
            let person = self.people.of_any_id(id).ok_or_else(|| missing("members", index, "person", id))?;
            users.push((position, person));
        }
        for (index, id) in group.member_department_ids.iter().enumerate() {
            let department = self.departments.of_any_id(id);
            let department = department.ok_or_else(|| missing("departments", index, "department", id))?;
            departments.push((position, department));
        }
        Ok(())
    }

    /// A seed that makes a tenant like this one.
    pub fn to_seed(&self) -> TenantSeed {
        let mut performance_groups: Vec<_> = self.performance.values().cloned().collect();
        performance_groups.sort_by(|a, b| a.id.cmp(&b.id));
        TenantSeed {
            people: self.people.listed(),
            departments: self.departments.listed(),
            groups: self.groups_after(0).map(|(position, group)| self.with_members(position, group)).collect(),
            performance_groups,
        }
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

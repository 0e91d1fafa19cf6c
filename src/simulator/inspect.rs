//! What a test reads and changes in the home tenant without a request.

use super::membership::GroupPosition;
use super::registry::Key;
use super::state::Tenant;
use super::{Group, Simulator};

impl Simulator {
    /// The user groups of the home tenant with their members, in the order of creation.
    pub fn groups(&self) -> Vec<Group> {
        self.service.home(|tenant| {
            let groups = tenant.groups_after(0);
            groups.map(|(position, group)| tenant.with_members(position, group)).collect()
        })
    }

    /// Adds a person to a user group by an id of any type; returns `false` if there is no such
    /// group or person.
    ///
    /// Deleting a group that has members fails with code 42017. Limits and the contact scope do
    /// not apply, nor does it matter whether the person has resigned or the group is dynamic.
    pub fn add_member(&self, group_id: &str, user_id: &str) -> bool {
        self.change_members(group_id, user_id, Tenant::join)
    }

    /// Removes a person from a user group by an id of any type; returns `false` if there is no
    /// such group or person.
    pub fn remove_member(&self, group_id: &str, user_id: &str) -> bool {
        self.change_members(group_id, user_id, Tenant::leave)
    }

    fn change_members(
        &self,
        group_id: &str,
        user_id: &str,
        change: fn(&mut Tenant, GroupPosition, Key) -> bool,
    ) -> bool {
        self.service.home(|tenant| {
            let Some(group) = tenant.position(group_id) else { return false };
            let person = tenant.people.of_any_id(user_id);
            person.map(|person| change(tenant, group, person)).is_some()
        })
    }

    /// The members of a performance group; `None` if there is no such group.
    pub fn performance_members(&self, group_id: &str) -> Option<Vec<String>> {
        self.service.home(|tenant| {
            let group = tenant.performance.get(group_id)?;
            Some(group.members.clone())
        })
    }

    /// Starts or ends an import into a performance group; returns `false` if there is no such group.
    ///
    /// While an import is running, writes fail with code 1580402.
    pub fn set_import_running(&self, group_id: &str, running: bool) -> bool {
        self.service.home(|tenant| {
            let group = tenant.performance.get_mut(group_id);
            group.map(|group| group.import_running = running).is_some()
        })
    }
}

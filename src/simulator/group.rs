//! A user group, as tests put it in and look at it.

use serde_json::{Value, json};

/// A user group of the offline service.
///
/// ```
/// # use feishu_user_groups::simulator::Group;
/// let group = Group::new("g1", "R&D").custom_id("rnd").member("ou_1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The id that addresses the group.
    pub id: String,
    /// The id that its creator chose; a listing shows it as `group_id`.
    pub custom_id: Option<String>,
    /// The name, unique in the tenant.
    pub name: String,
    /// The description, empty if there is none.
    pub description: String,
    /// Whether rules choose the members (type 2) and not people (type 1).
    pub dynamic: bool,
    /// The ids of the people in it.
    pub member_user_ids: Vec<String>,
    /// The ids of the departments in it.
    pub member_department_ids: Vec<String>,
    /// The departments it is limited to; a listing shows them if there are any.
    pub department_scope: Vec<String>,
}

impl Group {
    /// An ordinary group without members.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            custom_id: None,
            name: name.into(),
            description: String::new(),
            dynamic: false,
            member_user_ids: Vec::new(),
            member_department_ids: Vec::new(),
            department_scope: Vec::new(),
        }
    }

    /// Gives it a custom id.
    #[must_use]
    pub fn custom_id(mut self, id: impl Into<String>) -> Self {
        self.custom_id = Some(id.into());
        self
    }

    /// Describes it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Makes it a dynamic group, which the API itself refuses to create.
    #[must_use]
    pub fn dynamic(mut self) -> Self {
        self.dynamic = true;
        self
    }

    /// Adds a person.
    #[must_use]
    pub fn member(mut self, user_id: impl Into<String>) -> Self {
        self.member_user_ids.push(user_id.into());
        self
    }

    /// Adds a department.
    #[must_use]
    pub fn department(mut self, department_id: impl Into<String>) -> Self {
        self.member_department_ids.push(department_id.into());
        self
    }

    /// Limits it to a department.
    #[must_use]
    pub fn scoped_to(mut self, department_id: impl Into<String>) -> Self {
        self.department_scope.push(department_id.into());
        self
    }

    pub(super) fn has_member(&self, user_id: &str) -> bool {
        self.member_user_ids.iter().any(|member| member == user_id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.member_user_ids.is_empty() && self.member_department_ids.is_empty()
    }

    /// The group's `type` on the wire.
    pub(super) fn kind(&self) -> &'static str {
        if self.dynamic { "2" } else { "1" }
    }

    /// As `get` shows it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "member_user_count": self.member_user_ids.len(),
            "member_department_count": self.member_department_ids.len(),
            "type": if self.dynamic { 2 } else { 1 },
        })
    }

    /// As an item of a listing, which tells a little more.
    pub(super) fn listed(&self) -> Value {
        let mut item = self.shown();
        if !self.department_scope.is_empty() {
            item["department_scope_list"] = json!(self.department_scope);
        }
        if let Some(custom_id) = &self.custom_id {
            item["group_id"] = json!(custom_id);
        }
        item
    }
}

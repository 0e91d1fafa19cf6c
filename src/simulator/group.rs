//! A user group, as a test creates it and inspects it.

use serde_json::{Value, json};

/// A user group in a [`Simulator`](super::Simulator).
///
/// ```
/// use feishu_user_groups::simulator::Group;
///
/// let group = Group::new("g1", "R&D").custom_id("rnd").member("ou_1");
/// assert_eq!(group.member_user_ids, ["ou_1"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The id that calls use.
    pub id: String,
    /// The id that the creator chose; listings return it as `group_id`.
    pub custom_id: Option<String>,
    /// The name; unique in the tenant.
    pub name: String,
    /// The description; empty if there is none.
    pub description: String,
    /// `true` if rules select the members (type 2), `false` if people do (type 1).
    pub dynamic: bool,
    /// The ids of the members.
    pub member_user_ids: Vec<String>,
    /// The ids of the member departments.
    pub member_department_ids: Vec<String>,
    /// The departments that the group is limited to; listings return them if there are any.
    pub department_scope: Vec<String>,
}

impl Group {
    /// Creates a group of type 1 without members.
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

    /// Sets the custom id.
    #[must_use]
    pub fn custom_id(mut self, id: impl Into<String>) -> Self {
        self.custom_id = Some(id.into());
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Makes it a dynamic group (type 2), which no call can create.
    #[must_use]
    pub fn dynamic(mut self) -> Self {
        self.dynamic = true;
        self
    }

    /// Adds a member.
    #[must_use]
    pub fn member(mut self, user_id: impl Into<String>) -> Self {
        self.member_user_ids.push(user_id.into());
        self
    }

    /// Adds a member department.
    #[must_use]
    pub fn department(mut self, department_id: impl Into<String>) -> Self {
        self.member_department_ids.push(department_id.into());
        self
    }

    /// Limits the group to a department; repeat the call for several.
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

    /// The group's `type`, as a query parameter.
    pub(super) fn kind(&self) -> &'static str {
        if self.dynamic { "2" } else { "1" }
    }

    /// The group in the response of `get`.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "member_user_count": self.member_user_ids.len(),
            "member_department_count": self.member_department_ids.len(),
            "type": if self.dynamic { 2 } else { 1 },
        })
    }

    /// The group as an item of a listing, which has more fields.
    pub(super) fn to_list_item(&self) -> Value {
        let mut item = self.to_json();
        if !self.department_scope.is_empty() {
            item["department_scope_list"] = json!(self.department_scope);
        }
        if let Some(custom_id) = &self.custom_id {
            item["group_id"] = json!(custom_id);
        }
        item
    }
}

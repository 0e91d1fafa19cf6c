//! A user group, as a test creates it and inspects it.

use serde_json::{Value, json};

/// A user group in a [`Simulator`](super::Simulator).
///
/// ```
/// use feishu_user_groups::simulator::Group;
///
/// let group = Group::new("g1", "R&D").custom_id("rnd").member("ou_1").members(["ou_2", "ou_3"]);
/// assert_eq!(group.member_user_ids, ["ou_1", "ou_2", "ou_3"]);
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
    /// The ids of the members. A seed may use ids of any type; [`Simulator::groups`](super::Simulator::groups)
    /// returns open ids in the order of joining.
    pub member_user_ids: Vec<String>,
    /// The ids of the member departments, in the same way.
    pub member_department_ids: Vec<String>,
    /// The departments that the group is limited to; listings return them if there are any.
    pub department_scope: Vec<String>,
    /// Whether the app's contact scope contains the group.
    pub in_contact_scope: bool,
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
            in_contact_scope: true,
        }
    }

    /// The same group without members.
    pub(super) fn without_members(&self) -> Self {
        Self {
            custom_id: self.custom_id.clone(),
            description: self.description.clone(),
            dynamic: self.dynamic,
            department_scope: self.department_scope.clone(),
            in_contact_scope: self.in_contact_scope,
            ..Self::new(&self.id, &self.name)
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

    /// Adds a member by an id of any type.
    #[must_use]
    pub fn member(mut self, user_id: impl Into<String>) -> Self {
        self.member_user_ids.push(user_id.into());
        self
    }

    /// Adds members by ids of any type.
    #[must_use]
    pub fn members<I: IntoIterator<Item: Into<String>>>(mut self, user_ids: I) -> Self {
        self.member_user_ids.extend(user_ids.into_iter().map(Into::into));
        self
    }

    /// Adds a member department by an id of either type.
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

    /// Puts the group outside the app's contact scope.
    ///
    /// Listings leave it out, getting it fails with code 42002, and updating it, deleting it
    /// or using its members fails with code 42009.
    ///
    /// As the contact scope is then not the whole tenant, creating a group fails with code 42010.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::Client;
    /// use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Simulator};
    ///
    /// let group = Group::new("g1", "Payroll").outside_contact_scope();
    /// let simulator = Simulator::builder().with_group(group).start().await?;
    /// let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).build()?;
    /// let error = client.delete_user_group().group_id("g1").send().await.unwrap_err();
    /// assert!(error.is_permission_denied());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn outside_contact_scope(mut self) -> Self {
        self.in_contact_scope = false;
        self
    }

    /// The group's `type`, as a query parameter.
    pub(super) fn kind(&self) -> &'static str {
        if self.dynamic { "2" } else { "1" }
    }

    /// The group in the response of `get`.
    ///
    /// `users` and `departments` are the numbers of members.
    pub(super) fn to_json(&self, (users, departments): (usize, usize)) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "member_user_count": users,
            "member_department_count": departments,
            "type": if self.dynamic { 2 } else { 1 },
        })
    }

    /// The group as an item of a listing, which has more fields.
    pub(super) fn to_list_item(&self, counts: (usize, usize)) -> Value {
        let mut item = self.to_json(counts);
        if !self.department_scope.is_empty() {
            item["department_scope_list"] = json!(self.department_scope);
        }
        if let Some(custom_id) = &self.custom_id {
            item["group_id"] = json!(custom_id);
        }
        item
    }
}

//! Records of groups and members. The field names are stable: programs read them.

use crate::output::Listing;
use feishu_groups::input::IdType;
use feishu_groups::members::{GroupState, JoinedGroup};
use feishu_user_groups::types::{UserGroup, UserGroupType};
use serde_json::{Value, json};

const GROUP: [&str; 7] = ["id", "custom_id", "name", "type", "users", "departments", "description"];

/// Groups as records.
pub fn groups<'a>(groups: impl IntoIterator<Item = &'a UserGroup>) -> Listing {
    let mut listing = Listing::new(&GROUP);
    listing.rows = groups.into_iter().map(|group| row(group.id(), Some(group))).collect();
    listing
}

/// Groups of a person as records.
pub fn joined(groups: &[JoinedGroup]) -> Listing {
    let mut listing = Listing::new(&GROUP);
    listing.rows = groups.iter().map(|joined| row(Some(&joined.id), joined.group.as_ref())).collect();
    listing
}

/// The members of a group as records: users first. The column has the name of the users' type of id, so that `--file` takes
/// the output as it is; a department in it is reported there, since no file can add one.
pub fn members(state: &GroupState, id_type: IdType) -> Listing {
    let mut listing = Listing::new(&[id_type.as_str(), "type"]);
    let users = state.present.users.iter().map(|id| vec![json!(id), json!("user")]);
    let departments = state.present.departments.iter().map(|id| vec![json!(id), json!("department")]);
    listing.rows = users.chain(departments).collect();
    listing
}

fn row(id: Option<&str>, group: Option<&UserGroup>) -> Vec<Value> {
    // A listing has the tenant's own id in `group_id`; elsewhere that may be the only id there is.
    let custom_id = group.and_then(|group| group.group_id.as_deref()).filter(|custom| Some(*custom) != id);
    vec![
        json!(id),
        json!(custom_id),
        json!(group.and_then(|group| group.name.as_deref())),
        json!(group.and_then(|group| group.type_.as_ref()).map(type_name)),
        json!(group.and_then(|group| group.member_user_count)),
        json!(group.and_then(|group| group.member_department_count)),
        json!(group.and_then(|group| group.description.as_deref())),
    ]
}

/// `normal` or `dynamic`; the number of a type that is not known.
pub fn type_name(group_type: &UserGroupType) -> String {
    match group_type {
        UserGroupType::Normal => "normal".to_owned(),
        UserGroupType::Dynamic => "dynamic".to_owned(),
        other => other.to_string(),
    }
}

//! The shapes in which the documents show responses, where the service has others.
//!
//! `spec/errata.yaml` lists the differences. A client that was written from the documents expects these shapes, and a
//! client that claims to read both can be tested with both.

use serde_json::{Map, Value, json};

use super::request::RecordedRequest;
use super::state::Tenant;

/// Whose shapes responses have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// The running service's.
    #[default]
    Service,
    /// The API documents': `groups` in listings, `group_id` and `member_count` in a group, no `data` after an update.
    Documents,
}

/// When the groups were created and updated, in the documents' shape: the simulator does not keep it.
const TIME: &str = "2023-01-01T00:00:00Z";

/// The data of a success in the documents' shape; `None` if it has none there.
pub(super) fn to_documents(
    operation: &str,
    request: &RecordedRequest,
    tenant: &Tenant,
    mut data: Value,
) -> Option<Value> {
    match operation {
        "create_user_group" => {
            data["name"] = request.json().map_or(Value::Null, |body| body["name"].clone());
            Some(data)
        }
        "update_user_group" | "delete_user_group" => None,
        "get_user_group" => {
            let mut group = renamed(&data["group"]);
            group.insert("description".to_owned(), data["group"]["description"].clone());
            group.insert("create_time".to_owned(), TIME.into());
            group.insert("update_time".to_owned(), TIME.into());
            Some(json!({ "group": group }))
        }
        "list_user_groups" => Some(with_groups(data, "grouplist", |item| renamed(item).into())),
        "list_member_user_groups" => Some(with_groups(data, "group_list", |item| {
            let group = item.as_str().and_then(|id| tenant.group(id));
            let Some((position, group)) = group else { return Value::Null };
            let mut group = renamed(&group.to_json(tenant.member_counts(position)));
            group.remove("member_type");
            group.into()
        })),
        _ => Some(data),
    }
}

fn with_groups(mut data: Value, list: &str, item: impl FnMut(&Value) -> Value) -> Value {
    let Some(fields) = data.as_object_mut() else { return data };
    let items = fields.remove(list).unwrap_or_default();
    let groups: Vec<_> = items.as_array().into_iter().flatten().map(item).collect();
    fields.insert("groups".to_owned(), groups.into());
    data
}

fn renamed(group: &Value) -> Map<String, Value> {
    let count = |name: &str| group[name].as_u64().unwrap_or(0);
    let fields = [
        ("group_id", group["id"].clone()),
        ("name", group["name"].clone()),
        ("type", group["type"].clone()),
        ("member_count", json!(count("member_user_count") + count("member_department_count"))),
        ("member_type", json!("user")),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

//! The groups of one person, with their names.
//!
//! The service returns ids alone. The names come from the listings of all groups, so the join costs a handful of calls
//! instead of one for each group; a group that no listing shows keeps its id.

use super::RetryingClient;
use crate::input::IdType;
use feishu_user_groups::Error;
use feishu_user_groups::types::UserGroup;
use std::collections::HashMap;

/// Both types of groups, as the listings name them: normal and dynamic.
const TYPES: [i64; 2] = [1, 2];

/// A group of a person.
#[derive(Clone, Debug)]
pub struct JoinedGroup {
    /// The id that calls take.
    pub id: String,
    /// What the listing says about it, if it shows it.
    pub group: Option<UserGroup>,
}

/// Returns the groups of a person, normal ones first.
///
/// # Errors
///
/// Fails if a call fails.
pub async fn groups_of(client: &RetryingClient, user_id: &str, id_type: IdType) -> Result<Vec<JoinedGroup>, Error> {
    let mut ids = Vec::new();
    for group_type in TYPES {
        let listing = client.list_member_user_groups().member_id(user_id).member_id_type(id_type.as_str());
        let mut groups = listing.group_type(group_type).stream();
        while let Some(group) = groups.try_next().await? {
            ids.extend(group.id().map(str::to_owned));
        }
    }
    let mut known: HashMap<String, UserGroup> = HashMap::new();
    if !ids.is_empty() {
        for group in all(client).await? {
            known.extend(group.id().map(str::to_owned).map(|id| (id, group)));
        }
    }
    Ok(ids.into_iter().map(|id| JoinedGroup { group: known.remove(&id), id }).collect())
}

/// Returns all groups of the tenant that the app may see, normal ones first.
///
/// # Errors
///
/// Fails if a call fails.
pub async fn all(client: &RetryingClient) -> Result<Vec<UserGroup>, Error> {
    let mut all = Vec::new();
    for group_type in TYPES {
        all.extend(of_type(client, group_type).await?);
    }
    Ok(all)
}

/// Returns the groups of one type: 1 for normal ones, 2 for dynamic ones.
///
/// # Errors
///
/// Fails if a call fails.
pub async fn of_type(client: &RetryingClient, group_type: i64) -> Result<Vec<UserGroup>, Error> {
    client.repeat(|| list(client, group_type)).await
}

async fn list(client: &RetryingClient, group_type: i64) -> Result<Vec<UserGroup>, Error> {
    let mut groups = client.list_user_groups().type_(group_type).page_size(100).stream();
    let mut all = Vec::new();
    while let Some(group) = groups.try_next().await? {
        all.push(group);
    }
    Ok(all)
}

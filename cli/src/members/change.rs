//! Creates, changes and deletes groups, so that a repeat after a lost response does no harm.
//!
//! A creation has no key by which the service would notice a repeat, but names are unique. So when its response is lost,
//! the group is looked for by its name before it is created again.

use super::joined::all;
use super::{RetryingClient, read};
use crate::input::IdType;
use feishu_user_groups::{Error, ErrorKind};
use std::cell::Cell;
use std::fmt;

/// Creates a group, and returns its id. A group of this name that an earlier attempt has created counts as created.
///
/// # Errors
///
/// Fails if the service rejects it or cannot be reached.
pub async fn create(
    client: &RetryingClient,
    name: &str,
    description: Option<&str>,
    id: Option<&str>,
) -> Result<String, Error> {
    client
        .repeat(|| async {
            let create = client.create_user_group().body_map(|body| {
                let body = body.name(name);
                let body = if let Some(description) = description { body.description(description) } else { body };
                if let Some(id) = id { body.group_id(id) } else { body }
            });
            match create.send().await {
                Ok(created) => Ok(created.into_inner().group_id),
                Err(error) if error.may_have_been_applied() || error.is_already_exists() => {
                    let mut groups = all(client).await?.into_iter();
                    let created = groups.find(|group| group.name.as_deref() == Some(name));
                    created.and_then(|group| group.id().map(str::to_owned)).ok_or(error)
                }
                Err(error) => Err(error),
            }
        })
        .await
}

/// Changes the name, the description, or both.
///
/// # Errors
///
/// Fails if the service rejects it or cannot be reached.
pub async fn update(
    client: &RetryingClient,
    group_id: &str,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<(), Error> {
    let update = client.update_user_group().group_id(group_id).body_map(|body| {
        let body = if let Some(name) = name { body.name(name) } else { body };
        if let Some(description) = description { body.description(description) } else { body }
    });
    client.repeat(|| update.clone().send()).await.map(drop)
}

/// Why a group was not deleted.
#[derive(Clone, Debug)]
pub enum Undeleted {
    /// A call failed.
    Error(Error),
    /// It may have members that were not listed.
    Gap(String),
    /// It has this many members.
    Occupied(usize),
}

impl fmt::Display for Undeleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Gap(gap) => write!(f, "the group was not deleted: it may have members that were not listed: {gap}"),
            Self::Occupied(members) => {
                write!(f, "the group was not deleted: members joined meanwhile ({members}). Run the command again")
            }
        }
    }
}

/// Deletes a group that is still empty: somebody may have joined since its members were removed.
///
/// # Errors
///
/// Fails if the group has members or may have some, and if a call fails.
pub async fn delete(client: &RetryingClient, group_id: &str) -> Result<(), Undeleted> {
    let present = read(client, group_id, IdType::OpenId, &mut |_| {}).await.map_err(Undeleted::Error)?.present;
    if let Some(gap) = present.any_gap() {
        return Err(Undeleted::Gap(gap.to_owned()));
    }
    let members = present.users.len() + present.departments.len();
    if members > 0 {
        return Err(Undeleted::Occupied(members));
    }
    let may_be_done = Cell::new(false);
    let delete = || async {
        match client.delete_user_group().group_id(group_id).send().await {
            Ok(_) => Ok(()),
            // The response of an earlier attempt was lost, and its repeat found no group any more.
            Err(error) if error.kind() == ErrorKind::AlreadyApplied => Ok(()),
            Err(error) if may_be_done.get() && error.is_not_found() => Ok(()),
            Err(error) => {
                may_be_done.set(may_be_done.get() || error.may_have_been_applied());
                Err(error)
            }
        }
    };
    client.repeat(delete).await.map_err(Undeleted::Error)
}

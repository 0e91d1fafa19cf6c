//! The present members of a group, and whether these are all.
//!
//! Nobody is removed because of a list that may have holes, so a read is compared with the group's own count. The count
//! comes from another call: if somebody joins in between, the two differ although both are right. So a read that does
//! not fit is repeated before it counts as incomplete. A count that stays larger mostly means that members are outside
//! the app's contact scope, which listings leave out. Without a count nothing shows that a list is whole.

use super::{Progress, RetryingClient, Step};
use crate::counted;
use crate::input::IdType;
use crate::plan::Present;
use feishu_user_groups::Error;
use feishu_user_groups::types::{UserGroup, UserGroupType};
use std::collections::HashSet;

/// Reads until count and list fit, at most.
const READS: usize = 3;

/// The largest page of members.
const PAGE: i64 = 100;

/// A group with its members.
#[derive(Clone, Debug)]
pub struct GroupState {
    /// The group as the service returns it.
    pub group: UserGroup,
    /// Its members.
    pub present: Present,
}

/// Reads a group and all its members: users by ids of this type, departments by open department id.
///
/// # Errors
///
/// Fails if a call fails; an incomplete list is no error, but [`Present::gap`] or [`Present::department_gap`].
pub async fn read(
    client: &RetryingClient,
    group_id: &str,
    id_type: IdType,
    progress: Progress<'_>,
) -> Result<GroupState, Error> {
    let mut state = read_once(client, group_id, id_type, progress).await?;
    for _ in 1..READS {
        if state.present.any_gap().is_none() {
            break;
        }
        state = read_once(client, group_id, id_type, progress).await?;
    }
    Ok(state)
}

async fn read_once(
    client: &RetryingClient,
    group_id: &str,
    id_type: IdType,
    progress: Progress<'_>,
) -> Result<GroupState, Error> {
    progress(Step::Read { group_id, members: 0 });
    let group = client.repeat(|| client.get_user_group().group_id(group_id).send()).await?.into_inner().group;
    let users = list(client, group_id, "user", id_type.as_str(), |members| {
        progress(Step::Read { group_id, members });
    });
    let users = users.await?;
    let departments = match group.member_department_count {
        Some(0) => Listed::default(),
        _ => {
            let departments = list(client, group_id, "department", "open_id", |departments| {
                progress(Step::Read { group_id, members: users.ids.len() + departments });
            });
            departments.await?
        }
    };
    let present = Present {
        gap: gap(&users, "member", group.member_user_count),
        department_gap: gap(&departments, "department", group.member_department_count),
        is_dynamic: group.type_ == Some(UserGroupType::Dynamic),
        users: users.ids,
        departments: departments.ids,
    };
    Ok(GroupState { group, present })
}

/// Members of one kind.
#[derive(Default)]
struct Listed {
    ids: Vec<String>,
    /// How many had no id.
    nameless: usize,
    /// Whether a page led back to an earlier one.
    is_circular: bool,
}

/// Reads a listing to its end. A page that fails is read again, and those before it are not. `after_page` is called with the
/// number of members so far.
async fn list(
    client: &RetryingClient,
    group_id: &str,
    kind: &str,
    id_type: &str,
    mut after_page: impl FnMut(usize),
) -> Result<Listed, Error> {
    let listing = client.list_user_group_members().group_id(group_id).member_type(kind).member_id_type(id_type);
    let listing = listing.page_size(PAGE);
    let (mut listed, mut token) = (Listed::default(), None);
    let mut tokens = HashSet::new();
    loop {
        let page = client.repeat(|| {
            let from_here = match &token {
                Some(token) => listing.clone().page_token(String::clone(token)),
                None => listing.clone(),
            };
            let mut pages = from_here.pages();
            async move { pages.try_next().await }
        });
        let Some(page) = page.await? else { return Ok(listed) };
        for member in page.items {
            match member.member_id {
                Some(id) if !id.is_empty() => listed.ids.push(id),
                _ => listed.nameless += 1,
            }
        }
        after_page(listed.ids.len());
        match page.next_token {
            None => return Ok(listed),
            Some(next) if !tokens.insert(next.clone()) => return Ok(Listed { is_circular: true, ..listed }),
            next => token = next,
        }
    }
}

fn gap(listed: &Listed, kind: &str, count: Option<i64>) -> Option<String> {
    if listed.is_circular {
        return Some(format!("a page of the {kind}s led back to an earlier one"));
    }
    let were = |count| counted(count, &format!("{kind} was"), &format!("{kind}s were"));
    if listed.nameless > 0 {
        return Some(format!("{} listed without an id", were(listed.nameless)));
    }
    let distinct = listed.ids.iter().collect::<HashSet<_>>().len();
    match count {
        Some(count) if usize::try_from(count) == Ok(distinct) => None,
        Some(count) => Some(format!(
            "{} listed, and the group reports {count}. If some are outside the app's contact scope, widen it",
            were(distinct)
        )),
        None => Some(format!("the group does not report how many {kind}s it has, so the list cannot be checked")),
    }
}

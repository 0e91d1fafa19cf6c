//! The handlers of the listings: all user groups, the groups of a member, and the members
//! of a group.
//!
//! Each goes on after the position in the page token; `paging` cuts the page. What is
//! outside the app's contact scope is left out.

use serde::Serialize;

use super::call::Call;
use super::contact::{OUTSIDE_SCOPE, group_in_scope};
use super::data::Data;
use super::directory::{DepartmentIdType, UserIdType};
use super::paging;
use super::response::{Rejection, reject};

/// A member in a listing.
#[derive(Serialize)]
struct Member<'a> {
    member_id: &'a str,
    member_type: &'a str,
}

/// GET /open-apis/contact/v3/group/simplelist
pub(super) fn all(call: Call<'_>) -> Result<Data, Rejection> {
    // The reference lists no specific code for an unknown type.
    let kind = call.choice("type", 40001)?.unwrap_or("1");
    let tenant = &*call.tenant;
    paging::page(&call, "grouplist", &["all", kind], |after| {
        let groups = tenant.groups_after(after);
        groups
            .filter(|(_, group)| group.in_contact_scope && group.kind() == kind)
            .map(|(position, group)| (position, group.to_list_item(tenant.member_counts(position))))
    })
}

/// GET /open-apis/contact/v3/group/member_belong
pub(super) fn of_member(call: Call<'_>) -> Result<Data, Rejection> {
    let name = call.choice("member_id_type", 41071)?.unwrap_or("open_id");
    let kind = call.choice("group_type", 40001)?;
    let id = call.request.query("member_id").unwrap_or_default();
    let tenant = &*call.tenant;
    let id_type = UserIdType::parse(name).ok_or_else(|| reject(41071).field("member_id_type", name, "unknown"))?;
    if !tenant.people.exists(id_type, id) {
        return Err(reject(41073).field("member_id", id, "no such member"));
    }
    // Somebody who never was a member has no key, and no group.
    let person = tenant.people.find(id_type, id);
    if person.and_then(|key| tenant.people.status(key)).is_some_and(|status| status.outside_scope) {
        return Err(reject(41050).field("member_id", id, OUTSIDE_SCOPE));
    }
    let query = ["of_member", id, name, kind.unwrap_or_default()];
    paging::page(&call, "group_list", &query, |after| {
        let groups = person.into_iter().flat_map(move |key| tenant.groups_of(key, after));
        groups
            .filter(|(_, group)| group.in_contact_scope && kind.is_none_or(|kind| group.kind() == kind))
            .map(|(position, group)| (position, &group.id))
    })
}

/// GET /open-apis/contact/v3/group/:group_id/member/simplelist
///
/// The response leaves out `member_id_type`, which the document says is rarely returned.
pub(super) fn members(call: Call<'_>) -> Result<Data, Rejection> {
    let group = group_in_scope(&call)?.0;
    let member_type = call.choice("member_type", 41074)?.unwrap_or("user");
    let name = call.choice("member_id_type", 41071)?.unwrap_or("open_id");
    let tenant = &*call.tenant;
    let query = ["members", call.id, member_type, name];
    let no_match = || reject(41072).field("member_id_type", name, format!("not an id of a {member_type}"));
    if member_type == "user" {
        let id_type = UserIdType::parse(name).ok_or_else(no_match)?;
        return paging::page(&call, "memberlist", &query, |after| {
            tenant
                .users_after(group, after)
                .filter(|(_, key)| tenant.people.status(*key).is_some_and(|status| !status.outside_scope))
                .filter_map(|(position, key)| {
                    Some((position, Member { member_id: tenant.people.id(key, id_type)?, member_type }))
                })
        });
    }
    let id_type = DepartmentIdType::parse(name).ok_or_else(no_match)?;
    paging::page(&call, "memberlist", &query, |after| {
        tenant.departments_after(group, after).filter(|(_, key)| tenant.departments.in_scope(*key)).filter_map(
            |(position, key)| Some((position, Member { member_id: tenant.departments.id(key, id_type)?, member_type })),
        )
    })
}

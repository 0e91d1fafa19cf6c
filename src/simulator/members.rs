//! The handlers that add and remove members: one by one, and in batches.
//!
//! A wrong form (an unknown `member_type`, a list that is too long) rejects the whole
//! request before anything changes. What depends on the member gives a batch a code for
//! that member, and the others are added or removed: 41073, 41050, 42005, 42006, 42012.
//!
//! Where the documents are silent:
//!
//! - Removing somebody who is not a member succeeds. No code is documented for it, and
//!   41073 is about an id that is nobody's.
//! - The members of a dynamic group follow from its rule, so for these operations its id
//!   is an invalid one: 42002.
//! - Somebody who has resigned can be removed, since 42006 is documented for adding only.
//! - Of a batch that names a person twice, the second entry gets 42005, or is removed
//!   already.

use serde::Serialize;
use serde_json::json;

use super::call::{Call, Fields};
use super::contact::{OUTSIDE_SCOPE, group_in_scope};
use super::data::Data;
use super::directory::{DepartmentIdType, UserIdType};
use super::membership::GroupPosition;
use super::registry::Key;
use super::response::{Rejection, reject};
use super::state::Tenant;

/// The most people that a group can have.
const MAX_MEMBERS: usize = 100_000;

/// All normal groups together may have this many memberships for each person of the tenant.
const MAX_MEMBERSHIPS_PER_PERSON: usize = 10;

/// A member that a request names, in the right form.
struct MemberId {
    id: String,
    id_type: UserIdType,
}

/// Why one member cannot be added or removed.
struct Failure {
    code: u32,
    reason: &'static str,
}

/// POST /open-apis/contact/v3/group/:group_id/member/add
pub(super) fn add(call: Call<'_>) -> Result<Data, Rejection> {
    let (group, member) = single(&call)?;
    add_one(call.tenant, group, &member).map_err(|failure| failure.reject(&member))?;
    Ok(json!({}).into())
}

/// POST /open-apis/contact/v3/group/:group_id/member/remove
pub(super) fn remove(call: Call<'_>) -> Result<Data, Rejection> {
    let (group, member) = single(&call)?;
    remove_one(call.tenant, group, &member).map_err(|failure| failure.reject(&member))?;
    Ok(json!({}).into())
}

/// POST /open-apis/contact/v3/group/:group_id/member/batch_add
///
/// Code 0 says no more than that the request was processed.
pub(super) fn batch_add(call: Call<'_>) -> Result<Data, Rejection> {
    let (group, members) = batch(&call, 41071)?;
    let (results, _) = each(&members, |member| add_one(call.tenant, group, member));
    Ok(Data::of(&results))
}

/// POST /open-apis/contact/v3/group/:group_id/member/batch_remove
///
/// The message of 40022 refers to results that the document does not show. They are like
/// those of the other batch.
pub(super) fn batch_remove(call: Call<'_>) -> Result<Data, Rejection> {
    // Unlike the other batch, this one has no code for a wrong type of id.
    let (group, members) = batch(&call, 40001)?;
    match each(&members, |member| remove_one(call.tenant, group, member)) {
        (_, 0) => Ok(json!({}).into()),
        (results, _) => Err(reject(40022).data(json!(results))),
    }
}

/// What became of a batch.
#[derive(Serialize)]
struct Results<'a> {
    results: Vec<MemberResult<'a>>,
}

#[derive(Serialize)]
struct MemberResult<'a> {
    member_id: &'a str,
    code: u32,
}

/// A result for each member, and the number of failures.
fn each(members: &[MemberId], mut change: impl FnMut(&MemberId) -> Result<(), Failure>) -> (Results<'_>, usize) {
    let mut failures = 0;
    let results = members.iter().map(|member| {
        let code = change(member).map_or_else(|failure| failure.code, |()| 0);
        failures += usize::from(code != 0);
        MemberResult { member_id: &member.id, code }
    });
    (Results { results: results.collect() }, failures)
}

fn add_one(tenant: &mut Tenant, group: GroupPosition, member: &MemberId) -> Result<(), Failure> {
    let person = find(tenant, member)?;
    if tenant.people.status(person).is_some_and(|status| status.resigned) {
        return Err(Failure { code: 42006, reason: "has resigned" });
    }
    if tenant.has_member(group, person) {
        return Err(Failure { code: 42005, reason: "is a member already" });
    }
    let most = tenant.people.headcount().map(|people| people.saturating_mul(MAX_MEMBERSHIPS_PER_PERSON));
    if tenant.member_counts(group).0 >= MAX_MEMBERS || most.is_some_and(|most| tenant.normal_memberships() >= most) {
        return Err(Failure { code: 42012, reason: "there are too many members" });
    }
    tenant.join(group, person);
    Ok(())
}

fn remove_one(tenant: &mut Tenant, group: GroupPosition, member: &MemberId) -> Result<(), Failure> {
    // An invented person who never was a member is in no group, and gets no entry for being removed.
    if tenant.people.find(member.id_type, &member.id).is_none() && tenant.people.exists(member.id_type, &member.id) {
        return Ok(());
    }
    let person = find(tenant, member)?;
    tenant.leave(group, person);
    Ok(())
}

fn find(tenant: &mut Tenant, member: &MemberId) -> Result<Key, Failure> {
    let person = tenant.people.find_or_invent(member.id_type, &member.id);
    let person = person.ok_or(Failure { code: 41073, reason: "no such person" })?;
    if tenant.people.status(person).is_some_and(|status| status.outside_scope) {
        return Err(Failure { code: 41050, reason: OUTSIDE_SCOPE });
    }
    Ok(person)
}

impl Failure {
    fn reject(&self, member: &MemberId) -> Rejection {
        reject(self.code).field("member_id", &member.id, self.reason)
    }
}

/// The group that the path names, whose members must not follow from a rule.
fn normal_group(call: &Call<'_>) -> Result<GroupPosition, Rejection> {
    let (position, group) = group_in_scope(call)?;
    if group.dynamic {
        return Err(reject(42002).field("group_id", call.id, "a rule selects the members of this group"));
    }
    Ok(position)
}

/// The group and the member of a request for one member.
fn single(call: &Call<'_>) -> Result<(GroupPosition, MemberId), Rejection> {
    let group = normal_group(call)?;
    let fields = Fields::parse(call.request, 40001)?;
    let name = fields.string("member_id_type")?.unwrap_or_default();
    let id_type = UserIdType::parse(&name)
        .ok_or_else(|| reject(41071).field("member_id_type", &name, "must be open_id, union_id or user_id"))?;
    let id = fields.string("member_id")?.unwrap_or_default();
    match fields.string("member_type")?.unwrap_or_default().as_str() {
        "user" => Ok((group, MemberId { id, id_type })),
        "department" => Err(reject_department(call, &id, &name)),
        other => Err(reject(41074).field("member_type", other, "must be user")),
    }
}

/// Only people can be added and removed. The codes for departments are documented all the
/// same; here the permission is checked before the type of the member.
fn reject_department(call: &Call<'_>, id: &str, id_type: &str) -> Rejection {
    if id_type != "open_id" {
        return reject(41072).field("member_id_type", id_type, "must be open_id for a department");
    }
    let departments = &call.tenant.departments;
    if departments.find(DepartmentIdType::Open, id).is_some_and(|key| !departments.in_scope(key)) {
        return reject(40004).field("member_id", id, OUTSIDE_SCOPE);
    }
    reject(41074).field("member_type", "department", "must be user")
}

/// The group and the members of a batch. A wrong type of id is rejected with `id_type_code`.
fn batch(call: &Call<'_>, id_type_code: u32) -> Result<(GroupPosition, Vec<MemberId>), Rejection> {
    let group = normal_group(call)?;
    let fields = Fields::parse(call.request, 40001)?;
    // One document calls the list optional, and gives it a minimum length of 1.
    let members = fields.required("members", Fields::objects)?;
    call.check_items("members", members.len(), 40001)?;
    let ids = members.iter().map(|fields| {
        let id = fields.required("member_id", Fields::string)?;
        let member_type = fields.required("member_type", Fields::string)?;
        if member_type != "user" {
            return Err(reject(41074).field("members.member_type", member_type, "must be user"));
        }
        let id_type = fields.string("member_id_type")?.unwrap_or_default();
        match UserIdType::parse(&id_type) {
            Some(id_type) => Ok(MemberId { id, id_type }),
            None => Err(reject(id_type_code).field("members.member_id_type", id_type, "required for a user")),
        }
    });
    Ok((group, ids.collect::<Result<_, _>>()?))
}

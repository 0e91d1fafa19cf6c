//! The two listings: all user groups, and those that a person belongs to.

use serde_json::{Value, json};

use super::call::Call;
use super::paging;
use super::response::{Refusal, refuse};
use super::state::Stored;

/// GET /open-apis/contact/v3/group/simplelist
pub(super) fn all(call: Call<'_>) -> Result<Value, Refusal> {
    // The reference gives this operation no code for a wrong type.
    let kind = call.choice("type", 40001)?.unwrap_or("1");
    let found = call
        .tenant
        .groups()
        .filter(|Stored { group, .. }| group.kind() == kind)
        .map(|Stored { place, group }| (*place, group.listed()));
    paging::page(&call, "grouplist", &["all", kind], found)
}

/// GET /open-apis/contact/v3/group/member_belong
pub(super) fn of_member(call: Call<'_>) -> Result<Value, Refusal> {
    let id_type = call.choice("member_id_type", 41071)?.unwrap_or("open_id");
    let kind = call.choice("group_type", 40001)?;
    let member = call.request.query("member_id").unwrap_or_default();
    if !call.tenant.employs(member, id_type) {
        return Err(refuse(41073).field("member_id", member, "no such member"));
    }
    let found = call
        .tenant
        .groups()
        .filter(|Stored { group, .. }| group.has_member(member))
        .filter(|Stored { group, .. }| kind.is_none_or(|kind| group.kind() == kind))
        .map(|Stored { place, group }| (*place, json!(group.id)));
    let query = ["of_member", member, id_type, kind.unwrap_or_default()];
    paging::page(&call, "group_list", &query, found)
}

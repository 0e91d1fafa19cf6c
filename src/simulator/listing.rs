//! The handlers of the two listings: all user groups, and the groups of a member.
//!
//! Both filter the tenant's groups in the order of creation; `paging` cuts the page.

use serde_json::{Value, json};

use super::call::Call;
use super::paging;
use super::response::{Rejection, reject};
use super::state::Stored;

/// GET /open-apis/contact/v3/group/simplelist
pub(super) fn all(call: Call<'_>) -> Result<Value, Rejection> {
    // The reference lists no specific code for an unknown type.
    let kind = call.choice("type", 40001)?.unwrap_or("1");
    let groups = call
        .tenant
        .groups()
        .filter(|Stored { group, .. }| group.kind() == kind)
        .map(|Stored { position, group }| (*position, group.to_list_item()));
    paging::page(&call, "grouplist", &["all", kind], groups)
}

/// GET /open-apis/contact/v3/group/member_belong
pub(super) fn of_member(call: Call<'_>) -> Result<Value, Rejection> {
    let id_type = call.choice("member_id_type", 41071)?.unwrap_or("open_id");
    let kind = call.choice("group_type", 40001)?;
    let member = call.request.query("member_id").unwrap_or_default();
    if !call.tenant.employee_exists(member, id_type) {
        return Err(reject(41073).field("member_id", member, "no such member"));
    }
    let groups = call
        .tenant
        .groups()
        .filter(|Stored { group, .. }| group.has_member(member))
        .filter(|Stored { group, .. }| kind.is_none_or(|kind| group.kind() == kind))
        .map(|Stored { position, group }| (*position, json!(group.id)));
    let query = ["of_member", member, id_type, kind.unwrap_or_default()];
    paging::page(&call, "group_list", &query, groups)
}

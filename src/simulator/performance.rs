//! The handler that writes the members of a performance group.
//!
//! A write replaces the whole list. Only a successful write uses up its `client_token`; a
//! rejected one does not. So a client that is rejected with 1580402 can retry with the same
//! token, and 1580110 always means that an earlier attempt was applied.

use serde_json::json;

use super::call::{Call, Fields};
use super::data::Data;
use super::response::{Rejection, reject};

/// POST /open-apis/performance/v2/user_group_user_rels/write
pub(super) fn write(call: Call<'_>) -> Result<Data, Rejection> {
    let client_token =
        call.request.query("client_token").ok_or_else(|| reject(1580102).field("client_token", "", "required"))?;
    call.check_length("client_token", client_token, 1580102)?;
    let id_type = call.choice("user_id_type", 1580102)?.unwrap_or("open_id").to_owned();

    let fields = Fields::parse(call.request, 1580102)?;
    let group_id = fields.required("group_id", Fields::string)?;
    call.check_length("group_id", &group_id, 1580102)?;
    let visibility = fields.required("scope_visible_setting", Fields::integer)?;
    if !matches!(visibility, 0 | 1) {
        return Err(reject(1580102).field("scope_visible_setting", visibility, "must be 0 or 1"));
    }
    let user_ids = fields.required("user_ids", Fields::strings)?;
    if let Some(max) = call.facts.parameter("user_ids").max_length
        && user_ids.len() > max
    {
        return Err(reject(1580403).field("user_ids", user_ids.len(), format!("at most {max}")));
    }

    if call.tenant.used_client_tokens.contains(client_token) {
        return Err(reject(1580110).field("client_token", client_token, "already used"));
    }
    let (present, missing): (Vec<_>, Vec<_>) =
        user_ids.into_iter().partition(|id| call.tenant.employee_exists(id, &id_type));
    let Some(group) = call.tenant.performance.get_mut(&group_id) else {
        return Err(reject(1580102).field("group_id", group_id, "no such group"));
    };
    if group.manual {
        return Err(reject(1580401));
    }
    if group.import_running {
        return Err(reject(1580402));
    }
    group.members.clone_from(&present);
    call.tenant.used_client_tokens.add(client_token);
    let missing: Vec<_> = missing.iter().map(|id| json!({ "user_id": id, "fail_code": 1 })).collect();
    Ok(json!({ "data": { "success_user_ids": present, "fail_user_datas": missing } }).into())
}

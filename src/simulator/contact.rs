//! The handlers that create, update, get and delete a user group.
//!
//! Checks run in a fixed order: query, body, each field, then conflicts with what the
//! tenant has. State changes only after every check has passed.

use serde_json::json;

use super::call::{Call, Fields};
use super::data::Data;
use super::group::Group;
use super::membership::GroupPosition;
use super::response::{Rejection, reject};

/// Why a group, person or department is rejected that is outside the app's contact scope.
pub(super) const OUTSIDE_SCOPE: &str = "outside the app's contact scope";

/// POST /open-apis/contact/v3/group
pub(super) fn create(call: Call<'_>) -> Result<Data, Rejection> {
    let fields = parse_body(&call)?;
    if !call.tenant.all_in_scope() {
        return Err(reject(42010));
    }
    let name = fields
        .string("name")?
        .filter(|name| !name.is_empty())
        .ok_or_else(|| reject(42001).field("name", "", "must not be empty"))?;
    let description = fields.string("description")?.unwrap_or_default();
    call.check_length("name", &name, 42013)?;
    call.check_length("description", &description, 42014)?;
    match fields.integer("type")? {
        None | Some(1) => {}
        // Dynamic groups exist, but an app cannot create one.
        Some(2) => return Err(reject(42024).field("type", 2, "an app cannot create a dynamic group")),
        Some(other) => return Err(reject(42003).field("type", other, "must be 1")),
    }
    let custom_id = fields.string("group_id")?.filter(|id| !id.is_empty());
    if let Some(id) = &custom_id {
        call.check_length("group_id", id, 42002)?;
        if !id.chars().all(|character| character.is_ascii_alphanumeric()) {
            return Err(reject(42002).field("group_id", id, "only letters and digits"));
        }
        if call.tenant.has_id(id) {
            return Err(reject(47005).field("group_id", id, "already taken"));
        }
    }
    check_name_is_free(&call, &name, "")?;
    let id = custom_id.clone().unwrap_or_else(|| call.tenant.free_id());
    let mut group = Group::new(&id, name).description(description);
    group.custom_id = custom_id;
    call.tenant.insert(group);
    Ok(json!({ "group_id": id }).into())
}

/// PATCH /open-apis/contact/v3/group/:group_id
pub(super) fn update(call: Call<'_>) -> Result<Data, Rejection> {
    let position = group_in_scope(&call)?.0;
    let fields = parse_body(&call)?;
    let (name, description) = (fields.string("name")?, fields.string("description")?);
    if let Some(name) = &name {
        // The reference lists no specific code for an empty name in an update.
        if name.is_empty() {
            return Err(reject(40001).field("name", "", "must not be empty"));
        }
        call.check_length("name", name, 42013)?;
    }
    if let Some(description) = &description {
        call.check_length("description", description, 42014)?;
    }
    if let Some(name) = &name {
        check_name_is_free(&call, name, call.id)?;
    }
    call.tenant.update(position, name, description);
    Ok(json!({}).into())
}

/// GET /open-apis/contact/v3/group/:group_id
pub(super) fn get(call: Call<'_>) -> Result<Data, Rejection> {
    check_id_types(&call)?;
    // Get has no code for a group outside the contact scope: to the app there is none.
    let visible = find_group(&call)?;
    let (position, group) =
        Some(visible).filter(|(_, group)| group.in_contact_scope).ok_or_else(|| not_found(&call))?;
    Ok(json!({ "group": group.to_json(call.tenant.member_counts(position)) }).into())
}

/// DELETE /open-apis/contact/v3/group/:group_id
pub(super) fn delete(call: Call<'_>) -> Result<Data, Rejection> {
    let position = group_in_scope(&call)?.0;
    // Members outside the contact scope count too, although no listing shows them.
    if call.tenant.member_counts(position) != (0, 0) {
        return Err(reject(42017));
    }
    call.tenant.remove(position);
    Ok(json!({}).into())
}

fn parse_body(call: &Call<'_>) -> Result<Fields<'static>, Rejection> {
    check_id_types(call)?;
    Fields::parse(call.request, 40001)
}

fn check_id_types(call: &Call<'_>) -> Result<(), Rejection> {
    call.choice("user_id_type", 40001)?;
    call.choice("department_id_type", 40001)?;
    Ok(())
}

fn find_group<'a>(call: &'a Call<'_>) -> Result<(GroupPosition, &'a Group), Rejection> {
    call.tenant.group(call.id).ok_or_else(|| not_found(call))
}

fn not_found(call: &Call<'_>) -> Rejection {
    reject(42002).field("group_id", call.id, "no such group")
}

/// The group that the path names, which must be in the app's contact scope.
pub(super) fn group_in_scope<'a>(call: &'a Call<'_>) -> Result<(GroupPosition, &'a Group), Rejection> {
    let found = find_group(call)?;
    if found.1.in_contact_scope { Ok(found) } else { Err(reject(42009).field("group_id", call.id, OUTSIDE_SCOPE)) }
}

fn check_name_is_free(call: &Call<'_>, name: &str, except: &str) -> Result<(), Rejection> {
    if call.tenant.has_name(name, except) {
        return Err(reject(47009).field("name", name, "already taken"));
    }
    Ok(())
}

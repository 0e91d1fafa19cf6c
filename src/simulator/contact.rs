//! Create, update, get and delete a user group.
//!
//! Checks run from the outside in: query, shape of the body, each field, then
//! what the tenant already has. Nothing changes unless all of them pass.

use serde_json::{Value, json};

use super::call::{Call, Fields};
use super::group::Group;
use super::response::{Refusal, refuse};

/// POST /open-apis/contact/v3/group
pub(super) fn create(call: Call<'_>) -> Result<Value, Refusal> {
    let fields = body(&call)?;
    let name = fields
        .text("name")?
        .filter(|name| !name.is_empty())
        .ok_or_else(|| refuse(42001).field("name", "", "must not be empty"))?;
    let description = fields.text("description")?.unwrap_or_default();
    call.bounded("name", &name, 42013)?;
    call.bounded("description", &description, 42014)?;
    match fields.integer("type")? {
        None | Some(1) => {}
        // A type that exists, and that an app may not create.
        Some(2) => return Err(refuse(42024).field("type", 2, "dynamic groups are not for apps")),
        Some(other) => return Err(refuse(42003).field("type", other, "must be 1")),
    }
    let custom_id = fields.text("group_id")?.filter(|id| !id.is_empty());
    if let Some(id) = &custom_id {
        call.bounded("group_id", id, 42002)?;
        if !id.chars().all(|character| character.is_ascii_alphanumeric()) {
            return Err(refuse(42002).field("group_id", id, "only letters and digits"));
        }
        if call.tenant.has_id(id) {
            return Err(refuse(47005).field("group_id", id, "already taken"));
        }
    }
    unused_name(&call, &name, "")?;
    let id = custom_id.clone().unwrap_or_else(|| call.tenant.free_id());
    let mut group = Group::new(&id, name).description(description);
    group.custom_id = custom_id;
    call.tenant.insert(group);
    Ok(json!({ "group_id": id }))
}

/// PATCH /open-apis/contact/v3/group/:group_id
pub(super) fn update(call: Call<'_>) -> Result<Value, Refusal> {
    known(&call)?;
    let fields = body(&call)?;
    let (name, description) = (fields.text("name")?, fields.text("description")?);
    if let Some(name) = &name {
        // The reference gives update no code of its own for an empty name.
        if name.is_empty() {
            return Err(refuse(40001).field("name", "", "must not be empty"));
        }
        call.bounded("name", name, 42013)?;
    }
    if let Some(description) = &description {
        call.bounded("description", description, 42014)?;
    }
    if let Some(name) = &name {
        unused_name(&call, name, call.id)?;
    }
    if let Some(group) = call.tenant.group_mut(call.id) {
        group.name = name.unwrap_or_else(|| group.name.clone());
        group.description = description.unwrap_or_else(|| group.description.clone());
    }
    Ok(json!({}))
}

/// GET /open-apis/contact/v3/group/:group_id
pub(super) fn get(call: Call<'_>) -> Result<Value, Refusal> {
    id_types(&call)?;
    Ok(json!({ "group": known(&call)?.shown() }))
}

/// DELETE /open-apis/contact/v3/group/:group_id
pub(super) fn delete(call: Call<'_>) -> Result<Value, Refusal> {
    if !known(&call)?.is_empty() {
        return Err(refuse(42017));
    }
    call.tenant.remove(call.id);
    Ok(json!({}))
}

fn body(call: &Call<'_>) -> Result<Fields, Refusal> {
    id_types(call)?;
    Fields::of(call.request, 40001)
}

fn id_types(call: &Call<'_>) -> Result<(), Refusal> {
    call.choice("user_id_type", 40001)?;
    call.choice("department_id_type", 40001)?;
    Ok(())
}

fn known<'a>(call: &'a Call<'_>) -> Result<&'a Group, Refusal> {
    call.tenant.group(call.id).ok_or_else(|| refuse(42002).field("group_id", call.id, "no such group"))
}

fn unused_name(call: &Call<'_>, name: &str, except: &str) -> Result<(), Refusal> {
    if call.tenant.has_name(name, except) {
        return Err(refuse(47009).field("name", name, "already taken"));
    }
    Ok(())
}

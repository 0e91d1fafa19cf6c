//! The handler that finds people by email and phone number.
//!
//! Each email and each phone number gets an entry, in the order of the request, emails
//! first. One that is nobody's, or of a person whom the app may not see, gets an entry
//! without `user_id`. A request for nothing at all is a mistake.

use serde_json::{Map, Value, json};

use super::call::{Call, Fields};
use super::data::Data;
use super::directory::UserIdType;
use super::registry::Key;
use super::response::{Rejection, reject};

/// POST /open-apis/contact/v3/users/batch_get_id
pub(super) fn find_ids(call: Call<'_>) -> Result<Data, Rejection> {
    // The reference lists no code of this operation; 40001 is the platform's.
    let id_type = call.choice("user_id_type", 40001)?.and_then(UserIdType::parse).unwrap_or(UserIdType::Open);
    let fields = Fields::parse(call.request, 40001)?;
    let emails = fields.strings("emails")?.unwrap_or_default();
    let mobiles = fields.strings("mobiles")?.unwrap_or_default();
    let include_resigned = fields.boolean("include_resigned")?.unwrap_or(false);
    call.check_items("emails", emails.len(), 40001)?;
    call.check_items("mobiles", mobiles.len(), 40001)?;
    if emails.is_empty() && mobiles.is_empty() {
        return Err(reject(40001).field("emails", "", "emails or mobiles required"));
    }
    let people = &call.tenant.people;
    let entry = |name: &str, value: String, person: Option<Key>| {
        let mut entry = Map::from_iter([(name.to_owned(), value.into())]);
        let found = person.and_then(|key| Some((people.id(key, id_type)?, people.status(key)?)));
        if let Some((id, status)) = found
            && !status.outside_scope
            && (include_resigned || !status.resigned)
        {
            entry.insert("user_id".to_owned(), id.into());
            let status = json!({
                "is_frozen": false,
                "is_resigned": status.resigned,
                "is_activated": !status.resigned,
                "is_exited": false,
                "is_unjoin": false,
            });
            entry.insert("status".to_owned(), status);
        }
        Value::from(entry)
    };
    let by_email = emails.into_iter().map(|email| {
        let person = people.of_email(&email);
        entry("email", email, person)
    });
    let by_mobile = mobiles.into_iter().map(|mobile| {
        let person = people.of_mobile(&mobile);
        entry("mobile", mobile, person)
    });
    let user_list: Vec<_> = by_email.chain(by_mobile).collect();
    Ok(json!({ "user_list": user_list }).into())
}

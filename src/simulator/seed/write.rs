//! Writes a seed as JSON. Fields that are as they would be without being written are left out.

use serde_json::{Map, Value, json};

use super::super::TENANT_KEY;
use super::super::app::App;
use super::super::department::Department;
use super::super::group::Group;
use super::super::performance_group::PerformanceGroup;
use super::super::person::Person;
use super::{Seed, TenantSeed};
use crate::operation::AppType;

/// Writes a whole seed.
pub(super) fn seed(seed: &Seed) -> Value {
    let mut fields = Map::new();
    fields.insert("apps".to_owned(), seed.apps.iter().map(app).collect());
    fields.insert("user_tokens".to_owned(), json!(seed.user_tokens));
    fields.insert("withheld_scopes".to_owned(), json!(seed.withheld_scopes));
    let home = seed.tenants.get(TENANT_KEY).cloned().unwrap_or_default();
    fields.extend(tenant(&home));
    let others = seed.tenants.iter().filter(|(key, _)| *key != TENANT_KEY);
    let others: Map<_, _> = others.map(|(key, other)| (key.clone(), tenant(other).into())).collect();
    if !others.is_empty() {
        fields.insert("tenants".to_owned(), others.into());
    }
    fields.into()
}

fn tenant(seed: &TenantSeed) -> Map<String, Value> {
    written([
        ("people", seed.people.iter().map(person).collect()),
        ("departments", seed.departments.iter().map(department).collect()),
        ("groups", seed.groups.iter().map(group).collect()),
        ("performance_groups", seed.performance_groups.iter().map(performance_group).collect()),
    ])
}

fn app(app: &App) -> Value {
    let app_type = app.app_type.map(|app_type| if app_type == AppType::Custom { "custom" } else { "store" });
    let fields = written([
        ("id", json!(app.id)),
        ("secret", json!(app.secret.expose())),
        ("type", json!(app_type)),
        ("ticket", json!(app.ticket.as_ref().map(|ticket| ticket.expose()))),
        ("withheld_scopes", json!(app.withheld_scopes)),
    ]);
    fields.into()
}

fn person(person: &Person) -> Value {
    let fields = written([
        ("user_id", json!(person.user_id)),
        ("open_id", json!(person.open_id)),
        ("union_id", json!(person.union_id)),
        ("email", json!(person.email)),
        ("mobile", json!(person.mobile)),
        ("resigned", json!(person.resigned)),
        ("outside_contact_scope", json!(!person.in_contact_scope)),
    ]);
    fields.into()
}

fn department(department: &Department) -> Value {
    let fields = written([
        ("department_id", json!(department.department_id)),
        ("open_department_id", json!(department.open_department_id)),
        ("outside_contact_scope", json!(!department.in_contact_scope)),
    ]);
    fields.into()
}

fn group(group: &Group) -> Value {
    let fields = written([
        ("id", json!(group.id)),
        ("name", json!(group.name)),
        ("custom_id", json!(group.custom_id)),
        ("description", json!(group.description)),
        ("dynamic", json!(group.dynamic)),
        ("members", json!(group.member_user_ids)),
        ("departments", json!(group.member_department_ids)),
        ("department_scope", json!(group.department_scope)),
        ("outside_contact_scope", json!(!group.in_contact_scope)),
    ]);
    fields.into()
}

fn performance_group(group: &PerformanceGroup) -> Value {
    let fields = written([
        ("id", json!(group.id)),
        ("members", json!(group.members)),
        ("manual", json!(group.manual)),
        ("import_running", json!(group.import_running)),
    ]);
    fields.into()
}

/// The fields that are not absent, `false` or empty.
fn written<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let fields = fields.into_iter().filter(|(_, value)| match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    });
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}

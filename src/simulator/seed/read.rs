//! Reads a seed from JSON. `Seed` shows every field.

use serde_json::Value;

use super::super::app::App;
use super::super::department::Department;
use super::super::group::Group;
use super::super::input::Input;
use super::super::invalid_input::InvalidInput;
use super::super::performance_group::PerformanceGroup;
use super::super::person::Person;
use super::super::{TENANT_KEY, input};
use super::{Seed, TenantSeed};
use crate::Secret;

type Read<T> = Result<T, InvalidInput>;

const TENANT_FIELDS: [&str; 4] = ["people", "departments", "groups", "performance_groups"];

/// Reads a whole seed.
pub(super) fn seed(value: &Value) -> Read<Seed> {
    let mut fields = vec!["apps", "user_tokens", "withheld_scopes", "tenants"];
    fields.extend(TENANT_FIELDS);
    let input = Input::object(value, "", &fields)?;
    let mut seed = Seed { apps: input.list("apps", app)?, ..Seed::default() };
    if value.get("user_tokens").is_some() {
        seed.user_tokens = input.list("user_tokens", user_token)?.into_iter().collect();
    }
    seed.withheld_scopes = input.texts("withheld_scopes")?.into_iter().collect();
    seed.tenants = input.entries("tenants", tenant)?.into_iter().collect();
    if seed.tenants.contains_key(TENANT_KEY) {
        let pointer = format!("/tenants/{}", input::escaped(TENANT_KEY));
        return Err(InvalidInput::new(pointer, "the home tenant's parts belong to the top of the file"));
    }
    seed.tenants.insert(TENANT_KEY.to_owned(), tenant_fields(&input)?);
    Ok(seed)
}

fn tenant(value: &Value, pointer: &str) -> Read<TenantSeed> {
    tenant_fields(&Input::object(value, pointer, &TENANT_FIELDS)?)
}

fn tenant_fields(input: &Input<'_>) -> Read<TenantSeed> {
    Ok(TenantSeed {
        people: input.list("people", person)?,
        departments: input.list("departments", department)?,
        groups: input.list("groups", group)?,
        performance_groups: input.list("performance_groups", performance_group)?,
    })
}

fn app(value: &Value, pointer: &str) -> Read<App> {
    let input = Input::object(value, pointer, &["id", "secret", "type", "ticket", "withheld_scopes"])?;
    let (id, secret) = (input.required_text("id")?, Secret::from(input.required_text("secret")?));
    let ticket = input.text("ticket")?.map(Secret::from);
    let app = match (input.text("type")?.as_deref(), ticket) {
        (Some("custom"), None) => App::custom(id, secret),
        (Some("custom"), Some(_)) => return Err(input.wrong("ticket", "only a store app has one")),
        (Some("store"), Some(ticket)) => App::store(id, secret, ticket),
        (Some("store"), None) => return Err(input.wrong("ticket", "missing")),
        (None, ticket) => App { app_type: None, ticket, ..App::custom(id, secret) },
        (Some(_), _) => return Err(input.wrong("type", "must be custom or store; without it the app is either")),
    };
    Ok(App { withheld_scopes: input.texts("withheld_scopes")?, ..app })
}

fn user_token(value: &Value, pointer: &str) -> Read<String> {
    let token = value.as_str().filter(|token| token.starts_with("u-"));
    token.map(str::to_owned).ok_or_else(|| InvalidInput::new(pointer, "must be a string that starts with `u-`"))
}

fn person(value: &Value, pointer: &str) -> Read<Person> {
    let fields = ["user_id", "open_id", "union_id", "email", "mobile", "resigned", "outside_contact_scope"];
    let input = Input::object(value, pointer, &fields)?;
    let person = Person::new(input.required_text("user_id")?);
    Ok(Person {
        open_id: input.text("open_id")?.unwrap_or(person.open_id),
        union_id: input.text("union_id")?.unwrap_or(person.union_id),
        user_id: person.user_id,
        email: input.text("email")?,
        mobile: input.text("mobile")?,
        resigned: input.flag("resigned")?,
        in_contact_scope: !input.flag("outside_contact_scope")?,
    })
}

fn department(value: &Value, pointer: &str) -> Read<Department> {
    let input = Input::object(value, pointer, &["department_id", "open_department_id", "outside_contact_scope"])?;
    let department = Department::new(input.required_text("department_id")?);
    Ok(Department {
        open_department_id: input.text("open_department_id")?.unwrap_or(department.open_department_id),
        department_id: department.department_id,
        in_contact_scope: !input.flag("outside_contact_scope")?,
    })
}

fn group(value: &Value, pointer: &str) -> Read<Group> {
    let input = Input::object(
        value,
        pointer,
        &[
            "id",
            "name",
            "custom_id",
            "description",
            "dynamic",
            "members",
            "departments",
            "department_scope",
            "outside_contact_scope",
        ],
    )?;
    Ok(Group {
        custom_id: input.text("custom_id")?,
        description: input.text("description")?.unwrap_or_default(),
        dynamic: input.flag("dynamic")?,
        member_user_ids: input.texts("members")?,
        member_department_ids: input.texts("departments")?,
        department_scope: input.texts("department_scope")?,
        in_contact_scope: !input.flag("outside_contact_scope")?,
        ..Group::new(input.required_text("id")?, input.required_text("name")?)
    })
}

fn performance_group(value: &Value, pointer: &str) -> Read<PerformanceGroup> {
    let input = Input::object(value, pointer, &["id", "members", "manual", "import_running"])?;
    Ok(PerformanceGroup {
        id: input.required_text("id")?,
        members: input.texts("members")?,
        manual: input.flag("manual")?,
        import_running: input.flag("import_running")?,
    })
}

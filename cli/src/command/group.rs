//! `group`: the groups themselves.

use super::outcome::{note, print, show};
use super::request::{Requests, body};
use super::{people, row};
use crate::args::{Global, GroupCommand, GroupType, Kind};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use crate::output::{self, Format, Listing};
use crate::progress;
use feishu_groups::counted;
use feishu_groups::input::{self, IdType, NameKind};
use feishu_groups::members::{self, GroupState, RetryingClient, Undeleted};
use feishu_groups::plan::Present;
use feishu_groups::report::Report;
use feishu_user_groups::operation::{CREATE_USER_GROUP, DELETE_USER_GROUP, UPDATE_USER_GROUP};
use serde_json::{Value, json};
use std::process::ExitCode;

pub async fn run(global: &Global, command: GroupCommand) -> Result<ExitCode, Failure> {
    let connection = connect(global).await?;
    let client = &connection.client;
    match command {
        GroupCommand::List { r#type } => {
            let groups = match r#type {
                None => members::all(client).await?,
                Some(GroupType::Normal) => members::of_type(client, 1).await?,
                Some(GroupType::Dynamic) => members::of_type(client, 2).await?,
            };
            output::listing(global.format(), &row::groups(&groups))?;
        }
        GroupCommand::Get { group } => {
            let group = client.get_user_group().group_id(group).send().await?.into_inner().group;
            output::record(global.format(), &row::groups([&group]))?;
        }
        GroupCommand::Create { name, description, id } => create(global, client, name, description, id).await?,
        GroupCommand::Update { group, name, description } => update(global, client, &group, name, description).await?,
        GroupCommand::Delete { group, drain } => return delete(global, client, &group, drain).await,
        GroupCommand::Of { user, kind } => of(global, client, user, kind).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(
    global: &Global,
    client: &RetryingClient,
    name: String,
    description: Option<String>,
    id: Option<String>,
) -> Result<(), Failure> {
    if global.dry_run {
        let body = body([("name", Some(&name)), ("description", description.as_ref()), ("group_id", id.as_ref())]);
        let mut requests = Requests::new();
        requests.push(&CREATE_USER_GROUP, None, body);
        return requests.print(global).map(drop);
    }
    confirm(global, &format!("This creates the group {name:?}"))?;
    let create = client.create_user_group().body_map(|body| {
        let body = body.name(&*name);
        let body = if let Some(description) = description { body.description(description) } else { body };
        if let Some(id) = id { body.group_id(id) } else { body }
    });
    let created = create.send().await.map_err(|error| match error.may_have_been_applied() {
        true => Failure::partial(format!(
            "{error}\nThe group may have been created: look for it with `group list` before you create it again."
        )),
        false => error.into(),
    })?;
    let created = created.into_inner();
    let mut listing = Listing::new(&["id", "name"]);
    listing.rows.push(vec![json!(created.group_id), json!(name)]);
    output::record(global.format(), &listing)
}

async fn update(
    global: &Global,
    client: &RetryingClient,
    group_id: &str,
    name: Option<String>,
    description: Option<String>,
) -> Result<(), Failure> {
    if global.dry_run {
        let mut requests = Requests::new();
        let body = body([("name", name.as_ref()), ("description", description.as_ref())]);
        requests.push(&UPDATE_USER_GROUP, Some(group_id), body);
        return requests.print(global).map(drop);
    }
    let parts = [name.as_ref().map(|_| "name"), description.as_ref().map(|_| "description")];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    confirm(global, &format!("This changes the {parts} of the group {group_id}"))?;
    members::update(client, group_id, name.as_deref(), description.as_deref()).await?;
    note(&format!("{group_id}: changed"));
    if global.format() == Format::Table {
        return Ok(());
    }
    let mut listing = Listing::new(&["id", "outcome"]);
    listing.rows.push(vec![json!(group_id), json!("changed")]);
    output::record(global.format(), &listing)
}

/// A group with members is never deleted by halves: what would stop the deletion is looked for before anybody is removed,
/// and once more before the deletion, since somebody may join meanwhile.
async fn delete(global: &Global, client: &RetryingClient, group_id: &str, drain: bool) -> Result<ExitCode, Failure> {
    let state = progress::shown("reading", None, async |progress| {
        members::read(client, group_id, IdType::OpenId, progress).await
    });
    let GroupState { group, present } = state.await?;
    let name = group.name.as_deref().unwrap_or(group_id);
    if let Some(obstacle) = obstacle(name, &present, drain) {
        return Err(Failure::refused(format!("{obstacle} Nothing was changed.")));
    }
    if global.dry_run {
        let mut requests = Requests::new();
        requests.remove(group_id, IdType::OpenId, &present.users);
        requests.push(&DELETE_USER_GROUP, Some(group_id), Value::Null);
        return requests.print(global);
    }
    let users = present.users.len();
    let members = counted(users, "member", "members");
    confirm(global, &format!("This removes {members} from the group {name:?} ({group_id}) and deletes it"))?;
    let removed = progress::shown("removing", Some(users), async |progress| {
        members::remove(client, group_id, IdType::OpenId, &present.users, progress).await
    })
    .await;
    let mut report = Report {
        group_id: group_id.to_owned(),
        entries: removed.entries,
        other_columns: Vec::new(),
        stopped: removed.stopped.as_ref().map(ToString::to_string),
    };
    if !report.is_ok() {
        note("the group was not deleted, since members are left");
        return print(global, &report, removed.stopped.as_ref(), None);
    }
    let deleted = progress::shown("deleting", None, async |_| members::delete(client, group_id).await).await;
    match deleted.map_err(not_deleted) {
        Ok(()) => {
            note(&format!("{group_id}: deleted"));
            if users == 0 {
                return show(global, &report).map(|()| ExitCode::SUCCESS);
            }
        }
        Err(failure) if users == 0 => return Err(failure),
        // Members were removed: the report says who, whatever became of the group.
        Err(failure) => report.stopped = Some(failure.to_string()),
    }
    print(global, &report, None, None)
}

/// Why a group cannot be deleted.
fn obstacle(name: &str, present: &Present, drain: bool) -> Option<String> {
    let (users, departments) = (present.users.len(), present.departments.len());
    if let Some(gap) = present.any_gap() {
        return Some(format!("the group {name:?} may have members that were not listed: {gap}."));
    }
    if present.is_dynamic && users + departments > 0 {
        let text = "is dynamic: a rule selects its members, and no call removes one. Delete it in the admin console.";
        return Some(format!("the group {name:?} {text}"));
    }
    if departments > 0 {
        let which = present.departments.join(" ");
        let text = "has departments, which no call can remove. Remove them in the admin console";
        return Some(format!("the group {name:?} {text}: {which}."));
    }
    (users > 0 && !drain).then(|| {
        let members = counted(users, "member", "members");
        format!("the group {name:?} has {members}, and the service deletes only empty groups. --drain removes members first.")
    })
}

fn not_deleted(reason: Undeleted) -> Failure {
    match reason {
        Undeleted::Error(error) => error.into(),
        other => Failure::refused(other.to_string()),
    }
}

async fn of(global: &Global, client: &RetryingClient, user: String, kind: Kind) -> Result<(), Failure> {
    let kind = kind.named().unwrap_or(NameKind::Id(IdType::OpenId));
    let found = people::resolve(client, input::arguments(&[user], kind)?, false).await?;
    let id_type = found.id_type;
    let mut groups = Vec::new();
    for id in found.wanted() {
        groups.extend(members::groups_of(client, &id, id_type).await?);
    }
    output::listing(global.format(), &row::joined(&groups))
}

//! `group`: the groups themselves.

use super::outcome::{note, print};
use super::request::Requests;
use super::{people, row};
use crate::args::{Global, GroupCommand, GroupType, Kind};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use crate::output::{self, Listing};
use crate::progress;
use feishu_groups::input::{self, IdType, NameKind};
use feishu_groups::members::{self, GroupState};
use feishu_groups::report::Report;
use feishu_user_groups::Client;
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
            output::listing(global.output, &row::groups(&groups))?;
        }
        GroupCommand::Get { group } => {
            let group = client.get_user_group().group_id(group).send().await?.into_inner().group;
            output::record(global.output, &row::groups([&group]))?;
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
    client: &Client,
    name: String,
    description: Option<String>,
    id: Option<String>,
) -> Result<(), Failure> {
    if global.dry_run {
        let body = object([("name", Some(&name)), ("description", description.as_ref()), ("group_id", id.as_ref())]);
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
    let created = create.send().await?.into_inner();
    let mut listing = Listing::new(&["id", "name"]);
    listing.rows.push(vec![json!(created.group_id), json!(name)]);
    output::record(global.output, &listing)
}

async fn update(
    global: &Global,
    client: &Client,
    group_id: &str,
    name: Option<String>,
    description: Option<String>,
) -> Result<(), Failure> {
    if global.dry_run {
        let mut requests = Requests::new();
        let body = object([("name", name.as_ref()), ("description", description.as_ref())]);
        requests.push(&UPDATE_USER_GROUP, Some(group_id), body);
        return requests.print(global).map(drop);
    }
    let parts = [name.as_ref().map(|_| "name"), description.as_ref().map(|_| "description")];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    confirm(global, &format!("This changes the {parts} of the group {group_id}"))?;
    let update = client.update_user_group().group_id(group_id).body_map(|body| {
        let body = if let Some(name) = name { body.name(name) } else { body };
        if let Some(description) = description { body.description(description) } else { body }
    });
    update.send().await?;
    note(&format!("{group_id}: changed"));
    Ok(())
}

/// A group with members is never deleted by halves: what would stop the deletion is looked for before anybody is removed.
async fn delete(global: &Global, client: &Client, group_id: &str, drain: bool) -> Result<ExitCode, Failure> {
    let GroupState { group, present } = members::read(client, group_id, IdType::OpenId).await?;
    let name = group.name.as_deref().unwrap_or(group_id);
    let (users, departments) = (present.users.len(), present.departments.len());
    if let Some(gap) = present.gap.as_ref().filter(|_| drain) {
        let text = format!(
            "the list of members may be incomplete, so the group cannot be emptied: {gap}. Nothing was changed."
        );
        return Err(Failure::refused(text));
    }
    if users + departments > 0 && (present.is_dynamic || departments > 0) {
        let what = if present.is_dynamic { "is dynamic, and a rule selects its members" } else { "has departments" };
        let which = present.departments.iter().map(|id| format!(" {id}")).collect::<String>();
        let text = format!(
            "the group {name:?} {what}, which no call can remove:{which}\n\
             Remove them in the admin console. Nothing was changed."
        );
        return Err(Failure::refused(text.replace("remove:\n", "remove.\n")));
    }
    if users > 0 && !drain {
        let text = format!(
            "the group {name:?} has {users} members, and the service deletes empty groups alone. --drain removes them first. Nothing was changed."
        );
        return Err(Failure::refused(text));
    }
    if global.dry_run {
        let mut requests = Requests::new();
        requests.remove(group_id, IdType::OpenId, &present.users);
        requests.push(&DELETE_USER_GROUP, Some(group_id), Value::Null);
        return requests.print(global);
    }
    confirm(global, &format!("This removes {users} members from the group {name:?} ({group_id}) and deletes it"))?;
    let bar = progress::bar("removing", users);
    let removed =
        members::remove(client, group_id, IdType::OpenId, &present.users, &mut |done| bar.inc(done as u64)).await;
    bar.finish_and_clear();
    let report = Report {
        group_id: group_id.to_owned(),
        entries: removed.entries,
        other_columns: Vec::new(),
        stopped: removed.stopped.as_ref().map(ToString::to_string),
    };
    if !report.is_ok() {
        note("the group was not deleted, since members are left");
        return print(global, &report, removed.stopped.as_ref(), None);
    }
    client.delete_user_group().group_id(group_id).send().await?;
    if users > 0 {
        print(global, &report, None, None)?;
    }
    note(&format!("{group_id}: deleted"));
    Ok(ExitCode::SUCCESS)
}

async fn of(global: &Global, client: &Client, user: String, kind: Kind) -> Result<(), Failure> {
    let kind = kind.named().unwrap_or(NameKind::Id(IdType::OpenId));
    let found = people::resolve(client, input::arguments(&[user], kind)?, false).await?;
    let id_type = found.id_type;
    let mut groups = Vec::new();
    for id in found.wanted() {
        groups.extend(members::groups_of(client, &id, id_type).await?);
    }
    output::listing(global.output, &row::joined(&groups))
}

/// A body of those members that are there.
fn object<const N: usize>(members: [(&str, Option<&String>); N]) -> Value {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?.as_str())))).collect()
}

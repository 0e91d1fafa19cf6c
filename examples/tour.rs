//! A tour of the crate: the life of a user group, all thirteen calls, and the streams.
//!
//! Without configuration it runs against the offline service, in this process. With
//! FEISHU_APP_ID and FEISHU_APP_SECRET set (and FEISHU_BASE_URL for Lark), it asks
//! before it touches the real tenant, and removes what it made.

#![allow(clippy::print_stdout, reason = "showing what happens is what a tour is for")]

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Person, Simulator, USER_TOKEN};
use feishu_user_groups::types::{MemberReference, ScopeVisibleSetting, UserGroup};
use feishu_user_groups::{Client, Error, FEISHU, Response};
use std::env;
use std::io::{self, Write};

/// Somebody who exists in the offline service.
const MEMBER: &str = "ou_fab1210511b6d2f990ba3b4e2e0dbeef";
/// The emails of people who exist there, and one of nobody.
const EMAILS: [&str; 4] = ["wang@example.com", "li@example.com", "chen@example.com", "nobody@example.com"];

/// Where the tour goes: a client, and people and groups that exist there.
struct Stage {
    client: Client,
    user_token: Option<String>,
    member: Option<String>,
    emails: Vec<String>,
    performance_group: Option<String>,
    // The offline service stops when this is dropped.
    _simulator: Option<Simulator>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = match (env::var("FEISHU_APP_ID"), env::var("FEISHU_APP_SECRET")) {
        (Ok(app_id), Ok(app_secret)) => match real_tenant(app_id, app_secret)? {
            Some(stage) => stage,
            None => return Ok(()),
        },
        _ => offline().await?,
    };
    tour(&stage).await?;
    Ok(())
}

async fn offline() -> Result<Stage, Box<dyn std::error::Error>> {
    let colleagues = ["Design", "Legal", "Support"].map(|name| Group::new(name.to_lowercase(), name));
    let people = ["wang", "li", "chen"].map(|name| Person::new(name).email(format!("{name}@example.com")));
    let service = people.into_iter().fold(Simulator::builder(), |service, person| service.with_person(person));
    let service = service.with_person(Person::new("member").open_id(MEMBER));
    let simulator = colleagues.into_iter().fold(service, |service, group| service.with_group(group)).start().await?;
    simulator.add_member("design", MEMBER);
    println!("offline service on {}\n", simulator.url());
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).build()?;
    Ok(Stage {
        client,
        user_token: Some(USER_TOKEN.to_owned()),
        member: Some(MEMBER.to_owned()),
        emails: EMAILS.map(str::to_owned).to_vec(),
        performance_group: Some("ABCDEFG".to_owned()),
        _simulator: Some(simulator),
    })
}

fn real_tenant(app_id: String, app_secret: String) -> Result<Option<Stage>, Box<dyn std::error::Error>> {
    let base_url = env::var("FEISHU_BASE_URL").unwrap_or_else(|_| FEISHU.to_owned());
    println!("This creates, changes and deletes one user group in the tenant of {app_id} on {base_url}.");
    println!("FEISHU_EMAILS (separated by commas) adds these people to that group, and removes them again.");
    println!("FEISHU_MEMBER (an open id) adds the groups of a member; FEISHU_PERFORMANCE_GROUP, with FEISHU_MEMBER,");
    println!("REPLACES all members of that performance group, and that is not undone.");
    print!("Type `yes` to go on: ");
    io::stdout().flush()?;
    let mut input = String::new();
    io::stdin().read_line(&mut input)?;
    if input.trim() != "yes" {
        println!("Nothing was touched.");
        return Ok(None);
    }
    let client = Client::builder().base_url(base_url).app(app_id, app_secret).build()?;
    Ok(Some(Stage {
        client,
        user_token: env::var("FEISHU_USER_TOKEN").ok(),
        member: env::var("FEISHU_MEMBER").ok(),
        emails: env::var("FEISHU_EMAILS")
            .unwrap_or_default()
            .split(',')
            .map(|email| email.trim().to_owned())
            .filter(|email| !email.is_empty())
            .collect(),
        performance_group: env::var("FEISHU_PERFORMANCE_GROUP").ok(),
        _simulator: None,
    }))
}

async fn tour(stage: &Stage) -> Result<(), Error> {
    let client = &stage.client;
    let name = format!("Tour {}", std::process::id());

    let created =
        client.create_user_group().body_map(|body| body.name(&*name).description("made by the tour")).send().await?;
    show("create_user_group", &created, &format!("group {}", created.group_id));
    let group_id = created.into_inner().group_id;

    // From here on the group exists: whatever goes wrong, it is removed.
    let walked = match walk(stage, &group_id, &name).await {
        Ok(()) => fill(stage, &group_id).await,
        failed => failed,
    };
    // The service does not delete a group that has members.
    let emptied = empty(client, &group_id).await;
    let deleted = client.delete_user_group().group_id(&group_id).send().await;
    walked.and(emptied)?;
    show("delete_user_group", &deleted?, "gone");

    match client.get_user_group().group_id(&group_id).send().await {
        Err(error) if error.is_not_found() => println!("\nand it is not there any more:\n  {error}"),
        other => println!("\nunexpected: {other:?}"),
    }
    Ok(())
}

async fn walk(stage: &Stage, group_id: &str, name: &str) -> Result<(), Error> {
    let client = &stage.client;

    let updated = client
        .update_user_group()
        .group_id(group_id)
        .body_map(|body| body.description("changed by the tour"))
        .send()
        .await?;
    show("update_user_group", &updated, "description changed");

    let found = client.get_user_group().group_id(group_id).send().await?;
    show("get_user_group", &found, &line(&found.group));

    if let Some(token) = &stage.user_token {
        let found = client.with_user_token(token.as_str()).get_user_group().group_id(group_id).send().await?;
        show("get_user_group (as a user)", &found, &line(&found.group));
    }

    let page = client.list_user_groups().page_size(10).send().await?;
    let status =
        format!("{} on the first page, more: {:?}", page.clone().into_inner().into_items().len(), page.has_more);
    show("list_user_groups", &page, &status);

    let mut groups = client.list_user_groups().stream();
    let mut count = 0;
    while let Some(group) = groups.try_next().await? {
        count += 1;
        if group.name.as_deref() == Some(name) {
            println!("  stream: {}", line(&group));
        }
    }
    println!("  stream: {count} groups");

    let Some(member) = &stage.member else {
        println!("\nFEISHU_MEMBER is not set: the calls about a member are left out");
        return Ok(());
    };
    let page = client.list_member_user_groups().member_id(member).member_id_type("open_id").send().await?;
    show("list_member_user_groups", &page, &format!("{} groups", page.clone().into_inner().into_items().len()));

    let mut groups = client.list_member_user_groups().member_id(member).stream();
    let mut count = 0;
    while groups.try_next().await?.is_some() {
        count += 1;
    }
    println!("  stream: {count} groups");

    let Some(performance_group) = &stage.performance_group else {
        println!("\nFEISHU_PERFORMANCE_GROUP is not set: the write is left out");
        return Ok(());
    };
    let written = client
        .write_performance_group_members()
        .user_id_type("open_id")
        .body_map(|body| {
            body.group_id(performance_group)
                .scope_visible_setting(ScopeVisibleSetting::HiddenFromAdministrators)
                .user_ids([member.as_str()])
        })
        .send()
        .await?;
    let members = format!("members now {:?}", written.success_user_ids.as_deref().unwrap_or_default());
    show("write_performance_group_members", &written, &members);
    Ok(())
}

/// Finds people by email, and makes them members: the first one alone, the others in a batch.
async fn fill(stage: &Stage, group_id: &str) -> Result<(), Error> {
    let client = &stage.client;
    if stage.emails.is_empty() {
        println!("\nFEISHU_EMAILS is not set: the group stays empty");
        return Ok(());
    }
    let emails = stage.emails.iter().map(String::as_str);
    let found = client.find_user_ids().user_id_type("open_id").body_map(|body| body.emails(emails)).send().await?;
    let ids: Vec<_> = found.user_list.iter().flatten().filter_map(|user| user.user_id.clone()).collect();
    show("find_user_ids", &found, &format!("{} people have {} emails", ids.len(), stage.emails.len()));

    let Some(first) = ids.first() else { return Ok(()) };
    let add = client.add_user_group_member().group_id(group_id);
    let add = add.body_map(|body| body.member_type("user").member_id_type("open_id").member_id(first));
    show("add_user_group_member", &add.send().await?, first);

    // The first one is a member already, which is no failure.
    let add = client.batch_add_user_group_members().group_id(group_id);
    let batch = add.body_map(|body| body.members(ids.iter().map(|id| member(id)))).send().await?;
    let status = format!("{} added, {} already in the group", batch.succeeded().count(), batch.already().count());
    show("batch_add_user_group_members", &batch, &status);
    batch.into_result()?;
    Ok(())
}

/// Lists the members of the group, and removes them: the first one alone, the others in a batch.
async fn empty(client: &Client, group_id: &str) -> Result<(), Error> {
    let page = client.list_user_group_members().group_id(group_id).member_id_type("open_id").send().await?;
    let status = format!("{} on the first page, more: {:?}", page.memberlist.iter().flatten().count(), page.has_more);
    show("list_user_group_members", &page, &status);

    let mut members = client.list_user_group_members().group_id(group_id).member_id_type("open_id").stream();
    let mut ids = Vec::new();
    while let Some(member) = members.try_next().await? {
        ids.extend(member.member_id);
    }
    println!("  stream: {} members", ids.len());

    let Some((first, others)) = ids.split_first() else { return Ok(()) };
    let remove = client.remove_user_group_member().group_id(group_id);
    let remove = remove.body_map(|body| body.member_type("user").member_id_type("open_id").member_id(first));
    show("remove_user_group_member", &remove.send().await?, first);

    for part in others.chunks(100) {
        let remove = client.batch_remove_user_group_members().group_id(group_id);
        let removed = remove.body_map(|body| body.members(part.iter().map(|id| member(id)))).send().await?;
        show("batch_remove_user_group_members", &removed, &format!("{} removed", part.len()));
    }
    Ok(())
}

/// A user in a batch.
fn member(open_id: &str) -> MemberReference {
    MemberReference::new(open_id, "user", "open_id")
}

fn line(group: &UserGroup) -> String {
    format!("{:?} {:?}: {:?}", group.id(), group.name, group.description)
}

fn show<T>(call: &str, response: &Response<T>, what: &str) {
    println!("{call}\n  {what}\n  HTTP {}, log id {}", response.status(), response.log_id().unwrap_or("none"));
}

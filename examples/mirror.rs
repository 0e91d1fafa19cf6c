//! A nightly job: user groups follow an export of the HR system.
//!
//! It finds the groups by name and the people by email, compares each group with its team, adds who is missing and
//! removes who left. A team with an email that finds nobody removes nobody: the member could be that person.
//! It can run twice: the second run finds nothing to do.
//!
//! The example runs against the offline service, in this process. For a real tenant, build the client with your app's
//! id and secret and leave out the simulator.

#![allow(clippy::print_stdout, reason = "the job reports what it did")]

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Person, Simulator};
use feishu_user_groups::types::{MemberReference, UserIdType, WritableMemberType};
use feishu_user_groups::{Client, Error, ErrorKind};
use std::collections::{BTreeMap, BTreeSet};

/// One team of the export.
struct Team {
    /// The name of its user group.
    name: &'static str,
    emails: &'static [&'static str],
}

const EXPORT: [Team; 3] = [
    Team { name: "Design", emails: &["wang@example.com", "li@example.com"] },
    Team { name: "Legal", emails: &["chen@example.com", "new@example.com"] },
    Team { name: "Sales", emails: &["li@example.com"] },
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people = ["wang", "li", "chen", "zhao"].map(|name| Person::new(name).email(format!("{name}@example.com")));
    let service = people.into_iter().fold(Simulator::builder(), |service, person| service.with_person(person));
    let service = service.with_group(Group::new("design", "Design").member("ou_zhao").member("ou_li"));
    let simulator = service.with_group(Group::new("legal", "Legal").member("ou_zhao")).start().await?;
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).build()?;

    for run in ["the first night", "the second night"] {
        println!("{run}:");
        mirror(&client, &EXPORT).await?;
    }
    Ok(())
}

async fn mirror(client: &Client, export: &[Team]) -> Result<(), Error> {
    let groups = groups_by_name(client).await?;
    let ids = ids_by_email(client, export.iter().flat_map(|team| team.emails.iter().copied()).collect()).await?;
    for Team { name, emails } in export {
        let Some(group_id) = groups.get(*name) else {
            println!("  {name}: there is no group of this name");
            continue;
        };
        let wanted: BTreeSet<String> = emails.iter().filter_map(|email| ids.get(*email).cloned()).collect();
        let present = members(client, group_id).await?;
        let added = add(client, group_id, wanted.difference(&present)).await?;
        let unknown: Vec<_> = emails.iter().copied().filter(|email| !ids.contains_key(*email)).collect();
        if unknown.is_empty() {
            let removed = remove(client, group_id, present.difference(&wanted)).await?;
            println!("  {name}: {added} added, {removed} removed");
        } else {
            println!("  {name}: {added} added, none removed; nobody has the email {}", unknown.join(", "));
        }
    }
    Ok(())
}

/// The ids of all groups of the tenant that the app can see.
async fn groups_by_name(client: &Client) -> Result<BTreeMap<String, String>, Error> {
    let (mut groups, mut found) = (client.list_user_groups().stream(), BTreeMap::new());
    while let Some(group) = groups.try_next().await? {
        if let (Some(name), Some(id)) = (&group.name, group.id()) {
            found.insert(name.clone(), id.to_owned());
        }
    }
    Ok(found)
}

/// The open ids of people; an email that finds nobody is left out.
async fn ids_by_email(client: &Client, emails: BTreeSet<&str>) -> Result<BTreeMap<String, String>, Error> {
    let (emails, mut ids) = (Vec::from_iter(emails), BTreeMap::new());
    // One call takes 50 emails.
    for part in emails.chunks(50) {
        let call = client.find_user_ids().user_id_type(UserIdType::OpenId);
        let found = call.body_map(|body| body.emails(part.iter().copied())).send().await?;
        for user in found.into_inner().user_list.into_iter().flatten() {
            if let (Some(email), Some(id)) = (user.email, user.user_id) {
                ids.insert(email, id);
            }
        }
    }
    Ok(ids)
}

/// The open ids of the users in a group.
async fn members(client: &Client, group_id: &str) -> Result<BTreeSet<String>, Error> {
    let (mut members, mut ids) = (client.list_user_group_members().group_id(group_id).stream(), BTreeSet::new());
    while let Some(member) = members.try_next().await? {
        ids.extend(member.member_id);
    }
    Ok(ids)
}

/// Adds users, and prints whom the service rejected; returns how many were added.
async fn add(client: &Client, group_id: &str, ids: impl Iterator<Item = &String>) -> Result<usize, Error> {
    let (ids, mut added) = (Vec::from_iter(ids), 0);
    // One call takes 100 members.
    for part in ids.chunks(100) {
        let call = client.batch_add_user_group_members().group_id(group_id);
        let batch = call.body_map(|body| body.members(part.iter().map(|id| user(id)))).send().await?;
        added += batch.succeeded().count();
        for item in batch.failed() {
            println!("    {} was not added: {}", item.id().unwrap_or("?"), item.advice().unwrap_or("no advice"));
        }
        for id in batch.unreported() {
            println!("    {id} has no result, and may be a member or not: the next run shows it");
        }
    }
    Ok(added)
}

/// Removes users, and prints whom the service could not remove; returns how many were removed.
async fn remove(client: &Client, group_id: &str, ids: impl Iterator<Item = &String>) -> Result<usize, Error> {
    let (ids, mut removed) = (Vec::from_iter(ids), 0);
    for part in ids.chunks(100) {
        let call = client.batch_remove_user_group_members().group_id(group_id);
        match call.body_map(|body| body.members(part.iter().map(|id| user(id)))).send().await {
            Ok(_) => removed += part.len(),
            Err(error) if error.kind() == ErrorKind::PartialFailure => {
                removed += error.succeeded().count();
                println!("    {error}");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

fn user(open_id: &str) -> MemberReference {
    MemberReference::new(open_id, WritableMemberType::User, UserIdType::OpenId)
}

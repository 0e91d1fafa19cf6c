//! `sync`: a group gets the members of a file.
//!
//! The file is read before anything is sent, people are looked up before the group is read, and the plan is confirmed
//! before anybody is added. What is refused at one of these steps has changed nothing.

use super::manifest;
use super::outcome::{note, print};
use super::people::{self, Resolved, other_name};
use super::request::Requests;
use crate::args::{Global, NameType, Sync, SyncCommand};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use crate::output::{self, Document, Format, Listing};
use crate::progress;
use feishu_groups::counted;
use feishu_groups::members::{self, GroupState, RetryingClient};
use feishu_groups::plan::{Options, Plan, Refusal};
use feishu_groups::report::{Entry, Outcome, Report};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(global: &Global, command: SyncCommand) -> Result<ExitCode, Failure> {
    let (sync, report) = match &command {
        SyncCommand::Plan(sync) => (sync, None),
        SyncCommand::Apply { sync, report } => (sync, Some(report.report.as_deref())),
    };
    match (&sync.manifest, &sync.group, &sync.input.file) {
        (Some(manifest), ..) => manifest::run(global, sync, manifest, report).await,
        (None, Some(group), Some(file)) => one_group(global, sync, group, file, report).await,
        _ => Err(Failure::bad_input("name a group and --file, or --manifest")),
    }
}

async fn one_group(
    global: &Global,
    sync: &Sync,
    group_id: &str,
    file: &Path,
    report: Option<Option<&Path>>,
) -> Result<ExitCode, Failure> {
    let kind = sync.id_type.map(NameType::kind);
    let named = people::of_file(file, sync.input.reading, kind)?;
    let connection = connect(global).await?;
    let client = &connection.client;
    let found = people::resolve(client, named, sync.input.reading.skip_unknown).await?;
    let state = progress::shown("reading", None, async |progress| {
        members::read(client, group_id, found.id_type, progress).await
    });
    let GroupState { group, present } = state.await?;
    let name = group.name.unwrap_or_default();
    if let Some(gap) = &present.gap {
        note(&format!("warning: the list of members may be incomplete: {gap}"));
    }
    let members = present.users.len();
    let options = Options { keep_others: sync.keep_others, max_removals: sync.max_removals };
    let plan = Plan::new(present, found.wanted(), options).map_err(|refusal| refused(&refusal))?;
    if !plan.departments.is_empty() {
        let one = "department is a member, which no call changes: it stays";
        let many = "departments are members, which no call changes: they stay";
        note(&counted(plan.departments.len(), one, many));
    }
    let summary = format!(
        "{} added to the group {name:?} ({group_id}) and {} of {} removed; {}",
        counted(plan.add.len(), "person is", "people are"),
        plan.remove.len(),
        counted(members, "member", "members"),
        counted(plan.unchanged.len(), "stays", "stay"),
    );
    match report {
        None => show(global, group_id, plan, &found, &summary),
        Some(file) => apply(global, client, group_id, &plan, &found, &summary, file).await,
    }
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::refused(format!("{refusal}. Nothing was changed."))
}

/// `sync plan`: everybody with what would happen to them.
fn show(global: &Global, group_id: &str, plan: Plan, found: &Resolved, summary: &str) -> Result<ExitCode, Failure> {
    let is_table = global.format() == Format::Table;
    let head = vec![
        ("group", json!(group_id)),
        ("add", json!(plan.add.len())),
        ("remove", json!(plan.remove.len())),
        ("keep", json!(plan.unchanged.len())),
        ("unchangeable_departments", json!(plan.departments)),
    ];
    let rows = found.rows_by_id();
    let unchanged = if is_table { Vec::new() } else { plan.unchanged };
    let parts = [("add", plan.add), ("remove", plan.remove), ("keep", unchanged)];
    let people = parts.into_iter().flat_map(|(action, ids)| ids.into_iter().map(move |id| (id, action)));
    let row = |(id, action): (String, &str)| {
        let row = rows.get(&*id);
        let name = row.and_then(|row| other_name(row));
        vec![id.into(), action.into(), row.map(|row| row.line).into(), name.into()]
    };
    let listing = Listing { rows: people.map(row).collect(), ..Listing::new(&["id", "action", "line", "name"]) };
    if !is_table || !listing.rows.is_empty() {
        output::document(global.format(), &Document { head, name: "people", listing })?;
    }
    note(&format!("plan: {summary}. Nothing was changed."));
    Ok(ExitCode::SUCCESS)
}

async fn apply(
    global: &Global,
    client: &RetryingClient,
    group_id: &str,
    plan: &Plan,
    found: &Resolved,
    summary: &str,
    file: Option<&Path>,
) -> Result<ExitCode, Failure> {
    if global.dry_run {
        let mut requests = Requests::new();
        requests.add(group_id, found.id_type, &plan.add);
        requests.remove(group_id, found.id_type, &plan.remove);
        return requests.print(global);
    }
    if !plan.is_empty() {
        confirm(global, summary)?;
    }
    let applied = progress::shown("syncing", Some(plan.add.len() + plan.remove.len()), async |progress| {
        members::apply(client, group_id, found.id_type, plan, progress).await
    })
    .await;
    let mut entries = applied.entries;
    entries.extend(plan.unchanged.iter().map(|id| Entry::new(id, Outcome::Unchanged)));
    let report = Report {
        group_id: group_id.to_owned(),
        entries: found.completed(entries),
        other_columns: found.people.other_columns.clone(),
        stopped: applied.stopped.as_ref().map(ToString::to_string),
    };
    print(global, &report, applied.stopped.as_ref(), file)
}

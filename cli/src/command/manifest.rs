//! `sync --manifest`: the groups of a tenant get the names, descriptions and members of a manifest.
//!
//! The manifest is read before anything is sent, everybody is looked up and every group is read before anything is changed,
//! and one confirmation shows the totals. What is refused at one of these steps has changed nothing.

use super::outcome::{self, note};
use super::people::{self, Resolved};
use super::request::{Requests, body};
use crate::args::{Global, Sync};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use crate::output::{self, Document, Format, Listing};
use crate::progress;
use feishu_groups::counted;
use feishu_groups::input::{self, InputError, Manifest};
use feishu_groups::members::{self, RetryingClient, Step};
use feishu_groups::plan::Options;
use feishu_groups::plan::tenant::{Change, GroupPlan, Match, Matches, Planner, TenantPlan};
use feishu_groups::report::{Entry, GroupReport, Outcome, Report};
use feishu_user_groups::operation::{CREATE_USER_GROUP, DELETE_USER_GROUP, UPDATE_USER_GROUP};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Runs `plan`, or `apply` with the file of its report.
pub async fn run(
    global: &Global,
    sync: &Sync,
    path: &Path,
    report: Option<Option<&Path>>,
) -> Result<ExitCode, Failure> {
    let manifest = input::read_manifest(path, sync.input.reading.encoding.into())?;
    let connection = connect(global).await?;
    let client = &connection.client;
    let groups = progress::shown("listing groups", None, async |_| members::all(client).await).await?;
    let mut matches = Matches::new(&manifest, groups);
    let mut problems = std::mem::take(&mut matches.problems);
    let mut found: Vec<Option<Resolved>> = Vec::with_capacity(manifest.groups.len());
    let rows = manifest.groups.iter().flat_map(|entry| &entry.users).map(|users| users.rows.len()).sum();
    progress::shown("looking up", Some(rows), async |progress| {
        for entry in &manifest.groups {
            let Some(users) = &entry.users else {
                found.push(None);
                continue;
            };
            let skip_unknown = sync.input.reading.skip_unknown;
            let (resolved, of_people) = people::look_up(client, users.clone(), skip_unknown, progress).await?;
            problems.extend(of_people);
            found.push(Some(resolved));
        }
        Ok::<(), Failure>(())
    })
    .await?;
    for matched in &matches.wanted {
        note_other_id(matched);
    }
    if !problems.is_empty() {
        let error = InputError::new(&path.display().to_string(), problems);
        return Err(Failure::bad_input(format!("{error}\nNothing was changed. {}", people::SKIP_HELP)));
    }
    found.iter().flatten().for_each(Resolved::note_unknown);
    let plan = plan(client, sync, &manifest, &matches, &found).await?;
    plan.gaps.iter().for_each(|gap| note(&format!("warning: a list may be incomplete: {gap}")));
    for group in &plan.groups {
        group.unchangeable.iter().for_each(|text| note(&format!("{}: {text}", name(group))));
    }
    let run = Run { global, manifest: &manifest, plan: &plan, found: &found };
    match report {
        None => run.show(),
        Some(file) => run.apply(client, file).await,
    }
}

/// Reads the groups that the plan depends on, and plans.
async fn plan(
    client: &RetryingClient,
    sync: &Sync,
    manifest: &Manifest,
    matches: &Matches<'_>,
    found: &[Option<Resolved>],
) -> Result<TenantPlan, Failure> {
    let options = Options { keep_others: sync.keep_others, max_removals: sync.max_removals };
    let mut planner = Planner::new(options, matches.gap.clone());
    let extra = if sync.delete_missing { &*matches.extra } else { &[] };
    progress::shown("reading groups", Some(matches.wanted.len() + extra.len()), async |progress| {
        for (matched, found) in matches.wanted.iter().zip(found) {
            let id = matched.group.as_ref().and_then(|group| group.id());
            let present = match id {
                Some(id) if matched.entry.users.is_some() || matched.entry.departments.is_some() => {
                    Some(members::read(client, id, manifest.id_type, progress).await?.present)
                }
                _ => None,
            };
            planner.want(matched, present, found.as_ref().map(Resolved::wanted));
            progress(Step::Done(1));
        }
        for group in extra {
            match members::read(client, group.id().unwrap_or_default(), manifest.id_type, progress).await {
                Ok(state) => planner.delete(group, state.present),
                // Somebody else has deleted it.
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(Failure::from(error)),
            }
            progress(Step::Done(1));
        }
        Ok(())
    })
    .await?;
    let groups = matches.wanted.iter().filter(|matched| matched.group.is_some()).count() + matches.extra.len();
    let refused = |refusals| Failure::refused(format!("{refusals}. Nothing was changed."));
    planner.finish(manifest, groups).map_err(refused)
}

/// A manifest and its plan. The first groups of the plan are those of the manifest.
struct Run<'a> {
    global: &'a Global,
    manifest: &'a Manifest,
    plan: &'a TenantPlan,
    found: &'a [Option<Resolved>],
}

impl Run<'_> {
    fn summary(&self) -> String {
        let plan = self.plan;
        let count = |fits: fn(&Change) -> bool| plan.count(|group| fits(&group.change));
        format!(
            "{} created, {} changed and {} deleted; {} added and {} of {} removed in {}",
            counted(count(|change| matches!(change, Change::Create { .. })), "group is", "groups are"),
            count(|change| matches!(change, Change::Update { .. })),
            count(|change| *change == Change::Delete),
            counted(plan.additions(), "person is", "people are"),
            plan.removals(),
            counted(plan.members, "member", "members"),
            counted(plan.count(|group| !group.members.is_empty()), "group", "groups"),
        )
    }

    /// The groups with their lines and with the people whom the manifest names.
    fn groups(&self) -> impl Iterator<Item = (&GroupPlan, Option<u64>, Option<&Resolved>)> {
        let lines = self.manifest.groups.iter().map(|entry| Some(entry.line)).chain(std::iter::repeat(None));
        let found = self.found.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        self.plan.groups.iter().zip(lines).zip(found).map(|((group, line), found)| (group, line, found))
    }

    /// `sync plan`: every group and everybody with what would happen to them.
    fn show(&self) -> Result<ExitCode, Failure> {
        let form = self.global.format();
        let fields = ["group", "group_name", "subject", "id", "action", "detail", "line", "name"];
        let mut listing = Listing::new(&fields);
        for (group, line, found) in self.groups() {
            let mut row =
                |subject: &str, id: Option<&str>, action: &str, detail: Option<String>, entry: Option<&Entry>| {
                    let (line, name) = entry.map_or((line, None), |entry| (entry.line, entry.name.as_ref()));
                    listing.rows.push(vec![
                        json!(group.id),
                        json!(group.name),
                        json!(subject),
                        json!(id),
                        json!(action),
                        json!(detail),
                        json!(line),
                        json!(name),
                    ]);
                };
            if let Some((action, detail)) = described(&group.change) {
                row("group", None, action, detail, None);
            }
            for text in &group.unchangeable {
                row("group", None, "unchangeable", Some(text.clone()), None);
            }
            let members = &group.members;
            let kept: &[String] = if form == Format::Table { &[] } else { &members.unchanged };
            for (action, ids) in [("add", &*members.add), ("remove", &*members.remove), ("keep", kept)] {
                // The entries' outcome is not used: a plan has none.
                let entries = ids.iter().map(|id| Entry::new(id, Outcome::NotAttempted)).collect();
                for entry in described_by(found, entries).iter().filter(|entry| !entry.id.is_empty()) {
                    row("user", Some(&entry.id), action, None, Some(entry));
                }
            }
        }
        let plan = self.plan;
        let count = |word: &str| listing.rows.iter().filter(|row| row.get(4) == Some(&json!(word))).count();
        let mut head: Vec<_> =
            ["create", "change", "delete", "unchangeable"].map(|word| (word, json!(count(word)))).into();
        let keep: usize = plan.groups.iter().map(|group| group.members.unchanged.len()).sum();
        head.extend([("add", json!(plan.additions())), ("remove", json!(plan.removals())), ("keep", json!(keep))]);
        if form != Format::Table || !listing.rows.is_empty() {
            output::document(form, &Document { head, name: "rows", listing })?;
        }
        note(&format!("plan: {}. Nothing was changed.", self.summary()));
        Ok(ExitCode::SUCCESS)
    }

    async fn apply(&self, client: &RetryingClient, file: Option<&Path>) -> Result<ExitCode, Failure> {
        let plan = self.plan;
        if self.global.dry_run {
            return self.requests().print(self.global);
        }
        for group in plan.groups.iter().filter(|group| group.change == Change::Delete) {
            let members = counted(group.members.remove.len(), "member", "members");
            note(&format!("deletes {} with {members}", name(group)));
        }
        if !plan.is_empty() {
            confirm(self.global, &self.summary())?;
        }
        let people = plan.additions() + plan.removals();
        let applied = progress::shown("syncing", Some(people), async |progress| {
            members::apply_tenant(client, self.manifest.id_type, plan, progress).await
        })
        .await;
        let stops: Vec<_> = applied.iter().filter_map(|group| group.members.stopped.clone()).collect();
        let reports: Vec<GroupReport> = applied
            .into_iter()
            .zip(self.groups())
            .map(|(applied, (group, line, found))| {
                let unchangeable =
                    group.unchangeable.iter().map(|text| Entry::new("", Outcome::Unchangeable).because(None, text));
                let mut changes: Vec<Entry> = applied.change.into_iter().chain(unchangeable).collect();
                changes.iter_mut().for_each(|change| change.line = line);
                let mut entries = applied.members.entries;
                entries.extend(group.members.unchanged.iter().map(|id| Entry::new(id, Outcome::Unchanged)));
                let stopped = applied.members.stopped.as_ref().map(ToString::to_string);
                let entries = described_by(found, entries);
                let members = Report { group_id: applied.id, entries, other_columns: Vec::new(), stopped };
                GroupReport { name: group.name.clone(), changes, members }
            })
            .collect();
        outcome::print_groups(self.global, &reports, &stops, file)
    }

    fn requests(&self) -> Requests {
        let mut requests = Requests::new();
        let id_type = self.manifest.id_type;
        for group in &self.plan.groups {
            // The id of a group that is not there yet is not known.
            let id = group.id.as_deref().unwrap_or("{group_id}");
            match &group.change {
                Change::Create { description } => {
                    let members = [
                        ("name", Some(&group.name)),
                        ("description", description.as_ref()),
                        ("group_id", group.id.as_ref()),
                    ];
                    requests.push(&CREATE_USER_GROUP, None, body(members));
                }
                Change::Update { name, description } => {
                    let members = [("name", name.as_ref()), ("description", description.as_ref())];
                    requests.push(&UPDATE_USER_GROUP, Some(id), body(members));
                }
                Change::None | Change::Delete => {}
            }
            requests.add(id, id_type, &group.members.add);
            requests.remove(id, id_type, &group.members.remove);
            if group.change == Change::Delete {
                requests.push(&DELETE_USER_GROUP, Some(id), Value::Null);
            }
        }
        requests
    }
}

fn described_by(found: Option<&Resolved>, entries: Vec<Entry>) -> Vec<Entry> {
    match found {
        Some(found) => found.completed(entries),
        None => entries,
    }
}

/// Says so if a group was found by its name although the manifest has an id for it.
fn note_other_id(matched: &Match<'_>) {
    let Match { entry, group: Some(group) } = matched else { return };
    let Some(id) = entry.id.as_deref().filter(|id| group.id() != Some(id) && group.group_id.as_deref() != Some(id))
    else {
        return;
    };
    let (line, name, own) = (entry.line, entry.label(), group.id().unwrap_or_default());
    note(&format!("line {line}: no group has the id {id:?}; {name:?} is taken by its name and has the id {own}"));
}

/// The action of a change, and what it sets.
fn described(change: &Change) -> Option<(&'static str, Option<String>)> {
    let set = |what: &str, text: &Option<String>| text.as_ref().map(|text| format!("{what}: {text:?}"));
    match change {
        Change::None => None,
        Change::Create { description } => Some(("create", set("description", description))),
        Change::Update { name, description } => {
            let parts: Vec<String> =
                [set("name", name), set("description", description)].into_iter().flatten().collect();
            Some(("change", Some(parts.join(", "))))
        }
        Change::Delete => Some(("delete", None)),
    }
}

fn name(group: &GroupPlan) -> String {
    format!("the group {:?} ({})", group.name, group.id.as_deref().unwrap_or("new"))
}

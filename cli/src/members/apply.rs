//! Carries a plan out: first everybody who is added, then everybody who is removed.
//!
//! People go in batches of 100. Each batch leaves the same group however often it is sent, so a run that was killed is
//! repeated by the same command: what is done then shows up as present, and is not planned again.
//!
//! Two runs at once must not undo each other's work unseen. Before the first removal the members are read again, and
//! compared with what the plan expects. If somebody else changed the group, nobody is removed and the report says so.
//!
//! A plan whose additions all failed removes nobody: the file may name people of another tenant, or by ids of another
//! type, and then its removals are as wrong. One failure among successes is a person who resigned, and stops nothing.
//!
//! A failure that concerns one person is an entry of the report. A failure that the next batch would meet as well, such
//! as a missing scope, stops the run; so do three batches in a row that fail for whatever reason.

use super::{Progress, RetryingClient, Step, read};
use crate::input::IdType;
use crate::plan::{Drift, Plan};
use crate::report::{Entry, Outcome};
use feishu_user_groups::types::MemberReference;
use feishu_user_groups::{Error, ErrorCode, ErrorKind, ItemResult};
use std::collections::HashSet;
use std::fmt;

/// People in one call.
pub const BATCH: usize = 100;

/// Failed batches in a row after which a run stops.
const FAILURES: usize = 3;

/// What became of a plan.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// One entry for each person of the plan.
    pub entries: Vec<Entry>,
    /// Why the run ended early.
    pub stopped: Option<Stop>,
}

/// Why a run ended early.
#[derive(Clone, Debug)]
pub enum Stop {
    /// A call failed in a way that the next one would, too.
    Error(Error),
    /// Somebody else changed the group.
    Drift(Drift),
    /// The members could not be read to the end before the removals.
    Gap(String),
    /// None of this many planned additions succeeded, so the removals were not started.
    NoneAdded(usize),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Drift(drift) => drift.fmt(f),
            Self::Gap(gap) => write!(f, "nobody was removed: the list of members may be incomplete: {gap}"),
            Self::NoneAdded(planned) => write!(
                f,
                "nobody was removed: none of the additions succeeded (planned: {planned}), so the file may be a wrong one. \
                 Correct or delete the rows that failed, and run the command again"
            ),
        }
    }
}

/// A direction, since adding and removing differ in the call and in the word for success alone.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
}

/// A group, and the type of the ids by which its members are named.
#[derive(Clone, Copy)]
struct Target<'a> {
    client: &'a RetryingClient,
    group_id: &'a str,
    id_type: IdType,
}

/// Carries a plan out. It does not fail: what could not be done is in the result.
pub async fn apply(
    client: &RetryingClient,
    group_id: &str,
    id_type: IdType,
    plan: &Plan,
    progress: Progress<'_>,
) -> Applied {
    let mut applied = add(client, group_id, id_type, &plan.add, progress).await;
    let mut due: Vec<String> = plan.remove.clone();
    let is_added = |entry: &Entry| matches!(entry.outcome, Outcome::Added | Outcome::AlreadyThere);
    if applied.stopped.is_none() && !due.is_empty() && !plan.add.is_empty() && !applied.entries.iter().any(is_added) {
        applied.stopped = Some(Stop::NoneAdded(plan.add.len()));
    }
    if applied.stopped.is_none() && !due.is_empty() {
        match checked(client, group_id, id_type, plan, progress).await {
            Ok(members) => {
                let (present, gone): (Vec<_>, Vec<_>) = due.into_iter().partition(|id| members.contains(id));
                progress(Step::Done(gone.len()));
                applied.entries.extend(gone.into_iter().map(|id| Entry::new(id, Outcome::Removed)));
                let removed = remove(client, group_id, id_type, &present, progress).await;
                applied.entries.extend(removed.entries);
                applied.stopped = removed.stopped;
                due = Vec::new();
            }
            Err(stop) => applied.stopped = Some(stop),
        }
    }
    applied.entries.extend(due.into_iter().map(|id| Entry::new(id, Outcome::NotAttempted)));
    applied
}

/// Reads the members again; they must be those that the plan expects.
async fn checked(
    client: &RetryingClient,
    group_id: &str,
    id_type: IdType,
    plan: &Plan,
    progress: Progress<'_>,
) -> Result<HashSet<String>, Stop> {
    let present = read(client, group_id, id_type, progress).await.map_err(Stop::Error)?.present;
    if let Some(gap) = present.gap {
        return Err(Stop::Gap(gap));
    }
    let drift = plan.drift(&present);
    if !drift.is_none() {
        return Err(Stop::Drift(drift));
    }
    Ok(present.users.into_iter().collect())
}

/// Adds people to a group.
pub async fn add(
    client: &RetryingClient,
    group_id: &str,
    id_type: IdType,
    ids: &[String],
    progress: Progress<'_>,
) -> Applied {
    Target { client, group_id, id_type }.change(Change::Add, ids, BATCH, progress).await
}

/// Removes people from a group; somebody who is no member counts as removed.
pub async fn remove(
    client: &RetryingClient,
    group_id: &str,
    id_type: IdType,
    ids: &[String],
    progress: Progress<'_>,
) -> Applied {
    Target { client, group_id, id_type }.change(Change::Remove, ids, BATCH, progress).await
}

impl Target<'_> {
    /// Sends people in batches of this size. If a batch is rejected because of one member, each of its people is sent alone,
    /// which shows who it is.
    async fn change(self, change: Change, ids: &[String], size: usize, progress: Progress<'_>) -> Applied {
        let mut applied = Applied::default();
        let mut failures = 0;
        for batch in ids.chunks(size) {
            if applied.stopped.is_some() {
                applied.entries.extend(batch.iter().map(|id| Entry::new(id, Outcome::NotAttempted)));
                continue;
            }
            let result = match change {
                Change::Add => self.client.repeat(|| self.add_batch(batch)).await,
                Change::Remove => self.client.repeat(|| self.remove_batch(batch)).await,
            };
            match result {
                Ok(entries) => {
                    failures = 0;
                    applied.entries.extend(entries);
                }
                Err(error) if is_about_one_member(&error) && batch.len() > 1 => {
                    failures = 0;
                    let alone = Box::pin(self.change(change, batch, 1, &mut *progress)).await;
                    applied.entries.extend(alone.entries);
                    applied.stopped = alone.stopped;
                    continue;
                }
                Err(error) => {
                    failures = if is_about_one_member(&error) { 0 } else { failures + 1 };
                    applied.entries.extend(batch.iter().map(|id| failed(id, &error)));
                    if failures == FAILURES || is_about_all(&error) {
                        applied.stopped = Some(Stop::Error(error));
                    }
                }
            }
            progress(Step::Done(batch.len()));
        }
        applied
    }

    async fn add_batch(self, ids: &[String]) -> Result<Vec<Entry>, Error> {
        let members = self.references(ids);
        let call = self.client.batch_add_user_group_members().group_id(self.group_id);
        let batch = call.body_map(|body| body.members(members)).send().await?;
        let mut entries: Vec<Entry> = batch.succeeded().map(|item| entry(&item, Outcome::Added)).collect();
        entries.extend(batch.already().map(|item| entry(&item, Outcome::AlreadyThere)));
        entries.extend(batch.failed().map(|item| entry(&item, Outcome::Failed)));
        entries.extend(batch.unreported().into_iter().map(no_result));
        Ok(entries)
    }

    async fn remove_batch(self, ids: &[String]) -> Result<Vec<Entry>, Error> {
        let members = self.references(ids);
        let call = self.client.batch_remove_user_group_members().group_id(self.group_id);
        let Err(error) = call.body_map(|body| body.members(members)).send().await else {
            return Ok(ids.iter().map(|id| Entry::new(id, Outcome::Removed)).collect());
        };
        if error.kind() != ErrorKind::PartialFailure {
            return Err(error);
        }
        let done = error.succeeded().chain(error.already());
        let mut entries: Vec<Entry> = done.map(|item| entry(&item, Outcome::Removed)).collect();
        entries.extend(error.failed().map(|item| entry(&item, Outcome::Failed)));
        entries.extend(error.unreported().iter().map(String::as_str).map(no_result));
        Ok(entries)
    }

    /// The members of a batch.
    fn references(self, ids: &[String]) -> impl Iterator<Item = MemberReference> {
        ids.iter().map(move |id| MemberReference::new(id, "user", self.id_type.as_str()))
    }
}

fn entry(item: &ItemResult<'_>, outcome: Outcome) -> Entry {
    let entry = Entry::new(item.id().unwrap_or_default(), outcome);
    if outcome == Outcome::Failed { entry.because(item.code(), item.advice().unwrap_or_default()) } else { entry }
}

fn no_result(id: &str) -> Entry {
    Entry::new(id, Outcome::Unknown).because(None, "The response has no result for this person; run the command again.")
}

pub(super) fn failed(id: &str, error: &Error) -> Entry {
    let outcome = if error.may_have_been_applied() { Outcome::Unknown } else { Outcome::Failed };
    Entry::new(id, outcome).because(error.code(), error.to_string())
}

/// Whether a call with other members might succeed.
fn is_about_one_member(error: &Error) -> bool {
    let codes = [ErrorCode::MemberOutsideScope, ErrorCode::InvalidMemberId, ErrorCode::UserResigned];
    error.known_code().is_some_and(|code| codes.contains(&code)) && !error.may_have_been_applied()
}

/// Whether the next batch would fail as well.
pub(super) fn is_about_all(error: &Error) -> bool {
    !is_about_one_member(error) && (error.is_auth() || error.is_permission_denied() || error.is_not_found())
        || matches!(error.kind(), ErrorKind::Configuration | ErrorKind::Tls)
}

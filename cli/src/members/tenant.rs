//! Carries the plan of a tenant out: group by group in the order of the manifest, and deletions last.
//!
//! Each group goes through the same steps as a sync of it alone. What stops one group does not stop the next, unless the
//! next would meet it as well. Groups are deleted only if nothing was stopped before: the tenant may be another one than
//! the manifest means.

use super::apply::{Applied, Stop, apply, failed, is_about_all};
use super::change::{Undeleted, create, delete, update};
use super::{Progress, RetryingClient};
use crate::input::IdType;
use crate::plan::tenant::{Change, GroupPlan, TenantPlan};
use crate::report::{Entry, Outcome};
use feishu_user_groups::{Error, ErrorKind};

/// What became of one group.
#[derive(Clone, Debug)]
pub struct GroupApplied {
    /// The group's id; empty if it was not created and the manifest names none.
    pub id: String,
    /// What became of the group itself; `None` if there was nothing to change.
    pub change: Option<Entry>,
    /// What became of its users.
    pub members: Applied,
}

/// Carries the plan of a tenant out. It does not fail: what could not be done is in the results, one for each group.
pub async fn apply_tenant(
    client: &RetryingClient,
    id_type: IdType,
    plan: &TenantPlan,
    progress: Progress<'_>,
) -> Vec<GroupApplied> {
    let mut applied = Vec::with_capacity(plan.groups.len());
    let (mut is_halted, mut is_clean) = (false, true);
    for group in &plan.groups {
        let is_due = !is_halted && (is_clean || group.change != Change::Delete);
        let one = match is_due {
            true => Target { client, id_type, group }.apply(progress).await,
            false => not_attempted(group, None, None),
        };
        let stopped = one.members.stopped.as_ref();
        is_halted |= matches!(stopped, Some(Stop::Error(error)) if !error.is_not_found());
        is_clean &= stopped.is_none() && !one.change.as_ref().is_some_and(|change| change.outcome.is_open());
        applied.push(one);
    }
    applied
}

#[derive(Clone, Copy)]
struct Target<'a> {
    client: &'a RetryingClient,
    id_type: IdType,
    group: &'a GroupPlan,
}

impl Target<'_> {
    async fn apply(self, progress: Progress<'_>) -> GroupApplied {
        let Self { client, group, .. } = self;
        let id = group.id.clone().unwrap_or_default();
        match &group.change {
            Change::None => GroupApplied { members: self.members(&id, progress).await, id, change: None },
            Change::Create { description } => {
                match create(client, &group.name, description.as_deref(), group.id.as_deref()).await {
                    Ok(id) => self.after(id, Outcome::Created, progress).await,
                    Err(error) => self.not_changed(error),
                }
            }
            Change::Update { name, description } => {
                match update(client, &id, name.as_deref(), description.as_deref()).await {
                    Ok(()) => self.after(id, Outcome::Changed, progress).await,
                    Err(error) => self.not_changed(error),
                }
            }
            Change::Delete => self.delete(id, progress).await,
        }
    }

    async fn members(self, id: &str, progress: Progress<'_>) -> Applied {
        apply(self.client, id, self.id_type, &self.group.members, progress).await
    }

    async fn after(self, id: String, outcome: Outcome, progress: Progress<'_>) -> GroupApplied {
        GroupApplied { members: self.members(&id, progress).await, id, change: Some(Entry::new("", outcome)) }
    }

    /// The members of a group that could not be changed itself are not attempted: it may not be the one that was meant.
    fn not_changed(self, error: Error) -> GroupApplied {
        let change = failed("", &error);
        let is_about_group = error.kind() == ErrorKind::Service && !error.is_retryable() && !is_about_all(&error);
        not_attempted(self.group, Some(change), (!is_about_group).then_some(Stop::Error(error)))
    }

    async fn delete(self, id: String, progress: Progress<'_>) -> GroupApplied {
        let members = self.members(&id, progress).await;
        let is_left = members.stopped.is_some() || members.entries.iter().any(|entry| entry.outcome.is_open());
        let change = match is_left {
            true => Entry::new("", Outcome::NotAttempted).because(None, "The group was not deleted: members are left."),
            false => match delete(self.client, &id).await {
                Ok(()) => Entry::new("", Outcome::Deleted),
                Err(Undeleted::Error(error)) => failed("", &error),
                Err(other) => Entry::new("", Outcome::Failed).because(None, other.to_string()),
            },
        };
        GroupApplied { id, change: Some(change), members }
    }
}

/// A group of which nothing was sent after this; everybody of its plan is an entry.
fn not_attempted(group: &GroupPlan, change: Option<Entry>, stopped: Option<Stop>) -> GroupApplied {
    let is_changed = group.change != Change::None;
    let people = group.members.add.iter().chain(&group.members.remove);
    let entries = people.map(|id| Entry::new(id, Outcome::NotAttempted)).collect();
    GroupApplied {
        id: group.id.clone().unwrap_or_default(),
        change: change.or_else(|| is_changed.then(|| Entry::new("", Outcome::NotAttempted))),
        members: Applied { entries, stopped },
    }
}

//! What has to change in a tenant so that its groups are those of a manifest.
//!
//! Each group has the plan that a sync of it alone would have, under the same ceiling. A manifest can do more harm than one
//! file, though: many groups that each lose a few members, or groups that are missing from it. So there are limits on
//! the whole, too:
//!
//! - the ceiling also holds for the removals from all groups together, where a deleted group loses all its members, and for
//!   the share of groups that are deleted;
//! - if one group was not read to its end, nobody is removed and no group is deleted;
//! - a manifest that says that it is incomplete only adds, and one without groups deletes none.
//!
//! What no call can change is named and left alone: members of dynamic groups, departments, the type of a group.

use super::{Options, Plan, Present, Refusal};
use crate::counted;
use crate::input::{GroupEntry, Manifest, Problem};
use feishu_user_groups::types::{UserGroup, UserGroupType};
use std::collections::HashSet;
use std::fmt;

/// An entry of a manifest with the group that it stands for.
#[derive(Clone, Debug)]
pub struct Match<'m> {
    /// The entry.
    pub entry: &'m GroupEntry,
    /// The tenant's group; `None` if it has to be created.
    pub group: Option<UserGroup>,
}

/// How a manifest and the tenant's groups fit together.
#[derive(Clone, Debug, Default)]
pub struct Matches<'m> {
    /// The manifest's groups, in its order.
    pub wanted: Vec<Match<'m>>,
    /// The tenant's groups that the manifest does not have.
    pub extra: Vec<UserGroup>,
    /// Why the list of the tenant's groups may be incomplete.
    pub gap: Option<String>,
    /// Entries that fit no group, or more than one.
    pub problems: Vec<Problem>,
}

impl<'m> Matches<'m> {
    /// Finds each group of a manifest among those of the tenant: by its id, and otherwise by its name.
    ///
    /// The name decides for an id that no group has, so that a group is found that an earlier run has created.
    pub fn new(manifest: &'m Manifest, groups: Vec<UserGroup>) -> Self {
        let mut met = HashSet::new();
        let (listed, nameless): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.id().is_some());
        let listed: Vec<UserGroup> =
            listed.into_iter().filter(|group| met.insert(group.id().map(str::to_owned))).collect();
        let gap = (!nameless.is_empty())
            .then(|| format!("{} listed without an id", counted(nameless.len(), "group was", "groups were")));
        let mut matches = Self { gap, ..Self::default() };
        let mut used = vec![None; listed.len()];
        for entry in &manifest.groups {
            let place = match place(entry, &listed) {
                Ok(place) => place,
                Err(text) => {
                    matches.problems.push(Problem::at(entry.line, text));
                    continue;
                }
            };
            if let Some(index) = place
                && let Some(slot) = used.get_mut(index)
                && let Some(earlier) = slot.replace(entry.line)
            {
                let text = format!("{:?} is the same group as the one on line {earlier}", entry.label());
                matches.problems.push(Problem::at(entry.line, text));
            }
            let group = place.and_then(|index| listed.get(index)).cloned();
            matches.wanted.push(Match { entry, group });
        }
        matches.extra =
            listed.into_iter().zip(used).filter(|(_, line)| line.is_none()).map(|(group, _)| group).collect();
        matches
    }
}

/// Where in the listing the group of an entry is; `None` if it has to be created.
fn place(entry: &GroupEntry, listed: &[UserGroup]) -> Result<Option<usize>, String> {
    // The tenant may have chosen a second id.
    let has_id = |group: &UserGroup, id: &str| group.id() == Some(id) || group.group_id.as_deref() == Some(id);
    let by_id = entry.id.as_ref().and_then(|id| listed.iter().position(|group| has_id(group, id)));
    let Some(name) = entry.name.as_deref() else {
        let id = entry.id.as_deref().unwrap_or_default();
        return by_id.map(Some).ok_or_else(|| format!("no group has the id {id:?}; with a name it would be created"));
    };
    let named = listed.iter().enumerate().filter(|(_, group)| group.name.as_deref() == Some(name));
    let named: Vec<(usize, &str)> = named.filter_map(|(index, group)| Some((index, group.id()?))).collect();
    match (by_id, &*named) {
        (Some(index), []) => Ok(Some(index)),
        (Some(index), [(other, id), ..]) if *other != index => {
            Err(format!("another group has the name {name:?} already: {id}; rename one of them first"))
        }
        (Some(index), _) => Ok(Some(index)),
        (None, []) => match &entry.id {
            Some(id) if id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Err(format!(
                "no group has the id {id:?}, and a new one cannot have it (at most 64 letters and digits); \
                 without id the service makes one"
            )),
            _ => Ok(None),
        },
        (None, [(index, _)]) => Ok(Some(*index)),
        (None, several) => {
            let ids: Vec<&str> = several.iter().map(|(_, id)| *id).collect();
            Err(format!("several groups have the name {name:?}: {}; add the id", ids.join(", ")))
        }
    }
}

/// What has to change in a group itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// It is created, with the id if there is one.
    Create {
        /// What it is for.
        description: Option<String>,
    },
    /// Its name, its description, or both.
    Update {
        /// The new name.
        name: Option<String>,
        /// The new description.
        description: Option<String>,
    },
    /// Its members are removed, and it is deleted.
    Delete,
}

/// The plan of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupPlan {
    /// The id; `None` if the group is created and the service makes one.
    pub id: Option<String>,
    /// The name before any change; the id if it has none.
    pub name: String,
    /// What changes in the group itself.
    pub change: Change,
    /// What changes in its users.
    pub members: Plan,
    /// What the manifest asks for and no call can do.
    pub unchangeable: Vec<String>,
}

impl GroupPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.change == Change::None && self.members.is_empty()
    }
}

/// The plan of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantPlan {
    /// The groups of the manifest in its order, and then those that are deleted.
    pub groups: Vec<GroupPlan>,
    /// Why lists may be incomplete. This is no refusal if nothing is removed.
    pub gaps: Vec<String>,
    /// How many members the groups have that were read.
    pub members: usize,
}

/// Why nothing may be done, each with the group that it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusals(pub Vec<(Option<String>, Refusal)>);

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (group, refusal)) in self.0.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            match group {
                Some(group) => write!(f, "{line}{group}: {refusal}")?,
                None => write!(f, "{line}{refusal}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

/// Collects the plans of groups, and what speaks against them.
#[derive(Debug)]
pub struct Planner {
    options: Options,
    plan: TenantPlan,
    refusals: Vec<(Option<String>, Refusal)>,
}

impl Planner {
    /// A plan without groups; `gap` says why the list of groups may be incomplete.
    pub fn new(options: Options, gap: Option<String>) -> Self {
        let plan = TenantPlan { gaps: gap.into_iter().collect(), ..TenantPlan::default() };
        Self { options, plan, refusals: Vec::new() }
    }

    /// Adds a group of the manifest. `present` is not there if the group does not exist or nothing depends on its members;
    /// `wanted` is not there if its users stay as they are.
    pub fn want(&mut self, wanted_group: &Match<'_>, present: Option<Present>, wanted: Option<Vec<String>>) {
        let Match { entry, group } = wanted_group;
        let group_plan = match group {
            Some(group) => self.existing(entry, group, present, wanted),
            None => created(entry, wanted.unwrap_or_default()),
        };
        self.plan.groups.push(group_plan);
    }

    fn existing(
        &mut self,
        entry: &GroupEntry,
        group: &UserGroup,
        present: Option<Present>,
        wanted: Option<Vec<String>>,
    ) -> GroupPlan {
        let mut plan = of(group);
        let is_dynamic = group.type_ == Some(UserGroupType::Dynamic);
        if entry.is_dynamic.is_some_and(|wanted| wanted != is_dynamic) {
            let (now, asked) = if is_dynamic { ("dynamic", "normal") } else { ("normal", "dynamic") };
            plan.unchangeable.push(format!("is {now} and not {asked}: no call changes the type of a group"));
        }
        let other = |wanted: &Option<String>, now: &Option<String>| {
            wanted.clone().filter(|wanted| wanted != now.as_deref().unwrap_or_default())
        };
        let (name, description) = (other(&entry.name, &group.name), other(&entry.description, &group.description));
        if name.is_some() || description.is_some() {
            plan.change = Change::Update { name, description };
        }
        let Some(mut present) = present else { return plan };
        self.saw(&plan, &mut present);
        let missing = |from: &[String], of: &[String]| -> Vec<String> {
            of.iter().filter(|id| !from.contains(id)).cloned().collect()
        };
        if let Some(departments) = &entry.departments {
            let absent = missing(&present.departments, departments);
            plan.unchangeable
                .extend(absent.iter().map(|id| format!("the department {id} is no member: no call adds one")));
            let surplus = missing(departments, &present.departments);
            plan.unchangeable
                .extend(surplus.iter().map(|id| format!("the department {id} is a member: no call removes one")));
        }
        let Some(wanted) = wanted else { return plan };
        self.plan.members += present.users.len();
        match Plan::new(present, wanted, self.options) {
            Ok(members) => plan.members = members,
            Err(Refusal::DynamicGroup) => plan.unchangeable.push(Refusal::DynamicGroup.to_string()),
            Err(refusal) => self.refusals.push((Some(label(&plan)), refusal)),
        }
        plan
    }

    /// Adds a group that the manifest does not have, to be deleted.
    pub fn delete(&mut self, group: &UserGroup, mut present: Present) {
        let mut plan = of(group);
        self.saw(&plan, &mut present);
        if present.is_dynamic {
            plan.unchangeable
                .push("is dynamic: no call removes its members. Delete it in the admin console".to_owned());
        } else if !present.departments.is_empty() {
            let departments = present.departments.join(" ");
            let text =
                "has departments, which no call can remove, and is not deleted. Remove them in the admin console";
            plan.unchangeable.push(format!("{text}: {departments}"));
        } else {
            self.plan.members += present.users.len();
            plan.change = Change::Delete;
            plan.members = Plan { remove: present.users, ..Plan::default() };
        }
        self.plan.groups.push(plan);
    }

    /// Notes what is missing of a group's members. All removals depend on it, and not only those from this group.
    fn saw(&mut self, plan: &GroupPlan, present: &mut Present) {
        let gap = present.gap.take().or(present.department_gap.take());
        self.plan.gaps.extend(gap.map(|gap| format!("{}: {gap}", label(plan))));
    }

    /// The plan, unless something speaks against it. `groups` is the number of the tenant's groups.
    ///
    /// # Errors
    ///
    /// Fails with everything that is refused.
    pub fn finish(self, manifest: &Manifest, groups: usize) -> Result<TenantPlan, Refusals> {
        let Self { options, plan, mut refusals } = self;
        let ceiling = options.max_removals;
        let (removals, deletions) = (plan.removals(), plan.count(|group| group.change == Change::Delete));
        if deletions > 0 && manifest.groups.is_empty() {
            refusals.push((None, Refusal::EmptyManifest { groups: deletions }));
        }
        if removals + deletions > 0 {
            if !manifest.is_complete {
                refusals.push((None, Refusal::IncompleteManifest));
            }
            if !plan.gaps.is_empty() {
                let gaps = plan.gaps.clone();
                refusals.push((None, Refusal::IncompleteReads { removals, deletions, gaps }));
            }
        }
        let (members, allowed) = (plan.members, ceiling.of(plan.members));
        let is_alone = plan.groups.len() == 1 && deletions == 0;
        if removals > allowed && !is_alone {
            refusals.push((None, Refusal::TooManyRemovalsOfAll { removals, members, allowed, ceiling }));
        }
        let allowed = ceiling.of(groups);
        if deletions > allowed {
            refusals.push((None, Refusal::TooManyDeletions { deletions, groups, allowed, ceiling }));
        }
        if refusals.is_empty() { Ok(plan) } else { Err(Refusals(refusals)) }
    }
}

impl TenantPlan {
    /// How many groups fit.
    pub fn count(&self, fits: impl Fn(&GroupPlan) -> bool) -> usize {
        self.groups.iter().filter(|group| fits(group)).count()
    }

    /// How many people are added to all groups.
    pub fn additions(&self) -> usize {
        self.groups.iter().map(|group| group.members.add.len()).sum()
    }

    /// How many people are removed from all groups.
    pub fn removals(&self) -> usize {
        self.groups.iter().map(|group| group.members.remove.len()).sum()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.groups.iter().all(GroupPlan::is_empty)
    }
}

fn of(group: &UserGroup) -> GroupPlan {
    let id = group.id().map(str::to_owned);
    let name = group.name.clone().or_else(|| id.clone()).unwrap_or_default();
    GroupPlan { id, name, ..GroupPlan::default() }
}

fn created(entry: &GroupEntry, wanted: Vec<String>) -> GroupPlan {
    let mut plan = GroupPlan { id: entry.id.clone(), name: entry.label().to_owned(), ..GroupPlan::default() };
    if entry.is_dynamic == Some(true) {
        let text = "does not exist, and no call creates a dynamic group. Create it in the admin console";
        plan.unchangeable.push(text.to_owned());
        return plan;
    }
    let departments = entry.departments.iter().flatten();
    plan.unchangeable.extend(departments.map(|id| format!("the department {id} is no member: no call adds one")));
    plan.change = Change::Create { description: entry.description.clone() };
    plan.members = Plan { add: wanted, ..Plan::default() };
    plan
}

/// What a group is called in messages.
fn label(plan: &GroupPlan) -> String {
    format!("the group {:?} ({})", plan.name, plan.id.as_deref().unwrap_or("new"))
}

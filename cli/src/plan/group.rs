//! The plan of one group.

use super::{Ceiling, Refusal};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// The present members of a group, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// The ids of the users, all of one type.
    pub users: Vec<String>,
    /// The ids of the departments; no call adds or removes one.
    pub departments: Vec<String>,
    /// Whether a rule selects the members; no call adds or removes anybody then.
    pub is_dynamic: bool,
    /// Why the list of users may be incomplete; `None` if it is whole.
    pub gap: Option<String>,
    /// Why the list of departments may be incomplete; `None` if it is whole. A plan leaves departments alone, so only a
    /// deletion of the group depends on it.
    pub department_gap: Option<String>,
}

impl Present {
    /// Why users or departments may be missing; `None` if both lists are whole.
    pub fn any_gap(&self) -> Option<&str> {
        self.gap.as_deref().or(self.department_gap.as_deref())
    }
}

/// What a plan may do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Keeps the members whom the file does not name.
    pub keep_others: bool,
    /// How many members may be removed.
    pub max_removals: Ceiling,
}

/// What has to change in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The ids to add, in the order of the file.
    pub add: Vec<String>,
    /// The ids to remove, in the order of the listing.
    pub remove: Vec<String>,
    /// The ids of members who stay: the file names them, or others are kept.
    pub unchanged: Vec<String>,
    /// The ids of member departments, which no call can change.
    pub departments: Vec<String>,
}

/// How a group differs from what a plan was made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Members who should have stayed and are gone.
    pub gone: usize,
    /// Members whom neither the listing nor the file had.
    pub new: usize,
}

impl Plan {
    /// Compares the present members with the wanted ones; an id that is wanted twice counts once.
    ///
    /// # Errors
    ///
    /// Fails if a removal is planned that the limits do not allow, or if a dynamic group would have to change.
    pub fn new(present: Present, wanted: Vec<String>, options: Options) -> Result<Self, Refusal> {
        let Present { users, departments, is_dynamic, gap, department_gap: _ } = present;
        let (members, is_empty) = (users.len(), wanted.is_empty());
        let plan = Self::compared(users, departments, wanted, options.keep_others);
        let removals = plan.remove.len();
        if is_dynamic && !plan.is_empty() {
            return Err(Refusal::DynamicGroup);
        }
        if removals == 0 {
            return Ok(plan);
        }
        if is_empty {
            return Err(Refusal::EmptyInput { members });
        }
        if let Some(gap) = gap {
            return Err(Refusal::IncompleteRead { removals, gap });
        }
        let (allowed, ceiling) = (options.max_removals.of(members), options.max_removals);
        if removals > allowed {
            return Err(Refusal::TooManyRemovals { removals, members, allowed, ceiling });
        }
        Ok(plan)
    }

    fn compared(users: Vec<String>, departments: Vec<String>, wanted: Vec<String>, keep_others: bool) -> Self {
        // Whether an id has come up: among the members, and then as one to add.
        let mut met: HashMap<&str, bool> = HashMap::with_capacity(users.len() + wanted.len());
        met.extend(wanted.iter().map(|id| (id.as_str(), false)));
        let (mut remove, mut unchanged) = (Vec::new(), Vec::new());
        for id in &users {
            match met.insert(id, true) {
                Some(true) => {}
                None if !keep_others => remove.push(id.clone()),
                Some(false) | None => unchanged.push(id.clone()),
            }
        }
        let add = wanted.iter().filter(|id| met.insert(id, true) == Some(false)).cloned().collect();
        Self { add, remove, unchanged, departments }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// How the members, read again after the additions, differ from what the plan expects.
    ///
    /// Somebody who was to be removed and is gone already is no difference, nor is an addition that cannot be seen yet.
    pub fn drift(&self, now: &Present) -> Drift {
        let now_ids: HashSet<&str> = now.users.iter().map(String::as_str).collect();
        let known: HashSet<&str> =
            [&self.add, &self.remove, &self.unchanged].into_iter().flatten().map(String::as_str).collect();
        Drift {
            gone: self.unchanged.iter().filter(|id| !now_ids.contains(id.as_str())).count(),
            new: now_ids.iter().filter(|id| !known.contains(*id)).count(),
        }
    }
}

impl Drift {
    /// Whether nobody else has changed the group.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "somebody else changed the group after the plan was made (members added: {}, removed: {}). \
             Nobody was removed by this run; run the same command again",
            self.new, self.gone
        )
    }
}

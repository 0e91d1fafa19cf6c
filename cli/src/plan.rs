//! What has to change in a group so that its members are those of a file, and when that is refused.
//!
//! A plan that adds too many is a nuisance; one that removes too many takes away access, and nobody remembers who had
//! it. So additions are planned freely, and removals only on evidence:
//!
//! - the whole list of present members was read, and its length is that which the group itself reports;
//! - the file names at least one person;
//! - there are no more removals than the ceiling, by default a quarter of the members.
//!
//! Nothing else decides: a plan is a function of two lists and these limits, without network or clock.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

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

/// The most members that a plan may remove.
///
/// ```
/// use feishu_groups::plan::Ceiling;
///
/// assert_eq!("25%".parse(), Ok(Ceiling::Percent(25.0)));
/// assert_eq!(Ceiling::Percent(25.0).of(3), 1);
/// assert_eq!("10".parse::<Ceiling>()?.of(3), 10);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ceiling {
    /// A share of the present members, rounded down, but at least one unless it is 0 %.
    Percent(f64),
    /// This many.
    Count(usize),
}

impl Default for Ceiling {
    fn default() -> Self {
        Self::Percent(25.0)
    }
}

impl Ceiling {
    /// The most removals from a group with this many members.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a share between 0 and 1 of a number of members"
    )]
    pub fn of(self, members: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Percent(share) if share <= 0.0 => 0,
            Self::Percent(share) => ((members as f64 * (share / 100.0)) as usize).max(1),
        }
    }
}

impl FromStr for Ceiling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ceiling = match text.trim().strip_suffix('%') {
            Some(share) => share.trim().parse().ok().filter(|share| (0.0..=100.0).contains(share)).map(Self::Percent),
            None => text.trim().parse().ok().map(Self::Count),
        };
        ceiling.ok_or_else(|| format!("{text:?} is neither a number of people nor a percentage from 0% to 100%"))
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(share) => write!(f, "{share}%"),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

/// Why nothing may be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Members would be removed, but the list of members is not known to be whole.
    IncompleteRead {
        /// How many would be removed.
        removals: usize,
        /// What is missing.
        gap: String,
    },
    /// The file names nobody.
    EmptyInput {
        /// How many members the group has.
        members: usize,
    },
    /// More would be removed than the ceiling allows.
    TooManyRemovals {
        /// How many would be removed.
        removals: usize,
        /// How many members the group has.
        members: usize,
        /// How many may be removed.
        allowed: usize,
        /// The ceiling as it was given.
        ceiling: Ceiling,
    },
    /// The group's members follow from a rule.
    DynamicGroup,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncompleteRead { removals, gap } => write!(
                f,
                "{removals} members would be removed, but the list of present members may be incomplete: {gap}. \
                 Nobody is removed on an incomplete list; `--keep-others` only adds"
            ),
            Self::EmptyInput { members } => write!(
                f,
                "the file names nobody, which would remove all {members} members. \
                 `member remove` or `group delete --drain` empties a group on purpose"
            ),
            Self::TooManyRemovals { removals, members, allowed, ceiling } => write!(
                f,
                "{removals} of {members} members would be removed, and the ceiling of {ceiling} allows {allowed}. \
                 If that is what you want, raise it: `--max-removals {removals}`"
            ),
            Self::DynamicGroup => f.write_str(
                "the group is dynamic: a rule selects its members, and no call adds or removes one. \
                 Change its rule in the admin console",
            ),
        }
    }
}

impl std::error::Error for Refusal {}

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
        let (is_empty, members) = (wanted.is_empty(), users.len());
        let (mut add, mut remove, mut unchanged) = (Vec::new(), Vec::new(), Vec::new());
        {
            let wanted_ids: HashSet<&str> = wanted.iter().map(String::as_str).collect();
            let mut met: HashSet<&str> = HashSet::with_capacity(members);
            for id in &users {
                if met.insert(id) {
                    let stays = options.keep_others || wanted_ids.contains(id.as_str());
                    if stays { &mut unchanged } else { &mut remove }.push(id.clone());
                }
            }
            // From here on it also holds whom the file has named.
            add.extend(wanted.iter().filter(|id| met.insert(id)).cloned());
        }
        let plan = Self { add, remove, unchanged, departments };
        plan.allowed(is_empty, members, is_dynamic, gap, options.max_removals)
    }

    fn allowed(
        self,
        is_empty: bool,
        members: usize,
        is_dynamic: bool,
        gap: Option<String>,
        ceiling: Ceiling,
    ) -> Result<Self, Refusal> {
        let removals = self.remove.len();
        if is_dynamic && !self.is_empty() {
            return Err(Refusal::DynamicGroup);
        }
        if removals == 0 {
            return Ok(self);
        }
        if is_empty {
            return Err(Refusal::EmptyInput { members });
        }
        if let Some(gap) = gap {
            return Err(Refusal::IncompleteRead { removals, gap });
        }
        let allowed = ceiling.of(members);
        if removals > allowed {
            return Err(Refusal::TooManyRemovals { removals, members, allowed, ceiling });
        }
        Ok(self)
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

//! What became of each person.
//!
//! A sync of ten thousand people fails for three of them as a rule: one has resigned, two are outside the contact range.
//! A total hides that, and an error hides everybody else. So a report has one entry for each person, with the code and
//! what to do about it, and counts that follow from the entries.

use std::collections::HashMap;
use std::fmt;

/// What became of one person, or of a group itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The person was added.
    Added,
    /// The person was to be added and was in the group already.
    AlreadyThere,
    /// The person was removed, or was gone already.
    Removed,
    /// The person is a member, as wanted.
    Unchanged,
    /// The person is a member of a list that was replaced.
    Written,
    /// The service rejected the change.
    Failed,
    /// The change was sent and there is no result: it may have been made or not. A repeat of the command finds out.
    Unknown,
    /// The change was not sent.
    NotAttempted,
    /// Nobody has this email or mobile number.
    NotFound,
    /// The group was created.
    Created,
    /// The group's name or description was changed.
    Changed,
    /// The group was deleted.
    Deleted,
    /// The manifest asks for something that no call can do.
    Unchangeable,
}

impl Outcome {
    /// The outcomes of people, in the order of a summary.
    pub const OF_PEOPLE: [Self; 9] = [
        Self::Added,
        Self::AlreadyThere,
        Self::Removed,
        Self::Unchanged,
        Self::Written,
        Self::Failed,
        Self::Unknown,
        Self::NotAttempted,
        Self::NotFound,
    ];

    /// The outcomes of groups themselves; some of those of people are theirs, too.
    pub const OF_GROUPS: [Self; 4] = [Self::Created, Self::Changed, Self::Deleted, Self::Unchangeable];

    /// The stable name in outputs, such as `already_there`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::AlreadyThere => "already_there",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
            Self::Written => "written",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::NotAttempted => "not_attempted",
            Self::NotFound => "not_found",
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Unchangeable => "unchangeable",
        }
    }

    /// Whether something is left to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown | Self::NotAttempted | Self::Unchangeable)
    }
}

/// What was to be done with one person, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id; empty if nobody was found.
    pub id: String,
    /// What became of the person.
    pub outcome: Outcome,
    /// The service's code for this person.
    pub code: Option<i64>,
    /// The reason and what to do about it.
    pub advice: Option<String>,
    /// The line of the file.
    pub line: Option<u64>,
    /// The name in the file, if it is another than the id.
    pub name: Option<String>,
    /// The cells of the file's other columns.
    pub other_cells: Vec<String>,
}

impl Entry {
    /// An entry without reason, of a person whom no file names.
    pub fn new(id: impl Into<String>, outcome: Outcome) -> Self {
        Self { id: id.into(), outcome, code: None, advice: None, line: None, name: None, other_cells: Vec::new() }
    }

    /// The entry with a code and what to do about it.
    #[must_use]
    pub fn because(mut self, code: Option<i64>, advice: impl Into<String>) -> Self {
        self.code = code;
        self.advice = Some(advice.into()).filter(|advice: &String| !advice.is_empty());
        self
    }
}

/// What became of everybody in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The group.
    pub group_id: String,
    /// One entry for each person.
    pub entries: Vec<Entry>,
    /// The headers of the file's other columns.
    pub other_columns: Vec<String>,
    /// Why the run stopped before its end.
    pub stopped: Option<String>,
}

impl Report {
    /// The number of people with this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.entries.iter().filter(|entry| entry.outcome == outcome).count()
    }

    /// Whether everything is done.
    pub fn is_ok(&self) -> bool {
        self.stopped.is_none() && !self.entries.iter().any(|entry| entry.outcome.is_open())
    }
}

/// The counts in one line, as [`summary`].
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&summary(&self.entries))
    }
}

/// What became of one group of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupReport {
    /// The name before any change.
    pub name: String,
    /// What became of the group itself; these entries have no id.
    pub changes: Vec<Entry>,
    /// What became of its users.
    pub members: Report,
}

impl GroupReport {
    /// All entries, those about the group first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.changes.iter().chain(&self.members.entries)
    }

    /// Whether everything is done.
    pub fn is_ok(&self) -> bool {
        self.members.is_ok() && !self.changes.iter().any(|change| change.outcome.is_open())
    }
}

/// The counts of entries in one line, such as `2 added, 1 removed, 5 unchanged`.
pub fn summary<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    let mut counts: HashMap<Outcome, usize> = HashMap::new();
    for entry in entries {
        *counts.entry(entry.outcome).or_default() += 1;
    }
    let outcomes = Outcome::OF_PEOPLE.into_iter().chain(Outcome::OF_GROUPS);
    let counted = outcomes.filter_map(|outcome| Some((outcome, counts.get(&outcome)?)));
    let parts: Vec<String> =
        counted.map(|(outcome, count)| format!("{count} {}", outcome.as_str().replace('_', " "))).collect();
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }
}

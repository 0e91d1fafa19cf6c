//! What became of each person.
//!
//! A sync of ten thousand people fails for three of them as a rule: one has resigned, two are outside the contact range.
//! A total hides that, and an error hides everybody else. So a report has one entry for each person, with the code and
//! what to do about it, and counts that follow from the entries.

use std::fmt;

/// What became of one person.
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
}

impl Outcome {
    /// All outcomes, in the order of a summary.
    pub const ALL: [Self; 9] = [
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
        }
    }

    /// Whether something is left to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown | Self::NotAttempted)
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

/// The counts in one line, such as `2 added, 1 removed, 5 unchanged`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Outcome::ALL.map(|outcome| (outcome, self.count(outcome)));
        let mut is_first = true;
        for (outcome, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            let separator = if is_first { "" } else { ", " };
            write!(f, "{separator}{count} {}", outcome.as_str().replace('_', " "))?;
            is_first = false;
        }
        if is_first { f.write_str("nothing to do") } else { Ok(()) }
    }
}

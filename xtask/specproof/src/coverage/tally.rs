//! How many facts are known_places by what.
//!
//! A fact may have several pieces of evidence and then counts under each, so that the
//! columns say how far each source would suffice alone; `nothing` counts the rest.

use super::Filter;
use crate::validate::evidence_table::{Row, Status};

/// Counts of facts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub facts: usize,
    pub document: usize,
    pub example: usize,
    pub service: usize,
    pub errata: usize,
    pub nothing: usize,
    pub differences: usize,
    pub open: usize,
    /// Of those with nothing: why `validate` accepts them.
    pub untyped: usize,
    pub shared: usize,
    pub implied: usize,
}

impl Tally {
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut tally = Self::default();
        for row in rows {
            let status = |status| usize::from(row.status == status);
            let taken = |only: Filter| usize::from(only.takes(row));
            tally.facts += 1;
            tally.document += taken(Filter::Document);
            tally.example += taken(Filter::Example);
            tally.service += taken(Filter::Service);
            tally.errata += taken(Filter::Errata);
            tally.nothing += taken(Filter::Nothing);
            tally.differences += taken(Filter::Differences);
            tally.open += taken(Filter::Open);
            tally.implied += status(Status::Implied);
            tally.shared += status(Status::Shared);
            tally.untyped += status(Status::Untyped);
        }
        tally
    }

    /// In the order of `HEADINGS`.
    pub fn columns(&self) -> [usize; 8] {
        [self.facts, self.document, self.example, self.service, self.errata, self.nothing, self.differences, self.open]
    }
}

/// What the columns of a summary are called.
pub(crate) const HEADINGS: [&str; 8] =
    ["facts", "document", "example", "service", "errata", "nothing", "differ", "open"];

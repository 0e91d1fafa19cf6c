//! Whether a call's ending is honest about what became of its attempts, and what it adds to the findings.

use super::Worker;
use crate::honest::{Call, Ending};
use crate::journal::Seen;
use crate::model::Outcome;
use feishu_user_groups::{Error, ErrorKind, Response};

impl Worker {
    /// Where the journal is when a call begins.
    pub(super) fn begin(&self) -> usize {
        self.journal.len(self.task)
    }

    /// Judges a call, and responses what a caller may conclude.
    pub(super) fn ended<T>(
        &mut self,
        operation: &'static str,
        arrived: Option<i64>,
        begin: usize,
        result: &Result<Response<T>, Error>,
    ) -> Outcome {
        let tries = self.journal.since(self.task, begin);
        let ending = match result {
            Ok(response) => Ending::Reply { attempts: Some(response.attempts()), log_id: response.log_id() },
            Err(error) => Ending::Error(error),
        };
        self.judge(operation, arrived, &tries, &ending);
        self.counted(Outcome::of(result.as_ref().map(|_| ())), result.as_ref().err())
    }

    /// Judges a listing, page by page.
    pub(super) fn pages_ended(&mut self, operation: &'static str, begin: usize, error: Option<&Error>) -> Outcome {
        let tries = self.journal.since(self.task, begin);
        let mut pages: Vec<&[Seen]> = tries.chunk_by(|one, next| one.line == next.line).collect();
        // A page that was responded is not the one that failed: of that one nothing was seen.
        let unanswered = pages.pop_if(|page| page.last().is_some_and(|seen| seen.came.code() != Some(0)));
        let failed = error.map(|error| (error, unanswered.unwrap_or_default()));
        for page in pages {
            self.judge(operation, None, page, &Ending::Reply { attempts: None, log_id: None });
        }
        if let Some((error, page)) = failed {
            self.judge(operation, None, page, &Ending::Error(error));
        }
        self.counted(Outcome::of(error.map_or(Ok(()), Err)), error)
    }

    fn judge(&mut self, operation: &'static str, arrived: Option<i64>, tries: &[Seen], ending: &Ending<'_>) {
        let fetches = match ending {
            Ending::Error(_) => self.journal.fetches(),
            Ending::Reply { .. } => Vec::new(),
        };
        if let Some(wrong) = (Call { operation, arrived, tries, fetches: &fetches }).wrong(ending) {
            let error = if let Ending::Error(error) = ending { error.to_string() } else { String::new() };
            let came: Vec<_> = tries.iter().map(|seen| (seen.fault, &seen.came)).collect();
            self.findings.dishonest.push(format!("{operation}: {wrong}; {error}; {came:?}"));
        }
    }

    fn counted(&mut self, outcome: Outcome, error: Option<&Error>) -> Outcome {
        match outcome {
            Outcome::Refused(_) => self.findings.refused += 1,
            _ if error.is_some_and(|error| error.is_auth() && error.kind() != ErrorKind::Service) => {
                self.findings.failed += 1;
                self.findings.tokenless += 1;
            }
            _ if error.is_some_and(|error| error.kind() != ErrorKind::AlreadyApplied) => self.findings.failed += 1,
            _ => {}
        }
        outcome
    }

    pub(super) fn lost(&mut self, what: String) {
        self.findings.lost.push(what);
    }
}

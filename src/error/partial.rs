//! What a batch did: the result of each item, and the items that have none.
//!
//! A batch must not be mistaken for done where it is not, so only what the response says counts. An item succeeded if
//! the response names it and gives it code 0; it needed nothing if its code is listed as such in the spec
//! (`x-feishu-results`). Everything else failed: another code, no code, a code that is no integer, a result that names no
//! item.
//!
//! An item that was sent and has no result is in none of the lists. The service may have processed it or not, so it is
//! neither done nor failed, and has a list of its own. It is found by its id as it was sent; a result for an id that was
//! not sent counts as what it says and stands for no other.
//!
//! The line of an error shows the ids of the first failed items. It shows only ids that the caller sent: any other text
//! of the response may be anything, a token included. The same holds for the items of an error.

use super::construct::{SHOWN, more};
use super::{Delivery, Error, ErrorKind};
use crate::ErrorCode;
use crate::decode::{is_blank, lenient, one_line};
use crate::operation::{Batch, Operation};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;

/// Characters of an id that are shown.
const MAX_ID_CHARS: usize = 80;

/// The result of one item of a batch.
///
/// `Display` prints it in one line: `u287xj12: 42006 user_resigned: ..`, with advice at the end.
#[derive(Clone, Copy)]
pub struct ItemResult<'a> {
    operation: &'static Operation,
    id: Option<&'a str>,
    code: Option<i64>,
    /// Whether the id is one that the caller sent; any other is not shown.
    was_sent: bool,
}

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemOutcome {
    Succeeded,
    Already,
    Failed,
}

impl ItemOutcome {
    #[inline]
    pub(crate) fn of(operation: &Operation, id: Option<&str>, code: Option<i64>) -> Self {
        if id.is_none_or(is_blank) {
            return Self::Failed;
        }
        match (code, &operation.batch) {
            (Some(0), _) => Self::Succeeded,
            (Some(code), Some(batch)) if batch.already.contains(&code) => Self::Already,
            _ => Self::Failed,
        }
    }
}

impl<'a> ItemResult<'a> {
    /// A result in a payload, which is the caller's to show.
    pub(crate) fn new(operation: &'static Operation, id: Option<&'a str>, code: Option<i64>) -> Self {
        Self { operation, id: id.filter(|id| !is_blank(id)), code, was_sent: true }
    }

    pub(crate) fn outcome(&self) -> ItemOutcome {
        ItemOutcome::of(self.operation, self.id, self.code)
    }

    /// The id of the item, as the response names it; `None` if the result names no item. Such a result counts as failed.
    pub fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The item's code, 0 for success; `None` if it is missing or no integer. Such an item counts as failed.
    pub fn code(&self) -> Option<i64> {
        self.code
    }

    /// The meaning of that code in this operation, if the spec lists it.
    pub fn known_code(&self) -> Option<ErrorCode> {
        self.operation.known_code(self.code?)
    }

    /// What a person can do about it, if the spec lists the code.
    pub fn advice(&self) -> Option<&'static str> {
        self.known_code().map(ErrorCode::advice)
    }

    fn shown_id(&self) -> String {
        match self.id {
            Some(id) if self.was_sent => one_line(id, MAX_ID_CHARS),
            Some(_) => "an item that was not sent".to_owned(),
            None => "an item without id".to_owned(),
        }
    }
}

impl fmt::Display for ItemResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown_id())?;
        match (self.code, self.known_code()) {
            (Some(0), _) => f.write_str(": code 0"),
            (Some(code), Some(known)) => {
                write!(f, ": {code} {}: {}", known.name(), known.advice().trim_end_matches('.'))
            }
            (Some(code), None) => write!(f, ": code {code}"),
            (None, _) => f.write_str(": no code"),
        }
    }
}

impl fmt::Debug for ItemResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known_code = self.known_code();
        f.debug_struct("ItemResult")
            .field("id", &self.shown_id())
            .field("code", &self.code)
            .field("known_code", &known_code)
            .finish()
    }
}

/// The items that were sent and that none of the results names, in the order in which they were sent.
pub(crate) fn unreported<'sent, 'reported>(
    sent: impl Iterator<Item = &'sent str> + Clone,
    reported: impl Iterator<Item = Option<&'reported str>> + Clone,
) -> Vec<&'sent str> {
    // The service reports the items in the order in which they were sent: then no id needs to be searched for.
    if sent.clone().eq(reported.clone().flatten()) {
        return Vec::new();
    }
    let mut seen: HashSet<&str> = reported.flatten().collect();
    // An id that was sent twice is listed once.
    sent.filter(|id| seen.insert(id)).collect()
}

/// The results that an error holds.
#[derive(Clone)]
pub(crate) struct PartialResults {
    operation: &'static Operation,
    results: Vec<OwnedResult>,
    unreported: Vec<String>,
}

#[derive(Clone)]
struct OwnedResult {
    id: Option<String>,
    code: Option<i64>,
    was_sent: bool,
}

impl PartialResults {
    pub(crate) fn new<'sent, 'reported>(
        operation: &'static Operation,
        sent: impl Iterator<Item = &'sent str> + Clone,
        results: impl Iterator<Item = (Option<&'reported str>, Option<i64>)>,
    ) -> Self {
        let known: HashSet<&str> = sent.clone().collect();
        let results: Vec<_> = results
            .map(|(id, code)| OwnedResult {
                id: id.map(str::to_owned),
                code,
                was_sent: id.is_some_and(|id| known.contains(id)),
            })
            .collect();
        let reported = results.iter().map(|result| result.id.as_deref());
        let unreported = unreported(sent, reported).into_iter().map(str::to_owned).collect();
        Self { operation, results, unreported }
    }

    /// The results in the `data` of a failure, whose form no document shows.
    ///
    /// The message calls the list `Results` where a success has `results`, so upper and lower case are the same here.
    pub(crate) fn in_data<'a>(
        operation: &'static Operation,
        batch: &Batch,
        sent: impl Iterator<Item = &'a str> + Clone,
        data: Option<&Value>,
    ) -> Self {
        // The first name is that of `data` itself.
        let names = batch.results.iter().skip(1);
        let list = names.fold(data, |value, name| member(value?, name)).and_then(Value::as_array);
        let results = list.into_iter().flatten().map(|result| {
            let id = member(result, batch.id).and_then(|id| lenient::any_text(id).ok());
            let code = member(result, batch.code).and_then(|code| lenient::integer(code).ok());
            (id, code)
        });
        let results: Vec<(Option<String>, Option<i64>)> = results.collect();
        Self::new(operation, sent, results.iter().map(|(id, code)| (id.as_deref(), *code)))
    }

    fn with(&self, outcome: ItemOutcome) -> impl Iterator<Item = ItemResult<'_>> {
        let items = self.results.iter().map(|OwnedResult { id, code, was_sent }| ItemResult {
            was_sent: *was_sent,
            ..ItemResult::new(self.operation, id.as_deref(), *code)
        });
        items.filter(move |item| item.outcome() == outcome)
    }
}

/// The member of an object with this name, in upper or lower case.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

impl PartialResults {
    /// How many items failed and, with ids, the first of them.
    pub(super) fn write_line(&self, f: &mut impl fmt::Write, with_ids: bool) -> fmt::Result {
        if self.results.is_empty() {
            return f.write_str("the response has no readable results: each item may be done or not");
        }
        let (failed, unreported) = (self.with(ItemOutcome::Failed).count(), self.unreported.len());
        write!(f, "{failed} of {} items failed", self.results.len() + unreported)?;
        if unreported > 0 {
            write!(f, ", {unreported} without a result")?;
        }
        if !with_ids {
            return Ok(());
        }
        for item in self.with(ItemOutcome::Failed).take(SHOWN) {
            write!(f, "; {item}")?;
        }
        f.write_str(&more(failed))
    }
}

impl fmt::Debug for PartialResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f, true)
    }
}

// The results of a batch, of an error of kind `PartialFailure`.
impl Error {
    /// Some items of a batch failed, or have no result; the others were processed.
    pub(crate) fn into_partial_failure(mut self, results: PartialResults) -> Self {
        (self.0.kind, self.0.is_retryable) = (ErrorKind::PartialFailure, false);
        self.0.partial = Some(Box::new(results));
        self.with_last_attempt(Delivery::of(ErrorKind::PartialFailure))
    }

    /// The items of a batch that are done, although the call failed or other items did.
    ///
    /// Empty unless the kind is [`PartialFailure`](ErrorKind::PartialFailure), and then too if the response names no
    /// items.
    pub fn succeeded(&self) -> impl Iterator<Item = ItemResult<'_>> {
        self.results(ItemOutcome::Succeeded)
    }

    /// The items of a batch for which nothing had to be done, such as a member who is in the group already.
    pub fn already(&self) -> impl Iterator<Item = ItemResult<'_>> {
        self.results(ItemOutcome::Already)
    }

    /// The items of a batch that failed, each with its code and advice.
    ///
    /// ```no_run
    /// # use feishu_user_groups::{Error, ErrorKind};
    /// # fn report(error: &Error) {
    /// if error.kind() == ErrorKind::PartialFailure {
    ///     for item in error.failed() {
    ///         println!("{}: {}", item.id().unwrap_or("?"), item.advice().unwrap_or("no advice"));
    ///     }
    ///     println!("unknown: {}", error.unreported().join(", "));
    /// }
    /// # }
    /// ```
    pub fn failed(&self) -> impl Iterator<Item = ItemResult<'_>> {
        self.results(ItemOutcome::Failed)
    }

    /// The ids of the items that were sent and for which the response has no result: they may be done or not.
    ///
    /// All of them, if the response does not say which items failed.
    pub fn unreported(&self) -> &[String] {
        self.0.partial.as_ref().map_or(&[], |partial| &partial.unreported)
    }

    fn results(&self, outcome: ItemOutcome) -> impl Iterator<Item = ItemResult<'_>> {
        self.0.partial.iter().flat_map(move |partial| partial.with(outcome))
    }
}

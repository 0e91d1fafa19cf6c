//! What the client says about itself, counted, to be held against the journal.

use crate::TRIES;
use crate::journal::{LIMITED, TOKEN_REFUSED};
use feishu_user_groups::telemetry::{AttemptEvent, CallEvent, Observer, TokenFetchEvent};
use feishu_user_groups::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::Mutex;
use tokio::sync::watch;

/// An observer that counts.
#[derive(Debug, Default)]
pub struct Watch {
    counts: Mutex<Counts>,
    /// Connections that were refused, to calls and to token fetches.
    refusals: watch::Sender<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Tries, by the status and the code that they ended with.
    pub tried: BTreeMap<(Option<u16>, Option<i64>), usize>,
    /// Tries after which another was to follow: because of the token, of a pause, or of a fault.
    pub repeated_for_a_token: usize,
    pub repeated_after_a_pause: usize,
    pub repeated_after_a_fault: usize,
    /// Tries for which there was no connection: nobody but the client can know of these.
    pub refused: usize,
    pub calls: usize,
    pub calls_dropped: usize,
    /// Tries, as calls say at their ends.
    pub tries_of_calls: usize,
    pub fetched: usize,
    pub fetches_failed: usize,
    /// Those of them for which there was no connection.
    pub fetches_refused: usize,
    /// Those of them whose time was over.
    pub fetches_timed_out: usize,
    /// Calls that another attempt could have helped, and that the policy allowed one.
    pub failed_with_attempts_left: usize,
}

impl Watch {
    pub fn counts(&self) -> Counts {
        self.counts.lock().unwrap().clone()
    }

    /// Waits until so many more connections were refused.
    pub async fn refusals(&self, more: usize) {
        let mut refusals = self.refusals.subscribe();
        let enough = *refusals.borrow() + more;
        refusals.wait_for(|refusals| *refusals >= enough).await.unwrap();
    }
}

impl Observer for Watch {
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        let mut counts = self.counts.lock().unwrap();
        match event.error.is_some_and(|error| error.kind() == ErrorKind::Connection) {
            true => {
                counts.refused += 1;
                self.refusals.send_modify(|refusals| *refusals += 1);
            }
            false => *counts.tried.entry((event.status, event.code)).or_default() += 1,
        }
        match event.code {
            _ if !event.will_retry => {}
            Some(TOKEN_REFUSED) => counts.repeated_for_a_token += 1,
            Some(LIMITED) => counts.repeated_after_a_pause += 1,
            _ => counts.repeated_after_a_fault += 1,
        }
    }

    fn on_call(&self, event: &CallEvent<'_>) {
        let mut counts = self.counts.lock().unwrap();
        counts.calls += 1;
        counts.calls_dropped += usize::from(event.dropped);
        counts.tries_of_calls += event.attempts as usize;
        // A create has no key: a call that the service may have processed is not sent again.
        let helped = |error: &Error| error.is_retryable() && (!error.is_auth() || error.kind() == ErrorKind::Service);
        let is_early = event.attempts < TRIES && event.operation.id != "create_user_group";
        counts.failed_with_attempts_left += usize::from(is_early && event.error.is_some_and(helped));
    }

    fn on_token_fetch(&self, event: &TokenFetchEvent<'_>) {
        let mut counts = self.counts.lock().unwrap();
        counts.fetched += usize::from(event.error.is_none());
        counts.fetches_failed += usize::from(event.error.is_some());
        counts.fetches_timed_out += usize::from(event.error.is_some_and(Error::is_timeout));
        if event.error.is_some_and(was_refused) {
            counts.fetches_refused += 1;
            self.refusals.send_modify(|refusals| *refusals += 1);
        }
    }
}

/// Whether there was no connection to fetch a token by.
pub fn was_refused(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Error>());
    cause.is_some_and(|cause| cause.kind() == ErrorKind::Connection)
}

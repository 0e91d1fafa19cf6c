//! Whether a call may be sent again, and when.
//!
//! Three questions, in this order. Was the request certainly not acted upon (no
//! connection, a refused token, over the rate limit)? Then it may be sent again,
//! whatever it is. Else, may the operation be repeated at all? That is the spec's word.
//! Only then does it matter what the answer says.
//!
//! A retry costs the service a call when it can least afford one, so there are few of
//! them: a handful per call, with full jitter between them, and no more than a tenth of
//! all calls over the whole client, so that an outage is not answered with a storm.

use crate::call::envelope::Decoded;
use crate::error::is_passing;
use crate::operation::{ErrorCategory, Operation, RetryRule};
use crate::transport::HttpResponse;
use crate::{Error, ErrorKind};
use reqwest::StatusCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How often and how fast a client repeats a call that may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "give it to the client's builder, or to `with_retry_policy`"]
#[non_exhaustive]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
}

impl RetryPolicy {
    /// At most 4 tries, with waits of up to 0.2, 0.4 and 0.8 seconds between them.
    ///
    /// Together with the round trips that stays within the time that a person waits.
    /// Something else that is running, such as an import, is waited out as long as the call's time allows.
    pub fn new() -> Self {
        Self { max_attempts: 4, initial_backoff: Duration::from_millis(200), max_backoff: Duration::from_secs(5) }
    }

    /// One try, and nothing that is running is waited out. A refused token is still fetched again once: that call
    /// never happened.
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::new() }
    }

    /// At most this many tries, the first one included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The longest wait before the second try; each further one may be twice as long.
    pub fn initial_backoff(mut self, wait: Duration) -> Self {
        self.initial_backoff = wait;
        self
    }

    /// The longest wait of all.
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// Full jitter: anything from nothing to the whole of it, so that clients that failed
    /// together do not come back together.
    pub(crate) fn wait(&self, tries: u32, random: f64) -> Duration {
        let whole = doubled(self.initial_backoff, tries.saturating_sub(1)).min(self.max_backoff);
        // The longest of all times is one that its own product with 1 overflows.
        Duration::try_from_secs_f64(whole.as_secs_f64() * random).map_or(whole, |wait| wait.min(whole))
    }

    /// Until the next look whether what is running has ended: that takes seconds, whatever the policy's waits are.
    pub(crate) fn wait_for_others(&self, looks: u32) -> Duration {
        let first = Duration::from_secs(1);
        doubled(first, looks).min(self.max_backoff.max(first))
    }
}

/// The time, doubled so many times.
fn doubled(time: Duration, times: u32) -> Duration {
    time.saturating_mul(2_u32.saturating_pow(times))
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// What to do after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// Stay with it: a success, or a failure that another try does not change.
    Final,
    /// The token was refused; the request was not acted upon.
    TokenRefused,
    /// Over the rate limit; the request was not acted upon.
    RateLimited,
    /// Too many calls, by the status alone: who says so may stand before the service or behind it.
    Throttled,
    /// Certainly not sent.
    NeverSent,
    /// It failed on the way or in the service, and may be repeated; it may have been acted upon.
    Uncertain,
    /// Something else is running that this must wait for.
    Busy,
}

/// What came of a try.
pub(crate) type Outcome<D> = Result<(HttpResponse, Decoded<D>), Error>;

impl RetryDecision {
    pub(crate) fn on<D>(operation: &'static Operation, outcome: &Outcome<D>) -> Self {
        let (status, code) = match outcome {
            Ok((_, Decoded::Success(_))) => return Self::Final,
            Ok((answer, reading)) => (Some(answer.status), reading.code()),
            Err(error) => (error.status().and_then(|status| StatusCode::from_u16(status).ok()), None),
        };
        let meaning = code.and_then(|code| operation.known_code(code)).map(|code| code.category());
        match (meaning, outcome) {
            (_, Err(error)) if error.kind() == ErrorKind::Connection => return Self::NeverSent,
            (Some(ErrorCategory::InvalidToken), _) => return Self::TokenRefused,
            (Some(ErrorCategory::RateLimited), _) => return Self::RateLimited,
            (None, _) if status == Some(StatusCode::TOO_MANY_REQUESTS) => return Self::Throttled,
            _ => {}
        }
        if operation.retry.rule == RetryRule::NeverSent {
            return Self::Final;
        }
        match (meaning, outcome) {
            (Some(ErrorCategory::Internal), _) => Self::Uncertain,
            (Some(ErrorCategory::InProgress), _) => Self::Busy,
            (Some(_), _) => Self::Final,
            (None, Err(error)) if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) => Self::Uncertain,
            (None, _) if status.is_some_and(is_passing) => Self::Uncertain,
            (None, _) => Self::Final,
        }
    }
}

/// Retries that the whole client may still make: each call earns a tenth of one.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    /// A tenth of a retry is the unit.
    const RETRY: u32 = 10;
    /// Ten retries: what a client that calls seldom needs for a bad moment.
    const FULL: u32 = 10 * Self::RETRY;

    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }

    /// A call begins.
    pub(crate) fn earn(&self) {
        // Whether a tenth is lost between two calls matters to nobody.
        if self.0.load(Ordering::Relaxed) < Self::FULL {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether there is a retry left, which this takes.
    pub(crate) fn spend(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(Self::RETRY)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_time() -> impl Strategy<Value = Duration> {
        let short = (0..10_000_u64).prop_map(Duration::from_millis);
        let any = (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos));
        prop_oneof![short, any, Just(Duration::ZERO), Just(Duration::MAX)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn backoff_doubles_with_full_jitter(
            first in any_time(), longest in any_time(), tries: u32, random in 0.0..=1.0,
        ) {
            let policy = RetryPolicy::new().initial_backoff(first).max_backoff(longest);
            let whole = policy.wait(tries, 1.0);
            // It doubles with each try, up to the cap; nobody gets beyond the 33rd.
            let doubled = (1..tries.min(33)).fold(first, |wait, _| wait.saturating_mul(2));
            let error = whole.abs_diff(doubled.min(longest)).as_secs_f64();
            prop_assert!(error <= whole.as_secs_f64() * 1e-9, "{whole:?} and not {:?}", doubled.min(longest));
            let wait = policy.wait(tries, random);
            prop_assert!(wait <= whole && wait <= longest);
            let error = (wait.as_secs_f64() - whole.as_secs_f64() * random).abs();
            prop_assert!(error <= 1e-9 + whole.as_secs_f64() * 1e-9, "{wait:?} is not {random} of {whole:?}");
            prop_assert_eq!(policy.wait(tries, 0.0), Duration::ZERO);
        }
    }
}

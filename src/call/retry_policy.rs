//! Decides whether a call may be retried, and when.
//!
//! A request that was certainly not processed (no connection, a rejected token, over the rate limit) may be retried
//! whatever the operation. Any other request may be retried only if the spec allows repeating the operation, and then
//! only if the response shows a failure that may pass.
//!
//! A retry costs the service a call when it can least afford one. So retries are few: a handful per call, with full
//! jitter between them. Apart from a reserve of ten, backoff retries are at most a tenth of a client's calls, so that an
//! outage causes no storm of retries. Waits that the service states, and token refreshes, are not counted.

use crate::call::envelope::Decoded;
use crate::error::is_transient_status;
use crate::operation::{ErrorCategory, Operation, RetryRule};
use crate::transport::HttpResponse;
use crate::{Delivery, Error, ErrorKind};
use reqwest::StatusCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How often and how fast a client retries a call that may be retried.
///
/// ```no_run
/// use feishu_user_groups::{Client, RetryPolicy};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// let patient = RetryPolicy::new().max_attempts(6).max_backoff(Duration::from_secs(10));
/// let client = Client::builder().app("cli_a1b2c3", "app_secret").retry_policy(patient).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "pass it to the client's builder, or to `with_retry_policy`"]
#[non_exhaustive]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
}

impl RetryPolicy {
    /// At most 4 attempts, with waits of up to 0.2, 0.4 and 0.8 seconds between them: with the round trips, about as
    /// long as a person waits.
    ///
    /// While the service is busy with another job of the same kind, such as an import, the call waits as long as its
    /// timeout allows; these retries do not count as attempts.
    pub fn new() -> Self {
        Self { max_attempts: 4, initial_backoff: Duration::from_millis(200), max_backoff: Duration::from_secs(5) }
    }

    /// No retries, and no waiting while the service is busy. A rejected token is still replaced once and the call sent
    /// again, since the request was not processed.
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::new() }
    }

    /// Sets the maximum number of attempts, the first one included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the longest wait before the second attempt; it doubles with each further attempt.
    pub fn initial_backoff(mut self, wait: Duration) -> Self {
        self.initial_backoff = wait;
        self
    }

    /// Sets the longest wait between attempts.
    pub fn max_backoff(mut self, wait: Duration) -> Self {
        self.max_backoff = wait;
        self
    }

    /// The wait after `attempts`, with full jitter: a random part of the longest wait, so that clients that failed
    /// together do not return together.
    pub(crate) fn backoff(&self, attempts: u32, random: f64) -> Duration {
        let whole = doubled(self.initial_backoff, attempts.saturating_sub(1)).min(self.max_backoff);
        // `Duration::MAX` overflows even when multiplied by 1, since an `f64` rounds it up.
        Duration::try_from_secs_f64(whole.as_secs_f64() * random).map_or(whole, |wait| wait.min(whole))
    }

    /// The wait before the next attempt while the service is busy: seconds, since jobs take as long, whatever the
    /// policy's backoff.
    pub(crate) fn poll_interval(&self, polls: u32) -> Duration {
        let first = Duration::from_secs(1);
        doubled(first, polls).min(self.max_backoff.max(first))
    }
}

/// `time * 2^times`.
fn doubled(time: Duration, times: u32) -> Duration {
    time.saturating_mul(2_u32.saturating_pow(times))
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether an attempt may be retried, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// No: a success, or a failure that a retry does not change.
    Final,
    /// Yes, with a new token; the request was not processed.
    TokenRejected,
    /// Yes, after a pause: over the rate limit; the request was not processed.
    RateLimited,
    /// After a pause, if the operation may be repeated: HTTP 429 without a known code. Its sender may be behind the
    /// service, so the request may have been processed.
    Throttled,
    /// Yes: the request was certainly not sent.
    NotSent,
    /// Yes: the attempt failed on the way or in the service; it may have been applied.
    Uncertain,
    /// Yes, once the service has finished another job.
    Busy,
}

/// The outcome of an attempt.
pub(crate) type Outcome = Result<(HttpResponse, Decoded), Error>;

impl RetryDecision {
    pub(crate) fn new(operation: &'static Operation, outcome: &Outcome) -> Self {
        let (status, code) = match outcome {
            Ok((_, Decoded::Success)) => return Self::Final,
            Ok((response, decoded)) => (Some(response.status), decoded.code()),
            Err(error) => (error.status().and_then(|status| StatusCode::from_u16(status).ok()), None),
        };
        let category = code.and_then(|code| operation.known_code(code)).map(|code| code.category());
        match (category, outcome) {
            (_, Err(error)) if error.kind() == ErrorKind::Connection => return Self::NotSent,
            (Some(ErrorCategory::InvalidToken), _) => return Self::TokenRejected,
            (Some(ErrorCategory::RateLimited), _) => return Self::RateLimited,
            (None, _) if status == Some(StatusCode::TOO_MANY_REQUESTS) => return Self::Throttled,
            _ => {}
        }
        if operation.retry.rule == RetryRule::NeverSent {
            return Self::Final;
        }
        match (category, outcome) {
            (Some(ErrorCategory::Internal), _) => Self::Uncertain,
            (Some(ErrorCategory::InProgress), _) => Self::Busy,
            (Some(_), _) => Self::Final,
            (None, Err(error)) if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) => Self::Uncertain,
            (None, _) if status.is_some_and(is_transient_status) => Self::Uncertain,
            (None, _) => Self::Final,
        }
    }

    /// How far the request got in the attempt.
    pub(crate) fn delivery(self) -> Delivery {
        match self {
            Self::NotSent => Delivery::NotSent,
            Self::TokenRejected | Self::RateLimited | Self::Busy => Delivery::Rejected,
            Self::Throttled | Self::Uncertain | Self::Final => Delivery::Unknown,
        }
    }
}

/// The retry budget of a client, in tenths of a retry: each call earns one tenth, each retry spends ten.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    const RETRY: u32 = 10;
    /// Ten retries, so that a client that calls rarely can retry through a short outage.
    const FULL: u32 = 10 * Self::RETRY;

    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }

    /// Adds a tenth of a retry, when a call begins.
    pub(crate) fn earn(&self) {
        // Load and add are not one step: a race may exceed the maximum by a few tenths, which is harmless.
        if self.0.load(Ordering::Relaxed) < Self::FULL {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes a retry; `false` if none is left.
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
        #![proptest_config(crate::property::config(256))]

        #[test]
        fn backoff_doubles_with_full_jitter(
            first in any_time(), longest in any_time(), attempts: u32, random in 0.0..=1.0,
        ) {
            let policy = RetryPolicy::new().initial_backoff(first).max_backoff(longest);
            let whole = policy.backoff(attempts, 1.0);
            // It doubles with each attempt, up to the maximum, which the 33rd has certainly reached.
            let doubled = (1..attempts.min(33)).fold(first, |wait, _| wait.saturating_mul(2));
            let error = whole.abs_diff(doubled.min(longest)).as_secs_f64();
            prop_assert!(error <= whole.as_secs_f64() * 1e-9, "{whole:?} and not {:?}", doubled.min(longest));
            let wait = policy.backoff(attempts, random);
            prop_assert!(wait <= whole && wait <= longest);
            let error = (wait.as_secs_f64() - whole.as_secs_f64() * random).abs();
            prop_assert!(error <= 1e-9 + whole.as_secs_f64() * 1e-9, "{wait:?} is not {random} of {whole:?}");
            prop_assert_eq!(policy.backoff(attempts, 0.0), Duration::ZERO);
        }
    }
}

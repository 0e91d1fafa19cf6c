//! The waits that token endpoints ask for.
//!
//! A limit holds for a path and an app: what one tenant's fetch was told holds for the
//! fetches of all tenants. Until the time is over nobody asks, and a caller that needs a
//! token gets the error of the response that asked to wait, with the time that is left.
//!
//! A wait that is longer than any window of the platform is not taken at its word, by the
//! argument of `limits`: without a token every call fails, so one such header would end the
//! client. The endpoint is left alone for half a minute instead, then one fetch goes out as
//! a probe, and nobody else asks until it is back or must have ended. A response that asks
//! for no such wait ends it; one that does doubles the time to the next probe.

use super::LONGEST_FETCH;
use crate::Error;
use crate::rate_limit::{FIRST_PROBE, LONGEST_PAUSE};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Where the endpoint says to wait, and not how long or no time at all.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);

/// The paths that are left alone.
#[derive(Debug, Default)]
pub(super) struct Cooldowns(Mutex<HashMap<&'static str, Pause>>);

#[derive(Debug)]
struct Pause {
    until: Instant,
    /// What the response that asked for it came to.
    error: Error,
    /// Of a wait that is not believed: from one probe to the next.
    doubt: Option<Doubt>,
}

#[derive(Clone, Copy, Debug)]
struct Doubt {
    spacing: Duration,
    /// Whether a probe has gone out since.
    probed: bool,
}

impl Cooldowns {
    /// The error of the response that asked to wait, if that time is not over. Where the wait is not believed and its
    /// time is over, whoever asks this is the probe.
    pub(super) fn left(&self, path: &str) -> Option<Error> {
        let now = Instant::now();
        let mut pauses = self.lock();
        let pause = pauses.get_mut(path)?;
        let left = pause.until.saturating_duration_since(now);
        if left.is_zero() {
            let doubt = pause.doubt.as_mut()?;
            doubt.probed = true;
            pause.until = now + LONGEST_FETCH;
            return None;
        }
        Some(pause.error.clone().with_retry_after(left))
    }

    /// A response asks to wait this long.
    pub(super) fn begin(&self, path: &'static str, asked: Duration, error: Error) -> Error {
        let now = Instant::now();
        let mut pauses = self.lock();
        let before = pauses.get(path);
        let (time, doubt) = match before.and_then(|pause| Some((pause, pause.doubt?))) {
            _ if asked <= LONGEST_PAUSE => (asked, None),
            None => (FIRST_PROBE, Some(Doubt { spacing: FIRST_PROBE, probed: false })),
            // What was asked before the first such response came says nothing new.
            Some((pause, doubt)) if !doubt.probed && pause.until > now => (pause.until - now, Some(doubt)),
            Some((_, doubt)) => {
                let spacing = (doubt.spacing * 2).min(LONGEST_PAUSE);
                (spacing, Some(Doubt { spacing, probed: false }))
            }
        };
        let until = now + time;
        // A shorter one does not end it: both responses are of the same limit. A probe's does.
        match before.filter(|before| before.until >= until && before.doubt.is_none_or(|doubt| !doubt.probed)) {
            Some(before) => error.with_retry_after(before.until - now),
            None => {
                pauses.insert(path, Pause { until, error: error.clone(), doubt });
                error.with_retry_after(time)
            }
        }
    }

    /// A response asks for no wait.
    pub(super) fn end(&self, path: &str) {
        let mut pauses = self.lock();
        if pauses.get(path).is_some_and(|pause| pause.doubt.is_some_and(|doubt| doubt.probed)) {
            pauses.remove(path);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Pause>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

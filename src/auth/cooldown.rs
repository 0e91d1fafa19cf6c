//! The waits that token endpoints request.
//!
//! A token endpoint limits an app per path: a wait that the fetch of one tenant's token ran into
//! applies to all tenants. Until the wait is over no fetch is sent, and a call that needs a token
//! gets the error of the response that requested the wait, with the remaining time.
//!
//! A wait longer than any rate limit window of the platform is not trusted, for the reason that
//! `rate_limit` gives: without a token every call fails, so one such header would disable the client.
//! Instead the endpoint is not called for half a minute; then one fetch goes out as a probe, and no
//! other until it has ended or timed out. A response that requests no such wait ends the cooldown; one
//! that does doubles the time to the next probe.

use super::FETCH_TIMEOUT;
use crate::Error;
use crate::rate_limit::{FIRST_PROBE, LONGEST_PAUSE};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The wait after a response that requests one without saying how long, or a shorter one.
pub(super) const MIN_COOLDOWN: Duration = Duration::from_secs(1);

/// The paths that are cooling down.
#[derive(Debug, Default)]
pub(super) struct Cooldowns(Mutex<HashMap<&'static str, Cooldown>>);

#[derive(Debug)]
struct Cooldown {
    until: Instant,
    /// The error of the response that requested it.
    error: Error,
    /// The probing, if the requested wait is not trusted.
    probing: Option<Probing>,
}

#[derive(Clone, Copy, Debug)]
struct Probing {
    interval: Duration,
    /// Whether a probe is out.
    probe_sent: bool,
}

impl Cooldowns {
    /// Returns the error for a fetch that must not be sent yet, and `None` if it may be. When a probe is due, the caller
    /// that gets `None` is the probe.
    pub(super) fn check(&self, path: &str) -> Option<Error> {
        let now = Instant::now();
        let mut cooldowns = self.lock();
        let cooldown = cooldowns.get_mut(path)?;
        let remaining = cooldown.until.saturating_duration_since(now);
        if remaining.is_zero() {
            let probing = cooldown.probing.as_mut()?;
            probing.probe_sent = true;
            cooldown.until = now + FETCH_TIMEOUT;
            return None;
        }
        Some(cooldown.error.clone().with_retry_after(remaining))
    }

    /// Starts or extends a cooldown after a response that requests this wait; returns its error with the time to wait.
    pub(super) fn start(&self, path: &'static str, requested_wait: Duration, error: Error) -> Error {
        let now = Instant::now();
        let mut cooldowns = self.lock();
        let current = cooldowns.get(path);
        let (wait, probing) = match current.and_then(|current| Some((current, current.probing?))) {
            _ if requested_wait <= LONGEST_PAUSE => (requested_wait, None),
            None => (FIRST_PROBE, Some(Probing { interval: FIRST_PROBE, probe_sent: false })),
            // The response to a fetch that was sent before the cooldown began carries no news.
            Some((current, probing)) if !probing.probe_sent && current.until > now => {
                (current.until - now, Some(probing))
            }
            Some((_, probing)) => {
                let interval = (probing.interval * 2).min(LONGEST_PAUSE);
                (interval, Some(Probing { interval, probe_sent: false }))
            }
        };
        let until = now + wait;
        // A shorter wait does not end a longer one, since both are about the same limit; but the probe's response does.
        match current.filter(|current| current.until >= until && !current.is_probed()) {
            Some(current) => error.with_retry_after(current.until - now),
            None => {
                cooldowns.insert(path, Cooldown { until, error: error.clone(), probing });
                error.with_retry_after(wait)
            }
        }
    }

    /// Ends the cooldown if a probe is out: a response requested no wait.
    pub(super) fn end(&self, path: &str) {
        let mut cooldowns = self.lock();
        if cooldowns.get(path).is_some_and(Cooldown::is_probed) {
            cooldowns.remove(path);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Cooldown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cooldown {
    fn is_probed(&self) -> bool {
        self.probing.is_some_and(|probing| probing.probe_sent)
    }
}

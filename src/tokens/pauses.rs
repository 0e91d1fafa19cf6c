//! The waits that token endpoints ask for.
//!
//! A limit holds for a path and an app: what one tenant's question was told holds for the
//! questions of all tenants. Until the time is over nobody asks, and whoever wants to is
//! given the answer that asked to wait, with what is left of it.

use crate::Error;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Where the endpoint says to wait, and not how long or no time at all.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);
/// No window of the platform is as long; what asks for more is not the platform, and must not end a client for good.
const LONGEST: Duration = Duration::from_secs(86_400);

/// For each path, until when it is left alone, and the error that its answer came to.
#[derive(Debug, Default)]
pub(super) struct Pauses(Mutex<HashMap<&'static str, (Instant, Error)>>);

impl Pauses {
    /// The answer that asked to wait, if that time is not over.
    pub(super) fn left(&self, path: &str) -> Option<Error> {
        let pauses = self.lock();
        let (until, error) = pauses.get(path)?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| error.clone().with_retry_after(left))
    }

    /// An answer asks to wait this long.
    pub(super) fn begin(&self, path: &'static str, time: Duration, error: Error) -> Error {
        let time = time.min(LONGEST);
        let until = Instant::now() + time;
        let mut pauses = self.lock();
        // A shorter one does not end it: both answers are of the same limit.
        if pauses.get(path).is_none_or(|(before, _)| *before < until) {
            pauses.insert(path, (until, error.clone()));
        }
        error.with_retry_after(time)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, (Instant, Error)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

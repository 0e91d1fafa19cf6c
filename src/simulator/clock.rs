//! The simulator's clock: tokio's, ahead by what a test moved it.
//!
//! A test that pauses tokio's clock stops every timeout of its own client as well. Moving this clock changes only what
//! the service thinks: tokens expire and rate limits refill, and nothing else happens.

use std::time::Duration;

use tokio::time::Instant;

/// The furthest that it can be ahead, a hundred years: tokens of any lifetime can still expire.
const MAX_AHEAD: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A clock that can be moved forward.
#[derive(Default)]
pub(super) struct Clock {
    ahead: Duration,
}

impl Clock {
    pub fn now(&self) -> Instant {
        Instant::now() + self.ahead
    }

    /// Moves the clock forward, at most as far as it goes.
    pub fn advance(&mut self, time: Duration) {
        self.ahead = self.ahead.saturating_add(time).min(MAX_AHEAD);
    }

    /// How far ahead it is.
    pub fn ahead(&self) -> Duration {
        self.ahead
    }
}

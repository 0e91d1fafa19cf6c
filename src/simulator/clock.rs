//! The simulator's clock: tokio's, ahead by what a test moved it.
//!
//! A test that pauses tokio's clock stops every timeout of its own client as well. Moving this clock changes only what
//! the service thinks: tokens expire and rate limits refill, and nothing else happens.

use std::time::Duration;

use tokio::time::Instant;

/// A clock that can be moved forward.
#[derive(Default)]
pub(super) struct Clock {
    ahead: Duration,
}

impl Clock {
    pub fn now(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }

    /// Moves the clock forward.
    pub fn advance(&mut self, time: Duration) {
        self.ahead = self.ahead.saturating_add(time);
    }

    /// How far ahead it is.
    pub fn ahead(&self) -> Duration {
        self.ahead
    }
}

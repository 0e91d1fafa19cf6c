//! A call's turn: first in the client's own line, then in the store that it shares.
//!
//! The own line comes first even where a store decides: it keeps the order among the tasks
//! of this client, sends no more of them to the store than may pass, and knows of pauses
//! and of what has left when the store fails.

use super::limiter::Place;
use super::{LONGEST_PAUSE, Pace, SharedRateLimits};
use crate::operation::Operation;
use std::time::Duration;
use tokio::time::Instant;

/// A call that is to leave when its operation may be called, for each of its tries. Dropping it leaves nothing behind.
pub(crate) struct Turn<'a> {
    operation: &'static Operation,
    own: Option<(&'a Pace, Place<'a>)>,
    shared: Option<&'a SharedRateLimits>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(
        operation: &'static Operation,
        pace: Option<&'a Pace>,
        shared: Option<&'a SharedRateLimits>,
    ) -> Self {
        Self { operation, own: pace.map(|pace| (pace, pace.own.place())), shared }
    }

    /// Whether it is known not to have come yet; how far off it is if that is too far.
    pub(crate) fn is_to_come(&self, longest: Duration) -> Result<bool, Duration> {
        match self.own.as_ref().and_then(|(_, place)| place.wait()) {
            Some(wait) if wait.time > longest || wait.in_doubt => Err(wait.time),
            wait => Ok(wait.is_some()),
        }
    }

    /// Sleeps until it comes, or is known to be further off than this.
    pub(crate) async fn sleep(&self, longest: Duration) {
        if let Some((_, place)) = &self.own {
            place.sleep(longest).await;
        }
    }

    /// The service asks to wait: nobody passes for as long as this returns, in this client or in others that share
    /// its store.
    pub(crate) async fn pause(&mut self, asked: Duration) -> Duration {
        let time = match &mut self.own {
            Some((_, place)) => place.pause(asked),
            None => asked.min(LONGEST_PAUSE),
        };
        if let Some(shared) = self.shared {
            shared.pause(self.operation.id, time).await;
        }
        time
    }

    /// A response came that asks for no wait.
    pub(crate) fn responded(&mut self) {
        if let Some((_, place)) = &mut self.own {
            place.responded();
        }
    }

    /// Keeps its place while something else is waited for; `false` if it did so already.
    pub(crate) fn hold(&mut self) -> bool {
        self.own.as_mut().is_some_and(|(_, place)| place.hold())
    }

    /// Gives up its place while it is not known whether there will be another try.
    pub(crate) fn give_up(&mut self) {
        if let Some((_, place)) = &mut self.own {
            place.give_up();
        }
    }

    /// Takes it, if it is there, and tells when that was; else it is due later.
    pub(crate) async fn take(&mut self) -> Option<Instant> {
        let Some((pace, place)) = &mut self.own else { return Some(Instant::now()) };
        if let Some(shared) = self.shared {
            if place.hold() && place.wait().is_some() {
                return None;
            }
            let wait = shared.try_acquire(self.operation.id, &pace.windows).await.unwrap_or_default();
            if !wait.is_zero() {
                // Nor would the store have a turn for the others that wait here.
                pace.own.close(wait);
                return None;
            }
        }
        place.pass()
    }
}

//! Keeping to the documented rate limits, before the service has to say so.
//!
//! A limit holds per operation, app and tenant: so there is one `RateLimits` for each tenant
//! that a client speaks for, and in it one `Limit` for each operation. Where processes
//! share a store, turns come from there as well (`turn`, `shared`); the client's own limit
//! holds at all times, and alone when the store fails.
//!
//! When the service refuses a call all the same, the whole operation pauses, for every
//! task: others would only be refused too. How long, it says itself, and is taken at its
//! word as far as its windows reach, which are minutes. A longer wait (`Retry-After:
//! 99999999999`, a date in the year 9999, an epoch second where seconds belong) is a
//! mistake of somebody on the way, and would end the operation for good. Nor is it
//! ignored, since somebody did refuse: nobody calls for half a minute, then one call goes
//! out as a probe. A response that asks for no such wait ends it for all; another one
//! doubles the time to the next probe, up to the longest pause that would be believed; a
//! probe without a response is followed by the next one after the same time. Such a wait
//! is not waited out, since nobody knows how long it is: calls fail at once, and
//! `Error::retry_after` is the time until the next probe, which is when a call can succeed.

mod limiter;
mod permit;
mod queue;
mod ranked;
mod shared;
#[cfg(test)]
mod tests;
mod throttle;

use self::limiter::Limit;
pub(crate) use self::permit::Turn;
pub(crate) use self::queue::FIRST_PROBE;
pub(crate) use self::shared::SharedRateLimits;
pub use self::throttle::Throttle;
use crate::operation::Operation;
use crate::store::RateWindow;
use std::time::Duration;

/// The longest pause that is believed, and waited out.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The limits of every operation for one app in one tenant.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// Few enough that looking through them costs less than hashing a name.
    paces: Vec<(&'static Operation, Pace)>,
    shared: Option<SharedRateLimits>,
}

#[derive(Debug)]
struct Pace {
    windows: Vec<RateWindow>,
    own: Limit,
}

impl RateLimits {
    pub(crate) fn new(throttle: &Throttle, shared: Option<SharedRateLimits>) -> Self {
        let pace = |operation: &&'static Operation| {
            let windows = throttle.windows(operation);
            (*operation, Pace { own: Limit::new(&windows), windows })
        };
        Self { paces: crate::operation::ALL.iter().map(pace).collect(), shared }
    }

    fn pace(&self, operation: &'static Operation) -> Option<&Pace> {
        self.paces.iter().find(|(of, _)| std::ptr::eq(*of, operation)).map(|(_, pace)| pace)
    }

    /// The turn of a call that is about to be made.
    pub(crate) fn turn(&self, operation: &'static Operation) -> Turn<'_> {
        Turn::new(operation, self.pace(operation), self.shared.as_ref())
    }
}

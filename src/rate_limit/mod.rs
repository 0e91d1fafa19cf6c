//! Client-side rate limits: calls wait for a permit instead of being rejected by the service.
//!
//! A rate limit holds per operation, app and tenant. Each tenant of a client has one `RateLimits`, with one `Limiter`
//! per operation. If processes share a `RateStore`, a call needs a permit from there too (`permit`, `shared`). The
//! local limiter always applies, and alone while the store fails.
//!
//! If the service rejects a call all the same, the operation pauses for every task, because other calls would be
//! rejected too. The service says for how long, in a header. A requested wait of up to `LONGEST_PAUSE` is obeyed: rate
//! windows are minutes. A longer one (`Retry-After: 99999999999`, a date in the year 9999, epoch seconds instead of a
//! number of seconds) is a mistake of the service or of a proxy, and obeying it would stop the operation for good.
//! Ignoring it would be wrong too, since the call was rejected. So the operation pauses for `FIRST_PROBE`, then sends
//! one call as a probe:
//!
//! - A response without such a wait ends the pause for all calls.
//! - A response with such a wait doubles the interval to the next probe, up to `LONGEST_PAUSE`.
//! - Without a response, the next probe follows after the same interval.
//!
//! Calls do not wait for the end of such an unverified pause, since nobody knows when that is: they fail at once, and
//! `Error::retry_after` is the time until the next probe.

mod custom;
mod limiter;
mod permit;
mod queue;
mod rank_tree;
mod shared;
#[cfg(test)]
mod tests;
mod throttle;
mod windows;

pub(crate) use self::permit::PermitRequest;
pub(crate) use self::queue::FIRST_PROBE;
pub(crate) use self::shared::SharedRateLimits;
pub use self::throttle::Throttle;

use self::custom::CustomLimits;
use self::limiter::Limiter;
use crate::operation::Operation;
use crate::store::RateWindow;
use std::time::Duration;

/// The longest pause that a response or a store can impose.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The rate limits of one app in one tenant.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// So few that a linear search is cheaper than hashing an id.
    limits: Vec<(&'static Operation, OperationLimit)>,
    custom: CustomLimits,
    throttle: Throttle,
    shared: Option<SharedRateLimits>,
}

#[derive(Debug)]
struct OperationLimit {
    windows: Vec<RateWindow>,
    limiter: Limiter,
}

impl OperationLimit {
    fn new(throttle: &Throttle, operation: &'static Operation) -> Self {
        let windows = throttle.windows(operation);
        Self { limiter: Limiter::new(&windows), windows }
    }
}

impl RateLimits {
    pub(crate) fn new(throttle: &Throttle, shared: Option<SharedRateLimits>) -> Self {
        let limit = |operation: &&'static Operation| (*operation, OperationLimit::new(throttle, operation));
        let limits = crate::operation::ALL.iter().map(limit).collect();
        Self { limits, custom: CustomLimits::default(), throttle: throttle.clone(), shared }
    }

    /// A permit request for all attempts of one call.
    pub(crate) fn request_permit(&self, operation: &'static Operation) -> PermitRequest<'_> {
        let limit = self.limits.iter().find(|(of, _)| std::ptr::eq(*of, operation)).map(|(_, limit)| limit);
        let limit =
            limit.unwrap_or_else(|| self.custom.get(operation, || OperationLimit::new(&self.throttle, operation)));
        PermitRequest::new(operation, limit, self.shared.as_ref())
    }
}

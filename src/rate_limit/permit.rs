//! A call's request for a permit: from the client's own limiter first, then from the store that clients share.
//!
//! The local limiter comes first even if a store decides. It keeps the calls of this client in order, sends no more of
//! them to the store than the windows allow, and knows the pauses and the recent calls when the store fails.

use super::limiter::Waiter;
use super::{OperationLimit, SharedRateLimits};
use crate::Error;
use crate::operation::Operation;
use std::time::Duration;
use tokio::time::Instant;

/// The permits of one call, one for each attempt. Dropping it leaves the queue.
pub(crate) struct PermitRequest<'a> {
    operation: &'static Operation,
    limit: &'a OperationLimit,
    waiter: Waiter<'a>,
    shared: Option<&'a SharedRateLimits>,
}

impl<'a> PermitRequest<'a> {
    pub(super) fn new(
        operation: &'static Operation,
        limit: &'a OperationLimit,
        shared: Option<&'a SharedRateLimits>,
    ) -> Self {
        Self { operation, limit, waiter: limit.limiter.waiter(), shared }
    }

    /// Whether the call has to wait before it can try to acquire a permit; an error if that takes longer than
    /// `max_wait`, or if an unverified pause holds.
    pub(crate) fn must_wait(&self, max_wait: Duration) -> Result<bool, Error> {
        match self.waiter.time_left() {
            Some(wait) if wait.is_unverified => Err(Error::paused(wait.time)),
            Some(wait) if wait.time > max_wait => Err(Error::throttled(wait.time)),
            wait => Ok(wait.is_some()),
        }
    }

    /// Waits until `must_wait` has a new result: no more wait, or an error.
    pub(crate) async fn wait(&self, max_wait: Duration) {
        self.waiter.wait(max_wait).await;
    }

    /// Pauses the operation, in this client and in those that share its store, because a response asks to wait.
    /// Returns for how long.
    pub(crate) async fn pause(&mut self, requested_wait: Duration) -> Duration {
        let time = self.waiter.pause(requested_wait);
        if let Some(shared) = self.shared {
            shared.pause(self.operation.id, time).await;
        }
        time
    }

    /// The attempt has a response that does not ask to wait.
    pub(crate) fn response_received(&mut self) {
        self.waiter.response_received();
    }

    /// Joins the queue before the call waits for something else; `false` if it is queued already.
    pub(crate) fn join_queue(&mut self) -> bool {
        self.waiter.join_queue()
    }

    /// Leaves the queue, until the call tries to acquire a permit again.
    pub(crate) fn leave_queue(&mut self) {
        self.waiter.leave_queue();
    }

    /// Acquires a permit if there is one now, and returns the time of it; else the call is queued, and has to wait.
    pub(crate) async fn try_acquire(&mut self) -> Option<Instant> {
        if let Some(shared) = self.shared {
            // Queued while the store responds, so that later calls stay behind.
            if self.waiter.join_queue() && self.waiter.time_left().is_some() {
                return None;
            }
            let wait = shared.try_acquire(self.operation.id, &self.limit.windows).await.unwrap_or_default();
            if !wait.is_zero() {
                // The store would not have a permit for the other calls in the queue either.
                self.limit.limiter.pause(wait);
                return None;
            }
        }
        self.waiter.try_acquire()
    }
}

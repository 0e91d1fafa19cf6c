//! Keeping to the documented rate limits, before the service has to say so.
//!
//! A limit holds per operation, app and tenant: so there is one `Limits` for each tenant
//! that a client speaks for, and in it one `Limit` for each operation. Where processes
//! share a store, turns come from there (`shared`); the client's own limit stands by for
//! when the store fails.
//!
//! When the service refuses a call all the same, the whole operation pauses, for every
//! task: others would only be refused too.

mod limit;
mod shared;
mod throttle;

use self::limit::Limit;
pub(crate) use self::shared::SharedLimits;
pub use self::throttle::Throttle;
use crate::operation::Operation;
use crate::store::RateWindow;
use std::collections::HashMap;
use std::time::Duration;

/// The limits of every operation for one app in one tenant.
#[derive(Debug)]
pub(crate) struct Limits {
    operations: HashMap<&'static str, Pace>,
    shared: Option<SharedLimits>,
}

#[derive(Debug)]
struct Pace {
    windows: Vec<RateWindow>,
    own: Limit,
}

impl Limits {
    pub(crate) fn new(throttle: &Throttle, shared: Option<SharedLimits>) -> Self {
        let pace = |operation: &&'static Operation| {
            let windows = throttle.windows(operation);
            (operation.id, Pace { own: Limit::new(&windows), windows })
        };
        Self { operations: crate::operations::ALL.iter().map(pace).collect(), shared }
    }

    /// Waits until the operation may be called.
    pub(crate) async fn pass(&self, operation: &'static Operation) {
        let Some(pace) = self.operations.get(operation.id) else { return };
        // Without a limit there is nothing to share but a pause, which is known here as well.
        if let Some(shared) = self.shared.as_ref().filter(|_| !pace.windows.is_empty())
            && shared.pass(operation.id, &pace.windows).await
        {
            return;
        }
        pace.own.pass().await;
    }

    /// Lets nobody pass for this long.
    pub(crate) async fn pause(&self, operation: &'static Operation, time: Duration) {
        if let Some(pace) = self.operations.get(operation.id) {
            pace.own.pause(time);
        }
        if let Some(shared) = &self.shared {
            shared.pause(operation.id, time).await;
        }
    }
}

//! The settings of a call, and the state that the clones of a client share.
//!
//! A client passes a `Context` to every call. It has no reference to the client, so a call depends on nothing above it.

use crate::RetryPolicy;
use crate::auth::Credentials;
use crate::call::retry_policy::Budget;
use crate::operation::AppType;
use crate::rate_limit::RateLimits;
use crate::telemetry::Telemetry;
use crate::transport::{Transport, deadline};
use reqwest::Url;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Everything that a call needs from its client.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) identity: Identity,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) bounds: Bounds,
}

/// How long a call may take and wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// For everything except waiting for rate-limit permits.
    pub(crate) timeout: Duration,
    /// For waiting for rate-limit permits.
    pub(crate) max_wait: Duration,
}

/// The credentials of a call, and their rate limits.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) credentials: Credentials,
    /// The service counts calls per app and tenant.
    pub(crate) limits: Arc<RateLimits>,
}

/// The state that all clones of a client share.
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    /// Scheme, host and port, parsed once for all requests.
    pub(crate) base_url: Url,
    pub(crate) budget: Budget,
    /// Permits for attempts in flight.
    pub(crate) in_flight: Semaphore,
    /// The type of app; unknown for a token that the caller passed in.
    pub(crate) app_type: Option<AppType>,
    pub(crate) telemetry: Telemetry,
}

impl Context {
    /// When a call that began at `begun` must have ended, if it waits for no permit.
    pub(crate) fn deadline(&self, begun: Instant) -> Instant {
        deadline(begun, self.bounds.timeout)
    }
}

//! What a call needs, and what the clones of a client share.
//!
//! A client hands one of these to every call. It holds no way back to the client, so that a call depends on nothing
//! above it.

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

/// The settings of a call.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) identity: Identity,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) bounds: Bounds,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Everything except waiting for permits.
    pub(crate) timeout: Duration,
    /// Waiting for permits.
    pub(crate) max_wait: Duration,
}

/// Whom a call acts as, and the rate limits that this identity has.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) credentials: Credentials,
    /// The service counts calls per app and tenant.
    pub(crate) limits: Arc<RateLimits>,
}

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    /// Scheme, host and port; parsed once, since every request starts with it.
    pub(crate) base_url: Url,
    pub(crate) budget: Budget,
    /// Permits for attempts in flight.
    pub(crate) in_flight: Semaphore,
    /// The kind of app; unknown for a token that the caller passed in.
    pub(crate) app_type: Option<AppType>,
    pub(crate) telemetry: Telemetry,
}

impl Context {
    /// When a call that began at `begun` must have ended.
    pub(crate) fn deadline(&self, begun: Instant) -> Instant {
        deadline(begun, self.bounds.timeout)
    }
}

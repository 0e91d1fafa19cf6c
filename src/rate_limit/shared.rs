//! One operation's limit, kept together with other processes.
//!
//! The store gives out the turns, at the price of a round trip for each call. What it says
//! is believed as far as it can be true: that a window is full, or that a pause is under
//! way. Clients write no pause that is longer than `LONGEST_PAUSE`, so a store that says to
//! wait for longer holds one that nobody should believe, from an older client or by another
//! hand. While it does not respond, or says what cannot be, calls keep to the client's own
//! limit.

use super::LONGEST_PAUSE;
use crate::store::{RateKey, RateStore, RateWindow, StoreGuard};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The limits of one app in one tenant, in a store.
#[derive(Clone)]
pub(crate) struct SharedRateLimits {
    store: Arc<dyn RateStore>,
    host: String,
    app_id: String,
    tenant_key: Option<String>,
    reach: StoreGuard,
}

impl SharedRateLimits {
    pub(crate) fn new(store: Arc<dyn RateStore>, host: &str, app_id: &str) -> Self {
        let reach = StoreGuard::new("rate limits");
        Self { store, host: host.to_owned(), app_id: app_id.to_owned(), tenant_key: None, reach }
    }

    /// The same app's limits in a tenant that has installed it.
    pub(crate) fn of_tenant(&self, tenant_key: &str) -> Self {
        Self { tenant_key: Some(tenant_key.to_owned()), ..self.clone() }
    }

    /// Takes a turn, or tells how long to wait before asking again; nothing if the store does not say.
    pub(super) async fn try_acquire(&self, operation: &'static str, windows: &[RateWindow]) -> Option<Duration> {
        let key = self.key(operation);
        let try_acquire = async || match self.store.try_acquire(&key, windows).await? {
            wait if wait <= LONGEST_PAUSE => Ok(wait),
            wait => Err(format!("it says to wait {wait:?}, longer than any pause").into()),
        };
        self.reach.ask(try_acquire).await
    }

    pub(super) async fn pause(&self, operation: &'static str, time: Duration) {
        let key = self.key(operation);
        self.reach.ask(|| self.store.pause(&key, time.min(LONGEST_PAUSE))).await;
    }

    fn key(&self, operation: &'static str) -> RateKey {
        RateKey::new(&*self.host, &*self.app_id, self.tenant_key.clone(), operation)
    }
}

impl fmt::Debug for SharedRateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, app_id, tenant_key, .. } = self;
        f.debug_struct("SharedRateLimits")
            .field("host", host)
            .field("app_id", app_id)
            .field("tenant_key", tenant_key)
            .finish_non_exhaustive()
    }
}

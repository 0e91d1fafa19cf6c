//! Rate limits that clients share through a store.
//!
//! The store grants the permits, for a round trip per call. A client trusts what the store says as far as it can be
//! true: a window is full, or a pause holds. No client stores a pause of more than `LONGEST_PAUSE`, so a longer wait
//! comes from a defect or from another writer, and counts as a failure of the store. While the store fails, calls keep
//! to the client's own limiter.

use super::LONGEST_PAUSE;
use crate::store::{RateKey, RateStore, RateWindow, StoreGuard};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The rate limits of one app in one tenant, in a store.
#[derive(Clone)]
pub(crate) struct SharedRateLimits {
    store: Arc<dyn RateStore>,
    host: String,
    app_id: String,
    tenant_key: Option<String>,
    guard: StoreGuard,
}

impl SharedRateLimits {
    pub(crate) fn new(store: Arc<dyn RateStore>, host: &str, app_id: &str) -> Self {
        let guard = StoreGuard::new("rate limits");
        Self { store, host: host.to_owned(), app_id: app_id.to_owned(), tenant_key: None, guard }
    }

    /// The limits of the same store app in one of its tenants.
    pub(crate) fn of_tenant(&self, tenant_key: &str) -> Self {
        Self { tenant_key: Some(tenant_key.to_owned()), ..self.clone() }
    }

    /// Acquires a permit and returns zero, or returns how long to wait before the next request; `None` if the store
    /// fails.
    pub(super) async fn try_acquire(&self, operation: &'static str, windows: &[RateWindow]) -> Option<Duration> {
        let key = self.key(operation);
        let try_acquire = async || match self.store.try_acquire(&key, windows).await? {
            wait if wait <= LONGEST_PAUSE => Ok(wait),
            wait => Err(format!("it returned a wait of {wait:?}, more than the maximum of {LONGEST_PAUSE:?}").into()),
        };
        self.guard.request(try_acquire).await
    }

    pub(super) async fn pause(&self, operation: &'static str, time: Duration) {
        let key = self.key(operation);
        self.guard.request(|| self.store.pause(&key, time.min(LONGEST_PAUSE))).await;
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

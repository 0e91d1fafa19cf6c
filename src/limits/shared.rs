//! One operation's limit, kept together with other processes.
//!
//! The store gives out the turns, at the price of a round trip for each call. While it does
//! not answer, calls keep to the client's own limit.

use crate::store::{RateKey, RateStore, RateWindow, Reach};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// The limits of one app in one tenant, in a store.
#[derive(Clone)]
pub(crate) struct SharedLimits {
    store: Arc<dyn RateStore>,
    host: String,
    app_id: String,
    tenant_key: Option<String>,
    reach: Reach,
}

impl SharedLimits {
    pub(crate) fn new(store: Arc<dyn RateStore>, host: &str, app_id: &str) -> Self {
        let reach = Reach::new("rate limits");
        Self { store, host: host.to_owned(), app_id: app_id.to_owned(), tenant_key: None, reach }
    }

    /// The same app's limits in a tenant that has installed it.
    pub(crate) fn of_tenant(&self, tenant_key: &str) -> Self {
        Self { tenant_key: Some(tenant_key.to_owned()), ..self.clone() }
    }

    /// Waits until the operation may be called; `false` if the store does not say.
    pub(super) async fn pass(&self, operation: &'static str, windows: &[RateWindow]) -> bool {
        let key = self.key(operation);
        loop {
            let Some(wait) = self.reach.ask(|| self.store.take_turn(&key, windows)).await else { return false };
            if wait.is_zero() {
                return true;
            }
            sleep(wait).await;
            // A pause that began meanwhile holds for this call too: it takes a new turn behind it.
            match self.reach.ask(|| self.store.pause_left(&key)).await {
                Some(left) if left.is_zero() => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    pub(super) async fn pause(&self, operation: &'static str, time: Duration) {
        let key = self.key(operation);
        self.reach.ask(|| self.store.pause(&key, time)).await;
    }

    fn key(&self, operation: &'static str) -> RateKey {
        RateKey::new(&*self.host, &*self.app_id, self.tenant_key.clone(), operation)
    }
}

impl fmt::Debug for SharedLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, app_id, tenant_key, .. } = self;
        f.debug_struct("SharedLimits")
            .field("host", host)
            .field("app_id", app_id)
            .field("tenant_key", tenant_key)
            .finish_non_exhaustive()
    }
}

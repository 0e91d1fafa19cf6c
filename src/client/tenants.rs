//! The tenants that a store app speaks for: for each, its token and its rate limits.
//!
//! They are kept although no client of the tenant is alive: a program that makes a client
//! for a tenant at every request must neither fetch a token for each nor forget how fast
//! it has been calling. A tenant takes a few kilobytes, and a store app has thousands, who
//! come and go: one that has not been asked for in a while goes when its token has ended.

use crate::auth::Credentials;
use crate::auth::{SharedTokenSource, TenantOfStoreApp, TokenCache, TokenEndpoint};
use crate::call::Identity;
use crate::operation::AccessTokenKind;
use crate::rate_limit::{RateLimits, SharedRateLimits, Throttle};
use crate::store::TokenSlot;
use crate::telemetry::Telemetry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Longer than any window of a rate limit, and than a pause that calls wait out.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// So few are not worth looking for one that can go.
const FEW: usize = 64;

/// A store app and the tenants it was asked to speak for.
pub(crate) struct Tenants {
    pub(crate) endpoint: TokenEndpoint,
    /// The cache of its app_access_token, and that token's place in the store.
    pub(crate) app: Arc<TokenCache>,
    pub(crate) slot: TokenSlot,
    pub(crate) throttle: Throttle,
    pub(crate) shared_limits: Option<SharedRateLimits>,
    pub(crate) telemetry: Telemetry,
    pub(crate) known: Mutex<TenantMap>,
}

/// Those that were asked for.
#[derive(Default)]
pub(crate) struct TenantMap {
    tenants: HashMap<String, Tenant>,
    /// With how many there is another look for those that can go.
    look_at: usize,
}

struct Tenant {
    identity: Identity,
    last_asked_for: Instant,
}

impl Tenant {
    /// Whether nothing is lost with it: every client of a tenant holds its limits.
    fn is_unused(&self) -> bool {
        let Identity { credentials, limits } = &self.identity;
        self.last_asked_for.elapsed() > IDLE && Arc::strong_count(limits) == 1 && !credentials.have_cached_token()
    }
}

impl TenantMap {
    /// Twice as many as stayed the last time may come before the next look, so that looking costs each a moment.
    fn add(&mut self, tenant_key: &str, identity: Identity) {
        if self.tenants.len() >= self.look_at.max(FEW) {
            self.tenants.retain(|_, tenant| !tenant.is_unused());
            self.look_at = 2 * self.tenants.len();
        }
        self.tenants.insert(tenant_key.to_owned(), Tenant { identity, last_asked_for: Instant::now() });
    }
}

impl Tenants {
    /// The app in this tenant.
    pub(crate) fn get(&self, tenant_key: &str) -> Identity {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = known.tenants.get_mut(tenant_key) {
            tenant.last_asked_for = Instant::now();
            return tenant.identity.clone();
        }
        let (endpoint, app) = (self.endpoint.clone(), Arc::clone(&self.app));
        let source = TenantOfStoreApp { endpoint, app, tenant_key: tenant_key.to_owned() };
        let supply = SharedTokenSource::new(source, Some(self.slot.of_tenant(tenant_key)), self.telemetry.clone());
        let shared = self.shared_limits.as_ref().map(|shared| shared.of_tenant(tenant_key));
        let identity = Identity {
            credentials: Credentials::Cached(AccessTokenKind::Tenant, Arc::new(TokenCache::new(supply))),
            limits: Arc::new(RateLimits::new(&self.throttle, shared)),
        };
        known.add(tenant_key, identity.clone());
        identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryTokenStore, StoredToken, TokenKey, TokenStore};
    use crate::{AppTicket, Client, Error};

    fn client(store: &MemoryTokenStore) -> Result<Client, Error> {
        let builder = Client::builder().store_app("cli_a", "secret", AppTicket::default());
        builder.token_store(store.clone()).build()
    }

    /// How many are known.
    fn count(client: &Client) -> usize {
        let known = client.tenants.as_ref().map(|tenants| &tenants.known);
        known.map_or(0, |known| known.lock().unwrap_or_else(PoisonError::into_inner).tenants.len())
    }

    #[tokio::test(start_paused = true)]
    async fn idle_entries_are_evicted() -> Result<(), Error> {
        let client = client(&MemoryTokenStore::default())?;
        for number in 0..10_000 {
            client.for_tenant(number.to_string())?;
            tokio::time::advance(Duration::from_secs(60)).await;
        }
        assert!(count(&client) <= FEW, "{}", count(&client));
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn active_entry_is_not_evicted() -> Result<(), Error> {
        let store = MemoryTokenStore::default();
        let client = client(&store)?;
        let (spoken_for, with_token) = (client.for_tenant("spoken for")?, client.for_tenant("with a token")?);
        let tenant = crate::store::TokenOwner::Key("with a token".to_owned());
        let key = TokenKey::new(client.base_url(), "cli_a", tenant);
        let _ = store.put(&key, &StoredToken::new("t-1", Duration::from_secs(7200))).await;
        with_token.context().identity.credentials.token(crate::operation::ALL[0], Instant::now()).await?;
        let limits = [&spoken_for, &with_token].map(|client| Arc::downgrade(&client.context().identity.limits));
        let (first, second) = (|| limits[0].strong_count() > 0, || limits[1].strong_count() > 0);
        drop(with_token);
        let many_come = async |time| {
            tokio::time::advance(time).await;
            (0..1000).for_each(|number| drop(client.for_tenant(format!("{number} {time:?}"))));
        };
        many_come(IDLE + IDLE).await;
        assert!(first() && second());
        many_come(Duration::from_secs(7200)).await;
        assert!(first() && !second());
        Ok(())
    }
}

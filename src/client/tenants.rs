//! The tenants of a store app: the token and the rate limits of each.
//!
//! They outlive the tenant's clients: a program that creates a client for a tenant at every request
//! must neither fetch a token for each of them nor forget how often it has called. A tenant takes a
//! few kilobytes, and a store app may have thousands. So a tenant that has been idle for a while is
//! evicted, once its token has expired.

use crate::auth::Credentials;
use crate::auth::{SharedTokenSource, TenantOfStoreApp, TokenCache, TokenEndpoint};
use crate::call::Identity;
use crate::rate_limit::{RateLimits, SharedRateLimits, Throttle};
use crate::store::TokenSlot;
use crate::telemetry::Telemetry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The idle time before eviction: longer than any rate limit window, and than any pause that calls wait for.
const IDLE_TIME: Duration = Duration::from_secs(10 * 60);
/// Below this many tenants, eviction is not worth its time.
const MIN_EVICTION_SIZE: usize = 64;

/// A store app, and the tenants that it has acted in.
pub(crate) struct Tenants {
    pub(crate) endpoint: TokenEndpoint,
    /// The cache of the app_access_token, and that token's entry in the store.
    pub(crate) app: Arc<TokenCache>,
    pub(crate) slot: TokenSlot,
    pub(crate) throttle: Throttle,
    pub(crate) shared_limits: Option<SharedRateLimits>,
    pub(crate) telemetry: Telemetry,
    pub(crate) tenants: Mutex<TenantMap>,
}

/// The tenants by tenant_key.
#[derive(Default)]
pub(crate) struct TenantMap {
    tenants: HashMap<String, Tenant>,
    /// The number of tenants at which the next eviction runs.
    evict_at: usize,
}

struct Tenant {
    identity: Identity,
    last_used: Instant,
}

impl Tenant {
    /// Whether nothing is lost by evicting it. A client of the tenant would share its limits.
    fn is_evictable(&self) -> bool {
        let Identity { credentials, limits } = &self.identity;
        self.last_used.elapsed() > IDLE_TIME && Arc::strong_count(limits) == 1 && !credentials.have_cached_token()
    }
}

impl TenantMap {
    /// Evicts each time the number of tenants has doubled since the last eviction, so the cost per tenant is constant.
    fn insert(&mut self, tenant_key: &str, identity: Identity) {
        if self.tenants.len() >= self.evict_at.max(MIN_EVICTION_SIZE) {
            self.tenants.retain(|_, tenant| !tenant.is_evictable());
            self.evict_at = 2 * self.tenants.len();
        }
        self.tenants.insert(tenant_key.to_owned(), Tenant { identity, last_used: Instant::now() });
    }
}

impl Tenants {
    /// The app's identity in this tenant.
    pub(crate) fn get(&self, tenant_key: &str) -> Identity {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = tenants.tenants.get_mut(tenant_key) {
            tenant.last_used = Instant::now();
            return tenant.identity.clone();
        }
        let (endpoint, app) = (self.endpoint.clone(), Arc::clone(&self.app));
        let source = TenantOfStoreApp { endpoint, app, tenant_key: tenant_key.to_owned() };
        let token_source =
            SharedTokenSource::new(source, Some(self.slot.of_tenant(tenant_key)), self.telemetry.clone());
        let shared = self.shared_limits.as_ref().map(|shared| shared.of_tenant(tenant_key));
        let identity = Identity {
            credentials: Credentials::of_app(Some(TokenCache::new(token_source)), &self.app),
            limits: Arc::new(RateLimits::new(&self.throttle, shared)),
        };
        tenants.insert(tenant_key, identity.clone());
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

    fn count(client: &Client) -> usize {
        let tenants = client.tenants.as_ref().map(|tenants| &tenants.tenants);
        tenants.map_or(0, |tenants| tenants.lock().unwrap_or_else(PoisonError::into_inner).tenants.len())
    }

    #[tokio::test(start_paused = true)]
    async fn idle_entries_are_evicted() -> Result<(), Error> {
        let client = client(&MemoryTokenStore::default())?;
        for number in 0..10_000 {
            client.for_tenant(number.to_string())?;
            tokio::time::advance(Duration::from_secs(60)).await;
        }
        assert!(count(&client) <= MIN_EVICTION_SIZE, "{}", count(&client));
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn active_entry_is_not_evicted() -> Result<(), Error> {
        let store = MemoryTokenStore::default();
        let client = client(&store)?;
        let (with_client, with_token) = (client.for_tenant("with a client")?, client.for_tenant("with a token")?);
        let tenant = crate::store::TokenOwner::Key("with a token".to_owned());
        let key = TokenKey::new(client.base_url(), "cli_a", tenant);
        let _ = store.put(&key, &StoredToken::new("t-1", Duration::from_secs(7200))).await;
        with_token.context().identity.credentials.token(crate::operation::ALL[0], Instant::now()).await?;
        let limits = [&with_client, &with_token].map(|client| Arc::downgrade(&client.context().identity.limits));
        let (first, second) = (|| limits[0].strong_count() > 0, || limits[1].strong_count() > 0);
        drop(with_token);
        let add_many = async |time| {
            tokio::time::advance(time).await;
            (0..1000).for_each(|number| drop(client.for_tenant(format!("{number} {time:?}"))));
        };
        add_many(IDLE_TIME + IDLE_TIME).await;
        assert!(first() && second());
        add_many(Duration::from_secs(7200)).await;
        assert!(first() && !second());
        Ok(())
    }
}

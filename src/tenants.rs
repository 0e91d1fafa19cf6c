//! The tenants that a store app speaks for: for each, its token and its rate limits.
//!
//! They are kept for as long as any clone of the client: a program that makes a client
//! for a tenant at every request must neither fetch a token for each nor forget how fast
//! it has been calling. A tenant takes a few kilobytes.

use crate::client::Identity;
use crate::credentials::Credentials;
use crate::limits::{Limits, SharedLimits, Throttle};
use crate::observe::Observation;
use crate::operation::AccessTokenKind;
use crate::store::Shelf;
use crate::tokens::{Supply, TenantOfStoreApp, TokenCache, TokenEndpoint};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A store app and the tenants it was asked to speak for.
pub(crate) struct Tenants {
    pub(crate) endpoint: TokenEndpoint,
    /// The cache of its app_access_token, and that token's place in the store.
    pub(crate) app: Arc<TokenCache>,
    pub(crate) shelf: Shelf,
    pub(crate) throttle: Throttle,
    pub(crate) shared_limits: Option<SharedLimits>,
    pub(crate) observation: Observation,
    pub(crate) known: Mutex<HashMap<String, Identity>>,
}

impl Tenants {
    /// The app in this tenant.
    pub(crate) fn get(&self, tenant_key: &str) -> Identity {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = known.get(tenant_key) {
            return identity.clone();
        }
        let (endpoint, app) = (self.endpoint.clone(), Arc::clone(&self.app));
        let source = TenantOfStoreApp { endpoint, app, tenant_key: tenant_key.to_owned() };
        let supply = Supply::new(source, Some(self.shelf.of_tenant(tenant_key)), self.observation.clone());
        let shared = self.shared_limits.as_ref().map(|shared| shared.of_tenant(tenant_key));
        let identity = Identity {
            credentials: Credentials::Cached(AccessTokenKind::Tenant, Arc::new(TokenCache::new(supply))),
            limits: Arc::new(Limits::new(&self.throttle, shared)),
        };
        known.insert(tenant_key.to_owned(), identity.clone());
        identity
    }
}

//! Building a client: checks the settings, then assembles the components.

use super::Client;
use super::builder::{App, ClientBuilder};
use super::http::{checked_base_url, configuration_error, http_client};
use super::tenants::Tenants;
#[cfg(doc)]
use crate::ErrorKind;
use crate::auth::Credentials;
use crate::auth::{CustomApp, SharedTokenSource, StoreApp, TokenCache, TokenEndpoint, TokenKind};
use crate::call::{Bounds, Budget, Context, Identity, Shared};
use crate::operation::{AccessTokenKind, AppType};
use crate::rate_limit::{RateLimits, SharedRateLimits};
use crate::secret::Secret;
use crate::store::{MemoryTokenStore, RateStore, TokenKey, TokenOwner, TokenSlot, TokenStore};
use crate::telemetry::Telemetry;
use crate::transport::Transport;
use crate::{AppTicketProvider, Error, Throttle};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

impl ClientBuilder {
    /// Builds the client. It sends nothing before the first call.
    ///
    /// A builder without `app`, `store_app` and `tenant_token` builds a client whose calls fail until it gets a user's
    /// token: see [`Client::with_user_token`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if
    /// - more than one of `app`, `store_app` and `tenant_token` is set, or one of them is empty;
    /// - a token or the user agent contains characters that a header cannot;
    /// - the base URL is not scheme, host and port, or is plain HTTP to another machine;
    /// - TLS cannot be configured on this system.
    pub fn build(self) -> Result<Client, Error> {
        let server = checked_base_url(&self.base_url, self.allow_plain_http)?;
        let http = match self.http {
            Some(http) => http,
            None => http_client(&server, &self.user_agent, self.connect_timeout)?,
        };
        let transport = Transport {
            http,
            server: server.clone(),
            attempt_timeout: self.attempt_timeout,
            max_response_bytes: self.max_response_bytes,
        };
        let components = Components {
            endpoint: TokenEndpoint::new(transport.clone(), server.clone()),
            base_url: server.as_str().trim_end_matches('/').to_owned(),
            shares_tokens: self.token_store.is_some(),
            token_store: self.token_store.unwrap_or_else(|| Arc::new(MemoryTokenStore::default())),
            rate_store: self.rate_store,
            throttle: self.throttle,
            telemetry: Telemetry::new(self.observer, server.clone()),
        };
        let app_type = match (&self.app, &self.store_app) {
            (Some(_), _) => Some(AppType::Custom),
            (None, Some(_)) => Some(AppType::Isv),
            (None, None) => None,
        };
        let (identity, tenants) = match (self.app, self.store_app, self.tenant_token) {
            (None, None, None) => {
                let reason = "the client has no credentials; give its builder `app`, `store_app` or `tenant_token`";
                (components.unshared(Credentials::None(reason)), None)
            }
            (Some(app), None, None) => (components.custom_app(app)?, None),
            (None, Some((app, tickets)), None) => {
                let tenants = components.store_app(app, tickets)?;
                (components.unshared(Credentials::of_app(None, &tenants.app)), Some(tenants))
            }
            (None, None, Some(token)) => (components.unshared(tenant_token(&token)?), None),
            _ => {
                return Err(configuration_error(
                    "more than one of `app`, `store_app` and `tenant_token` is set; set one of them",
                ));
            }
        };
        let shared = Shared {
            transport,
            base_url: server,
            budget: Budget::new(),
            in_flight: Semaphore::new(self.max_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            app_type,
            telemetry: components.telemetry,
        };
        let bounds = Bounds { timeout: self.timeout, max_wait: self.max_wait };
        let context = Context { shared: Arc::new(shared), identity, retry_policy: self.retry_policy, bounds };
        Ok(Client { context, tenants: tenants.map(Arc::new) })
    }
}

/// The parts that identities are assembled from.
struct Components {
    endpoint: TokenEndpoint,
    base_url: String,
    token_store: Arc<dyn TokenStore>,
    /// Whether other clients may use the same store.
    shares_tokens: bool,
    rate_store: Option<Arc<dyn RateStore>>,
    throttle: Throttle,
    telemetry: Telemetry,
}

impl Components {
    /// An identity that shares no rate limit.
    fn unshared(&self, credentials: Credentials) -> Identity {
        Identity { credentials, limits: Arc::new(RateLimits::new(&self.throttle, None)) }
    }

    fn custom_app(&self, app: App) -> Result<Identity, Error> {
        let App { id: app_id, secret: app_secret } = check_app(app)?;
        let limits = RateLimits::new(&self.throttle, self.shared_limits(&app_id));
        let tokens = |owner, kind| {
            let (slot, endpoint) = (self.slot(&app_id, owner), self.endpoint.clone());
            let source = CustomApp { endpoint, app_id: app_id.clone(), app_secret: app_secret.clone(), kind };
            TokenCache::new(SharedTokenSource::new(source, Some(slot), self.telemetry.clone()))
        };
        let in_tenant = tokens(TokenOwner::Own, TokenKind::Tenant);
        let credentials = Credentials::of_app(Some(in_tenant), &Arc::new(tokens(TokenOwner::None, TokenKind::App)));
        Ok(Identity { credentials, limits: Arc::new(limits) })
    }

    fn store_app(&self, app: App, tickets: Arc<dyn AppTicketProvider>) -> Result<Tenants, Error> {
        let App { id: app_id, secret: app_secret } = check_app(app)?;
        let slot = self.slot(&app_id, TokenOwner::None);
        let shared_limits = self.shared_limits(&app_id);
        let source = StoreApp { endpoint: self.endpoint.clone(), app_id, app_secret, tickets };
        Ok(Tenants {
            endpoint: self.endpoint.clone(),
            app: Arc::new(TokenCache::new(SharedTokenSource::new(source, Some(slot.clone()), self.telemetry.clone()))),
            slot,
            throttle: self.throttle.clone(),
            shared_limits,
            telemetry: self.telemetry.clone(),
            tenants: Mutex::default(),
        })
    }

    fn slot(&self, app_id: &str, owner: TokenOwner) -> TokenSlot {
        TokenSlot::new(Arc::clone(&self.token_store), TokenKey::new(&self.base_url, app_id, owner), self.shares_tokens)
    }

    fn shared_limits(&self, app_id: &str) -> Option<SharedRateLimits> {
        self.rate_store.as_ref().map(|store| SharedRateLimits::new(Arc::clone(store), &self.base_url, app_id))
    }
}

/// Rejects empty credentials, usually from an unset environment variable: the service's error would not say so.
fn check_app(app: App) -> Result<App, Error> {
    match app.id.trim().is_empty() || app.secret.expose().trim().is_empty() {
        true => Err(configuration_error("the app_id or the app_secret is empty")),
        false => Ok(app),
    }
}

fn tenant_token(token: &Secret) -> Result<Credentials, Error> {
    match Credentials::fixed(AccessTokenKind::Tenant, token) {
        Credentials::Fixed(_, Err(_)) if token.expose().trim().is_empty() => {
            Err(configuration_error("`tenant_token` is empty"))
        }
        Credentials::Fixed(_, Err(_)) => {
            Err(configuration_error("`tenant_token` contains characters that no token has"))
        }
        credentials => Ok(credentials),
    }
}

//! Building a client: the settings are checked, and the components that share them put together.

use super::Client;
use super::builder::{App, ClientBuilder};
use super::http::{checked_base_url, configuration_error, http_client};
use super::tenants::Tenants;
#[cfg(doc)]
use crate::ErrorKind;
use crate::auth::Credentials;
use crate::auth::{CustomApp, SharedTokenSource, StoreApp, TokenCache, TokenEndpoint};
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
    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if more than one of `app`, `store_app` and `tenant_token` is given, one of
    /// them is empty, a token or the user agent cannot be sent in a header, or the base URL is no URL of
    /// scheme, host and port, or plain HTTP to another machine.
    pub fn build(self) -> Result<Client, Error> {
        let server = checked_base_url(&self.base_url, self.insecure)?;
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
            tokens: self.token_store.unwrap_or_else(|| Arc::new(MemoryTokenStore::default())),
            rates: self.rate_store,
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
                (components.alone(Credentials::None(reason)), None)
            }
            (Some(app), None, None) => (components.custom_app(app)?, None),
            (None, Some((app, tickets)), None) => {
                let reason = "a store app speaks for many tenants; choose one with `for_tenant`";
                (components.alone(Credentials::None(reason)), Some(components.store_app(app, tickets)?))
            }
            (None, None, Some(token)) => (components.alone(fixed(&token)?), None),
            _ => {
                return Err(configuration_error(
                    "more than one of `app`, `store_app` and `tenant_token` is given; give one",
                ));
            }
        };
        let shared = Shared {
            transport,
            base_url: server,
            budget: Budget::new(),
            in_flight: Semaphore::new(self.in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            app_type,
            telemetry: components.telemetry,
        };
        let bounds = Bounds { timeout: self.timeout, max_wait: self.max_wait };
        let context = Context { shared: Arc::new(shared), identity, retry_policy: self.retry_policy, bounds };
        Ok(Client { context, tenants: tenants.map(Arc::new) })
    }
}

/// What identities are made of.
struct Components {
    endpoint: TokenEndpoint,
    base_url: String,
    tokens: Arc<dyn TokenStore>,
    /// Whether other clients may have the same store.
    shares_tokens: bool,
    rates: Option<Arc<dyn RateStore>>,
    throttle: Throttle,
    telemetry: Telemetry,
}

impl Components {
    /// Who needs no token of an app, and shares no limit.
    fn alone(&self, credentials: Credentials) -> Identity {
        Identity { credentials, limits: Arc::new(RateLimits::new(&self.throttle, None)) }
    }

    fn custom_app(&self, app: App) -> Result<Identity, Error> {
        let App { id: app_id, secret: app_secret } = checked(app)?;
        let slot = self.slot(&app_id, TokenOwner::Own);
        let limits = RateLimits::new(&self.throttle, self.shared_limits(&app_id));
        let source = CustomApp { endpoint: self.endpoint.clone(), app_id, app_secret };
        let tokens = TokenCache::new(SharedTokenSource::new(source, Some(slot), self.telemetry.clone()));
        let credentials = Credentials::Cached(AccessTokenKind::Tenant, Arc::new(tokens));
        Ok(Identity { credentials, limits: Arc::new(limits) })
    }

    fn store_app(&self, app: App, tickets: Arc<dyn AppTicketProvider>) -> Result<Tenants, Error> {
        let App { id: app_id, secret: app_secret } = checked(app)?;
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
            known: Mutex::default(),
        })
    }

    fn slot(&self, app_id: &str, tenant: TokenOwner) -> TokenSlot {
        TokenSlot::new(Arc::clone(&self.tokens), TokenKey::new(&self.base_url, app_id, tenant), self.shares_tokens)
    }

    fn shared_limits(&self, app_id: &str) -> Option<SharedRateLimits> {
        self.rates.as_ref().map(|rates| SharedRateLimits::new(Arc::clone(rates), &self.base_url, app_id))
    }
}

/// An unset variable of the environment is the usual reason, and the service's refusal would not say so.
fn checked(app: App) -> Result<App, Error> {
    match app.id.trim().is_empty() || app.secret.expose().trim().is_empty() {
        true => Err(configuration_error("the app id or its secret is empty")),
        false => Ok(app),
    }
}

fn fixed(token: &Secret) -> Result<Credentials, Error> {
    match Credentials::fixed(AccessTokenKind::Tenant, token) {
        Credentials::Fixed(_, Err(_)) if token.expose().trim().is_empty() => {
            Err(configuration_error("`tenant_token` is empty"))
        }
        Credentials::Fixed(_, Err(_)) => Err(configuration_error("`tenant_token` holds characters that no token has")),
        credentials => Ok(credentials),
    }
}

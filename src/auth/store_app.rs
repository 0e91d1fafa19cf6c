//! The tokens of a store (ISV) app: one for the app, and from it one for each tenant.
//!
//! The platform pushes an app_ticket to the app every hour. Ticket, id and secret give the
//! app_access_token; that and a tenant_key give the tenant_access_token of a tenant that
//! has installed the app. Each of these is cached like any other token.

use super::TokenSource;
use super::access_token::AccessToken;
use super::token_cache::TokenCache;
use super::token_endpoint::{TokenEndpoint, TokenKind, TokenRequest};
use crate::BoxFuture;
use crate::future::result_of;
use crate::secret::Secret;
use crate::store::BoxError;
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use tokio::time::Instant;

/// Who knows the last app_ticket that the platform has pushed to a store app.
///
/// [`AppTicket`] is one for a process that receives the events itself.
pub trait AppTicketProvider: Send + Sync {
    /// The last app_ticket; asked for whenever an app_access_token is fetched, every two hours or so.
    ///
    /// It has ten seconds to answer, together with the fetch.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being found out; the call ends with it, as
    /// [`ErrorKind::Auth`], and is not repeated. A panic is an error like that.
    fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>>;
}

/// The last app_ticket, in memory; clones share it.
///
/// Give one to [`ClientBuilder::store_app`](crate::ClientBuilder::store_app) and call
/// [`set`](Self::set) for every `app_ticket` event.
#[derive(Clone, Default)]
pub struct AppTicket(Arc<ArcSwapOption<Secret>>);

impl AppTicket {
    /// With a ticket that is known from the start.
    pub fn new(ticket: impl Into<Secret>) -> Self {
        let this = Self::default();
        this.set(ticket);
        this
    }

    /// The platform has pushed this ticket.
    pub fn set(&self, ticket: impl Into<Secret>) {
        self.0.store(Some(Arc::new(ticket.into())));
    }
}

impl AppTicketProvider for AppTicket {
    fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
        let ticket = self.0.load_full().map(|ticket| Secret::clone(&ticket));
        let none = || "the platform has pushed no app_ticket to this process yet".into();
        Box::pin(std::future::ready(ticket.ok_or_else(none)))
    }
}

/// Shows only whether there is one.
impl fmt::Debug for AppTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AppTicket").field(&self.0.load().as_deref()).finish()
    }
}

/// A store app, asking for its app_access_token.
pub(crate) struct StoreApp {
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) app_id: String,
    pub(crate) app_secret: Secret,
    pub(crate) tickets: Arc<dyn AppTicketProvider>,
}

const APP_PATH: &str = "/open-apis/auth/v3/app_access_token";

#[derive(Serialize)]
struct AppBody<'a> {
    app_id: &'a str,
    app_secret: &'a str,
    app_ticket: &'a str,
}

impl TokenSource for StoreApp {
    fn fetch<'a>(&'a self, _: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>> {
        Box::pin(async move {
            let ticket = result_of(self.tickets.app_ticket()).await.map_err(|error| {
                let message = format!("not sent: there is no app_ticket to get a token with: {error}");
                Error::new(ErrorKind::Auth, message).caused_by_boxed(error)
            })?;
            if ticket.expose().trim().is_empty() {
                return Err(Error::new(ErrorKind::Auth, "not sent: the app_ticket is empty"));
            }
            let (app_secret, app_ticket) = (self.app_secret.expose(), ticket.expose());
            let request = TokenRequest {
                path: APP_PATH,
                kind: TokenKind::App,
                body: AppBody { app_id: &self.app_id, app_secret, app_ticket },
                secrets: &[app_secret, app_ticket],
            };
            self.endpoint.ask(request).await
        })
    }

    fn cooldown_error(&self) -> Option<Error> {
        self.endpoint.cooldown_error(APP_PATH)
    }
}

/// A store app, asking for the token of one tenant.
pub(crate) struct TenantOfStoreApp {
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) app: Arc<TokenCache>,
    pub(crate) tenant_key: String,
}

const TENANT_PATH: &str = "/open-apis/auth/v3/tenant_access_token";

#[derive(Serialize)]
struct TenantBody<'a> {
    app_access_token: &'a str,
    tenant_key: &'a str,
}

impl TenantOfStoreApp {
    async fn ask(&self, app: &AccessToken) -> Result<AccessToken, Error> {
        let app = app.secret();
        let request = TokenRequest {
            path: TENANT_PATH,
            kind: TokenKind::Tenant,
            body: TenantBody { app_access_token: app.expose(), tenant_key: &self.tenant_key },
            secrets: &[app.expose()],
        };
        self.endpoint.ask(request).await
    }
}

impl TokenSource for TenantOfStoreApp {
    fn fetch<'a>(&'a self, _: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>> {
        Box::pin(async move {
            let app = self.app.current(Instant::now()).await?;
            match self.ask(&app).await {
                // Like any call with a token that the service no longer takes: once more, with a new one.
                Err(error) if error.is_rejected_token() => {
                    self.app.drop_refused(&app).await;
                    self.ask(&*self.app.current(Instant::now()).await?).await
                }
                answer => answer,
            }
        })
    }

    fn cooldown_error(&self) -> Option<Error> {
        self.endpoint.cooldown_error(TENANT_PATH)
    }
}

//! The tokens of a store (ISV) app: one for the app, and with it one for each tenant.
//!
//! The platform pushes an app_ticket to the app every hour. The app's id, secret and ticket yield an
//! app_access_token; that token and a tenant_key yield the tenant_access_token of a tenant that has
//! installed the app. Each token is cached like any other.

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

/// Provides the last app_ticket that the platform pushed to a store app.
///
/// [`AppTicket`] implements it for a process that receives the events itself.
///
/// ```
/// use feishu_user_groups::store::BoxError;
/// use feishu_user_groups::{AppTicketProvider, BoxFuture, Client, Secret};
///
/// /// A file that another process writes.
/// struct TicketFile(&'static str);
///
/// impl AppTicketProvider for TicketFile {
///     fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
///         Box::pin(async move { Ok(std::fs::read_to_string(self.0)?.trim().into()) })
///     }
/// }
///
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// let tickets = TicketFile("/run/app_ticket");
/// let client = Client::builder().store_app("cli_a1b2c3", "app secret", tickets).build()?;
/// # Ok(())
/// # }
/// ```
pub trait AppTicketProvider: Send + Sync {
    /// Returns the last app_ticket. The client calls this for each fetch of an app_access_token, about every two hours.
    ///
    /// This and the fetch together may take ten seconds.
    ///
    /// # Errors
    ///
    /// The call that needed the token fails with the error as the source of an [`ErrorKind::Auth`], and is not retried.
    /// A panic counts as an error.
    fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>>;
}

/// The last app_ticket, in memory; clones share it.
///
/// Pass one to [`ClientBuilder::store_app`](crate::ClientBuilder::store_app), and call
/// [`set`](Self::set) for every `app_ticket` event.
#[derive(Clone, Default)]
pub struct AppTicket(Arc<ArcSwapOption<Secret>>);

impl AppTicket {
    /// Returns one that already has a ticket.
    pub fn new(ticket: impl Into<Secret>) -> Self {
        let this = Self::default();
        this.set(ticket);
        this
    }

    /// Replaces the ticket with the one that the platform has just pushed.
    pub fn set(&self, ticket: impl Into<Secret>) {
        self.0.store(Some(Arc::new(ticket.into())));
    }
}

impl AppTicketProvider for AppTicket {
    fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
        let ticket = self.0.load_full().map(|ticket| Secret::clone(&ticket));
        let missing = || "the platform has pushed no app_ticket to this process yet".into();
        Box::pin(std::future::ready(ticket.ok_or_else(missing)))
    }
}

/// Shows only whether there is a ticket.
impl fmt::Debug for AppTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AppTicket").field(&self.0.load().as_deref()).finish()
    }
}

/// Fetches a store app's app_access_token.
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
                let message = format!("not sent: the app_ticket provider failed: {error}");
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
            self.endpoint.fetch(request).await
        })
    }

    fn cooldown_error(&self) -> Option<Error> {
        self.endpoint.cooldown_error(APP_PATH)
    }
}

/// Fetches a store app's token for one tenant.
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
    async fn request(&self, app: &AccessToken) -> Result<AccessToken, Error> {
        let app = app.secret();
        let request = TokenRequest {
            path: TENANT_PATH,
            kind: TokenKind::Tenant,
            body: TenantBody { app_access_token: app.expose(), tenant_key: &self.tenant_key },
            secrets: &[app.expose()],
        };
        self.endpoint.fetch(request).await
    }
}

impl TokenSource for TenantOfStoreApp {
    fn fetch<'a>(&'a self, _: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>> {
        Box::pin(async move {
            let app = self.app.current(Instant::now()).await?;
            match self.request(&app).await {
                // As for any call: one retry with a new token.
                Err(error) if error.is_rejected_token() => {
                    self.app.drop_rejected(&app).await;
                    self.request(&*self.app.current(Instant::now()).await?).await
                }
                result => result,
            }
        })
    }

    fn cooldown_error(&self) -> Option<Error> {
        self.endpoint.cooldown_error(TENANT_PATH)
    }
}

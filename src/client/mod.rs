//! The client: what a caller configures once and clones freely.
//!
//! A clone shares connections and tokens; `with_user_token` gives one that speaks for
//! a user instead. The generated builders end in [`Client::call`], and from there on
//! every operation takes the same road.

mod build;
mod builder;
mod http;
mod tenants;
#[cfg(feature = "tls")]
mod tls;

pub use self::builder::{ClientBuilder, FEISHU, LARK};
pub use self::http::http_client_builder;

use self::http::configuration_error;
use self::tenants::Tenants;
#[cfg(doc)]
use crate::ErrorKind;
use crate::auth::{Credentials, SharedTokenSource, TokenCache, UserTokens};
use crate::call::envelope::Envelope;
use crate::call::request::Request;
use crate::call::{self, Context};
use crate::operation::AccessTokenKind;
use crate::secret::Secret;
use crate::{Error, ResponseFuture, RetryPolicy, UserTokenProvider};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A client of the user-group operations; each is a method.
///
/// Cheap to clone: clones share connections and tokens.
///
/// ```no_run
/// # async fn example(app_secret: String) -> Result<(), feishu_user_groups::Error> {
/// use feishu_user_groups::Client;
///
/// let client = Client::builder().app("cli_a1b2c3", app_secret).build()?;
/// let group = client.get_user_group().group_id("g122817").send().await?;
/// println!("{:?} has log id {:?}", group.group.name, group.log_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    context: Context,
    /// The tenants of a store app.
    tenants: Option<Arc<Tenants>>,
}

impl Client {
    /// Begins to configure a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client that speaks for a user who signed in: `u-..`.
    ///
    /// The token is used as it is and never renewed. Operations that take no
    /// user_access_token are refused before they are sent.
    pub fn with_user_token(&self, token: impl Into<Secret>) -> Self {
        self.with_credentials(Credentials::fixed(AccessTokenKind::User, &token.into()))
    }

    /// A client that speaks for a user whose tokens the caller renews.
    ///
    /// Clones of the client that this answers share its token; every call of this method begins
    /// without one. Operations that take no user_access_token are refused before they are sent.
    pub fn with_user_token_provider(&self, provider: impl UserTokenProvider + 'static) -> Self {
        let supply =
            SharedTokenSource::new(UserTokens(Arc::new(provider)), None, self.context.shared.telemetry.clone());
        let tokens = Arc::new(TokenCache::new(supply));
        self.with_credentials(Credentials::Cached(AccessTokenKind::User, tokens))
    }

    /// A client of a store app that speaks for the tenant with this tenant_key.
    ///
    /// Each tenant has a token and rate limits of its own, which all clones share; they are kept for the next time
    /// as long as they matter, so that asking at every request costs nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the client is not of a [store app](ClientBuilder::store_app), if it speaks for a
    /// user (whose token belongs to one tenant already), or if the tenant_key is empty.
    pub fn for_tenant(&self, tenant_key: impl AsRef<str>) -> Result<Self, Error> {
        let tenant_key = tenant_key.as_ref();
        let Some(tenants) = &self.tenants else {
            return Err(configuration_error(
                "only a store app speaks for many tenants; give the client's builder `store_app`",
            ));
        };
        if self.context.identity.credentials.are_of_user() {
            return Err(configuration_error(
                "this client speaks for a user, whose token belongs to one tenant; call `for_tenant` on the app's client",
            ));
        }
        if tenant_key.trim().is_empty() {
            return Err(configuration_error("the tenant_key is empty"));
        }
        Ok(self.changed(|context| context.identity = tenants.get(tenant_key)))
    }

    fn with_credentials(&self, credentials: Credentials) -> Self {
        self.changed(|context| context.identity.credentials = credentials)
    }

    /// A client that repeats calls by another policy, for one call or for many.
    pub fn with_retry_policy(&self, policy: RetryPolicy) -> Self {
        self.changed(|context| context.retry_policy = policy)
    }

    /// A client whose calls may take this long, for one call or for many: see [`ClientBuilder::timeout`].
    ///
    /// ```no_run
    /// # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
    /// use std::time::Duration;
    ///
    /// // Somebody waits for this one: it ends within three seconds, one of them in line for its turn.
    /// let hasty = client.with_timeout(Duration::from_secs(2)).with_max_wait(Duration::from_secs(1));
    /// let group = hasty.get_user_group().group_id("g122817").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.changed(|context| context.bounds.timeout = timeout)
    }

    /// A client whose calls may wait this long for their turns: see [`ClientBuilder::max_wait`].
    pub fn with_max_wait(&self, max_wait: Duration) -> Self {
        self.changed(|context| context.bounds.max_wait = max_wait)
    }

    /// Scheme, host and port that calls go to.
    pub fn base_url(&self) -> &str {
        self.context.shared.base_url.as_str().trim_end_matches('/')
    }

    /// Makes a call and returns its payload; the generated builders end here.
    pub(crate) fn call<E: Envelope>(&self, request: Result<Request, Error>) -> ResponseFuture<E::Data> {
        call::send::<E>(&self.context, request)
    }

    /// Makes a call and returns its envelope as JSON.
    pub(crate) fn call_raw(&self, request: Result<Request, Error>) -> ResponseFuture<serde_json::Value> {
        call::send_raw(&self.context, request)
    }

    /// What every call of this client is made with.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// A clone with other settings.
    fn changed(&self, change: impl FnOnce(&mut Context)) -> Self {
        let mut client = self.clone();
        change(&mut client.context);
        client
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("credentials", &self.context.identity.credentials)
            .finish_non_exhaustive()
    }
}

//! The client: configured once, cloned freely.
//!
//! Clones share connections, tokens and rate limits; the `with_` methods return a clone with one
//! setting changed. The generated builders end in [`Client::call`]: from there all operations take
//! the same path.

mod build;
mod builder;
mod http;
mod tenants;

pub use self::builder::{ClientBuilder, FEISHU, LARK};
pub use self::http::http_client_builder;

use self::http::configuration_error;
use self::tenants::Tenants;
#[cfg(doc)]
use crate::ErrorKind;
use crate::auth::{Credentials, SharedTokenSource, TokenCache, UserTokens};
use crate::call::envelope::Payload;
use crate::call::request::Request;
use crate::call::{self, Context, CustomRequest, batch, file};
use crate::operation::AccessTokenKind;
use crate::secret::Secret;
use crate::{BatchFuture, Download, Error, File, ResponseFuture, RetryPolicy, UserTokenProvider};
use reqwest::Method;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A client of the user-group operations, each of which is a method.
///
/// Cloning is cheap: clones share connections, tokens and rate limits. Calls need a Tokio runtime.
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
    /// Returns a builder with the default settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Returns a client that acts as a signed-in user, with this user_access_token (`u-..`).
    ///
    /// The client sends the token as it is, and never refreshes it. Operations that do not accept a user_access_token
    /// fail locally with [`ErrorKind::Auth`].
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// let client = feishu_user_groups::Client::builder().build()?;
    /// let user = client.with_user_token("u-..");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_user_token(&self, token: impl Into<Secret>) -> Self {
        self.with_credentials(Credentials::fixed(AccessTokenKind::User, &token.into()))
    }

    /// Returns a client that acts as a user whose tokens the caller refreshes; see [`UserTokenProvider`] for an example.
    ///
    /// Clones of the returned client share its token. Each call of this method starts without one, so keep the client.
    /// Operations that do not accept a user_access_token fail locally with [`ErrorKind::Auth`].
    pub fn with_user_token_provider(&self, provider: impl UserTokenProvider + 'static) -> Self {
        let token_source =
            SharedTokenSource::new(UserTokens(Arc::new(provider)), None, self.context.shared.telemetry.clone());
        self.with_credentials(Credentials::cached(AccessTokenKind::User, TokenCache::new(token_source)))
    }

    /// Returns a client that acts as a store app in the tenant with this tenant_key; see [`ClientBuilder::store_app`] for
    /// an example.
    ///
    /// Each tenant has its own token and rate limits, which all clones share. The client keeps them while they are of
    /// use, so calling this at every request costs no token fetch.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the client is not a [store app's](ClientBuilder::store_app), if it acts as a user
    /// (whose token belongs to one tenant), or if the tenant_key is empty.
    pub fn for_tenant(&self, tenant_key: impl AsRef<str>) -> Result<Self, Error> {
        let tenant_key = tenant_key.as_ref();
        let Some(tenants) = &self.tenants else {
            return Err(configuration_error(
                "only a store app acts in many tenants; give the client's builder `store_app`",
            ));
        };
        if self.context.identity.credentials.are_of_user() {
            return Err(configuration_error(
                "this client acts as a user, whose token belongs to one tenant; call `for_tenant` on the app's client",
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

    /// Returns a client with another retry policy, for one call or many: see [`ClientBuilder::retry_policy`].
    pub fn with_retry_policy(&self, policy: RetryPolicy) -> Self {
        self.changed(|context| context.retry_policy = policy)
    }

    /// Returns a client with another timeout, for one call or many: see [`ClientBuilder::timeout`].
    ///
    /// ```no_run
    /// # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
    /// use std::time::Duration;
    ///
    /// // A user waits for this call: it ends within three seconds, at most one of them waiting for the rate limit.
    /// let interactive = client.with_timeout(Duration::from_secs(2)).with_max_wait(Duration::from_secs(1));
    /// let group = interactive.get_user_group().group_id("g122817").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.changed(|context| context.bounds.timeout = timeout)
    }

    /// Returns a client whose calls may wait this long for rate limits and pauses: see [`ClientBuilder::max_wait`].
    pub fn with_max_wait(&self, max_wait: Duration) -> Self {
        self.changed(|context| context.bounds.max_wait = max_wait)
    }

    /// Calls an endpoint that the spec does not have, with this client's tokens, retries, limits and telemetry.
    ///
    /// The template is a path of the platform with placeholders in braces. It is a literal: ids belong into
    /// [`path`](CustomRequest::path), where they are checked and percent-encoded. Errors, spans and the
    /// [`Observer`](crate::telemetry::Observer) name the call by method and template. `method` is GET, POST, PUT, PATCH or
    /// DELETE; other methods, and a template that is not a path, are errors before anything is sent. So is the template of
    /// one endpoint more than a program can call, which is 1,000: each is kept until the program ends.
    ///
    /// ```no_run
    /// # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::Method;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct UserData {
    ///     user: User,
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// let request = client.request(Method::GET, "/open-apis/contact/v3/users/{user_id}");
    /// let found = request.path("user_id", "ou_1").query("user_id_type", "open_id").send::<UserData>().await?;
    /// println!("{} (log id {:?})", found.user.name, found.log_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, template: &'static str) -> CustomRequest {
        CustomRequest::new(self.context.clone(), method, template)
    }

    /// Returns the platform that calls go to, as scheme, host and port.
    pub fn base_url(&self) -> &str {
        self.context.shared.base_url.as_str().trim_end_matches('/')
    }

    /// Makes a call and returns its payload. The generated builders call this.
    pub(crate) fn call<P: Payload>(&self, request: Result<Request, Error>) -> ResponseFuture<P::Data> {
        call::send::<P>(&self.context, request)
    }

    /// Makes a call whose successes hold the results of a batch.
    #[allow(dead_code, reason = "called by the builders of batches; a spec may have none")]
    pub(crate) fn call_batch<P: Payload>(&self, request: Result<Request, Error>) -> BatchFuture<P::Data> {
        batch::send_batch::<P>(&self.context, request)
    }

    /// Makes a call and returns its envelope as JSON.
    pub(crate) fn call_raw(&self, request: Result<Request, Error>) -> ResponseFuture<serde_json::Value> {
        call::send_raw(&self.context, request)
    }

    /// Makes a call and returns its file.
    #[allow(dead_code, reason = "called by the builders of operations that return a file; a spec may have none")]
    pub(crate) fn call_file(&self, request: Result<Request, Error>) -> ResponseFuture<File> {
        file::send_file(&self.context, request)
    }

    /// Makes a call and returns its file as it arrives.
    #[allow(dead_code, reason = "called by the builders of operations that return a file; a spec may have none")]
    pub(crate) fn call_stream(&self, request: Result<Request, Error>, max_bytes: u64) -> ResponseFuture<Download> {
        file::send_stream(&self.context, request, max_bytes)
    }

    /// The settings and shared state that every call of this client uses.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Returns a clone with changed settings.
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

//! The settings of a client: each has a default that is safe in production.

use super::http::checked_base_url;
use crate::secret::Secret;
use crate::store::{RateStore, TokenStore};
use crate::telemetry::Observer;
use crate::{AppTicketProvider, RetryPolicy, Throttle};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The base URL of Feishu.
pub const FEISHU: &str = "https://open.feishu.cn";
/// The base URL of Lark.
pub const LARK: &str = "https://open.larksuite.com";

/// Configures a [`Client`](crate::Client). Every setting but the credentials has a default.
///
/// ```
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// use feishu_user_groups::{Client, LARK, RetryPolicy};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .app("cli_a1b2c3", "app secret")
///     .base_url(LARK)
///     .timeout(Duration::from_secs(10))
///     .retry_policy(RetryPolicy::new().max_attempts(2))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    pub(super) app: Option<App>,
    pub(super) store_app: Option<(App, Arc<dyn AppTicketProvider>)>,
    pub(super) tenant_token: Option<Secret>,
    pub(super) token_store: Option<Arc<dyn TokenStore>>,
    pub(super) rate_store: Option<Arc<dyn RateStore>>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) base_url: String,
    pub(super) allow_plain_http: bool,
    pub(super) http: Option<reqwest::Client>,
    pub(super) user_agent: String,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) max_wait: Duration,
    pub(super) max_response_bytes: usize,
    pub(super) max_in_flight: usize,
    pub(super) throttle: Throttle,
    pub(super) retry_policy: RetryPolicy,
}

/// An app's credentials.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: Secret,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            app: None,
            store_app: None,
            tenant_token: None,
            token_store: None,
            rate_store: None,
            observer: None,
            base_url: FEISHU.to_owned(),
            allow_plain_http: false,
            http: None,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            max_wait: Duration::MAX,
            max_response_bytes: 16 * 1024 * 1024,
            max_in_flight: 64,
            throttle: Throttle::documented(),
            retry_policy: RetryPolicy::new(),
        }
    }

    /// Acts as a custom app: the client fetches its tenant_access_token at the first call, caches it, and refreshes it.
    pub fn app(mut self, app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        self.app = Some(App { id: app_id.into(), secret: app_secret.into() });
        self
    }

    /// Acts as a store (ISV) app, which many tenants install; [`Client::for_tenant`](crate::Client::for_tenant) chooses
    /// the tenant. Calls that take an app_access_token need none.
    ///
    /// The platform pushes an app_ticket to such an app every hour. `tickets` provides the last one: an
    /// [`AppTicket`](crate::AppTicket) that your handler of those events sets, or your own provider.
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::{AppTicket, Client};
    ///
    /// let ticket = AppTicket::default();
    /// let client = Client::builder().store_app("cli_a1b2c3", "app secret", ticket.clone()).build()?;
    /// // In the handler of `app_ticket` events:
    /// ticket.set("pushed ticket");
    /// // In a request from a user of that tenant:
    /// let groups = client.for_tenant("tenant key")?.list_user_groups().stream();
    /// # Ok(())
    /// # }
    /// ```
    pub fn store_app(
        mut self,
        app_id: impl Into<String>,
        app_secret: impl Into<Secret>,
        tickets: impl AppTicketProvider + 'static,
    ) -> Self {
        self.store_app = Some((App { id: app_id.into(), secret: app_secret.into() }, Arc::new(tickets)));
        self
    }

    /// Keeps the app's tokens in this store, which other clients may share. Default: the client's own memory.
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::{Client, store::MemoryTokenStore};
    ///
    /// let tokens = MemoryTokenStore::default();
    /// let client = Client::builder().app("cli_a1b2c3", "app secret").token_store(tokens.clone()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.token_store = Some(Arc::new(store));
        self
    }

    /// Shares the app's rate limits with all clients that use this store. Default: each client applies them alone.
    ///
    /// Each call then takes a permit from the store. This has no effect on a client whose app or
    /// tenant is unknown: with a [`tenant_token`](Self::tenant_token), without credentials, or of a store app before
    /// [`for_tenant`](crate::Client::for_tenant).
    #[cfg_attr(
        feature = "redis",
        doc = r#"
```no_run
# fn main() -> Result<(), feishu_user_groups::Error> {
use feishu_user_groups::{Client, store::RedisStore};

let redis = RedisStore::new("redis://127.0.0.1/")?;
let client = Client::builder().app("cli_a1b2c3", "app secret").rate_store(redis).build()?;
# Ok(())
# }
```
"#
    )]
    pub fn rate_store(mut self, store: impl RateStore + 'static) -> Self {
        self.rate_store = Some(Arc::new(store));
        self
    }

    /// Notifies this observer of every attempt, call and token fetch; see [`Observer`] for an example. Default: none.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sends this tenant_access_token (`t-..`) as it is. The client never refreshes it.
    pub fn tenant_token(mut self, token: impl Into<Secret>) -> Self {
        self.tenant_token = Some(token.into());
        self
    }

    /// Sets the platform to call, as scheme, host and port: [`LARK`], for example. Default: [`FEISHU`].
    ///
    /// Plain HTTP sends tokens unencrypted. [`build`](Self::build) rejects it, except to a loopback address.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Allows a base URL of plain HTTP to any host, such as a proxy that adds TLS. Default: loopback addresses only.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Sends requests with this HTTP client. Its own settings apply for connecting, user agent and redirects.
    ///
    /// Build it with [`http_client_builder`](crate::http_client_builder), whose page has an example. An HTTP client that
    /// follows redirects sends the body of a token fetch, app secret included, to wherever a redirect (307, 308) points:
    /// the response from another server is rejected, but that server has read the secret by then. And a call that was
    /// processed may be sent again, if the server that the redirect points to refuses the connection. An HTTP client with
    /// `connection_verbose` logs tokens and secrets.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Sets the User-Agent header. Default: this crate's name and version. Ignored with [`http_client`](Self::http_client).
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets how long connecting may take. Default: 5 seconds. Ignored with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long a call may take. Default: 30 seconds.
    ///
    /// This covers everything that a call does and waits for, until the last byte of its last response: a token, a
    /// concurrency permit, all attempts, and the backoff between them. Only waiting for rate limits, and for pauses that
    /// the service requests, has its own limit, [`max_wait`](Self::max_wait): a call ends within the sum of the two.
    /// A store that does not respond can add a second per request to it.
    /// Then it fails with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    /// [`Client::with_timeout`](crate::Client::with_timeout) sets it for single calls.
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::Client;
    /// use std::time::Duration;
    ///
    /// let builder = Client::builder().app("cli_a1b2c3", "app secret");
    /// // One attempt may take half of the call's time, so a lost response leaves time for a retry.
    /// let client = builder.timeout(Duration::from_secs(60)).attempt_timeout(Duration::from_secs(30)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long one attempt of a call may take, which is never longer than the call. Default: 10 seconds.
    ///
    /// The default is a third of the default [`timeout`](Self::timeout), and does not change with it, so that a lost
    /// response leaves time for a retry if the operation may be retried. Set both for an operation that takes longer. A call
    /// that sends a file has no other limit than its timeout, since an upload may take long.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets how long a call may wait for rate limits and pauses, over all its attempts. Default: no limit.
    ///
    /// A call that would have to wait longer fails at once with [`ErrorKind::Throttled`](crate::ErrorKind::Throttled), is
    /// not sent, and [`Error::retry_after`](crate::Error::retry_after) says when a permit may be free. With
    /// `Duration::ZERO` no call waits. Whatever is set, no call waits for a pause of more than five minutes that the
    /// service requests: calls fail at once, and after half a minute, and then at growing intervals, one goes out as a
    /// probe; a successful probe ends the pause. [`Client::with_max_wait`](crate::Client::with_max_wait) sets it for
    /// single calls.
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::Client;
    /// use std::time::Duration;
    ///
    /// // For a web server: rather an error than a request that hangs for minutes.
    /// let builder = Client::builder().app("cli_a1b2c3", "app secret");
    /// let client = builder.timeout(Duration::from_secs(8)).max_wait(Duration::from_secs(2)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Sets how many calls may be in flight at once. Default: 64; 0 counts as 1.
    ///
    /// Further calls wait for a permit, and fail with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if none is free
    /// within their [`timeout`](Self::timeout).
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = calls;
        self
    }

    /// Sets the rate limits that the client keeps. Default: the documented ones, [`Throttle::documented`].
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// Sets how often and when calls that may be retried are retried. Default: [`RetryPolicy::new`].
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::{Client, RetryPolicy};
    /// use std::time::Duration;
    ///
    /// // A nightly job has time: up to eight attempts, with at most a minute between two of them.
    /// let policy = RetryPolicy::new().max_attempts(8).max_backoff(Duration::from_secs(60));
    /// let builder = Client::builder().app("cli_a1b2c3", "app secret");
    /// let client = builder.retry_policy(policy).timeout(Duration::from_secs(600)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// Sets how many bytes a response body may have. Default: 16 MiB. A call with a larger response fails with
    /// [`ErrorKind::ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge).
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// The base URL for `Debug`. One with more than scheme, host and port, which `build` rejects, may contain a password.
    fn shown_base_url(&self) -> &str {
        checked_base_url(&self.base_url, true).map_or("invalid", |_| &self.base_url)
    }
}

/// Shows the settings; of stores, observer and HTTP client only whether they are set.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("app", &self.app)
            .field("store_app", &self.store_app.as_ref().map(|(app, _)| app))
            .field("tenant_token", &self.tenant_token)
            .field("token_store", &self.token_store.is_some())
            .field("rate_store", &self.rate_store.is_some())
            .field("observer", &self.observer.is_some())
            .field("base_url", &self.shown_base_url())
            .field("allow_plain_http", &self.allow_plain_http)
            .field("http_client", &self.http.is_some())
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_wait", &self.max_wait)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_in_flight", &self.max_in_flight)
            .field("throttle", &self.throttle)
            .field("retry_policy", &self.retry_policy)
            .finish()
    }
}

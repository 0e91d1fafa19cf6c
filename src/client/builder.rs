//! Configuring a client: every setting has a default that is safe in production.

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

/// Configures a [`Client`](crate::Client).
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
    pub(super) insecure: bool,
    pub(super) http: Option<reqwest::Client>,
    pub(super) user_agent: String,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) max_wait: Duration,
    pub(super) max_response_bytes: usize,
    pub(super) in_flight: usize,
    pub(super) throttle: Throttle,
    pub(super) retry_policy: RetryPolicy,
}

/// What an app proves itself by.
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
            insecure: false,
            http: None,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            max_wait: Duration::MAX,
            max_response_bytes: 16 * 1024 * 1024,
            in_flight: 64,
            throttle: Throttle::documented(),
            retry_policy: RetryPolicy::new(),
        }
    }

    /// Speaks for a custom app: its tenant_access_token is fetched when first needed, cached, and renewed.
    pub fn app(mut self, app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        self.app = Some(App { id: app_id.into(), secret: app_secret.into() });
        self
    }

    /// Speaks for a store (ISV) app, which many tenants install: choose one with
    /// [`Client::for_tenant`](crate::Client::for_tenant).
    ///
    /// The platform pushes an app_ticket to such an app every hour. `tickets` knows the last one:
    /// an [`AppTicket`](crate::AppTicket) that the receiver of those events sets, or something of your own.
    ///
    /// ```
    /// # fn main() -> Result<(), feishu_user_groups::Error> {
    /// use feishu_user_groups::{AppTicket, Client};
    ///
    /// let ticket = AppTicket::default();
    /// let client = Client::builder().store_app("cli_a1b2c3", "app secret", ticket.clone()).build()?;
    /// // In the handler of `app_ticket` events:
    /// ticket.set("pushed ticket");
    /// // In a request of a user of that tenant:
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

    /// Keeps the app's tokens in this store, which other clients may share: in memory of its own unless set.
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.token_store = Some(Arc::new(store));
        self
    }

    /// Keeps to the app's rate limits together with all clients that share this store: alone unless set.
    ///
    /// Each call then asks the store for its turn. It takes an app: whose calls a
    /// [`tenant_token`](Self::tenant_token) shares its limits with is not known.
    pub fn rate_store(mut self, store: impl RateStore + 'static) -> Self {
        self.rate_store = Some(Arc::new(store));
        self
    }

    /// Tells this observer of every try, call and token fetch.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sends this tenant_access_token (`t-..`) as it is: it is never renewed.
    pub fn tenant_token(mut self, token: impl Into<Secret>) -> Self {
        self.tenant_token = Some(token.into());
        self
    }

    /// Where calls go: [`FEISHU`] unless this says [`LARK`] or another. Without a path.
    ///
    /// Plain HTTP is taken for loopback addresses alone, since tokens would execute in the open.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Takes a base URL of plain HTTP to any host: for a proxy that adds TLS.
    pub fn allow_plain_http(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// Sends with this HTTP client, whose own settings then hold for connecting, user agent and redirects.
    ///
    /// Make it from [`http_client_builder`](crate::http_client_builder). One that follows redirects sends the body of
    /// a token fetch, app secret included, wherever a redirect (307, 308) points: an answer that comes from
    /// another server than was asked is refused, but by then that server has read it. And one with
    /// `connection_verbose` writes tokens and secrets into the log.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The User-Agent header: this crate's name and version unless set.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// How long connecting may take: 5 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call may take: 30 seconds unless set.
    ///
    /// This bounds all that a call does and waits for, from its begin to the last byte of its last answer: tokens,
    /// a place among the calls under way, tries, and the waits between them. Only waiting for its turns, under a
    /// rate limit or in a pause that the service asked for, has a bound of its own, [`max_wait`](Self::max_wait).
    /// So a call ends within the sum of the two. [`Client::with_timeout`](crate::Client::with_timeout) sets it
    /// for one call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one try of a call may take: 10 seconds unless set, and never longer than the whole call.
    ///
    /// A third of the call's [`timeout`](Self::timeout), so that one lost answer leaves time for another try where
    /// that does no harm. Set both for an operation that is known to take longer.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a call may wait for its turns, all of them together: as long as it takes unless set.
    ///
    /// A call is told at once when its turn lies further off: it fails with
    /// [`ErrorKind::Throttled`](crate::ErrorKind::Throttled), is not sent, and
    /// [`Error::retry_after`](crate::Error::retry_after) says when there may be a turn. `Duration::ZERO` is for calls
    /// that are made now or not at all. Whatever is set, a pause of more than five minutes that the service asks
    /// for is neither believed nor waited out: calls fail at once, until one that goes out as a probe, after half
    /// a minute and then at growing intervals, finds the service well. [`Client::with_max_wait`](crate::Client::with_max_wait) sets it for one call.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// How many calls may be under way together: 64 unless set, and never less than one. More wait, within their
    /// [`timeout`](Self::timeout).
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.in_flight = calls;
        self
    }

    /// How fast to call: as fast as the documents allow unless set.
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// How often and how fast to repeat what may be repeated: [`RetryPolicy::new`] unless set.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// The largest answer that is read, in bytes: 16 MiB unless set. A larger one is an error.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// What is not just scheme, host and port, and will be refused, may hold a password.
    fn shown_base_url(&self) -> &str {
        checked_base_url(&self.base_url, true).map_or("not scheme, host and port", |_| &self.base_url)
    }
}

/// Shows what is set; of what is the caller's own, only whether it is.
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
            .field("insecure", &self.insecure)
            .field("http_client", &self.http.is_some())
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_wait", &self.max_wait)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("in_flight", &self.in_flight)
            .field("throttle", &self.throttle)
            .field("retry_policy", &self.retry_policy)
            .finish()
    }
}

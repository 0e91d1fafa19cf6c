//! Configuring a client: every setting has a default that is safe in production.

use crate::client::Shared;
use crate::credentials::Credentials;
use crate::operation::AccessTokenKind;
use crate::retry::Budget;
use crate::secret::Secret;
use crate::throttle::Limits;
use crate::token_endpoint::TokenEndpoint;
use crate::tokens::AppTokens;
use crate::transport::Transport;
use crate::{Client, Error, ErrorKind, RetryPolicy, Throttle};
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The base URL of Feishu.
pub const FEISHU: &str = "https://open.feishu.cn";
/// The base URL of Lark.
pub const LARK: &str = "https://open.larksuite.com";

/// Configures a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    app: Option<(String, Secret)>,
    tenant_token: Option<Secret>,
    base_url: String,
    insecure: bool,
    http: Option<reqwest::Client>,
    user_agent: String,
    connect_timeout: Duration,
    timeout: Duration,
    try_timeout: Duration,
    largest_answer: usize,
    in_flight: usize,
    throttle: Throttle,
    retry_policy: RetryPolicy,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            app: None,
            tenant_token: None,
            base_url: FEISHU.to_owned(),
            insecure: false,
            http: None,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            try_timeout: Duration::MAX,
            largest_answer: 16 * 1024 * 1024,
            in_flight: 64,
            throttle: Throttle::documented(),
            retry_policy: RetryPolicy::new(),
        }
    }

    /// Speaks for a custom app: its tenant_access_token is fetched when first needed, cached, and renewed.
    pub fn app(mut self, app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        self.app = Some((app_id.into(), app_secret.into()));
        self
    }

    /// Sends this tenant_access_token (`t-..`) as it is: it is never renewed.
    pub fn tenant_token(mut self, token: impl Into<Secret>) -> Self {
        self.tenant_token = Some(token.into());
        self
    }

    /// Where calls go: [`FEISHU`] unless this says [`LARK`] or another. Without a path.
    ///
    /// Plain HTTP is taken for loopback addresses alone, since tokens would travel in the open.
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
    /// [`http_client_builder`] is what to make it from.
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

    /// How long a call may take in all, with its tokens and repeats: 30 seconds unless set.
    ///
    /// Time that a call waits for its turn under a rate limit does not count.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one try of a call may take: as long as the whole call unless set.
    pub fn try_timeout(mut self, timeout: Duration) -> Self {
        self.try_timeout = timeout;
        self
    }

    /// How many calls may be under way together: 64 unless set, and never less than one. More wait.
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
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.largest_answer = bytes;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if both an app and a token are given, one of them is empty, a token or the user agent
    /// cannot be sent in a header, or the base URL is no URL of scheme, host and port, or plain HTTP
    /// to another machine.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = checked_base_url(&self.base_url, self.insecure)?;
        // An unset variable of the environment is the usual reason, and the service's refusal would not say so.
        if self.app.as_ref().is_some_and(|(id, secret)| id.is_empty() || secret.expose().is_empty()) {
            return Err(wrong("the app id or its secret is empty"));
        }
        if self.tenant_token.as_ref().is_some_and(|token| token.expose().is_empty()) {
            return Err(wrong("`tenant_token` is empty"));
        }
        let http = match self.http {
            Some(http) => http,
            None => http_client(&base_url, &self.user_agent, self.connect_timeout)?,
        };
        let transport = Transport {
            http,
            timeout: self.timeout,
            try_timeout: self.try_timeout,
            largest_answer: self.largest_answer,
        };
        let credentials = match (self.app, self.tenant_token) {
            (Some(_), Some(_)) => return Err(wrong("both `app` and `tenant_token` are given; give one")),
            (Some((id, secret)), None) => {
                let endpoint = TokenEndpoint::new(transport.clone(), &base_url, id, secret)?;
                Credentials::App(Arc::new(AppTokens::new(endpoint)))
            }
            (None, Some(token)) => match Credentials::fixed(AccessTokenKind::Tenant, &token) {
                Credentials::Fixed(_, Err(_)) => {
                    return Err(wrong("`tenant_token` holds characters that no token has"));
                }
                credentials => credentials,
            },
            (None, None) => Credentials::None,
        };
        let shared = Shared {
            transport,
            base_url,
            limits: Limits::new(&self.throttle),
            budget: Budget::new(),
            in_flight: Semaphore::new(self.in_flight.clamp(1, Semaphore::MAX_PERMITS)),
        };
        Ok(Client::new(shared, credentials, self.retry_policy))
    }
}

/// What every client's HTTP client starts from: TLS by ring (feature `tls`), and no redirects, since one
/// would carry the request to where nobody asked it to go.
///
/// Begin here for an HTTP client of your own. A bare `reqwest::Client::new()` panics in a program where
/// nobody has chosen a TLS provider, as reqwest documents; this chooses one.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::{Client, http_client_builder};
///
/// let http = http_client_builder()?.pool_max_idle_per_host(2).build()?;
/// let client = Client::builder().http_client(http).tenant_token("t-..").build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Configuration`] if TLS cannot be set up on this system.
pub fn http_client_builder() -> Result<reqwest::ClientBuilder, Error> {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(crate::tls::config()?);
    Ok(builder)
}

fn http_client(base_url: &str, user_agent: &str, connect_timeout: Duration) -> Result<reqwest::Client, Error> {
    let mut builder = http_client_builder()?.connect_timeout(connect_timeout);
    let user_agent = HeaderValue::from_str(user_agent);
    builder = builder.user_agent(user_agent.map_err(|_| wrong("the user agent holds characters that no header can"))?);
    // Plain HTTP is for this machine: through a proxy of the environment, secrets would leave it in the open.
    if base_url.starts_with("http:") {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| wrong("the HTTP client cannot be made").caused_by(error))
}

fn checked_base_url(text: &str, insecure: bool) -> Result<String, Error> {
    let hint = "give scheme, host and port, such as https://open.feishu.cn";
    let url =
        Url::parse(text).map_err(|error| wrong(&format!("the base URL is not a URL; {hint}")).caused_by(error))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || !plain {
        return Err(wrong(&format!("the base URL is not just scheme, host and port; {hint}")));
    }
    if url.scheme() == "http" && !insecure && !is_loopback(&url) {
        return Err(wrong(
            "the base URL is plain HTTP to another machine, where tokens would travel in the open; use https, or say `allow_plain_http`",
        ));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

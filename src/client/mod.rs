//! The client: what a caller configures once and clones freely.
//!
//! A clone shares connections and tokens; `with_user_token` gives one that speaks for
//! a user instead. The generated builders end in [`Client::call`], and from there on
//! every operation takes the same road.

mod assembly;
mod builder;
mod http;

pub use self::builder::{ClientBuilder, FEISHU, LARK};
pub use self::http::http_client_builder;

use self::assembly::wrong;
use crate::credentials::Credentials;
use crate::envelope::{Envelope, RawEnvelope, Reading};
use crate::limits::Limits;
use crate::observe::{CallStory, Observation, within};
use crate::operation::{AccessTokenKind, AppType, Operation};
use crate::request::Request;
use crate::retry::Budget;
use crate::secret::Secret;
use crate::tenants::Tenants;
use crate::tokens::{AccessToken, Supply, TokenCache, UserTokens};
use crate::transport::{Answer, TimeBound, Transport, deadline};
use crate::{Error, ErrorKind, Response, ResponseFuture, RetryPolicy, UserTokenProvider, road};
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

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
    shared: Arc<Shared>,
    identity: Identity,
    retry_policy: RetryPolicy,
    bounds: Bounds,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// But for waiting for its turns.
    pub(crate) timeout: Duration,
    /// With waiting for its turns.
    pub(crate) max_wait: Duration,
}

/// For whom a client speaks, and how fast it may.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) credentials: Credentials,
    /// The service counts calls per app and tenant.
    pub(crate) limits: Arc<Limits>,
}

/// What all clones share.
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    /// Scheme, host and port; parsed once, since every call begins with it.
    pub(crate) base_url: Url,
    pub(crate) budget: Budget,
    /// Calls that may be under way together.
    pub(crate) in_flight: Semaphore,
    /// What kind of app it is; who gave a token to the caller is not known.
    pub(crate) app_type: Option<AppType>,
    /// Of a store app.
    pub(crate) tenants: Option<Tenants>,
    pub(crate) observation: Observation,
}

impl Client {
    /// Begins to configure a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn new(shared: Shared, identity: Identity, retry_policy: RetryPolicy, bounds: Bounds) -> Self {
        Self { shared: Arc::new(shared), identity, retry_policy, bounds }
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
    pub fn with_user_tokens(&self, provider: impl UserTokenProvider + 'static) -> Self {
        let supply = Supply::new(UserTokens(Arc::new(provider)), None, self.shared.observation.clone());
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
        let Some(tenants) = &self.shared.tenants else {
            return Err(wrong("only a store app speaks for many tenants; give the client's builder `store_app`"));
        };
        if self.identity.credentials.are_a_users() {
            return Err(wrong(
                "this client speaks for a user, whose token belongs to one tenant; call `for_tenant` on the app's client",
            ));
        }
        if tenant_key.trim().is_empty() {
            return Err(wrong("the tenant_key is empty"));
        }
        Ok(Self { identity: tenants.get(tenant_key), ..self.clone() })
    }

    fn with_credentials(&self, credentials: Credentials) -> Self {
        let limits = Arc::clone(&self.identity.limits);
        Self { identity: Identity { credentials, limits }, ..self.clone() }
    }

    /// A client that repeats calls by another policy, for one call or for many.
    pub fn with_retry_policy(&self, policy: RetryPolicy) -> Self {
        Self { retry_policy: policy, ..self.clone() }
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
        Self { bounds: Bounds { timeout, ..self.bounds }, ..self.clone() }
    }

    /// A client whose calls may wait this long for their turns: see [`ClientBuilder::max_wait`].
    pub fn with_max_wait(&self, max_wait: Duration) -> Self {
        Self { bounds: Bounds { max_wait, ..self.bounds }, ..self.clone() }
    }

    /// Scheme, host and port that calls go to.
    pub fn base_url(&self) -> &str {
        self.shared.base_url.as_str().trim_end_matches('/')
    }

    /// Makes a call and opens its envelope.
    pub(crate) fn call<E: Envelope>(&self, request: Result<Request, Error>) -> ResponseFuture<E::Data> {
        match request {
            Ok(request) => ResponseFuture::new(self.clone().travel::<E>(request, Reading::open)),
            Err(error) => ResponseFuture::failed(error),
        }
    }

    /// Makes a call and leaves its envelope closed.
    pub(crate) fn call_raw(&self, request: Result<Request, Error>) -> ResponseFuture<serde_json::Value> {
        match request {
            Ok(request) => ResponseFuture::new(self.clone().travel::<RawEnvelope>(request, Reading::whole)),
            Err(error) => ResponseFuture::failed(error),
        }
    }

    /// The future owns all that it needs, and is boxed as it is: what it awaits is pinned in it, not moved.
    async fn travel<E: Envelope>(
        self,
        request: Request,
        open: impl FnOnce(Reading<E::Data>, &'static Operation, Answer) -> Result<Response<E::Data>, Error>,
    ) -> Result<Response<E::Data>, Error> {
        let mut story = CallStory::begin(&self.shared.observation, request.operation);
        let span = story.span.clone();
        let outcome = match self.is_allowed(request.operation).and_then(|()| has_runtime(request.operation)) {
            Ok(()) => within(&span, pin!(road::travel::<E>(&self, &request, &mut story))).await,
            Err(error) => Err(error),
        };
        let result = outcome
            .and_then(|(answer, reading)| open(reading, request.operation, answer))
            .map_err(|error| error.with_idempotency_key(request.idempotency_key));
        story.end(result.as_ref().err(), result.as_ref().map_or_else(Error::log_id, Response::log_id));
        result
    }

    /// Whether the operation is for apps of this kind: the service would refuse it for want of a scope, which
    /// cannot be granted to such an app.
    fn is_allowed(&self, operation: &'static Operation) -> Result<(), Error> {
        match self.shared.app_type {
            Some(kind) if !operation.app_types.contains(&kind) => {
                let allowed = operation.app_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
                let message =
                    format!("not sent: this operation is for a {allowed}, and this client is of a {}", kind.as_str());
                Err(Error::new(ErrorKind::InvalidRequest, message).of(operation))
            }
            _ => Ok(()),
        }
    }

    /// When a call that began then must have ended.
    pub(crate) fn deadline(&self, begun: Instant) -> Instant {
        deadline(begun, self.bounds.timeout)
    }

    /// How long a call may wait for its turns.
    pub(crate) fn max_wait(&self) -> Duration {
        self.bounds.max_wait
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.retry_policy
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// One try of a request, which begins then.
    pub(crate) async fn try_once(
        &self,
        request: &Request,
        token: &AccessToken,
        begun: Instant,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let url = self.shared.base_url.join(request.target());
        let url =
            url.map_err(|error| Error::new(ErrorKind::InvalidRequest, "the call has no valid URL").caused_by(error))?;
        let mut wire = reqwest::Request::new(request.operation.method.clone(), url);
        let headers = wire.headers_mut();
        headers.insert(AUTHORIZATION, token.header.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = &request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
            *wire.body_mut() = Some(body.clone().into());
        }
        let time = TimeBound { begun, deadline, timeout: self.bounds.timeout };
        self.shared.transport.send_with(token.bytes(), wire, time).await
    }
}

/// Timers and connections panic without a runtime, so a call that could not be sent is refused first.
fn has_runtime(operation: &'static Operation) -> Result<(), Error> {
    tokio::runtime::Handle::try_current().map(drop).map_err(|error| {
        let message =
            "not sent: no Tokio runtime; await the call in one, as `#[tokio::main]` or `Runtime::block_on` has it";
        Error::new(ErrorKind::Configuration, message).of(operation).caused_by(error)
    })
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("credentials", &self.identity.credentials)
            .finish_non_exhaustive()
    }
}

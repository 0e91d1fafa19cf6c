//! The client: what a caller configures once and clones freely.
//!
//! A clone shares connections and tokens; `with_user_token` gives one that speaks for
//! a user instead. The generated builders end in [`Client::call`], and from there on
//! every operation takes the same road.

use crate::credentials::Credentials;
use crate::envelope::{Envelope, RawEnvelope};
use crate::operation::AccessTokenKind;
use crate::request::Request;
use crate::retry::Budget;
use crate::secret::Secret;
use crate::throttle::Limits;
use crate::tokens::AccessToken;
use crate::transport::{Answer, Transport};
use crate::{ClientBuilder, Error, ErrorKind, Response, RetryPolicy, road};
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use std::fmt;
use std::sync::Arc;
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
    credentials: Credentials,
    retry_policy: RetryPolicy,
}

/// What all clones share.
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    /// Scheme, host and port, without a slash at the end.
    pub(crate) base_url: String,
    pub(crate) limits: Limits,
    pub(crate) budget: Budget,
    /// Calls that may be under way together.
    pub(crate) in_flight: Semaphore,
}

impl Client {
    /// Begins to configure a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn new(shared: Shared, credentials: Credentials, retry_policy: RetryPolicy) -> Self {
        Self { shared: Arc::new(shared), credentials, retry_policy }
    }

    /// A client that speaks for a user who signed in: `u-..`.
    ///
    /// The token is used as it is and never renewed. Operations that take no
    /// user_access_token are refused before they are sent.
    pub fn with_user_token(&self, token: impl Into<Secret>) -> Self {
        Self { credentials: Credentials::fixed(AccessTokenKind::User, &token.into()), ..self.clone() }
    }

    /// A client that repeats calls by another policy, for one call or for many.
    pub fn with_retry_policy(&self, policy: RetryPolicy) -> Self {
        Self { retry_policy: policy, ..self.clone() }
    }

    /// Scheme, host and port that calls go to.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }

    /// Makes a call and opens its envelope.
    pub(crate) async fn call<E: Envelope>(&self, request: Request) -> Result<Response<E::Data>, Error> {
        let (answer, reading) = road::travel::<E>(self, &request).await?;
        reading.open(request.operation, &answer)
    }

    /// Makes a call and leaves its envelope closed.
    pub(crate) async fn call_raw(&self, request: Request) -> Result<Response<serde_json::Value>, Error> {
        let (answer, reading) = road::travel::<RawEnvelope>(self, &request).await?;
        reading.whole(request.operation, &answer)
    }

    /// When a call that begins now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        self.shared.transport.deadline()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.retry_policy
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// One try of a request.
    pub(crate) async fn try_once(
        &self,
        request: &Request,
        token: &AccessToken,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let url = format!("{}{}", self.shared.base_url, request.target());
        let url = Url::parse(&url)
            .map_err(|error| Error::new(ErrorKind::InvalidRequest, "the call has no valid URL").caused_by(error))?;
        let mut wire = reqwest::Request::new(request.operation.method.clone(), url);
        let headers = wire.headers_mut();
        headers.insert(AUTHORIZATION, token.header.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = &request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
            *wire.body_mut() = Some(body.clone().into());
        }
        self.shared.transport.send(wire, deadline).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

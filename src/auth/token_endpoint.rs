//! Fetching a token from the platform.
//!
//! The spec lists the token endpoints for clients in other languages; the build makes no methods of them, since here no
//! caller calls them. Their responses are flat (`{code, msg, tenant_access_token, expire}`), not envelopes with `data`. An endpoint that
//! requests a wait gets no request until it is over, whichever call needs a token.

use super::FETCH_TIMEOUT;
use super::access_token::AccessToken;
use super::cooldown::{Cooldowns, MIN_COOLDOWN};
use crate::decode::{self, Bounds, one_line};
use crate::secret::Secret;
use crate::telemetry::{token_requested, token_responded};
use crate::transport::{HttpResponse, TimeBound, Transport, deadline};
use crate::{Error, ErrorKind};
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use zeroize::{Zeroize, Zeroizing};

/// The code for an unknown app_id.
const WRONG_ID: i64 = 10003;
/// The code for an app_ticket that is not the app's last one.
const WRONG_TICKET: i64 = 10012;
/// The code for a wrong app_secret.
const WRONG_SECRET: i64 = 10014;

/// How many characters of a message an error keeps.
const MAX_MESSAGE_CHARS: usize = 512;

/// The platform's token endpoints; clones share their cooldowns.
#[derive(Clone, Debug)]
pub(crate) struct TokenEndpoint {
    transport: Transport,
    base_url: Url,
    cooldowns: Arc<Cooldowns>,
}

/// A request to a token endpoint.
pub(super) struct TokenRequest<'a, B> {
    pub(super) path: &'static str,
    pub(super) kind: TokenKind,
    pub(super) body: B,
    /// The secrets in the body, to redact them in errors if the response repeats them.
    pub(super) secrets: &'a [&'a str],
}

/// The token to take from the response, which may also contain the other one.
#[derive(Clone, Copy)]
pub(crate) enum TokenKind {
    App,
    Tenant,
}

#[derive(Deserialize)]
struct TokenResponse {
    #[serde(deserialize_with = "crate::decode::lenient::integer")]
    code: i64,
    #[serde(default, deserialize_with = "crate::decode::lenient::text_if_readable")]
    msg: Option<String>,
    #[serde(default)]
    app_access_token: Option<Zeroizing<String>>,
    #[serde(default)]
    tenant_access_token: Option<Zeroizing<String>>,
    #[serde(default, deserialize_with = "seconds_if_readable")]
    expire: Option<i64>,
}

/// Reads an `expire` that is not a number as none, so that the rest of the response stays readable.
fn seconds_if_readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Value::deserialize(deserializer).map(|value| crate::decode::lenient::optional_integer(value).unwrap_or_default())
}

impl TokenResponse {
    /// Parses a response. Of a failure that is malformed otherwise, it reads at least code and message.
    fn parse(body: &[u8]) -> Option<Self> {
        let names = ["code", "msg", "app_access_token", "tenant_access_token", "expire"];
        let members = Zeroizing::new(decode::members(body, names, Bounds::FAILURE)?);
        serde_json::from_slice(&members).ok().or_else(|| {
            let failure = decode::members(body, ["code", "msg"], Bounds::ERROR)?;
            serde_json::from_slice(&failure).ok().filter(|failure: &Self| failure.code != 0)
        })
    }
}

impl TokenEndpoint {
    pub(crate) fn new(transport: Transport, base_url: Url) -> Self {
        Self { transport, base_url, cooldowns: Arc::default() }
    }

    /// The error of the response that requested a wait, until that wait is over.
    pub(super) fn cooldown_error(&self, path: &str) -> Option<Error> {
        self.cooldowns.check(path)
    }

    /// Sends one request, and returns the token of its response.
    pub(super) async fn fetch<B: Serialize>(&self, request: TokenRequest<'_, B>) -> Result<AccessToken, Error> {
        let mut url = self.base_url.clone();
        url.set_path(request.path);
        let mut http_request = reqwest::Request::new(Method::POST, url);
        http_request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let body = to_json(&request.body).map_err(|error| {
            auth_error("not sent: the app's credentials cannot be serialized as JSON").caused_by(error)
        })?;
        // `Zeroizing` wipes the body when the request is dropped.
        *http_request.body_mut() = Some(Bytes::from_owner(body).into());
        token_requested(request.path);
        // Not bounded by a call's timeout: the fetch serves all waiting calls, and later ones.
        let begun = Instant::now();
        let deadline = deadline(begun, FETCH_TIMEOUT);
        let time = TimeBound { begun, deadline, timeout: FETCH_TIMEOUT, is_upload: false };
        let secrets = request.secrets.iter().map(|secret| secret.as_bytes()).collect::<Vec<_>>();
        let response = self.transport.send(&secrets, http_request, time).await;
        let response = response.map_err(|error| error.into_token_fetch_error())?;
        let response =
            request.secrets.iter().fold(response, |response, secret| response.without_secret(secret.as_bytes()));
        let parsed = TokenResponse::parse(&response.body);
        token_responded(&response, parsed.as_ref().map(|parsed| parsed.code));
        let result = token(parsed, request.kind);
        let result = result.map_err(|error| error.of_token_response(response.status, response.log_id.clone()));
        let requested_wait = result.as_ref().err().and_then(|error| requested_wait(error, &response));
        let result = match (result, requested_wait) {
            (Err(error), Some(wait)) => Err(self.cooldowns.start(request.path, wait, error)),
            (result, _) => {
                self.cooldowns.end(request.path);
                result
            }
        };
        wipe(response.body);
        result
    }
}

/// The token of this kind, if the response contains it.
fn token(response: Option<TokenResponse>, kind: TokenKind) -> Result<AccessToken, Error> {
    let response =
        response.ok_or_else(|| auth_error("not sent: the token endpoint's response is not valid JSON with a code"))?;
    let lifetime = response.expire.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    let (name, token) = match kind {
        TokenKind::App => ("app_access_token", response.app_access_token),
        TokenKind::Tenant => ("tenant_access_token", response.tenant_access_token),
    };
    match (response.code, token, lifetime) {
        (0, Some(token), lifetime) => {
            // An error about the token itself comes first.
            let token = AccessToken::issued(&Secret::from(token.as_str()), lifetime.unwrap_or_default())
                .map_err(|reason| reason.not_sent(&format!("the {name} from the token endpoint")))?;
            lifetime.map(|_| token).ok_or_else(|| {
                let given = response
                    .expire
                    .map_or("without seconds in `expire`".to_owned(), |given| format!("with `expire` {given}"));
                auth_error(&format!("not sent: the {name} from the token endpoint came {given}: its expiry is unknown"))
            })
        }
        (0, ..) => Err(auth_error(&format!("not sent: the token endpoint returned success without a token ({name})"))),
        (code, ..) => {
            let message = one_line(&response.msg.unwrap_or_default(), MAX_MESSAGE_CHARS);
            let advice = match code {
                WRONG_ID | WRONG_SECRET => {
                    "; check the app's id and secret, and that both belong to this platform (Feishu or Lark)"
                }
                WRONG_TICKET => "; use the last app_ticket: the platform pushes a new one every hour",
                _ => "",
            };
            Err(auth_error(&format!("not sent: the platform issued no token: {message}{advice}"))
                .with_platform_code(code))
        }
    }
}

/// The wait that this failure requests before the next fetch.
fn requested_wait(error: &Error, response: &HttpResponse) -> Option<Duration> {
    let requested = response.requested_wait(error.is_rate_limited());
    let applies = error.is_rate_limited() || response.status.is_server_error() && requested.is_some();
    applies.then(|| requested.unwrap_or_default().max(MIN_COOLDOWN))
}

/// Serializes as JSON into a buffer that never grows: a buffer that it outgrew would not be wiped.
fn to_json(body: &impl Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let mut length = ByteCount(0);
    serde_json::to_writer(&mut length, body)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, body)?;
    Ok(bytes)
}

/// A writer that counts bytes.
struct ByteCount(usize);

impl io::Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Wipes a response body, if nothing else holds it. The connection's read buffer is out of reach.
fn wipe(body: Bytes) {
    if let Ok(mut body) = body.try_into_mut() {
        body.as_mut().zeroize();
    }
}

fn auth_error(message: &str) -> Error {
    Error::new(ErrorKind::Auth, message)
}

//! Asking the platform for a token.
//!
//! These calls are not in the spec: every client makes them for its caller. Their answers
//! are flat (`{code, msg, tenant_access_token, expire}`), not envelopes with `data`. An
//! endpoint that asks to wait is left alone for that long, whoever wants a token.

use super::LONGEST_FETCH;
use super::access_token::AccessToken;
use super::cooldown::{Cooldowns, SHORTEST};
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

/// What the endpoints answer to an app_id that they do not know.
const WRONG_ID: i64 = 10003;
/// What they answer to an app_ticket that is not the app's last one.
const WRONG_TICKET: i64 = 10012;
/// What they answer to a secret that is not the app's.
const WRONG_SECRET: i64 = 10014;

/// Characters of a message that an error keeps.
const LONGEST_MESSAGE: usize = 512;

/// The endpoints that give out tokens.
#[derive(Clone, Debug)]
pub(crate) struct TokenEndpoint {
    transport: Transport,
    base_url: Url,
    pauses: Arc<Cooldowns>,
}

/// One request to them.
pub(super) struct TokenRequest<'a, Q> {
    pub(super) path: &'static str,
    pub(super) kind: TokenKind,
    pub(super) body: Q,
    /// What of the body must not be seen in an error, should the answer repeat it.
    pub(super) secrets: &'a [&'a str],
}

/// Which token it asks for; an answer may hold others beside it.
#[derive(Clone, Copy)]
pub(super) enum TokenKind {
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

/// What is no number must not cost the rest, which the error is about.
fn seconds_if_readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Value::deserialize(deserializer).map(|value| crate::decode::lenient::optional_integer(value).unwrap_or_default())
}

impl TokenResponse {
    /// The token and what comes with it, or at least the code and message of a failure, whatever else is odd.
    fn read(body: &[u8]) -> Option<Self> {
        let names = ["code", "msg", "app_access_token", "tenant_access_token", "expire"];
        let whole = Zeroizing::new(decode::members(body, names, Bounds::FAILURE)?);
        serde_json::from_slice(&whole).ok().or_else(|| {
            let failure = decode::members(body, ["code", "msg"], Bounds::ERROR)?;
            serde_json::from_slice(&failure).ok().filter(|failure: &Self| failure.code != 0)
        })
    }
}

impl TokenEndpoint {
    pub(crate) fn new(transport: Transport, base_url: Url) -> Self {
        Self { transport, base_url, pauses: Arc::default() }
    }

    /// The answer that asked to wait, while that time is not over.
    pub(super) fn cooldown_error(&self, path: &str) -> Option<Error> {
        self.pauses.left(path)
    }

    pub(super) async fn ask<Q: Serialize>(&self, request: TokenRequest<'_, Q>) -> Result<AccessToken, Error> {
        let mut url = self.base_url.clone();
        url.set_path(request.path);
        let mut wire = reqwest::Request::new(Method::POST, url);
        wire.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let body = written(&request.body)
            .map_err(|error| refused("the app's credentials cannot be written as JSON").caused_by(error))?;
        // Wiped when the request is done with.
        *wire.body_mut() = Some(Bytes::from_owner(body).into());
        token_requested(request.path);
        // No call's own bound: the fetch is made for all that wait, and for those to come.
        let begun = Instant::now();
        let time = TimeBound { begun, deadline: deadline(begun, LONGEST_FETCH), timeout: LONGEST_FETCH };
        let secrets = request.secrets.iter().map(|secret| secret.as_bytes()).collect::<Vec<_>>();
        let answer = self.transport.send(&secrets, wire, time).await;
        let answer = answer.map_err(|error| error.into_token_fetch_error())?;
        let answer = request.secrets.iter().fold(answer, |answer, secret| answer.without_secret(secret.as_bytes()));
        let found = TokenResponse::read(&answer.body);
        token_responded(&answer, found.as_ref().map(|found| found.code));
        let token = token(found, request.kind);
        let token = token.map_err(|error| error.of_token_response(answer.status, answer.log_id.clone()));
        let asked = token.as_ref().err().and_then(|error| wait_asked(error, &answer));
        let token = match (token, asked) {
            (Err(error), Some(time)) => Err(self.pauses.begin(request.path, time, error)),
            (token, _) => {
                self.pauses.end(request.path);
                token
            }
        };
        wipe(answer.body);
        token
    }
}

/// The token that was kind, if the answer holds it.
fn token(found: Option<TokenResponse>, kind: TokenKind) -> Result<AccessToken, Error> {
    let found = found.ok_or_else(|| refused("the token endpoint answered something that is not a token"))?;
    let lifetime = found.expire.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    let (name, token) = match kind {
        TokenKind::App => ("app_access_token", found.app_access_token),
        TokenKind::Tenant => ("tenant_access_token", found.tenant_access_token),
    };
    match (found.code, token, lifetime) {
        (0, Some(token), lifetime) => {
            // What is wrong with the token itself comes first.
            let token = AccessToken::issued(&Secret::from(token.as_str()), lifetime.unwrap_or_default())
                .map_err(|reason| reason.not_sent(&format!("the {name} from the token endpoint")))?;
            lifetime.map(|_| token).ok_or_else(|| {
                let given = found
                    .expire
                    .map_or("without seconds in `expire`".to_owned(), |given| format!("with `expire` {given}"));
                refused(&format!("not sent: the {name} from the token endpoint came {given}, so its end is not known"))
            })
        }
        (0, ..) => Err(refused("the token endpoint answered success without a token")),
        (code, ..) => {
            let message = one_line(&found.msg.unwrap_or_default(), LONGEST_MESSAGE);
            let advice = match code {
                WRONG_ID | WRONG_SECRET => "; check the app's id and secret, and that both are of this platform",
                WRONG_TICKET => "; the platform pushes a new app_ticket every hour, and only the last one counts",
                _ => "",
            };
            Err(refused(&format!("the platform gives this app no token: {message}{advice}")).with_platform_code(code))
        }
    }
}

/// How long the endpoint is to be left alone after this failure.
fn wait_asked(error: &Error, answer: &HttpResponse) -> Option<Duration> {
    let asked = answer.requested_wait(error.is_rate_limited());
    let asks = error.is_rate_limited() || answer.status.is_server_error() && asked.is_some();
    asks.then(|| asked.unwrap_or_default().max(SHORTEST))
}

/// As JSON, in a buffer that never had to grow: what it outgrows would not be wiped.
fn written(body: &impl Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, body)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, body)?;
    Ok(bytes)
}

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Wipes an answer that nobody else holds; the buffer that a connection reads into is out of reach.
fn wipe(body: Bytes) {
    if let Ok(mut body) = body.try_into_mut() {
        body.as_mut().zeroize();
    }
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Auth, message)
}

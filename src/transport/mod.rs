//! One try on the wire: a request out, a bounded answer in.
//!
//! Everything above decides by what comes back from here, so this says precisely how
//! far a failed try got: no connection (certainly not sent), no answer in time, or
//! broken on the way. The answer's body is read up to a limit and not beyond: a
//! gateway can send anything. And it is read only if the server answered that was
//! asked: an HTTP client of the caller's may have followed a redirect. A redirect that is
//! not followed is an error that names the host it points to, and nothing else of the
//! address, which may hold ids and secrets.

use crate::decode::is_log_id;
mod handshake;
pub(crate) mod redact;

use self::handshake::{HandshakeFailure, sources};
use self::redact::{repeats, without};
use crate::error::violation::shortened;
use crate::rate_limit::LONGEST_PAUSE;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use reqwest::header::{DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, Sleep, sleep_until};
use zeroize::Zeroizing;

/// Headers that hold the id support asks for, in this order.
static LOG_ID: [HeaderName; 2] = [HeaderName::from_static("x-tt-logid"), HeaderName::from_static("x-request-id")];

/// The header that holds the seconds until an operation's rate limit has room again.
static RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ogw-ratelimit-reset");

const CHECK_ADDRESS: &str = "check the base URL, and any gateway or proxy on the way";

/// Of the name of a host that others chose, so many characters are shown.
const SHOWN_OF_HOST: usize = 100;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) log_id: Option<String>,
    pub(crate) body: Bytes,
    /// Until there is room under the rate limit; it means nothing where that is not the reason.
    pub(crate) rate_limit_reset: Option<Duration>,
    /// How long the service asks to wait, for whatever reason.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    /// An earlier try may have been acted upon although no answer said so.
    pub(crate) may_have_arrived_before: bool,
}

impl Answer {
    /// What the head says. A gateway may put anything of the request into a header, so of these texts only an id is
    /// kept that has the form of one and repeats none of the `secrets` that were sent.
    fn new(response: &reqwest::Response, secrets: &[&[u8]]) -> Self {
        let headers = response.headers();
        let is_kept = |id: &&str| is_log_id(id) && !secrets.iter().any(|secret| repeats(id, secret));
        Self {
            status: response.status(),
            log_id: LOG_ID.iter().find_map(|name| text(headers, name).filter(is_kept)).map(str::to_owned),
            body: Bytes::new(),
            rate_limit_reset: text(headers, &RATE_LIMIT_RESET).and_then(seconds),
            retry_after: text(headers, &RETRY_AFTER).and_then(|value| seconds(value).or_else(|| until(value, headers))),
            attempts: 1,
            may_have_arrived_before: false,
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// How long the service asks to wait before the next call, whether that can be believed or not.
    pub(crate) fn asked_wait(&self, is_rate_limited: bool) -> Option<Duration> {
        self.rate_limit_reset.filter(|_| is_rate_limited).or(self.retry_after)
    }

    /// The answer without a secret that it echoes: what is kept of it may be logged.
    pub(crate) fn without(self, secret: &[u8]) -> Self {
        Self { body: without(self.body, secret), ..self }
    }

    /// The answer with this wait instead of one that is longer than any pause that is believed.
    pub(crate) fn believing(self, wait: Duration) -> Self {
        let believed = |asked: Duration| if asked > LONGEST_PAUSE { wait } else { asked };
        let (rate_limit_reset, retry_after) = (self.rate_limit_reset.map(believed), self.retry_after.map(believed));
        Self { rate_limit_reset, retry_after, ..self }
    }

    /// The answer of which try it is, and whether an earlier one may have been acted upon.
    pub(crate) fn of_try(self, attempts: u32, may_have_arrived_before: bool) -> Self {
        Self { attempts, may_have_arrived_before, ..self }
    }
}

/// How long a try may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeBound {
    /// When the try began.
    pub(crate) begun: Instant,
    /// When its call must have ended.
    pub(crate) deadline: Instant,
    /// What the call had in all, to be told.
    pub(crate) timeout: Duration,
}

/// The connection pool and its bounds.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// Where requests go, and answers must come from.
    pub(crate) server: Url,
    /// Of one try, from connecting to the last byte of its answer.
    pub(crate) attempt_timeout: Duration,
    /// Bytes of an answer.
    pub(crate) max_response_bytes: usize,
}

impl Transport {
    /// A try that has so long; an error shows none of these secrets, nor anything of the body.
    pub(crate) fn send(
        &self,
        secrets: &[&[u8]],
        request: reqwest::Request,
        time: TimeBound,
    ) -> impl Future<Output = Result<Answer, Error>> {
        // Behind a pointer from here on, so that the layers above do not each hold a copy.
        let response = self.http.execute(request);
        async move { self.exchange(secrets, response, time).await.map_err(|broken| broken.error) }
    }

    /// The same; an error shows what came of an answer that broke off, without this secret.
    pub(crate) fn send_with(
        &self,
        secret: &[u8],
        request: reqwest::Request,
        time: TimeBound,
    ) -> impl Future<Output = Result<Answer, Error>> {
        let response = self.http.execute(request);
        async move {
            self.exchange(&[secret], response, time).await.map_err(|Broken { error, piece }| match piece.is_empty() {
                true => error,
                false => error.showing(&without(piece, secret)),
            })
        }
    }

    async fn exchange(
        &self,
        secrets: &[&[u8]],
        response: impl Future<Output = reqwest::Result<reqwest::Response>>,
        TimeBound { begun, deadline, timeout }: TimeBound,
    ) -> Result<Answer, Broken> {
        let left = deadline.saturating_duration_since(begun);
        // No later than the deadline, so that no clock is too short for it.
        let mut end = pin!(sleep_until(begun + left.min(self.attempt_timeout)));
        let bound = || match self.attempt_timeout < left {
            true => format!("the {:?} of one try", self.attempt_timeout),
            false => format!("the {timeout:?} that it had in all"),
        };
        let response = before(end.as_mut(), pin!(response)).await;
        let response = response.ok_or_else(|| no_answer(bound()))?;
        let mut response = response.map_err(|error| failed(error, begun, secrets))?;
        if !is_same_server(response.url(), &self.server) {
            return Err(answered_by_other(&host(response.url(), secrets)).into());
        }
        let mut answer = Answer::new(&response, secrets);
        if is_redirect(&response) {
            let message = format!("the response is a redirect to {}", self.target(&response, secrets));
            let error = Error::new(ErrorKind::InvalidResponse, message + "; " + CHECK_ADDRESS);
            return Err(error.with_head(answer.status.as_u16(), answer.log_id).into());
        }
        let mut rest = Vec::new();
        loop {
            let broken = match before(end.as_mut(), pin!(response.chunk())).await {
                Some(Ok(Some(chunk))) => Ok(chunk),
                Some(Ok(None)) => break,
                Some(Err(error)) => Err(cut_off(&answer, error, begun)),
                None => Err(no_end(&answer, bound())),
            };
            let chunk = broken.map_err(|error| Broken { error, piece: joined(&answer.body, &rest) })?;
            if answer.body.len() + rest.len() + chunk.len() > self.max_response_bytes {
                let message = format!("the answer is larger than {} bytes", self.max_response_bytes);
                let error = Error::new(ErrorKind::ResponseTooLarge, message);
                return Err(error.with_head(answer.status.as_u16(), answer.log_id).into());
            }
            // One chunk is the common case, and needs no copy.
            if answer.body.is_empty() {
                answer.body = chunk;
            } else {
                rest.extend_from_slice(&chunk);
            }
        }
        if !rest.is_empty() {
            answer.body = joined(&answer.body, &rest);
        }
        Ok(answer)
    }

    /// Where a redirect points to, as far as it may be shown.
    fn target(&self, response: &reqwest::Response, secrets: &[&[u8]]) -> String {
        // Not every gateway escapes what is not ASCII.
        let location = response.headers().get(LOCATION).and_then(|value| str::from_utf8(value.as_bytes()).ok());
        let url = location.and_then(|location| response.url().join(location).ok());
        match url.filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) if is_same_server(&url, &self.server) => "another path of the same server".to_owned(),
            Some(url) => format!("the host {}", host(&url, secrets)),
            None => "a host that it does not name".to_owned(),
        }
    }
}

fn joined(first: &[u8], rest: &[u8]) -> Bytes {
    [first, rest].concat().into()
}

/// What comes of the work, if it is done before the time is over. One timer serves all the steps of a try.
fn before<F: Future>(mut end: Pin<&mut Sleep>, mut work: Pin<&mut F>) -> impl Future<Output = Option<F::Output>> {
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
}

/// When what began then and may take this long must have ended.
pub(crate) fn deadline(begun: Instant, timeout: Duration) -> Instant {
    // A timeout beyond the clock's range is none.
    begun.checked_add(timeout).unwrap_or(begun + Duration::from_secs(86_400 * 365))
}

/// What went wrong, and what came of the answer's body before it did.
struct Broken {
    error: Error,
    piece: Bytes,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self { error, piece: Bytes::new() }
    }
}

/// A header that can be read.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
}

/// Seconds, and nothing else: what is negative or no number says nothing. What is too large to be counted says at least
/// that it is too large to be believed.
fn seconds(value: &str) -> Option<Duration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(value.parse().unwrap_or(u64::MAX)))
}

/// The time until a date, by the clock that wrote it.
fn until(date: &str, headers: &HeaderMap) -> Option<Duration> {
    let date = httpdate::parse_http_date(date).ok()?;
    let now = text(headers, &DATE).and_then(|now| httpdate::parse_http_date(now).ok());
    Some(date.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

fn is_same_server(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Without an address it sends nobody anywhere, and its body may say what happened.
fn is_redirect(response: &reqwest::Response) -> bool {
    response.status().is_redirection()
        && response.status() != StatusCode::NOT_MODIFIED
        && response.headers().contains_key(LOCATION)
}

/// Host and port of an address; the rest of it may hold ids and secrets, and a gateway may put a secret anywhere.
fn host(url: &Url, secrets: &[&[u8]]) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = Bytes::from(format!("{}{port}", url.host_str().unwrap_or_default()));
    // A host is written in small letters.
    let small = |secret: &&[u8]| Zeroizing::new(secret.to_ascii_lowercase());
    let host = secrets.iter().map(small).fold(host, |host, secret| without(host, &secret));
    shortened(&String::from_utf8_lossy(&host), SHOWN_OF_HOST)
}

fn answered_by_other(host: &str) -> Error {
    let message = format!(
        "another server ({host}) responded, since the HTTP client follows redirects, and may have been sent the secrets \
         of this call; make that client by `http_client_builder`, which follows none"
    );
    Error::new(ErrorKind::Transport, message)
}

fn no_answer(bound: String) -> Error {
    Error::new(ErrorKind::Timeout, format!("no answer within {bound}; the service may have acted"))
}

fn failed(error: reqwest::Error, begun: Instant, secrets: &[&[u8]]) -> Error {
    let told = if error.is_builder() {
        Error::new(ErrorKind::InvalidRequest, "not sent: the HTTP client cannot make such a request")
    } else if error.is_connect() {
        not_connected(&error)
    } else if error.is_timeout() {
        let message = format!("no response: {}; the service may have acted", ended_early(&error, begun));
        Error::new(ErrorKind::Timeout, message)
    } else if error.is_redirect() {
        let to = error.url().map(|url| format!(", the last one to {}", host(url, secrets))).unwrap_or_default();
        let message = format!(
            "the HTTP client went from one redirect to the next{to}; make it by `http_client_builder`, which follows none"
        );
        Error::new(ErrorKind::Transport, message)
    } else if let Some(HandshakeFailure::Permanent(reason)) = HandshakeFailure::by_type(&error) {
        Error::new(ErrorKind::Tls, format!("{reason}; the service has not acted; {CHECK_ADDRESS}"))
    } else {
        Error::new(ErrorKind::Transport, "the connection broke; the service may have acted")
    };
    // Addresses hold ids of users and groups, and are in the error's operation anyway.
    told.caused_by(error.without_url())
}

fn not_connected(error: &reqwest::Error) -> Error {
    match HandshakeFailure::of(error) {
        _ if error.is_timeout() => Error::new(ErrorKind::Connection, "could not connect in time; nothing was sent"),
        Some(HandshakeFailure::Permanent(reason)) => {
            Error::new(ErrorKind::Tls, format!("{reason}; nothing was sent; {CHECK_ADDRESS}"))
        }
        Some(HandshakeFailure::Passing) => {
            Error::new(ErrorKind::Connection, "could not connect: the TLS handshake failed; nothing was sent")
        }
        None => Error::new(ErrorKind::Connection, "could not connect; nothing was sent"),
    }
}

/// What ended a try before the bounds of this client: an HTTP client of the caller's may have its own, and so has
/// the operating system.
fn ended_early(error: &reqwest::Error, begun: Instant) -> String {
    let is_of_system = |error: &io::Error| error.raw_os_error().is_some();
    let what = match sources(error).any(|source| source.downcast_ref().is_some_and(is_of_system)) {
        true => "the connection timed out",
        false => "the HTTP client's own timeout ended the attempt",
    };
    let elapsed = begun.elapsed();
    format!("{what} after {}.{:03} s", elapsed.as_secs(), elapsed.subsec_millis())
}

fn no_end(answer: &Answer, bound: String) -> Error {
    let error = Error::new(ErrorKind::Timeout, format!("the answer did not end within {bound}"));
    error.with_head(answer.status.as_u16(), answer.log_id.clone())
}

fn cut_off(answer: &Answer, error: reqwest::Error, begun: Instant) -> Error {
    let told = match error.is_timeout() {
        true => Error::new(ErrorKind::Timeout, format!("the response did not end: {}", ended_early(&error, begun))),
        false => Error::new(ErrorKind::Transport, "the answer was cut off"),
    };
    told.with_head(answer.status.as_u16(), answer.log_id.clone()).caused_by(error.without_url())
}

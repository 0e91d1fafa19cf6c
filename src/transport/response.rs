//! A received response: its status, the headers that matter, and its body.
//!
//! A gateway may copy anything of the request into a header. So of the texts of headers only a log id is kept: one that
//! has the form of an id and contains none of the secrets that were sent.

use super::file::FileResponse;
use super::redact::{contains, redacted};
use crate::Delivery;
use crate::decode::is_log_id;
use crate::rate_limit::LONGEST_PAUSE;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// Headers that hold the id that support asks for, in order of preference.
static LOG_ID: [HeaderName; 2] = [HeaderName::from_static("x-tt-logid"), HeaderName::from_static("x-request-id")];

/// The header that holds the seconds until an operation's rate limit allows calls again.
static RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ogw-ratelimit-reset");

/// A response from the server.
#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) log_id: Option<String>,
    pub(crate) body: Bytes,
    /// The file that the response is.
    pub(crate) file: Option<Box<FileResponse>>,
    /// Time until the rate limit allows calls again; meaningful only if the call was over the limit.
    pub(crate) rate_limit_reset: Option<Duration>,
    /// How long the service asks to wait, for any reason.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    /// How far the request got in the attempts before this one.
    pub(crate) earlier_attempts: Delivery,
}

impl HttpResponse {
    /// Reads the status and headers; the body is empty.
    pub(super) fn new(response: &reqwest::Response, secrets: &[&[u8]]) -> Self {
        let headers = response.headers();
        let is_kept = |id: &&str| is_log_id(id) && !secrets.iter().any(|secret| contains(id, secret));
        let date_or_seconds = |value| seconds(value).or_else(|| time_until(value, headers));
        Self {
            status: response.status(),
            log_id: LOG_ID.iter().find_map(|name| text(headers, name).filter(is_kept)).map(str::to_owned),
            body: Bytes::new(),
            file: None,
            rate_limit_reset: text(headers, &RATE_LIMIT_RESET).and_then(seconds),
            retry_after: text(headers, &RETRY_AFTER).and_then(date_or_seconds),
            attempts: 1,
            earlier_attempts: Delivery::NotSent,
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// How long the service asks to wait before the next call, even if that is implausibly long.
    pub(crate) fn requested_wait(&self, is_rate_limited: bool) -> Option<Duration> {
        let reset = self.rate_limit_reset.filter(|_| is_rate_limited);
        // Two headers may disagree; a plausible wait is better evidence than an implausible one.
        let mut waits = [reset, self.retry_after].into_iter().flatten();
        waits.clone().find(|wait| *wait <= LONGEST_PAUSE).or_else(|| waits.next())
    }

    /// Removes a secret from the body: what is kept of it may be logged.
    pub(crate) fn without_secret(self, secret: &[u8]) -> Self {
        Self { body: redacted(self.body, secret), ..self }
    }

    /// Replaces each wait that is longer than the longest accepted pause by `wait`.
    pub(crate) fn replacing_excessive_waits(self, wait: Duration) -> Self {
        let replaced = |requested: Duration| if requested > LONGEST_PAUSE { wait } else { requested };
        let (rate_limit_reset, retry_after) = (self.rate_limit_reset.map(replaced), self.retry_after.map(replaced));
        Self { rate_limit_reset, retry_after, ..self }
    }

    /// Sets the number of attempts, and how far the request got in those before this one.
    pub(crate) fn after_attempts(self, attempts: u32, earlier_attempts: Delivery) -> Self {
        Self { attempts, earlier_attempts, ..self }
    }
}

/// The value of a header, if it is readable and not empty.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
}

/// A whole number of seconds; negative numbers and other text are ignored. A number beyond `u64` becomes the largest
/// one, which is then too long to be accepted.
fn seconds(value: &str) -> Option<Duration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(value.parse().unwrap_or(u64::MAX)))
}

/// The time until a date, by the clock of the server that wrote it.
fn time_until(date: &str, headers: &HeaderMap) -> Option<Duration> {
    let date = httpdate::parse_http_date(date).ok()?;
    let now = text(headers, &DATE).and_then(|now| httpdate::parse_http_date(now).ok());
    Some(date.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

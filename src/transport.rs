//! One try on the wire: a request out, a bounded answer in.
//!
//! Everything above decides by what comes back from here, so this says precisely how
//! far a failed try got: no connection (certainly not sent), no answer in time, or
//! broken on the way. The answer's body is read up to a limit and not beyond: a
//! gateway can send anything.

use crate::{Error, ErrorKind};
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// Headers that hold the id support asks for, in this order.
const LOG_ID: [&str; 2] = ["x-tt-logid", "x-request-id"];

/// Headers that hold seconds to wait, in this order.
const RETRY_AFTER: [&str; 2] = ["x-ogw-ratelimit-reset", "retry-after"];

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) log_id: Option<String>,
    pub(crate) body: Bytes,
    /// How long the service asks to wait.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    /// An earlier try may have been acted upon although no answer said so.
    pub(crate) may_have_arrived_before: bool,
}

impl Answer {
    /// Whether the status is not one of failure.
    pub(crate) fn is_success(&self) -> bool {
        !self.status.is_client_error() && !self.status.is_server_error()
    }

    /// The answer without a secret that it echoes: what is kept of it may be logged.
    ///
    /// A few bytes are no secret of this platform, and might be any word of the answer.
    pub(crate) fn without(mut self, secret: &[u8]) -> Self {
        if secret.len() < 8 {
            return self;
        }
        while let Some(at) = self.body.windows(secret.len()).position(|window| window == secret) {
            self.body = [&self.body[..at], b"***", &self.body[at + secret.len()..]].concat().into();
        }
        self
    }

    /// The answer of which try it is, and whether an earlier one may have been acted upon.
    pub(crate) fn of_try(self, attempts: u32, may_have_arrived_before: bool) -> Self {
        Self { attempts, may_have_arrived_before, ..self }
    }
}

/// The connection pool and its bounds.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// Of a token fetch.
    pub(crate) timeout: Duration,
    /// Of one try, from connecting to the last byte of its answer.
    pub(crate) try_timeout: Duration,
    /// Bytes of an answer.
    pub(crate) largest_answer: usize,
}

impl Transport {
    pub(crate) async fn send(&self, request: reqwest::Request, deadline: Instant) -> Result<Answer, Error> {
        let now = Instant::now();
        let mut end = pin!(sleep_until(now.checked_add(self.try_timeout).map_or(deadline, |end| end.min(deadline))));
        let response = before(end.as_mut(), self.http.execute(request)).await;
        let mut response = response.ok_or_else(no_answer)?.map_err(failed)?;
        let status = response.status();
        let log_id = first_header(response.headers(), &LOG_ID).map(str::to_owned);
        let retry_after =
            first_header(response.headers(), &RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
        let retry_after = retry_after.map(Duration::from_secs);
        let mut answer =
            Answer { status, log_id, body: Bytes::new(), retry_after, attempts: 1, may_have_arrived_before: false };
        let mut rest = Vec::new();
        loop {
            let chunk = before(end.as_mut(), response.chunk()).await.ok_or_else(|| no_end(&answer))?;
            let Some(chunk) = chunk.map_err(|error| cut_off(&answer, error))? else { break };
            if answer.body.len() + rest.len() + chunk.len() > self.largest_answer {
                let message = format!("the answer is larger than {} bytes", self.largest_answer);
                return Err(Error::new(ErrorKind::TooLarge, message).with_head(status.as_u16(), answer.log_id));
            }
            // One chunk is the common case, and needs no copy.
            if answer.body.is_empty() {
                answer.body = chunk;
            } else {
                rest.extend_from_slice(&chunk);
            }
        }
        if !rest.is_empty() {
            answer.body = [&answer.body, rest.as_slice()].concat().into();
        }
        Ok(answer)
    }
}

/// What comes of the work, if it is done before the time is over. One timer serves all the steps of a try.
async fn before<T>(mut end: Pin<&mut Sleep>, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// When what begins now and may take this long must have ended.
pub(crate) fn deadline(timeout: Duration) -> Instant {
    // A timeout beyond the clock's range is none.
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or(now + Duration::from_secs(86_400 * 365))
}

/// The first of these headers that is there and can be read.
fn first_header<'a>(headers: &'a HeaderMap, names: &[&str]) -> Option<&'a str> {
    let mut found = names.iter().filter_map(|name| headers.get(*name));
    found.find_map(|value| value.to_str().ok())
}

fn no_answer() -> Error {
    Error::new(ErrorKind::Timeout, "no answer in time; the service may have acted")
}

fn no_end(answer: &Answer) -> Error {
    answered(answer, ErrorKind::Timeout, "the answer did not end in time")
}

fn answered(answer: &Answer, kind: ErrorKind, message: &str) -> Error {
    Error::new(kind, message).with_head(answer.status.as_u16(), answer.log_id.clone())
}

fn failed(error: reqwest::Error) -> Error {
    let told = if error.is_connect() {
        Error::new(ErrorKind::Connection, "could not connect; nothing was sent")
    } else if error.is_timeout() {
        no_answer()
    } else {
        Error::new(ErrorKind::Transport, "the connection broke; the service may have acted")
    };
    // Addresses hold ids of users and groups, and are in the error's operation anyway.
    told.caused_by(error.without_url())
}

fn cut_off(answer: &Answer, error: reqwest::Error) -> Error {
    let told = match error.is_timeout() {
        true => no_end(answer),
        false => answered(answer, ErrorKind::Transport, "the answer was cut off"),
    };
    told.caused_by(error.without_url())
}

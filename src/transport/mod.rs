//! One attempt: sends a request and reads a response of bounded size.
//!
//! The retry loop decides by how far a failed attempt got, so the errors distinguish: no connection (certainly not
//! sent), no response in time, or cut off on the way. The body is read up to a limit, because a gateway can send
//! anything. It is read only if the configured server responded: an HTTP client that the caller passed in may have
//! followed a redirect. A redirect that is not followed is an error that names the host it points to and nothing else
//! of the address, which may hold ids and secrets.

mod failure;
mod file;
mod handshake;
pub(crate) mod redact;
mod response;

pub(crate) use failure::UploadError;
pub(crate) use file::{Expected, FileResponse};
pub(crate) use response::HttpResponse;

use self::redact::redacted;
use crate::Error;
use bytes::Bytes;
use failure::is_same_server;
use reqwest::header::LOCATION;
use reqwest::{StatusCode, Url};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long an attempt may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeBound {
    /// When the attempt began.
    pub(crate) begun: Instant,
    /// When its call must have ended.
    pub(crate) deadline: Instant,
    /// The timeout of the whole call, for the error's message.
    pub(crate) timeout: Duration,
    /// Whether it sends files, which may take as long as the call may.
    pub(crate) is_upload: bool,
}

/// The connection pool and its limits.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// The server that receives requests; a response from any other is refused.
    pub(crate) server: Url,
    /// Of one attempt, from connecting to the last byte of the response.
    pub(crate) attempt_timeout: Duration,
    /// Of a response's body.
    pub(crate) max_response_bytes: usize,
}

impl Transport {
    /// Sends one attempt. An error shows none of the secrets and nothing of the body.
    pub(crate) fn send(
        &self,
        secrets: &[&[u8]],
        request: reqwest::Request,
        time: TimeBound,
    ) -> impl Future<Output = Result<HttpResponse, Error>> {
        // Boxed by the HTTP client from here on, so that the futures above do not each hold a copy of the request.
        let response = self.http.execute(request);
        async move { self.exchange(secrets, Expected::Envelope, response, time).await.map_err(|broken| broken.error) }
    }

    /// The same, but an error shows the received part of a response that was cut off, without the secret.
    pub(crate) fn send_showing_body(
        &self,
        secret: &[u8],
        expected: Expected,
        request: reqwest::Request,
        time: TimeBound,
    ) -> impl Future<Output = Result<HttpResponse, Error>> {
        let response = self.http.execute(request);
        async move {
            self.exchange(&[secret], expected, response, time).await.map_err(
                |Broken { error, received }| match received.is_empty() {
                    true => error,
                    false => error.with_excerpt(&redacted(received, secret)),
                },
            )
        }
    }

    async fn exchange(
        &self,
        secrets: &[&[u8]],
        expected: Expected,
        response: impl Future<Output = reqwest::Result<reqwest::Response>>,
        TimeBound { begun, deadline, timeout, is_upload }: TimeBound,
    ) -> Result<HttpResponse, Broken> {
        let left = deadline.saturating_duration_since(begun);
        // Never later than the deadline, which the clock can represent.
        let is_bounded = !is_upload && self.attempt_timeout < left;
        let mut end = pin!(sleep_until(begun + if is_bounded { self.attempt_timeout } else { left }));
        let limit = || match is_bounded {
            true => format!("the {:?} of one attempt (`attempt_timeout`)", self.attempt_timeout),
            false => format!("the {timeout:?} of the call"),
        };
        let response = until(end.as_mut(), pin!(response)).await;
        let response = response.ok_or_else(|| failure::no_response(&limit()))?;
        let mut response = response.map_err(|error| failure::failed(error, begun, secrets))?;
        if !is_same_server(response.url(), &self.server) {
            return Err(failure::wrong_server(response.url(), secrets).into());
        }
        let mut received = HttpResponse::new(&response, secrets);
        if is_redirect(&response) {
            return Err(failure::redirected(received, &response, &self.server, secrets).into());
        }
        if expected != Expected::Envelope && received.is_success() {
            received.file = Some(Box::new(FileResponse::new(response.headers(), secrets)));
        }
        let streams = expected == Expected::Stream;
        let mut rest = Vec::new();
        loop {
            if streams
                && let Some(file) = &mut received.file
                && file.has_begun(&received.body, received.body.len() + rest.len())
            {
                file.rest = Some(response.into());
                break;
            }
            let chunk = match until(end.as_mut(), pin!(response.chunk())).await {
                Some(Ok(Some(chunk))) => Ok(chunk),
                Some(Ok(None)) => break,
                Some(Err(error)) => Err(failure::cut_off(&received, error, begun)),
                None => Err(failure::unfinished(&received, &limit())),
            };
            let chunk = chunk.map_err(|error| match received.file {
                // The bytes of a file explain nothing.
                Some(_) => error.into(),
                None => Broken { error, received: joined(&received.body, &rest) },
            })?;
            // The beginning of a stream is bounded by what an envelope may have.
            if !(streams && received.file.is_some())
                && received.body.len() + rest.len() + chunk.len() > self.max_response_bytes
            {
                return Err(failure::too_large(received, self.max_response_bytes).into());
            }
            // Most bodies arrive in one chunk, which needs no copy.
            if received.body.is_empty() {
                received.body = chunk;
            } else {
                rest.extend_from_slice(&chunk);
            }
        }
        if !rest.is_empty() {
            received.body = joined(&received.body, &rest);
        }
        if received.file.as_ref().is_some_and(|file| file.rest.is_none() && !file.is_file(&received.body)) {
            received.file = None;
        }
        Ok(received)
    }
}

/// An attempt that failed, and the part of the body that was received before.
struct Broken {
    error: Error,
    received: Bytes,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self { error, received: Bytes::new() }
    }
}

fn joined(first: &[u8], rest: &[u8]) -> Bytes {
    [first, rest].concat().into()
}

/// The output of `work`, or none if the timer ends first. One timer serves all steps of an attempt.
fn until<F: Future>(mut end: Pin<&mut Sleep>, mut work: Pin<&mut F>) -> impl Future<Output = Option<F::Output>> {
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
}

/// When something that began at `begun` must have ended.
pub(crate) fn deadline(begun: Instant, timeout: Duration) -> Instant {
    // A timeout beyond the clock's range becomes a year.
    begun.checked_add(timeout).unwrap_or(begun + Duration::from_secs(86_400 * 365))
}

/// A status 3xx with an address. Without one there is nothing to follow, and the body may explain the failure.
fn is_redirect(response: &reqwest::Response) -> bool {
    response.status().is_redirection()
        && response.status() != StatusCode::NOT_MODIFIED
        && response.headers().contains_key(LOCATION)
}

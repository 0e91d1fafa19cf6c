//! Telemetry of a client: `tracing` spans and events, and an [`Observer`] that the caller provides.
//!
//! Both report at the same moments: after each attempt, at the end of each call, and after each token fetch. Spans use
//! OpenTelemetry's attribute names for HTTP clients, so that an exporter needs no mapping. A call is one span with a
//! child span per attempt; a token fetch is a span of its own, since several calls may wait for it. Nothing reported
//! contains a body or a URL with ids: spans carry the path's template only. A request that breaks a documented limit is
//! never started, and is not reported.

mod call_span;
mod token_fetch_span;

pub(crate) use call_span::{AttemptOutcome, CallSpan, in_span};
pub(crate) use token_fetch_span::{token_requested, token_responded};

use crate::Error;
use crate::operation::Operation;
use reqwest::Url;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A hook for metrics. Every method has a default that does nothing.
///
/// Methods should return quickly: events of a call are reported on the call's task, events of a token fetch on the
/// fetch's task, for which calls may be waiting. A panic in a method does not affect the call or the fetch.
///
/// ```
/// use feishu_user_groups::{Client, telemetry::{CallEvent, Observer}};
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::sync::Arc;
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn on_call(&self, call: &CallEvent<'_>) {
///         if call.error.is_some() {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// let failures = Arc::new(Failures::default());
/// let client = Client::builder().app("cli_a1b2c3", "app secret").observer(failures.clone()).build()?;
/// # Ok(())
/// # }
/// ```
pub trait Observer: Send + Sync {
    /// An attempt of a call has ended, and the client has decided whether to retry.
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        let _ = event;
    }

    /// A call has ended, or its future was dropped.
    fn on_call(&self, event: &CallEvent<'_>) {
        let _ = event;
    }

    /// A token fetch has ended, from the platform or from a provider of the caller's.
    fn on_token_fetch(&self, event: &TokenFetchEvent<'_>) {
        let _ = event;
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        (**self).on_attempt(event);
    }

    fn on_call(&self, event: &CallEvent<'_>) {
        (**self).on_call(event);
    }

    fn on_token_fetch(&self, event: &TokenFetchEvent<'_>) {
        (**self).on_token_fetch(event);
    }
}

/// One attempt of a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptEvent<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// The attempt's number within the call, from 1.
    pub attempt: u32,
    /// From sending the request to the last byte of the response.
    pub elapsed: Duration,
    /// The HTTP status; `None` without a response.
    pub status: Option<u16>,
    /// The envelope's `code`; `None` if the response has no envelope.
    pub code: Option<i64>,
    /// The log id that the platform's support asks for.
    pub log_id: Option<&'a str>,
    /// Why there is no usable response; `None` if there is one, whatever its `code`.
    pub error: Option<&'a Error>,
    /// Whether the client will make another attempt.
    pub will_retry: bool,
}

/// One call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// How many requests were sent.
    pub attempts: u32,
    /// From the start of the call to its end, waiting included.
    pub elapsed: Duration,
    /// How long the client itself delayed the call: rate limits, the bound on calls in flight, and backoff.
    pub waited: Duration,
    /// The error that the call returned; `None` for a success and for a dropped call.
    pub error: Option<&'a Error>,
    /// Whether the caller dropped the call before it ended.
    pub dropped: bool,
}

/// One token fetch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenFetchEvent<'a> {
    /// How long the fetch took.
    pub elapsed: Duration,
    /// Whether the previous token was still valid when the fetch began, so that no call had to wait.
    pub in_background: bool,
    /// Why the fetch failed; `None` if it returned a token.
    pub error: Option<&'a Error>,
}

/// Where a client reports, and the server that its spans name.
#[derive(Clone)]
pub(crate) struct Telemetry {
    observer: Option<Arc<dyn Observer>>,
    server: Arc<Url>,
}

impl Telemetry {
    pub(crate) fn new(observer: Option<Arc<dyn Observer>>, server: Url) -> Self {
        Self { observer, server: Arc::new(server) }
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("observed", &self.observer.is_some()).finish_non_exhaustive()
    }
}

/// The value of `error.type`. OpenTelemetry asks for few distinct values: the service's code if there is one, else the
/// kind of error, else the HTTP status.
fn error_type(status: Option<u16>, code: Option<i64>, error: Option<&Error>) -> String {
    match (code, error, status) {
        (Some(code), ..) if code != 0 => code.to_string(),
        (_, Some(error), _) => format!("{:?}", error.kind()),
        (_, _, Some(status)) => status.to_string(),
        _ => "_OTHER".to_owned(),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

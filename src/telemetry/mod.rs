//! What a client tells about itself: to `tracing`, and to an [`Observer`] of the caller's.
//!
//! Both are told the same at the same moments: after each try, at the end of each call, and
//! after each token fetch. Spans carry OpenTelemetry's names for an HTTP client's
//! attributes, so that an exporter needs no mapping: one span for the call, in it one
//! for each try, and one beside it for each token fetch. No address with ids in it and no
//! body is ever told, only the path's template.

mod call_span;
mod token_fetch_span;

pub(crate) use call_span::{AttemptOutcome, CallSpan, Telemetry, in_span};
pub(crate) use token_fetch_span::{token_requested, token_responded};

use crate::Error;
use crate::operation::Operation;
use std::sync::Arc;
use std::time::Duration;

/// A hook for metrics: every method has a default that does nothing.
///
/// They should return at once: what is told of a call is told on its own task, and what is told of a token fetch
/// on the fetch's, for which calls may be waiting. A method that panics changes nothing for the call or the fetch.
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
    /// A try of a call has ended, and it is decided whether there will be another.
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        let _ = event;
    }

    /// A call has ended, or was dropped.
    fn on_call(&self, event: &CallEvent<'_>) {
        let _ = event;
    }

    /// A token was asked for, at the platform or at a provider of the caller's.
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

/// One try of a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptEvent<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// Which try it was, from 1.
    pub number: u32,
    /// From sending to the last byte of the answer.
    pub elapsed: Duration,
    /// The HTTP status, if an answer came.
    pub status: Option<u16>,
    /// The envelope's code, if an envelope came.
    pub code: Option<i64>,
    /// The id that the platform's support asks for.
    pub log_id: Option<&'a str>,
    /// What went wrong on the way, if no answer came.
    pub error: Option<&'a Error>,
    /// Whether there will be another try.
    pub repeated: bool,
}

/// One call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// How many times it was sent.
    pub tries: u32,
    /// From beginning to end, waiting included.
    pub elapsed: Duration,
    /// Waiting of this client's own: for its turn, for a place among the calls in flight, between tries.
    pub waited: Duration,
    /// What the caller got; `None` for an answer.
    pub error: Option<&'a Error>,
    /// The caller dropped the call before it ended.
    pub dropped: bool,
}

/// One request for a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenFetchEvent<'a> {
    /// How long the answer took.
    pub elapsed: Duration,
    /// Whether the token before was still good when the fetch began, so that no call had to wait for it.
    pub in_background: bool,
    /// Why there is no token; `None` if there is one.
    pub error: Option<&'a Error>,
}

//! Telemetry of one call: its span, a child span per attempt, log events, and the observer's events.
//!
//! A call whose future is dropped is reported too, from the destructor. Field values that cost something (the clock,
//! formatted names) are computed only if somebody listens.

use super::{AttemptEvent, CallEvent, Telemetry, error_type, millis};
use crate::Error;
use crate::error::WithoutIds;
use crate::future::no_panic;
use crate::operation::Operation;
use std::cell::LazyCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Span, debug, info_span, warn};

/// The span of a call and what it has counted so far.
pub(crate) struct CallSpan<'a> {
    telemetry: &'a Telemetry,
    operation: &'static Operation,
    started: Instant,
    waited: Duration,
    attempts: u32,
    pub(crate) span: Span,
    finished: bool,
}

impl<'a> CallSpan<'a> {
    pub(crate) fn start(telemetry: &'a Telemetry, operation: &'static Operation) -> Self {
        let started = Instant::now();
        let span = info_span!(
            "feishu_call",
            otel.name = operation.id,
            otel.status_code = Empty,
            feishu.operation = operation.id,
            feishu.attempts = Empty,
            feishu.waited_ms = Empty,
            feishu.code = Empty,
            feishu.log_id = Empty,
            error.type = Empty,
        );
        Self { telemetry, operation, started, waited: Duration::ZERO, attempts: 0, span, finished: false }
    }

    /// When the call started.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Adds a delay that the client itself caused.
    pub(crate) fn add_wait(&mut self, time: Duration) {
        self.waited += time;
    }

    /// Counts an attempt and opens its span.
    pub(crate) fn next_attempt(&mut self) -> Span {
        self.attempts += 1;
        let span = info_span!(
            parent: &self.span,
            "feishu_attempt",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = self.operation.method.as_str(),
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.template = self.operation.path,
            server.address = self.telemetry.server.host_str(),
            server.port = self.telemetry.server.port_or_known_default(),
            error.type = Empty,
            feishu.operation = self.operation.id,
            feishu.attempt = self.attempts,
            feishu.waited_ms = millis(self.waited),
            feishu.code = Empty,
            feishu.log_id = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{} {}", self.operation.method, self.operation.path));
            if self.attempts > 1 {
                span.record("http.request.resend_count", self.attempts - 1);
            }
        }
        span
    }

    /// Reports the attempt that [`next_attempt`](Self::next_attempt) counted last.
    pub(crate) fn attempt_finished(
        &self,
        span: &Span,
        outcome: &AttemptOutcome<'_>,
        elapsed: Duration,
        will_retry: bool,
    ) {
        let AttemptOutcome { status, code, log_id, error } = *outcome;
        span.record("http.response.status_code", status);
        span.record("feishu.code", code);
        span.record("feishu.log_id", log_id);
        let failed = error.is_some() || code != Some(0);
        if failed && !span.is_disabled() {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error_type(status, code, error));
        }
        let (attempt, elapsed_ms) = (self.attempts, millis(elapsed));
        let cause = error.map(tracing::field::display);
        span.in_scope(|| match will_retry {
            true => warn!(attempt, elapsed_ms, status, code, log_id, error = cause, "attempt failed; retrying"),
            false => debug!(attempt, elapsed_ms, status, code, log_id, error = cause, "attempt finished"),
        });
        if let Some(observer) = &self.telemetry.observer {
            let operation = self.operation;
            let event = AttemptEvent { operation, attempt, elapsed, status, code, log_id, error, will_retry };
            no_panic(|| observer.on_attempt(&event));
        }
    }

    /// Reports the end of the call.
    pub(crate) fn finish(mut self, error: Option<&Error>, log_id: Option<&str>) {
        self.report(error, log_id, false);
    }

    fn report(&mut self, error: Option<&Error>, log_id: Option<&str>, dropped: bool) {
        self.finished = true;
        let (operation, attempts, waited) = (self.operation, self.attempts, self.waited);
        let elapsed = LazyCell::new(|| self.started.elapsed());
        self.span.record("feishu.attempts", attempts);
        self.span.record("feishu.waited_ms", millis(waited));
        self.span.record("feishu.log_id", log_id);
        if let Some(error) = error.filter(|_| !self.span.is_disabled()) {
            self.span.record("feishu.code", error.code());
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", error_type(error.status(), error.code(), Some(error)));
        }
        self.span.in_scope(|| {
            let (elapsed_ms, waited_ms) = (|| millis(*elapsed), millis(waited));
            match (error, dropped) {
                (Some(error), _) => {
                    let error = WithoutIds(error);
                    debug!(attempts, elapsed_ms = elapsed_ms(), waited_ms, %error, "call failed");
                }
                (None, true) => debug!(attempts, elapsed_ms = elapsed_ms(), waited_ms, "call dropped"),
                (None, false) => debug!(attempts, elapsed_ms = elapsed_ms(), waited_ms, log_id, "call succeeded"),
            }
        });
        if let Some(observer) = &self.telemetry.observer {
            let elapsed = *elapsed;
            no_panic(|| observer.on_call(&CallEvent { operation, attempts, elapsed, waited, error, dropped }));
        }
    }
}

impl Drop for CallSpan<'_> {
    fn drop(&mut self) {
        if !self.finished {
            // During unwinding, a panic of a `tracing` subscriber here would abort the process.
            no_panic(|| self.report(None, None, true));
        }
    }
}

/// Polls a future within a span.
///
/// `tracing::Instrument` does the same but takes the future by value; an `async fn` would store the future twice, as
/// its argument and as what it awaits.
pub(crate) fn in_span<F: Future>(span: &Span, mut future: Pin<&mut F>) -> impl Future<Output = F::Output> {
    poll_fn(move |context| {
        let _entered = span.enter();
        future.as_mut().poll(context)
    })
}

/// How an attempt ended, as far as is known.
#[derive(Clone, Copy)]
pub(crate) struct AttemptOutcome<'a> {
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<i64>,
    pub(crate) log_id: Option<&'a str>,
    pub(crate) error: Option<&'a Error>,
}

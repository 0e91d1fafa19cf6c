//! A call as it is told: its spans, its events, and what the observer gets.

use super::{AttemptEvent, CallEvent, Observer};
use crate::Error;
use crate::future::no_panic;
use crate::operation::Operation;
use reqwest::Url;
use std::cell::LazyCell;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Span, debug, info_span, warn};

/// Where a client tells what it does.
#[derive(Clone)]
pub(crate) struct Telemetry {
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) server: Arc<Url>,
}

impl Telemetry {
    pub(crate) fn new(observer: Option<Arc<dyn Observer>>, server: Url) -> Self {
        Self { observer, server: Arc::new(server) }
    }
}

/// A call as it is told.
pub(crate) struct CallSpan<'a> {
    telemetry: &'a Telemetry,
    operation: &'static Operation,
    begun: Instant,
    waited: Duration,
    tries: u32,
    /// The call's own.
    pub(crate) span: Span,
    told: bool,
}

impl<'a> CallSpan<'a> {
    pub(crate) fn begin(telemetry: &'a Telemetry, operation: &'static Operation) -> Self {
        let begun = Instant::now();
        let span = info_span!(
            "feishu_call",
            otel.name = operation.id,
            otel.status_code = Empty,
            feishu.operation = operation.id,
            feishu.tries = Empty,
            feishu.waited_ms = Empty,
            feishu.code = Empty,
            feishu.log_id = Empty,
            error.type = Empty,
        );
        Self { telemetry, operation, begun, waited: Duration::ZERO, tries: 0, span, told: false }
    }

    /// When the call began.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// The client kept the call waiting.
    pub(crate) fn waited(&mut self, time: Duration) {
        self.waited += time;
    }

    /// A span for the next try.
    pub(crate) fn next_try(&mut self) -> Span {
        self.tries += 1;
        let span = info_span!(
            parent: &self.span,
            "feishu_try",
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
            feishu.try = self.tries,
            feishu.waited_ms = millis(self.waited),
            feishu.code = Empty,
            feishu.log_id = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{} {}", self.operation.method, self.operation.path));
            if self.tries > 1 {
                span.record("http.request.resend_count", self.tries - 1);
            }
        }
        span
    }

    /// What came of the last try.
    pub(crate) fn tried(&self, span: &Span, attempt_outcome: &AttemptOutcome<'_>, elapsed: Duration, repeated: bool) {
        let AttemptOutcome { status, code, log_id, error } = *attempt_outcome;
        span.record("http.response.status_code", status);
        span.record("feishu.code", code);
        span.record("feishu.log_id", log_id);
        let failed = error.is_some() || code != Some(0);
        if failed && !span.is_disabled() {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error_type(status, code, error));
        }
        let (number, elapsed_ms) = (self.tries, millis(elapsed));
        let cause = error.map(tracing::field::display);
        span.in_scope(|| match repeated {
            true => warn!(number, elapsed_ms, status, code, log_id, error = cause, "tried; another try follows"),
            false => debug!(number, elapsed_ms, status, code, log_id, error = cause, "tried"),
        });
        if let Some(observer) = &self.telemetry.observer {
            let (operation, number) = (self.operation, self.tries);
            no_panic(|| {
                observer.on_attempt(&AttemptEvent { operation, number, elapsed, status, code, log_id, error, repeated })
            });
        }
    }

    /// What came of the call.
    pub(crate) fn end(mut self, error: Option<&Error>, log_id: Option<&str>) {
        self.tell(error, log_id, false);
    }

    fn tell(&mut self, error: Option<&Error>, log_id: Option<&str>, dropped: bool) {
        self.told = true;
        let (operation, tries, waited) = (self.operation, self.tries, self.waited);
        // Reading the clock is for those who watch.
        let elapsed = LazyCell::new(|| self.begun.elapsed());
        self.span.record("feishu.tries", tries);
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
                (Some(error), _) => debug!(tries, elapsed_ms = elapsed_ms(), waited_ms, %error, "the call failed"),
                (None, true) => debug!(tries, elapsed_ms = elapsed_ms(), waited_ms, "the call was dropped"),
                (None, false) => debug!(tries, elapsed_ms = elapsed_ms(), waited_ms, log_id, "the call succeeded"),
            }
        });
        if let Some(observer) = &self.telemetry.observer {
            let elapsed = *elapsed;
            no_panic(|| observer.on_call(&CallEvent { operation, tries, elapsed, waited, error, dropped }));
        }
    }
}

impl Drop for CallSpan<'_> {
    fn drop(&mut self) {
        if !self.told {
            // A panic of a `tracing` subscriber here would end the process if another one is unwinding.
            no_panic(|| self.tell(None, None, true));
        }
    }
}

/// Work that is done within a span.
///
/// `Instrument` does the same, and moves the work into itself first; an `async fn` would even hold it twice, as what
/// it was given and as what it waits for.
pub(crate) fn in_span<F: Future>(span: &Span, mut work: Pin<&mut F>) -> impl Future<Output = F::Output> {
    poll_fn(move |context| {
        let _entered = span.enter();
        work.as_mut().poll(context)
    })
}

/// How a try ended, as far as it is known.
#[derive(Clone, Copy)]
pub(crate) struct AttemptOutcome<'a> {
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<i64>,
    pub(crate) log_id: Option<&'a str>,
    pub(crate) error: Option<&'a Error>,
}

/// OpenTelemetry wants few values: a code of the service, else a status, else the kind of failure.
pub(super) fn error_type(status: Option<u16>, code: Option<i64>, error: Option<&Error>) -> String {
    match (code, error, status) {
        (Some(code), ..) if code != 0 => code.to_string(),
        (_, Some(error), _) => format!("{:?}", error.kind()),
        (_, _, Some(status)) => status.to_string(),
        _ => "_OTHER".to_owned(),
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("observed", &self.observer.is_some()).finish_non_exhaustive()
    }
}

//! A token fetch as it is told: one span, which the endpoint fills in, an event, and the observer.

use super::TokenFetchEvent;
use super::call_span::{Telemetry, error_type, millis};
use crate::Error;
use crate::future::no_panic;
use crate::transport::Answer;
use std::time::Duration;
use tracing::field::Empty;
use tracing::{Span, debug, info_span, warn};

impl Telemetry {
    /// Around a fetch. It is none of the call's that began it, which may end before, but follows from that.
    pub(crate) fn fetch_span(&self, in_background: bool) -> Span {
        let span = info_span!(
            parent: None,
            "feishu_token_fetch",
            otel.name = "token fetch",
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = Empty,
            http.response.status_code = Empty,
            url.template = Empty,
            server.address = self.server.host_str(),
            server.port = self.server.port_or_known_default(),
            error.type = Empty,
            feishu.code = Empty,
            feishu.log_id = Empty,
            feishu.in_background = in_background,
        );
        span.follows_from(Span::current());
        span
    }

    /// What a source answered. A renewal that failed is no reason to worry while the old token lives.
    pub(crate) fn token_fetched(&self, error: Option<&Error>, elapsed: Duration, in_background: bool) {
        // Nobody who listens may lose the token that was fetched.
        no_panic(|| self.tell_of_fetch(error, elapsed, in_background));
        if let Some(observer) = &self.observer {
            no_panic(|| observer.on_token_fetch(&TokenFetchEvent { elapsed, in_background, error }));
        }
    }

    fn tell_of_fetch(&self, error: Option<&Error>, elapsed: Duration, in_background: bool) {
        let elapsed_ms = millis(elapsed);
        match error {
            Some(error) => {
                let (status, code, log_id) = (error.status(), error.code(), error.log_id());
                let span = Span::current();
                span.record("otel.status_code", "ERROR");
                span.record("error.type", error_type(status, code, Some(error)));
                match in_background {
                    true => debug!(%error, elapsed_ms, status, code, log_id, "no new access token yet"),
                    false => warn!(%error, elapsed_ms, status, code, log_id, "no access token"),
                }
            }
            None => debug!(elapsed_ms, in_background, "an access token was fetched"),
        }
    }
}

/// A request to a token endpoint, in the span of its fetch; a fetch may ask two of them.
pub(crate) fn token_requested(path: &'static str) {
    let span = Span::current();
    span.record("http.request.method", "POST");
    span.record("url.template", path);
}

/// What came back.
pub(crate) fn token_responded(answer: &Answer, code: Option<i64>) {
    no_panic(|| {
        let span = Span::current();
        span.record("http.response.status_code", answer.status.as_u16());
        span.record("feishu.code", code);
        span.record("feishu.log_id", answer.log_id.as_deref());
    });
}

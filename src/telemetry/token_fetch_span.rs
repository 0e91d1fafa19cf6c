//! Telemetry of a token fetch: one span, which the token endpoint fills in, one log event, and the observer's event.

use super::{Telemetry, TokenFetchEvent, error_type, millis};
use crate::Error;
use crate::future::no_panic;
use crate::transport::HttpResponse;
use std::time::Duration;
use tracing::field::Empty;
use tracing::{Span, debug, info_span, warn};

impl Telemetry {
    /// The span of a fetch. It is not a child of the call that starts the fetch, since that call may end first; it
    /// follows from it.
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

    /// Reports the end of a fetch, within its span. A panic of a subscriber or an observer must not lose the token.
    pub(crate) fn token_fetched(&self, error: Option<&Error>, elapsed: Duration, in_background: bool) {
        no_panic(|| record_fetch(error, elapsed, in_background));
        if let Some(observer) = &self.observer {
            no_panic(|| observer.on_token_fetch(&TokenFetchEvent { elapsed, in_background, error }));
        }
    }
}

fn record_fetch(error: Option<&Error>, elapsed: Duration, in_background: bool) {
    let elapsed_ms = millis(elapsed);
    match error {
        Some(error) => {
            let (status, code, log_id) = (error.status(), error.code(), error.log_id());
            let span = Span::current();
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error_type(status, code, Some(error)));
            // A failed refresh needs no warning: calls go on with the old token, which is still valid.
            match in_background {
                true => {
                    debug!(%error, elapsed_ms, status, code, log_id, "token refresh failed; the old token is valid")
                }
                false => warn!(%error, elapsed_ms, status, code, log_id, "token fetch failed"),
            }
        }
        None => debug!(elapsed_ms, in_background, "token fetched"),
    }
}

/// Records a request to a token endpoint in the current fetch's span. A fetch may send two: the last one is recorded.
pub(crate) fn token_requested(path: &'static str) {
    let span = Span::current();
    span.record("http.request.method", "POST");
    span.record("url.template", path);
}

/// Records a token endpoint's response in the current fetch's span.
pub(crate) fn token_responded(response: &HttpResponse, code: Option<i64>) {
    no_panic(|| {
        let span = Span::current();
        span.record("http.response.status_code", response.status.as_u16());
        span.record("feishu.code", code);
        span.record("feishu.log_id", response.log_id.as_deref());
    });
}

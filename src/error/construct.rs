//! Constructors of `Error`, one per way to fail, and setters for what the caller of each knows.
//!
//! An error is classified while it is built: its delivery, whether a retry may help, and whether it is of a token fetch
//! are fields, set from kind, status and code. Nothing reads a message or inspects a source to decide. The parts are
//! plain values, so this module depends on no other step of a call.

use super::violation::{Violation, violations};
use super::{Delivery, Error, ErrorKind, Parts, TokenFetch};
use crate::decode::{is_log_id, one_line};
use crate::operation::{ErrorCategory, Operation, PLATFORM_ERRORS};
use crate::store::BoxError;
use crate::types::ErrorDetail;
use reqwest::StatusCode;
use serde_json::Value;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

/// Characters that are shown of a body that could not be decoded, or of a failure's data.
pub(super) const EXCERPT: usize = 512;

/// Violations, or items of a batch, that a message lists.
pub(super) const SHOWN: usize = 8;

/// The end of a list of so many: how many are not shown.
pub(super) fn more(listed: usize) -> String {
    match listed.saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    }
}

/// Whether a status alone says that the same request may succeed a moment later: a failure of the server (5xx), a
/// request that arrived too slowly (408), on the wrong connection (421) or too early (425).
///
/// By definition, the last three mean that the request was not processed. But a proxy may send them for a request that
/// it has passed on. So they prove no more than a 5xx: a call that is not safe to repeat is not repeated.
pub(crate) fn is_transient_status(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::MISDIRECTED_REQUEST | StatusCode::TOO_EARLY)
}

/// Whether a response without a known code may be of a request that was applied, and may succeed if repeated.
fn is_transient_or_overload(status: StatusCode) -> bool {
    is_transient_status(status) || status == StatusCode::TOO_MANY_REQUESTS
}

// By kind of failure.
impl Error {
    /// An error of which only the kind and a description are known; `message` says what happened.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            operation: None,
            message: message.into(),
            hint: None,
            status: None,
            code: None,
            known: None,
            log_id: None,
            detail: None,
            data: None,
            violations: Vec::new(),
            retry_after: None,
            idempotency_key: None,
            attempts: 0,
            last_attempt: Delivery::of(kind),
            earlier_attempts: Delivery::NotSent,
            is_retryable: matches!(
                kind,
                ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Throttled
            ),
            token_fetch: None,
            partial: None,
            source: None,
        }))
    }

    /// The request breaks documented rules.
    pub(crate) fn invalid_request(operation: &'static Operation, violations: Vec<Violation>) -> Self {
        let list = violations.iter().map(|violation| format!("{} {}", violation.field, violation.description));
        let message =
            format!("not sent: {}{}", list.take(SHOWN).collect::<Vec<_>>().join("; "), more(violations.len()));
        let mut error = Self::new(ErrorKind::InvalidRequest, message).of(operation);
        error.0.violations = violations;
        error
    }

    /// The next permit of the rate limit is `wait` away, which is longer than the call may wait.
    pub(crate) fn throttled(wait: Duration) -> Self {
        let seconds = wait.as_secs_f64();
        let message =
            format!("not sent: the next permit is {seconds:.1} s away, longer than the call may wait (`max_wait`)");
        Self::new(ErrorKind::Throttled, message).with_retry_after(wait)
    }

    /// The service asked for an implausibly long wait, and the next probe is `wait` away.
    pub(crate) fn paused(wait: Duration) -> Self {
        let seconds = wait.as_secs_f64();
        let message =
            format!("not sent: the service asked for an implausibly long wait; the next probe is in {seconds:.1} s");
        Self::new(ErrorKind::Throttled, message).with_retry_after(wait)
    }

    /// The call's deadline passed before an attempt was sent.
    pub(crate) fn deadline_exceeded(why: &str) -> Self {
        Self::new(ErrorKind::Timeout, format!("not sent: {why}")).with_last_attempt(Delivery::NotSent)
    }

    /// The call's deadline passed while it waited for a token. The fetch itself may still succeed.
    pub(crate) fn token_deadline_exceeded() -> Self {
        let mut error = Self::deadline_exceeded("no access token arrived in time");
        error.0.token_fetch = Some(TokenFetch { is_retryable: false });
        error
    }

    /// The service responded with a code other than 0.
    pub(crate) fn service(operation: &'static Operation, status: StatusCode, code: i64, msg: String) -> Self {
        let mut error = Self::new(ErrorKind::Service, msg).of(operation);
        let known = operation.known_code(code);
        (error.0.code, error.0.known) = (Some(code), known);
        let (is_uncertain, is_retryable) = match known.map(|known| known.category()) {
            Some(ErrorCategory::Internal) => (true, true),
            Some(category) => (false, matches!(category, ErrorCategory::InProgress | ErrorCategory::RateLimited)),
            None => (is_transient_or_overload(status), is_transient_or_overload(status)),
        };
        error.0.is_retryable = is_retryable;
        match is_uncertain {
            true => error.with_last_attempt(Delivery::Unknown),
            false => error,
        }
    }

    /// The service rejected a retry because an earlier attempt had been applied.
    pub(crate) fn into_already_applied(mut self) -> Self {
        (self.0.kind, self.0.is_retryable) = (ErrorKind::AlreadyApplied, false);
        self
    }

    /// A token could not be fetched because its request failed with this error. The call itself was not sent.
    ///
    /// The message repeats what happened to the fetch. Its hint is left out: it is about the fetch's own delivery.
    pub(crate) fn into_token_fetch_error(self) -> Self {
        let message = format!("not sent: no access token could be fetched: {}", self.0.message);
        // A timeout stays one, whichever of the two deadlines passed first: the fetch's or the call's.
        let kind = if self.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Auth };
        let (status, log_id, is_retryable) = (self.0.status, self.0.log_id.clone(), self.0.is_retryable);
        Self::new(kind, message).caused_by(self).of_token_fetch(status, log_id, is_retryable)
    }

    /// The token endpoint responded with something other than a token.
    pub(crate) fn of_token_response(self, status: StatusCode, log_id: Option<String>) -> Self {
        self.of_token_fetch(Some(status), log_id, false)
    }

    fn of_token_fetch(mut self, status: Option<StatusCode>, log_id: Option<String>, is_retryable: bool) -> Self {
        (self.0.status, self.0.log_id) = (status, log_id);
        let is_retryable = is_retryable
            || status.is_some_and(is_transient_status)
            || self.means(ErrorCategory::Internal)
            || self.is_rate_limited();
        self.0.token_fetch = Some(TokenFetch { is_retryable });
        self.0.is_retryable = is_retryable;
        self.with_last_attempt(Delivery::NotSent)
    }
}

// By part.
impl Error {
    /// What the failure means for the call, or what to do about it: the end of the message.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_message(mut self, message: &str) -> Self {
        self.0.message = message.to_owned();
        self
    }

    pub(crate) fn of(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// The attempts that were sent, this one included.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// How far the request got in the attempt that this error is of.
    pub(crate) fn with_last_attempt(mut self, delivery: Delivery) -> Self {
        self.0.last_attempt = delivery;
        self
    }

    /// How far the request got in the attempts before that one.
    pub(crate) fn with_earlier_attempts(mut self, delivery: Delivery) -> Self {
        self.0.earlier_attempts = delivery;
        self
    }

    pub(crate) fn with_idempotency_key(mut self, key: Option<String>) -> Self {
        self.0.idempotency_key = key;
        self
    }

    pub(crate) fn caused_by_boxed(mut self, source: BoxError) -> Self {
        self.0.source = Some(Arc::from(source));
        self
    }

    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// A code of a token endpoint. It belongs to no operation, but the platform may list it.
    pub(crate) fn with_platform_code(mut self, code: i64) -> Self {
        let known = PLATFORM_ERRORS.iter().find(|known| known.code == code);
        (self.0.code, self.0.known) = (Some(code), known.map(|known| known.name));
        self
    }

    /// The time until the next call may be made.
    pub(crate) fn with_retry_after(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.0.retry_after = time.into();
        self
    }

    /// The status and log id of the response.
    pub(crate) fn with_head(mut self, status: StatusCode, log_id: Option<String>) -> Self {
        (self.0.status, self.0.log_id) = (Some(status), log_id);
        self.0.is_retryable |= self.0.kind == ErrorKind::InvalidResponse && is_transient_or_overload(status);
        self
    }

    /// The beginning of the body, as the end of the message. The caller has removed every secret from it.
    pub(crate) fn with_excerpt(mut self, body: &[u8]) -> Self {
        // A character has at most four bytes. One that is cut in the middle is replaced.
        let body = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
        self.0.message += &match one_line(body.trim(), EXCERPT) {
            excerpt if excerpt.is_empty() => ": it is empty".to_owned(),
            excerpt => format!(": `{excerpt}`"),
        };
        self
    }

    /// The `error` of the envelope. A log id of the head counts more than one in the body.
    pub(crate) fn with_detail(mut self, detail: Option<ErrorDetail>) -> Self {
        if let Some(detail) = &detail {
            let mut in_body = [&detail.log_id, &detail.logid].into_iter().flatten().filter(|id| is_log_id(id));
            self.0.log_id = self.0.log_id.or_else(|| in_body.next().cloned());
            self.0.violations = violations(detail);
        }
        self.0.detail = detail;
        self
    }

    /// The `data` of the envelope.
    pub(crate) fn with_data(mut self, data: Option<Value>) -> Self {
        self.0.data = data;
        self
    }
}

// What the retry loop and the token sources decide by.
impl Error {
    /// Whether a token fetch failed and another one may succeed. The call was not sent.
    pub(crate) fn is_retryable_token_fetch(&self) -> bool {
        self.0.token_fetch.is_some_and(|fetch| fetch.is_retryable)
    }

    /// Whether the service rejected the token of this request.
    pub(crate) fn is_rejected_token(&self) -> bool {
        self.means(ErrorCategory::InvalidToken)
    }
}

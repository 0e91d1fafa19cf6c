//! How errors come about: each constructor says what is known at that point of the road.

use super::{Delivery, Error, ErrorKind, Parts, is_passing};
use crate::decode::{self, Bounds, is_log_id, one_line};
use crate::error::violation::{Violation, violations};
use crate::operation::{ErrorCategory, Operation};
use crate::store::BoxError;
use crate::transport::HttpResponse;
use crate::types::ErrorDetail;
use reqwest::StatusCode;
use serde::Deserialize;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

/// How much of an answer that nobody understands is kept.
const EXCERPT: usize = 512;

/// How many violations one line names.
pub(super) const SHOWN: usize = 8;

/// How many more there are than one line names.
pub(super) fn more(violations: &[Violation]) -> String {
    match violations.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            operation: None,
            message: message.into(),
            status: None,
            code: None,
            known: None,
            log_id: None,
            detail: None,
            violations: Vec::new(),
            retry_after: None,
            idempotency_key: None,
            attempts: 0,
            last_attempt: Delivery::of(kind),
            earlier_attempts: Delivery::NotSent,
            of_a_token: false,
            source: None,
        }))
    }

    /// The call had no time left for the try that this error is of.
    pub(crate) fn out_of_time(why: &str) -> Self {
        Self::new(ErrorKind::Timeout, format!("not sent: {why}")).unsent()
    }

    /// The call had no time left to wait for a token.
    pub(crate) fn no_token_in_time() -> Self {
        let mut error = Self::out_of_time("no access token came in time");
        error.0.of_a_token = true;
        error
    }

    fn unsent(mut self) -> Self {
        self.0.last_attempt = Delivery::NotSent;
        self
    }

    pub(crate) fn saying(mut self, message: &str) -> Self {
        self.0.message = message.to_owned();
        self
    }

    pub(crate) fn of(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
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

    /// The request breaks documented rules.
    pub(crate) fn violated(operation: &'static Operation, violations: Vec<Violation>) -> Self {
        let list = violations.iter().map(|violation| format!("{} {}", violation.field, violation.description));
        let message = format!("not sent: {}{}", list.take(SHOWN).collect::<Vec<_>>().join("; "), more(&violations));
        let mut error = Self::new(ErrorKind::InvalidRequest, message).of(operation);
        error.0.violations = violations;
        error
    }

    /// Its turn is this far off, which is further than the call may wait.
    pub(crate) fn throttled(wait: Duration) -> Self {
        let seconds = wait.as_secs_f64();
        let message = format!("not sent: its turn is {seconds:.1} s off, which is further than the call may wait");
        let mut error = Self::new(ErrorKind::Throttled, message);
        error.0.retry_after = Some(wait);
        error
    }

    /// The service answered an envelope with a code other than 0.
    pub(crate) fn service(operation: &'static Operation, answer: &HttpResponse, code: i64) -> Self {
        // Whatever of the envelope cannot be read, the rest stands. What is read is made fit for people, here and once.
        let readable = decode::members(&answer.body, ["msg", "error"], Bounds::ERROR).unwrap_or_default();
        let Failure { msg, error: detail } = serde_json::from_slice(&readable).unwrap_or_default();
        let mut error = Self::answered(ErrorKind::Service, operation, answer, msg.unwrap_or_default());
        error.0.code = Some(code);
        error.0.known = operation.known_code(code);
        error.0.retry_after = answer.requested_wait(error.is_rate_limited());
        let is_uncertain = match error.0.known {
            Some(known) => known.category() == ErrorCategory::Internal,
            None => is_passing(answer.status) || answer.status == StatusCode::TOO_MANY_REQUESTS,
        };
        if is_uncertain {
            error.0.last_attempt = Delivery::Unknown;
        }
        if answer.may_have_been_applied_before && operation.retry.already_applied_code == Some(code) {
            error.0.kind = ErrorKind::AlreadyApplied;
        }
        error.with_detail(detail)
    }

    /// The answer is no envelope of this operation's.
    pub(crate) fn invalid_response(
        operation: &'static Operation,
        answer: &HttpResponse,
        what: &str,
        reason: Option<serde_json::Error>,
    ) -> Self {
        let mut error = Self::answered(ErrorKind::InvalidResponse, operation, answer, what).showing(&answer.body);
        error.0.source = reason.map(|reason| Arc::new(reason) as _);
        error
    }

    /// With the beginning of what came, in which no secret must be.
    pub(crate) fn showing(mut self, body: &[u8]) -> Self {
        // A character may be four bytes long; what is cut off in the middle of one is replaced.
        let body = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
        self.0.message += &match one_line(body.trim(), EXCERPT) {
            excerpt if excerpt.is_empty() => ": it is empty".to_owned(),
            excerpt => format!(": `{excerpt}`"),
        };
        self
    }

    /// An answer came, and it is an error.
    pub(crate) fn answered(
        kind: ErrorKind,
        operation: &'static Operation,
        answer: &HttpResponse,
        message: impl Into<String>,
    ) -> Self {
        let mut error = Self::new(kind, message).of(operation).after(answer.attempts);
        error.0.retry_after = answer.requested_wait(answer.status == StatusCode::TOO_MANY_REQUESTS);
        error = error.after_open_tries(answer.may_have_been_applied_before);
        error.with_head(answer.status.as_u16(), answer.log_id.clone())
    }

    /// Whether this is a token that could not be fetched for a reason that may pass: nothing was sent.
    pub(crate) fn is_failed_token_fetch(&self) -> bool {
        let cause = self.0.source.as_ref().and_then(|source| source.downcast_ref::<Self>());
        let unreachable = cause.is_some_and(Self::is_retryable);
        let no_token = matches!(self.0.kind, ErrorKind::Auth | ErrorKind::Timeout);
        let fails = self.status().is_some_and(|status| status >= 500) || self.means(ErrorCategory::Internal);
        no_token && (unreachable || fails || self.is_rate_limited())
    }

    /// Whether a token endpoint refused the token that it was asked with.
    pub(crate) fn is_refused_token(&self) -> bool {
        self.means(ErrorCategory::InvalidToken)
    }

    /// No token could be fetched, so the call itself was never sent, whatever became of the fetch.
    pub(crate) fn while_fetching_a_token(self) -> Self {
        // What became of the fetch is not what became of the call.
        let what = self.0.message.split("; ").next().unwrap_or_default();
        let message = format!("not sent: no access token could be fetched: {what}");
        // Out of time is out of time, whichever clock says so first: the fetch's or the call's.
        let kind = if self.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Auth };
        let (status, log_id) = (self.0.status, self.0.log_id.clone());
        let mut error = Self::new(kind, message).caused_by(self).unsent();
        (error.0.status, error.0.log_id, error.0.of_a_token) = (status, log_id, true);
        error
    }

    /// Whether a try before the one that this error is of may have been acted upon.
    pub(crate) fn after_open_tries(mut self, open: bool) -> Self {
        self.0.earlier_attempts = if open { Delivery::Unknown } else { Delivery::NotSent };
        self
    }

    /// A code of a token endpoint's: no operation's own, maybe one of the platform's.
    pub(crate) fn with_code(mut self, code: i64) -> Self {
        let known = crate::operation::PLATFORM_ERRORS.iter().find(|known| known.code == code);
        self.0.code = Some(code);
        self.0.known = known.map(|known| known.name);
        self
    }

    /// Nothing is to be asked before this time is over.
    pub(crate) fn with_retry_after(mut self, time: Duration) -> Self {
        self.0.retry_after = Some(time);
        self
    }

    /// What came before the body.
    pub(crate) fn with_head(mut self, status: u16, log_id: Option<String>) -> Self {
        self.0.status = Some(status);
        self.0.log_id = log_id;
        self
    }

    fn with_detail(mut self, detail: Option<ErrorDetail>) -> Self {
        if let Some(detail) = &detail {
            let mut in_body = [&detail.log_id, &detail.logid].into_iter().flatten().filter(|id| is_log_id(id));
            self.0.log_id = self.0.log_id.or_else(|| in_body.next().cloned());
            self.0.violations = violations(detail);
        }
        self.0.detail = detail;
        self
    }
}

/// The envelope of a failure, as far as everybody agrees about it.
#[derive(Default, Deserialize)]
struct Failure {
    #[serde(default, deserialize_with = "crate::decode::lenient::text_if_readable")]
    msg: Option<String>,
    #[serde(default, deserialize_with = "crate::decode::lenient::if_readable")]
    error: Option<ErrorDetail>,
}

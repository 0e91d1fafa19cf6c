//! One error for everything that can go wrong with a call.
//!
//! Whoever reads an error wants to know what happened, to which operation, and what
//! to do; whoever asks the platform's support needs the log id. So every error
//! carries all of that as far as it is known, `Display` says it in one line, and the
//! accessors give each part to programs. Tokens and secrets are never part of it.

mod construct;
mod display;
mod kind;
pub(crate) mod violation;

pub use self::kind::{Delivery, ErrorKind};
pub use self::violation::Violation;
use crate::ErrorCode;
use crate::operation::{ErrorCategory, Operation};
use crate::types::ErrorDetail;
use reqwest::StatusCode;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

/// Why a call, or the building of a client, did not succeed.
///
/// Decide by [`kind`](Self::kind), [`code`](Self::code) or a predicate such as
/// [`is_not_found`](Self::is_not_found), never by the text.
#[derive(Clone)]
pub struct Error(Box<Parts>);

#[derive(Clone)]
struct Parts {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    message: String,
    status: Option<u16>,
    code: Option<i64>,
    known: Option<ErrorCode>,
    log_id: Option<String>,
    detail: Option<ErrorDetail>,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    idempotency_key: Option<String>,
    attempts: u32,
    /// How far the last attempt got.
    last_attempt: Delivery,
    /// How far the attempts before it got.
    earlier_attempts: Delivery,
    /// Whether it was a token that could not be had.
    of_a_token: bool,
    // Counted, since the callers who waited for one token fetch all get its error.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Where on its way the call failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation's name; `None` if there was none yet, as in building a client.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The HTTP status, if an answer came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The envelope's `code`, if an envelope came.
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// What that code means in this operation, if the spec lists it.
    pub fn known_code(&self) -> Option<ErrorCode> {
        self.0.known
    }

    /// The id that the platform's support asks for.
    pub fn log_id(&self) -> Option<&str> {
        self.0.log_id.as_deref()
    }

    /// A link to the service's page about this very failure.
    pub fn troubleshooter(&self) -> Option<&str> {
        self.0.detail.as_ref()?.troubleshooter.as_deref()
    }

    /// The parameters at fault and the permissions that are missing, as far as they are named.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// All that the service said beside code and message.
    pub fn detail(&self) -> Option<&ErrorDetail> {
        self.0.detail.as_ref()
    }

    /// How long to wait before the next call: as the service asks, or until there may be a turn.
    ///
    /// Never more than the service can mean: where it asks for longer than five minutes, this is the time until the
    /// client sends the next call as a probe.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The idempotency key that the call went out with, given by the caller or made for it.
    ///
    /// Give it to the same call again to repeat it without harm, also hours later or from another process.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// How far the request got, over all attempts of the call.
    ///
    /// [`Delivery::Unknown`] if any attempt may have been applied: its response was lost, late, or does not tell.
    pub fn delivery(&self) -> Delivery {
        self.0.last_attempt.and(self.0.earlier_attempts)
    }

    /// Whether the service may have applied the call, although it ended in this error.
    ///
    /// This is [`delivery`](Self::delivery)` == `[`Delivery::Unknown`]. `false` is certain. If it is `true`, check
    /// before you repeat a call that is not idempotent.
    pub fn may_have_been_applied(&self) -> bool {
        self.delivery() == Delivery::Unknown
    }

    /// Whether the same call may succeed later, as far as can be told.
    ///
    /// It says nothing about harm: whether a repeat can do any, if the call
    /// [may have arrived](Self::may_have_been_applied), is the caller's to judge.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Throttled => true,
            ErrorKind::Auth if self.is_failed_token_fetch() => true,
            ErrorKind::Service | ErrorKind::InvalidResponse => match self.0.known {
                Some(known) => matches!(
                    known.category(),
                    ErrorCategory::Internal | ErrorCategory::InProgress | ErrorCategory::RateLimited
                ),
                None => self
                    .http_status()
                    .is_some_and(|status| is_passing(status) || status == StatusCode::TOO_MANY_REQUESTS),
            },
            _ => false,
        }
    }

    /// How many times the request was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What the call is about does not exist, or not for this app.
    pub fn is_not_found(&self) -> bool {
        self.means(ErrorCategory::NotFound)
    }

    /// Something with this name or id exists already.
    pub fn is_already_exists(&self) -> bool {
        self.means(ErrorCategory::AlreadyExists)
    }

    /// The app or the user lacks a permission.
    pub fn is_permission_denied(&self) -> bool {
        self.means(ErrorCategory::PermissionDenied)
    }

    /// Too many calls in a short time, as the service says or as this client knows beforehand; the month's quota is
    /// another matter, which waiting does not help.
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::Throttled
            || self.0.known.map_or(self.status() == Some(429), |code| code.category() == ErrorCategory::RateLimited)
    }

    /// The access token is missing, could not be fetched, did not come in time, or was refused.
    pub fn is_auth(&self) -> bool {
        self.0.of_a_token || self.0.kind == ErrorKind::Auth || self.means(ErrorCategory::InvalidToken)
    }

    /// No answer, or no access token, in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    fn http_status(&self) -> Option<StatusCode> {
        self.0.status.and_then(|status| StatusCode::from_u16(status).ok())
    }

    fn means(&self, category: ErrorCategory) -> bool {
        self.0.known.is_some_and(|code| code.category() == category)
    }
}

/// A `Result` whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Whether a status alone says that the same request may succeed a moment later: the server failed, did not get the
/// whole request in time (408), got it on a connection that is not for it (421) or earlier than it takes it (425).
///
/// By their definitions the last three mean that nothing was done. But a proxy may say so of a request that it has
/// passed on, so they are worth no more than any failure: what does harm twice is not sent again.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::MISDIRECTED_REQUEST | StatusCode::TOO_EARLY)
}

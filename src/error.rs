//! One error for everything that can go wrong with a call.
//!
//! Whoever reads an error wants to know what happened, to which operation, and what
//! to do; whoever asks the platform's support needs the log id. So every error
//! carries all of that as far as it is known, `Display` says it in one line, and the
//! accessors give each part to programs. Tokens and secrets are never part of it.

use crate::Code;
use crate::operation::{Meaning, Operation};
use crate::transport::Answer;
use crate::types::ErrorDetail;
use crate::violation::{Violation, shortened, violations};
use serde::Deserialize;
use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

/// How much of an answer that nobody understands is kept.
const EXCERPT: usize = 512;

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
    known: Option<Code>,
    log_id: Option<String>,
    detail: Option<ErrorDetail>,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    attempts: u32,
    // Counted, since the callers who waited for one token fetch all get its error.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// Where on its way a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built as configured.
    Configuration,
    /// The request breaks a documented rule and was not sent.
    InvalidRequest,
    /// No access token to send it with.
    Token,
    /// No connection: the request was certainly not sent.
    Connection,
    /// No answer in time; the service may have acted.
    Timeout,
    /// The connection broke after the request was sent; the service may have acted.
    Transport,
    /// The service refused, or failed: see [`Error::code`].
    Service,
    /// The answer is not one of this API's: a gateway's page, cut off, or of another shape.
    Unintelligible,
    /// The answer is larger than the client was told to take.
    TooLarge,
    /// A listing says that there is more and not where.
    Paging,
    /// A repeat of this client's own was refused because the first try, whose answer was lost, had arrived.
    ///
    /// What the call asked for was most likely done; what the service answered to it is not known.
    ArrivedBefore,
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
    pub fn known_code(&self) -> Option<Code> {
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

    /// How long the service asks to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed later, as far as can be told.
    ///
    /// It says nothing about harm: a call that is not safe to repeat, and may have been acted upon,
    /// is the caller's to judge.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Transport => true,
            ErrorKind::Service => {
                [Meaning::Internal, Meaning::Busy, Meaning::RateLimited].iter().any(|m| self.means(*m))
            }
            ErrorKind::Unintelligible => self.status().is_some_and(|status| status >= 500 || status == 429),
            _ => false,
        }
    }

    /// How many times the request was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What the call is about does not exist, or not for this app.
    pub fn is_not_found(&self) -> bool {
        self.means(Meaning::NotFound)
    }

    /// Something with this name or id exists already.
    pub fn is_duplicate(&self) -> bool {
        self.means(Meaning::Duplicate)
    }

    /// The app or the user lacks a permission.
    pub fn is_permission(&self) -> bool {
        self.means(Meaning::Permission)
    }

    /// Too many calls.
    pub fn is_rate_limited(&self) -> bool {
        self.means(Meaning::RateLimited) || self.status() == Some(429)
    }

    /// The access token is missing, could not be fetched, or was refused.
    pub fn is_token(&self) -> bool {
        self.0.kind == ErrorKind::Token || self.means(Meaning::Token)
    }

    /// No answer in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    fn means(&self, meaning: Meaning) -> bool {
        self.0.known.is_some_and(|code| code.meaning() == meaning)
    }

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
            attempts: 0,
            source: None,
        }))
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

    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The request breaks documented rules.
    pub(crate) fn violated(operation: &'static Operation, violations: Vec<Violation>) -> Self {
        let list = violations.iter().map(|violation| format!("{} {}", violation.field, violation.description));
        let message = format!("not sent: {}", list.collect::<Vec<_>>().join("; "));
        let mut error = Self::new(ErrorKind::InvalidRequest, message).of(operation);
        error.0.violations = violations;
        error
    }

    /// The service answered an envelope with a code other than 0.
    pub(crate) fn service(operation: &'static Operation, answer: &Answer, code: i64) -> Self {
        // Whatever of the envelope cannot be read, the rest stands.
        let Failure { msg, error: detail } = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut error = Self::answered(ErrorKind::Service, operation, answer, msg.unwrap_or_default());
        error.0.code = Some(code);
        error.0.known = operation.known_code(code);
        if answer.may_have_arrived_before && operation.retry.arrived == Some(code) {
            error.0.kind = ErrorKind::ArrivedBefore;
        }
        error.with_detail(detail)
    }

    /// The answer is no envelope.
    pub(crate) fn unintelligible(operation: &'static Operation, answer: &Answer, reason: serde_json::Error) -> Self {
        // A character may be four bytes long; what is cut off in the middle of one is replaced.
        let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(4 * EXCERPT)]);
        let excerpt = match shortened(body.trim(), EXCERPT) {
            excerpt if excerpt.is_empty() => "it is empty".to_owned(),
            excerpt => format!("`{excerpt}`"),
        };
        let message = format!("the answer cannot be understood: {excerpt}");
        Self::answered(ErrorKind::Unintelligible, operation, answer, message).caused_by(reason)
    }

    /// An answer came, and it is an error.
    pub(crate) fn answered(
        kind: ErrorKind,
        operation: &'static Operation,
        answer: &Answer,
        message: impl Into<String>,
    ) -> Self {
        let mut error = Self::new(kind, message).of(operation).after(answer.attempts);
        error.0.retry_after = answer.retry_after;
        error.with_head(answer.status.as_u16(), answer.log_id.clone())
    }

    /// Whether this is a token that could not be fetched for a reason that may pass: nothing was sent.
    pub(crate) fn is_failed_token_fetch(&self) -> bool {
        let cause = self.0.source.as_ref().and_then(|source| source.downcast_ref::<Self>());
        let unreachable = cause.is_some_and(Self::is_retryable);
        self.0.kind == ErrorKind::Token && (unreachable || self.status().is_some_and(|status| status >= 500))
    }

    /// No token could be fetched, so the call itself was never sent, whatever became of the fetch.
    pub(crate) fn while_fetching_a_token(self) -> Self {
        let message = format!("not sent: no access token could be fetched: {}", self.0.message);
        // Out of time is out of time, whichever clock says so first: the fetch's or the call's.
        let kind = if self.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Token };
        let (status, log_id) = (self.0.status, self.0.log_id.clone());
        let mut error = Self::new(kind, message).caused_by(self);
        (error.0.status, error.0.log_id) = (status, log_id);
        error
    }

    pub(crate) fn with_code(mut self, code: i64) -> Self {
        self.0.code = Some(code);
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
            let in_body = detail.log_id.as_ref().or(detail.logid.as_ref());
            self.0.log_id = self.0.log_id.or_else(|| in_body.cloned());
            self.0.violations = violations(detail);
        }
        self.0.detail = detail;
        self
    }
}

/// The envelope of a failure, as far as everybody agrees about it.
#[derive(Default, Deserialize)]
struct Failure {
    #[serde(default, deserialize_with = "crate::lenient::text_if_readable")]
    msg: Option<String>,
    #[serde(default, deserialize_with = "crate::lenient::if_readable")]
    error: Option<ErrorDetail>,
}

/// Writes one line, whatever it is given: what the service says may hold any character.
struct Line<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.split_inclusive(char::is_control).try_for_each(|part| match part.strip_suffix(char::is_control) {
            Some(part) => write!(self.0, "{part} "),
            None => self.0.write_str(part),
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = Line(f);
        let parts = &*self.0;
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        match (parts.code, parts.known) {
            (Some(code), Some(known)) => write!(f, "{code} {}", known.name())?,
            (Some(code), None) => write!(f, "code {code}")?,
            (None, _) => f.write_str(&parts.message)?,
        }
        if parts.code.is_some() && !parts.message.is_empty() {
            write!(f, " ({})", parts.message)?;
        }
        if parts.kind == ErrorKind::Service {
            for violation in &parts.violations {
                write!(f, "; {}: {}", violation.field, violation.description)?;
            }
        }
        if parts.kind == ErrorKind::ArrivedBefore {
            f.write_str(
                "; the first try had arrived although its answer was lost: what it asked for was most likely done",
            )?;
        } else if let Some(known) = parts.known {
            write!(f, "; {}", known.advice().trim_end_matches('.'))?;
        }
        if let Some(status) = parts.status {
            write!(f, "; HTTP {status}")?;
        }
        if let Some(log_id) = &parts.log_id {
            write!(f, "; log id {log_id}")?;
        }
        if let Some(link) = self.troubleshooter() {
            write!(f, "; see {link}")?;
        }
        if parts.attempts > 1 {
            write!(f, "; after {} tries", parts.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.operation())
            .field("message", &self.0.message)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("known_code", &self.0.known)
            .field("log_id", &self.0.log_id)
            .field("detail", &self.0.detail)
            .field("violations", &self.0.violations)
            .field("retry_after", &self.0.retry_after)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

//! One error type for everything that can fail in a call.
//!
//! A person who reads an error needs to know what happened, to which operation, and what to do; the platform's support
//! needs the log id. So each error carries all of that as far as it is known: `Display` prints it in one line, and the
//! accessors return the parts. What a program decides by is a field, set where the error is built (`construct`).
//! Tokens and secrets are in no part of it.

mod construct;
mod display;
mod kind;
pub(crate) mod partial;
pub(crate) mod violation;

pub(crate) use self::construct::is_transient_status;
pub(crate) use self::display::WithoutIds;
pub use self::kind::{Delivery, ErrorKind};
pub use self::partial::ItemResult;
use self::partial::PartialResults;
pub use self::violation::Violation;
use crate::ErrorCode;
use crate::operation::{ErrorCategory, Operation};
use crate::types::ErrorDetail;
use reqwest::StatusCode;
use serde_json::Value;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

/// A `Result` whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed, or why a client could not be built.
///
/// Decide by a predicate, by [`kind`](Self::kind) or by [`known_code`](Self::known_code), never by the text: texts may
/// change in any version. `Display` prints one line, without control characters, for logs and for people.
///
/// # What the service objects to
///
/// [`is_not_found`](Self::is_not_found), [`is_already_exists`](Self::is_already_exists) and
/// [`is_permission_denied`](Self::is_permission_denied) group the codes of all operations:
///
/// ```no_run
/// # use feishu_user_groups::{Client, Result};
/// /// Creates the group if it does not exist, and returns its id.
/// async fn ensure_group(client: &Client, id: &str, name: &str) -> Result<String> {
///     match client.get_user_group().group_id(id).send().await {
///         Ok(_) => return Ok(id.to_owned()),
///         Err(error) if error.is_not_found() => {}
///         Err(error) if error.is_permission_denied() => {
///             for missing in error.violations() {
///                 eprintln!("grant {}: {}", missing.field, missing.description);
///             }
///             return Err(error);
///         }
///         Err(error) => return Err(error),
///     }
///     match client.create_user_group().body_map(|body| body.group_id(id.to_owned()).name(name)).send().await {
///         // Another process was faster.
///         Err(error) if error.is_already_exists() => Ok(id.to_owned()),
///         created => Ok(created?.into_inner().group_id),
///     }
/// }
/// ```
///
/// # Rate limits
///
/// The client waits for its rate limits by itself. [`is_rate_limited`](Self::is_rate_limited) is true where the wait is
/// longer than it may be; [`retry_after`](Self::retry_after) is the time until the next call may be made:
///
/// ```no_run
/// # use feishu_user_groups::{Client, Result};
/// # use std::time::Duration;
/// # async fn rename(client: &Client) -> Result<()> {
/// let rename = || client.update_user_group().group_id("g1").body_map(|body| body.name("Design"));
/// if let Err(error) = rename().send().await {
///     if !error.is_rate_limited() {
///         return Err(error);
///     }
///     tokio::time::sleep(error.retry_after().unwrap_or(Duration::from_secs(60))).await;
///     rename().send().await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Repeating a call
///
/// [`is_retryable`](Self::is_retryable) says whether the same call may succeed later, and
/// [`may_have_been_applied`](Self::may_have_been_applied) whether a repeat may act twice. A call with an idempotency key
/// can be repeated with the same key, also in another process:
///
/// ```no_run
/// # use feishu_user_groups::{Client, Delivery, Result};
/// # async fn import(client: &Client) -> Result<()> {
/// let write = || {
///     client.write_performance_group_members().body_map(|body| {
///         body.group_id("ABCDEFG").scope_visible_setting(1).user_ids(["ou_1"])
///     })
/// };
/// if let Err(error) = write().send().await {
///     match (error.delivery(), error.idempotency_key()) {
///         (Delivery::Unknown, Some(key)) => write().client_token(key).send().await?,
///         (Delivery::NotSent | Delivery::Rejected, _) if error.is_retryable() => write().send().await?,
///         _ => return Err(error),
///     };
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Access tokens
///
/// [`is_auth`](Self::is_auth) is true of every failure of a token, whether it could not be fetched or was rejected:
///
/// ```no_run
/// # use feishu_user_groups::Client;
/// # async fn check(client: &Client) {
/// match client.list_user_groups().send().await {
///     Err(error) if error.is_auth() && error.is_retryable() => eprintln!("no token yet: {error}"),
///     Err(error) if error.is_auth() => eprintln!("check the app's id and secret: {error}"),
///     other => drop(other),
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Box<Parts>);

#[derive(Clone)]
struct Parts {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    /// What happened.
    message: String,
    /// What it means for the call, or what to do about it.
    hint: Option<String>,
    status: Option<StatusCode>,
    code: Option<i64>,
    known: Option<ErrorCode>,
    log_id: Option<String>,
    detail: Option<ErrorDetail>,
    data: Option<Value>,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    idempotency_key: Option<String>,
    attempts: u32,
    /// How far the request got in the last attempt.
    last_attempt: Delivery,
    /// How far it got in the attempts before that.
    earlier_attempts: Delivery,
    is_retryable: bool,
    /// Set if the call failed because it had no token.
    token_fetch: Option<TokenFetch>,
    /// What became of the items of a batch.
    partial: Option<Box<PartialResults>>,
    // Shared: all callers that waited for one token fetch get its error.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// How a token fetch failed.
#[derive(Clone, Copy)]
struct TokenFetch {
    /// Whether another fetch may succeed, so that the call may go on.
    is_retryable: bool,
}

impl Error {
    /// Where the call failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the operation, or method and template of a custom request; `None` if the error is not of a call, as when a client is built.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The HTTP status of the response, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// The `code` of the response's envelope, if it had one.
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// The meaning of that code in this operation, if the spec lists it.
    pub fn known_code(&self) -> Option<ErrorCode> {
        self.0.known
    }

    /// The log id of the response. The platform's support asks for it.
    pub fn log_id(&self) -> Option<&str> {
        self.0.log_id.as_deref()
    }

    /// A link to the service's page about this failure.
    pub fn troubleshooter(&self) -> Option<&str> {
        self.0.detail.as_ref()?.troubleshooter.as_deref()
    }

    /// The invalid parameters and the missing permissions, if they are named.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// The `error` of the response's envelope: everything the service reported besides code and message.
    pub fn detail(&self) -> Option<&ErrorDetail> {
        self.0.detail.as_ref()
    }

    /// The `data` of the response's envelope: some failures say there which part of the call was done.
    ///
    /// Texts are as the service sent them, except that the access token of the call is replaced by `***`. `Display` shows
    /// none of it, `{:#?}` the first 512 characters.
    ///
    /// `None` if the response has no `data`, if its `data` is malformed, or if it is larger than any that the service
    /// documents (64 KiB or 2,000 values). It is never cut: a part could be mistaken for the whole.
    ///
    /// ```no_run
    /// # use feishu_user_groups::Error;
    /// /// The ids of a failure with results.
    /// fn ids(error: &Error) -> Vec<&str> {
    ///     let results = error.data().and_then(|data| data["results"].as_array());
    ///     results.into_iter().flatten().filter_map(|result| result["member_id"].as_str()).collect()
    /// }
    /// ```
    pub fn data(&self) -> Option<&Value> {
        self.0.data.as_ref()
    }

    /// How long to wait before the next call: what the service asks for, or the time until the next permit.
    ///
    /// At most five minutes. A longer wait is not trusted: while it holds for the whole operation, this is the time until
    /// the client sends the next call as a probe; otherwise it is five minutes.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The idempotency key of the call, given by the caller or generated by the client.
    ///
    /// Pass it to the same call to repeat it safely, even hours later or from another process.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// How far the request got, over all attempts of the call.
    ///
    /// [`Delivery::Unknown`] if any attempt may have been applied: its response was lost, late or unclear.
    pub fn delivery(&self) -> Delivery {
        self.0.last_attempt.and(self.0.earlier_attempts)
    }

    /// Whether the service may have applied the call, although it failed.
    ///
    /// The same as [`delivery`](Self::delivery)` == `[`Delivery::Unknown`]. `false` is certain. If it is `true`, check
    /// before you repeat a call that is not idempotent.
    pub fn may_have_been_applied(&self) -> bool {
        self.delivery() == Delivery::Unknown
    }

    /// Whether the same call may succeed later, as far as that is known.
    ///
    /// It does not say that a repeat is safe: see [`may_have_been_applied`](Self::may_have_been_applied).
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable
    }

    /// The number of attempts that were sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The object does not exist, or the app may not see it.
    pub fn is_not_found(&self) -> bool {
        self.means(ErrorCategory::NotFound)
    }

    /// An object with this name or id already exists.
    pub fn is_already_exists(&self) -> bool {
        self.means(ErrorCategory::AlreadyExists)
    }

    /// The app or the user lacks a permission.
    pub fn is_permission_denied(&self) -> bool {
        self.means(ErrorCategory::PermissionDenied)
    }

    /// Too many calls in a short time, by the service's response or by the client's own rate limit.
    ///
    /// An exhausted monthly quota is not included: waiting does not help there.
    pub fn is_rate_limited(&self) -> bool {
        let by_status = self.0.status == Some(StatusCode::TOO_MANY_REQUESTS);
        self.0.kind == ErrorKind::Throttled
            || self.0.known.map_or(by_status, |code| code.category() == ErrorCategory::RateLimited)
    }

    /// The access token is missing, could not be fetched, did not arrive in time, or was rejected.
    pub fn is_auth(&self) -> bool {
        self.0.token_fetch.is_some() || self.0.kind == ErrorKind::Auth || self.means(ErrorCategory::InvalidToken)
    }

    /// The response, a permit or an access token did not arrive in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    fn means(&self, category: ErrorCategory) -> bool {
        self.0.known.is_some_and(|code| code.category() == category)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

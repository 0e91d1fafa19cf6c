//! The operations of the spec: their tokens, scopes, rate limits, retry rules and errors.
//!
//! The constants are generated. The client decides by them alone; no code names an operation. They are public because
//! callers need them too: to show an administrator the scopes to grant, or to plan a job by its rate limit.
//!
//! ```
//! use feishu_user_groups::operation;
//!
//! for operation in operation::ALL {
//!     println!("{}: one of {}", operation.id, operation.scopes.join(", "));
//! }
//! ```

pub use crate::generated::operations::*;

use crate::ErrorCode;
pub use crate::generated::ErrorCategory;
use reqwest::Method;

/// One operation of the spec, or an endpoint that a caller [requested](crate::Client::request).
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name of the method of [`Client`](crate::Client); errors contain it too. Of a
    /// custom request: method and template, `POST /open-apis/im/v1/messages`.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template with parameters in braces: `/open-apis/contact/v3/group/{group_id}`.
    pub path: &'static str,
    /// The kinds of access token that the operation accepts.
    pub access_tokens: &'static [AccessTokenKind],
    /// Scopes; the app needs one of them.
    pub scopes: &'static [&'static str],
    /// The types of app that may call it.
    pub app_types: &'static [AppType],
    /// Calls allowed per app and tenant.
    pub rate_limit: Option<RateLimit>,
    /// When a call may be retried.
    pub retry: Retry,
    /// Where a batch reports on each of its items; `None` if the operation is no batch.
    pub batch: Option<Batch>,
    /// The documented errors.
    pub errors: &'static [KnownError],
}

impl Operation {
    /// The meaning of a response's `code` for this operation; `None` if it is not documented.
    pub fn known_code(&self, code: i64) -> Option<ErrorCode> {
        let rows = self.errors.iter().chain(crate::operation::PLATFORM_ERRORS);
        rows.into_iter().find(|row| row.code == code).map(|row| row.name)
    }
}

/// A kind of access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessTokenKind {
    /// `tenant_access_token`: the app in a tenant.
    Tenant,
    /// `user_access_token`: a user who signed in.
    User,
    /// `app_access_token`: the app itself, in no tenant.
    App,
}

impl AccessTokenKind {
    /// The platform's name of the kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant_access_token",
            Self::User => "user_access_token",
            Self::App => "app_access_token",
        }
    }
}

/// A type of app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AppType {
    /// Built by a tenant for itself (custom app).
    Custom,
    /// Built by a vendor for many tenants (store app).
    Isv,
}

impl AppType {
    /// The name of the type, as errors show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "custom app",
            Self::Isv => "store app",
        }
    }
}

/// Calls allowed per app and tenant. Both limits hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Calls per minute; `None` without a limit.
    pub per_minute: Option<u32>,
    /// Calls per second; `None` without a limit.
    pub per_second: Option<u32>,
}

impl RateLimit {
    /// A limit per minute, per second, or both.
    pub const fn new(per_minute: Option<u32>, per_second: Option<u32>) -> Self {
        Self { per_minute, per_second }
    }
}

/// When a call may be retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// Whether a retry is safe if the first request may have been applied.
    pub rule: RetryRule,
    /// The code of a retry's response if an earlier attempt of the call had been applied.
    pub already_applied_code: Option<i64>,
}

impl Retry {
    pub(crate) const fn new(rule: RetryRule, already_applied_code: Option<i64>) -> Self {
        Self { rule, already_applied_code }
    }
}

/// Whether a retry is safe if the first request may have been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryRule {
    /// Safe: a second request leads to the same state.
    Safe,
    /// Safe with the same value in this query parameter.
    IdempotencyKey {
        /// The query parameter.
        parameter: &'static str,
    },
    /// Not safe: only a request that was certainly not processed is sent again.
    NeverSent,
}

/// Where a batch reports on each of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batch {
    /// The names that lead from the envelope to the list of results: `["data", "results"]`.
    pub results: &'static [&'static str],
    /// The property of a result that holds the id of its item.
    pub id: &'static str,
    /// The property of a result that holds its code, 0 for success.
    pub code: &'static str,
    /// Codes of an item for which nothing had to be done.
    pub already: &'static [i64],
    /// The code of the failure whose data holds the results; `None` if a success holds them.
    pub partial_code: Option<i64>,
}

/// A documented error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownError {
    /// The documented HTTP status. The service may respond with another one.
    pub http: u16,
    /// The response's `code`.
    pub code: i64,
    /// The name of the code in this crate.
    pub name: ErrorCode,
}

impl KnownError {
    pub(crate) const fn new(http: u16, code: i64, name: ErrorCode) -> Self {
        Self { http, code, name }
    }
}

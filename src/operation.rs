//! What the spec knows of an operation, as types.
//!
//! The rows are generated (`operations`); tokens, limits, retries and errors are
//! decided by them alone. They are public because callers need them too: to show an
//! administrator the scopes to grant, or to plan a job by its rate limit.

pub use crate::generated::operations::*;

use crate::ErrorCode;
pub use crate::generated::ErrorCategory;
use reqwest::Method;

/// One operation of the spec.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The method of [`Client`](crate::Client), which errors name too.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path with its parameters in braces: `/open-apis/contact/v3/group/{group_id}`.
    pub path: &'static str,
    /// The kinds of access token that the operation takes.
    pub access_tokens: &'static [AccessTokenKind],
    /// Scopes of which the app needs one.
    pub scopes: &'static [&'static str],
    /// Kinds of app that may call.
    pub app_types: &'static [AppType],
    /// Calls allowed per app and tenant.
    pub rate_limit: Option<RateLimit>,
    /// When the operation may be repeated.
    pub retry: Retry,
    /// The documented failures.
    pub errors: &'static [KnownError],
}

impl Operation {
    /// What a code means when this operation answers it.
    pub fn known_code(&self, code: i64) -> Option<ErrorCode> {
        let rows = self.errors.iter().chain(crate::operation::PLATFORM_ERRORS);
        rows.into_iter().find(|row| row.code == code).map(|row| row.name)
    }
}

/// Who a token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessTokenKind {
    /// `tenant_access_token`: the app in a tenant.
    Tenant,
    /// `user_access_token`: a user who signed in.
    User,
}

impl AccessTokenKind {
    /// The platform's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant_access_token",
            Self::User => "user_access_token",
        }
    }
}

/// A kind of app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AppType {
    /// Made by a tenant for itself.
    Custom,
    /// Made by a vendor for many tenants (store app).
    Isv,
}

impl AppType {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "custom app",
            Self::Isv => "store app",
        }
    }
}

/// Calls allowed per app and tenant; both bounds hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Calls in a minute.
    pub per_minute: Option<u32>,
    /// Calls in a second.
    pub per_second: Option<u32>,
}

impl RateLimit {
    /// So many calls in a minute and so many in a second; `None` where there is no such bound.
    pub fn new(per_minute: Option<u32>, per_second: Option<u32>) -> Self {
        Self { per_minute, per_second }
    }
}

/// When an operation may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// Whether a second request does harm.
    pub rule: RetryRule,
    /// The code that a retry gets if an earlier attempt of the same call was applied.
    pub already_applied_code: Option<i64>,
}

/// Whether a second request does harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryRule {
    /// No: it leaves the state that the first one left.
    Safe,
    /// No, as long as it carries the same value in this query parameter.
    IdempotencyKey {
        /// The query parameter.
        parameter: &'static str,
    },
    /// Yes: only a request that was certainly not acted upon may be repeated.
    NeverSent,
}

/// A documented failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownError {
    /// HTTP status that the document gives; the service may answer another.
    pub http: u16,
    /// The envelope's `code`.
    pub code: i64,
    /// Our name for it.
    pub name: ErrorCode,
}

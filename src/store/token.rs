//! What a token store keeps: tokens under keys, and claims to fetch one.

use super::escaped;
use crate::Secret;
use std::fmt;
use std::time::Duration;

/// The key of a stored token: which platform issued it, to which app, and what it gives access to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenKey {
    /// Scheme, host and port of the platform that issued the token: `https://open.feishu.cn`.
    pub host: String,
    /// The app: `cli_..`.
    pub app_id: String,
    /// What the token gives access to.
    pub owner: TokenOwner,
}

/// What a stored token gives access to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenOwner {
    /// The tenant of a custom app (tenant_access_token).
    Own,
    /// No tenant: the app's own token (app_access_token).
    None,
    /// The tenant with this tenant_key (tenant_access_token of a store app).
    Key(String),
}

impl TokenKey {
    /// Returns the key of an app's token.
    pub fn new(host: impl Into<String>, app_id: impl Into<String>, owner: TokenOwner) -> Self {
        Self { host: host.into(), app_id: app_id.into(), owner }
    }
}

/// Formats the key as text, for stores whose keys are strings. Different keys have different texts.
impl fmt::Display for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, app_id, owner } = self;
        write!(f, "{host} {} ", escaped(app_id))?;
        match owner {
            TokenOwner::Own => f.write_str("tenant"),
            TokenOwner::None => f.write_str("app"),
            TokenOwner::Key(key) => write!(f, "tenant {}", escaped(key)),
        }
    }
}

/// A token and its remaining lifetime.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoredToken {
    /// The token: `t-..` or `a-..`.
    pub token: Secret,
    /// The time until the token expires.
    pub expires_in: Duration,
}

impl StoredToken {
    /// Returns a token that expires after `expires_in`.
    pub fn new(token: impl Into<Secret>, expires_in: Duration) -> Self {
        Self { token: token.into(), expires_in }
    }
}

/// The right to fetch a token, held by one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim(String);

impl Claim {
    /// Returns a claim with this id, which must be unique within its store.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

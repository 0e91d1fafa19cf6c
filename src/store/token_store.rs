//! What a store of tokens can do.
//!
//! Reading and writing alone would let two processes undo each other's work, so there
//! are two more steps. A refused token is deleted only if it is still the one that is
//! stored: another process may have renewed it. And a client that is about to fetch claims
//! that first, so that the others wait for the token instead of fetching one, too. A renewal
//! is claimed for longer than it takes: clients that live for one request must not each repeat
//! one that fails.

use super::claims::OF_THIS_PROCESS;
use super::{BoxError, escaped};
use crate::BoxFuture;
use crate::Secret;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A store of access tokens that several clients share, in one process or in many.
///
/// What it holds gives access to a company's groups until it ends: guard it as you guard the
/// app secret. A store that fails or panics costs no call: the client goes on without it.
///
/// ```
/// use feishu_user_groups::Secret;
/// use feishu_user_groups::BoxFuture;
/// use feishu_user_groups::store::{BoxError, StoredToken, TokenKey, TokenStore};
///
/// /// Keeps nothing.
/// struct Sieve;
///
/// impl TokenStore for Sieve {
///     fn get<'a>(&'a self, _: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
///         Box::pin(async move { Ok(None) })
///     }
///     fn put<'a>(&'a self, _: &'a TokenKey, _: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
///         Box::pin(async move { Ok(()) })
///     }
///     fn compare_and_delete<'a>(
///         &'a self,
///         _: &'a TokenKey,
///         _: &'a Secret,
///     ) -> BoxFuture<'a, Result<bool, BoxError>> {
///         Box::pin(async move { Ok(false) })
///     }
/// }
/// ```
pub trait TokenStore: Send + Sync {
    /// The token under this key, unless there is none or it has ended.
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>>;

    /// Stores a token until it ends, in place of the one before.
    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>>;

    /// Deletes the token under this key if it is this one, in one step; answers whether it was.
    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>>;

    /// Claims the right to fetch a token, for at most so long; `None` while another holds it.
    ///
    /// Who is answered `None` asks again until there is a token or the claim is free, though no longer than
    /// `lease`: nobody holds a claim for longer, whatever the store says.
    ///
    /// The default makes claims that hold among the clients of this process, whichever such store they have. Clients
    /// of other processes then each fetch a token. That is correct, since the service gives the same token to all
    /// who ask, and merely costs a call for each.
    fn claim<'a>(&'a self, key: &'a TokenKey, lease: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(std::future::ready(Ok(OF_THIS_PROCESS.claim(key, lease))))
    }

    /// Gives the right to fetch back, if it is still held by this claim.
    fn release<'a>(&'a self, key: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        OF_THIS_PROCESS.release(key, claim);
        Box::pin(std::future::ready(Ok(())))
    }

    /// Claims the right to renew a token that has not expired yet; returns whether the caller has it.
    ///
    /// Nobody else gets it within `spacing`, and nothing gives it back: it also keeps renewals that fail apart. A fetch
    /// that a call waits for does not need it.
    ///
    /// The default spaces the renewals of this process, as [`claim`](Self::claim) does.
    fn claim_renewal<'a>(&'a self, key: &'a TokenKey, spacing: Duration) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(std::future::ready(Ok(OF_THIS_PROCESS.claim_renewal(key, spacing))))
    }
}

impl<T: TokenStore + ?Sized> TokenStore for Arc<T> {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        (**self).get(key)
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        (**self).put(key, token)
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        (**self).compare_and_delete(key, token)
    }

    fn claim<'a>(&'a self, key: &'a TokenKey, lease: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        (**self).claim(key, lease)
    }

    fn release<'a>(&'a self, key: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        (**self).release(key, claim)
    }

    fn claim_renewal<'a>(&'a self, key: &'a TokenKey, spacing: Duration) -> BoxFuture<'a, Result<bool, BoxError>> {
        (**self).claim_renewal(key, spacing)
    }
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenKey {
    /// Scheme, host and port that gave it out: `https://open.feishu.cn`.
    pub host: String,
    /// The app: `cli_..`.
    pub app_id: String,
    /// What it gives access to.
    pub tenant: TokenOwner,
}

/// What a stored token gives access to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenOwner {
    /// The tenant of a custom app (tenant_access_token).
    Own,
    /// No tenant: it is the app_access_token of a store app.
    None,
    /// The tenant with this tenant_key (tenant_access_token of a store app).
    Key(String),
}

impl TokenKey {
    /// The key of an app's token in a tenant, or of the app's own.
    pub fn new(host: impl Into<String>, app_id: impl Into<String>, tenant: TokenOwner) -> Self {
        Self { host: host.into(), app_id: app_id.into(), tenant }
    }
}

/// As one word, for stores whose keys are text. Two keys are never the same word.
impl fmt::Display for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, app_id, tenant } = self;
        write!(f, "{host} {} ", escaped(app_id))?;
        match tenant {
            TokenOwner::Own => f.write_str("tenant"),
            TokenOwner::None => f.write_str("app"),
            TokenOwner::Key(key) => write!(f, "tenant {}", escaped(key)),
        }
    }
}

/// A token and how long it has to live.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoredToken {
    /// The token: `t-..` or `a-..`.
    pub token: Secret,
    /// How long it still lives.
    pub expires_in: Duration,
}

impl StoredToken {
    /// A token that lives this much longer.
    pub fn new(token: impl Into<Secret>, expires_in: Duration) -> Self {
        Self { token: token.into(), expires_in }
    }
}

/// The right to fetch a token, held by one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim(String);

impl Claim {
    /// A claim that its store knows by this word.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    /// What the store knows it by.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

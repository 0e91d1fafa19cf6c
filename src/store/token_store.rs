//! The interface of a token store.
//!
//! With reads and writes alone, two processes could undo each other's work, so the interface has
//! three more operations. `compare_and_delete` deletes a rejected token only if it is still the
//! stored one: another process may have refreshed it. `claim` reserves a fetch, so that other
//! clients wait for the token instead of fetching their own. `claim_renewal` reserves a refresh for
//! longer than one takes: otherwise each client that lives for a single request would repeat a
//! refresh that fails.

use super::claims::PROCESS_CLAIMS;
use super::{BoxError, Claim, StoredToken, TokenKey};
use crate::BoxFuture;
use crate::Secret;
use std::sync::Arc;
use std::time::Duration;

/// A store of access tokens that several clients share, in one process or in many.
///
/// Its tokens give access to a company's groups until they expire: protect the store like the app
/// secret. A store that fails, panics or takes longer than a second fails no call: for the next five
/// seconds the client works without it.
///
/// ```
/// use feishu_user_groups::store::{BoxError, StoredToken, TokenKey, TokenStore};
/// use feishu_user_groups::{BoxFuture, Client, Secret};
/// use std::collections::HashMap;
/// use std::sync::{Mutex, PoisonError};
/// use std::time::Instant;
///
/// #[derive(Default)]
/// struct Tokens(Mutex<HashMap<TokenKey, (Secret, Instant)>>);
///
/// impl TokenStore for Tokens {
///     fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
///         Box::pin(async move {
///             let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///             let Some((token, expiry)) = tokens.get(key) else { return Ok(None) };
///             let expires_in = expiry.saturating_duration_since(Instant::now());
///             Ok((!expires_in.is_zero()).then(|| StoredToken::new(token.clone(), expires_in)))
///         })
///     }
///
///     fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
///         Box::pin(async move {
///             let expiry = Instant::now() + token.expires_in;
///             let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///             tokens.insert(key.clone(), (token.token.clone(), expiry));
///             Ok(())
///         })
///     }
///
///     fn compare_and_delete<'a>(
///         &'a self,
///         key: &'a TokenKey,
///         token: &'a Secret,
///     ) -> BoxFuture<'a, Result<bool, BoxError>> {
///         Box::pin(async move {
///             let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///             let is_same = tokens.get(key).is_some_and(|(stored, _)| stored.expose() == token.expose());
///             if is_same {
///                 tokens.remove(key);
///             }
///             Ok(is_same)
///         })
///     }
/// }
///
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// let client = Client::builder().app("cli_a1b2c3", "app secret").token_store(Tokens::default()).build()?;
/// # Ok(())
/// # }
/// ```
pub trait TokenStore: Send + Sync {
    /// Returns the token under this key, or `None` if there is none or it has expired.
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>>;

    /// Stores a token until it expires, in place of the previous one.
    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>>;

    /// Deletes the token under this key if it equals `token`, atomically; returns whether it deleted it.
    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>>;

    /// Claims the right to fetch a token, for at most `lease`; returns `None` while another client holds it.
    ///
    /// A client that gets `None` looks again until the store has a token or the claim is free. It gives up waiting after
    /// `lease`, since no client holds a claim for longer, whatever the store says.
    ///
    /// The default implementation keeps the claims of all stores of this process in memory. Clients of other processes
    /// then each fetch a token. That is correct, since the service issues the same token to all of them; it costs one
    /// request for each process.
    fn claim<'a>(&'a self, key: &'a TokenKey, lease: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(std::future::ready(Ok(PROCESS_CLAIMS.claim(key, lease))))
    }

    /// Releases the right to fetch a token, if this claim still holds it.
    fn release<'a>(&'a self, key: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        PROCESS_CLAIMS.release(key, claim);
        Box::pin(std::future::ready(Ok(())))
    }

    /// Claims the right to refresh a token that has not expired yet; returns whether the caller has it.
    ///
    /// No other client gets it within `spacing`, and nothing releases it: this also spaces refreshes that fail. A fetch
    /// that a call waits for does not need it.
    ///
    /// The default implementation spaces the refreshes of this process, as [`claim`](Self::claim) does.
    fn claim_renewal<'a>(&'a self, key: &'a TokenKey, spacing: Duration) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(std::future::ready(Ok(PROCESS_CLAIMS.claim_renewal(key, spacing))))
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

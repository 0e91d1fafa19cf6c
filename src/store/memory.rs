//! Tokens in the memory of one process.
//!
//! Every client has its own store unless its builder is given one. Clients that share a store fetch
//! and refresh a token together, so a client for each request costs no extra token fetches.

use super::claims::Claims;
use super::{BoxError, Claim, StoredToken, TokenKey, TokenStore};
use crate::BoxFuture;
use crate::Secret;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A [`TokenStore`] in memory; clones share their tokens.
///
/// ```
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// use feishu_user_groups::{Client, store::MemoryTokenStore};
///
/// let tokens = MemoryTokenStore::default();
/// let client = || Client::builder().app("cli_a1b2c3", "app secret").token_store(tokens.clone()).build();
/// // Whichever client calls first fetches the token; the other one uses it, too.
/// let (first, second) = (client()?, client()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryTokenStore(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tokens: Mutex<HashMap<TokenKey, Entry>>,
    claims: Claims,
}

struct Entry {
    token: Secret,
    expiry: Instant,
}

impl MemoryTokenStore {
    fn tokens(&self) -> MutexGuard<'_, HashMap<TokenKey, Entry>> {
        self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryTokenStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        let now = Instant::now();
        let tokens = self.tokens();
        let entry = tokens.get(key).filter(|entry| entry.expiry > now);
        let token = entry.map(|entry| StoredToken::new(entry.token.clone(), entry.expiry - now));
        Box::pin(std::future::ready(Ok(token)))
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        let now = Instant::now();
        // An expiry beyond the clock's range cannot be kept; then the token is not stored.
        if let Some(expiry) = now.checked_add(token.expires_in) {
            let mut tokens = self.tokens();
            // Dropping expired tokens wipes them, also those of tenants that make no further calls.
            tokens.retain(|_, entry| entry.expiry > now);
            tokens.insert(key.clone(), Entry { token: token.token.clone(), expiry });
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        let mut tokens = self.tokens();
        let is_same = tokens.get(key).is_some_and(|entry| entry.token.expose() == token.expose());
        if is_same {
            tokens.remove(key);
        }
        Box::pin(std::future::ready(Ok(is_same)))
    }

    fn claim<'a>(&'a self, key: &'a TokenKey, lease: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(std::future::ready(Ok(self.0.claims.claim(key, lease))))
    }

    fn release<'a>(&'a self, key: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        self.0.claims.release(key, claim);
        Box::pin(std::future::ready(Ok(())))
    }

    fn claim_renewal<'a>(&'a self, key: &'a TokenKey, spacing: Duration) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(std::future::ready(Ok(self.0.claims.claim_renewal(key, spacing))))
    }
}

/// Shows only how many tokens the store holds.
impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore").field("tokens", &self.tokens().len()).finish()
    }
}

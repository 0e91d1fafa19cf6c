//! Tokens in the memory of one process.
//!
//! Every client has one of its own unless it is given another. Clients that share one fetch and
//! renew a token together: a client for each request costs what one client costs.

use super::claims::Claims;
use super::{BoxError, Claim, StoredToken, TokenKey, TokenStore};
use crate::BoxFuture;
use crate::Secret;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A [`TokenStore`] in memory; clones share it.
///
/// ```
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// use feishu_user_groups::{Client, store::MemoryTokenStore};
///
/// let tokens = MemoryTokenStore::default();
/// let client = || Client::builder().app("cli_a1b2c3", "app secret").token_store(tokens.clone()).build();
/// // The second needs no fetch of its own.
/// let (first, second) = (client()?, client()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryTokenStore(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tokens: Mutex<HashMap<TokenKey, Kept>>,
    claims: Claims,
}

struct Kept {
    token: Secret,
    end: Instant,
}

impl MemoryTokenStore {
    fn tokens(&self) -> MutexGuard<'_, HashMap<TokenKey, Kept>> {
        self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryTokenStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        let now = Instant::now();
        let tokens = self.tokens();
        let kept = tokens.get(key).filter(|kept| kept.end > now);
        let token = kept.map(|kept| StoredToken::new(kept.token.clone(), kept.end - now));
        Box::pin(std::future::ready(Ok(token)))
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        // Beyond the clock's range it need not be kept.
        let now = Instant::now();
        if let Some(end) = now.checked_add(token.expires_in) {
            let mut tokens = self.tokens();
            // What has ended is wiped, also of tenants that are not asked for again.
            tokens.retain(|_, kept| kept.end > now);
            tokens.insert(key.clone(), Kept { token: token.token.clone(), end });
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        let mut tokens = self.tokens();
        let same = tokens.get(key).is_some_and(|kept| kept.token.expose() == token.expose());
        if same {
            tokens.remove(key);
        }
        Box::pin(std::future::ready(Ok(same)))
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

/// Shows no more than how many tokens there are.
impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore").field("tokens", &self.tokens().len()).finish()
    }
}

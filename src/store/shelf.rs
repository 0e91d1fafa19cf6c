//! One token's place in a store.
//!
//! Nothing that a store does fails a call: what it does not answer counts as nothing stored
//! and nothing claimed by others.

use super::{Claim, Reach, StoredToken, Tenant, TokenKey, TokenStore};
use crate::Secret;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Longer than a fetch takes; a claim that is not given back (its process died) ends by itself.
///
/// It leaves a call that had to wait for its end time enough to fetch a token by itself.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// A place for one token.
#[derive(Clone)]
pub(crate) struct Shelf {
    store: Arc<dyn TokenStore>,
    key: TokenKey,
    reach: Reach,
}

/// Who may fetch.
pub(crate) enum Turn {
    /// This client, until the guard is dropped.
    Ours(#[expect(dead_code, reason = "its drop gives the claim back")] ClaimGuard),
    /// Another one is at it.
    Theirs,
    /// Nobody knows: the store does not say.
    Unknown,
}

impl Shelf {
    pub(crate) fn new(store: Arc<dyn TokenStore>, key: TokenKey) -> Self {
        Self { store, key, reach: Reach::new("tokens") }
    }

    /// The same app's place for the token of a tenant that has installed it.
    pub(crate) fn of_tenant(&self, tenant_key: &str) -> Self {
        let tenant = Tenant::Key(tenant_key.to_owned());
        Self { key: TokenKey { tenant, ..self.key.clone() }, ..self.clone() }
    }

    pub(crate) async fn get(&self) -> Option<StoredToken> {
        self.reach.ask(|| self.store.get(&self.key)).await.flatten()
    }

    pub(crate) async fn put(&self, token: &StoredToken) {
        self.reach.ask(|| self.store.put(&self.key, token)).await;
    }

    pub(crate) async fn compare_and_delete(&self, token: &Secret) {
        self.reach.ask(|| self.store.compare_and_delete(&self.key, token)).await;
    }

    pub(crate) async fn claim(&self) -> Turn {
        match self.reach.ask(|| self.store.claim(&self.key, LEASE)).await {
            Some(Some(claim)) => Turn::Ours(ClaimGuard { shelf: self.clone(), claim: Some(claim) }),
            Some(None) => Turn::Theirs,
            None => Turn::Unknown,
        }
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A claim that is given back when it is dropped, also with the future that holds it.
pub(crate) struct ClaimGuard {
    shelf: Shelf,
    claim: Option<Claim>,
}

impl Drop for ClaimGuard {
    fn drop(&mut self) {
        // Without a runtime nothing can be given back, and the lease ends the claim.
        if let (Some(claim), Ok(runtime)) = (self.claim.take(), tokio::runtime::Handle::try_current()) {
            let shelf = self.shelf.clone();
            runtime.spawn(async move { shelf.reach.ask(|| shelf.store.release(&shelf.key, &claim)).await });
        }
    }
}

//! One token's place in a store.
//!
//! Nothing that a store does fails a call: what it does not answer counts as nothing stored
//! and nothing claimed by others. The store that a client has for itself needs no claims: its
//! cache has one fetch at a time.

use super::{Claim, StoreGuard, StoredToken, TokenKey, TokenOwner, TokenStore};
use crate::Secret;
use crate::future::no_panic;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

/// Longer than a fetch takes; a claim that is not given back (its process died) ends by itself.
///
/// It leaves a call that had to wait for its end time enough to fetch a token by itself.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// A place for one token.
#[derive(Clone)]
pub(crate) struct TokenSlot {
    store: Arc<dyn TokenStore>,
    key: TokenKey,
    reach: StoreGuard,
    /// Whether other clients may use the store.
    is_shared: bool,
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

impl TokenSlot {
    pub(crate) fn new(store: Arc<dyn TokenStore>, key: TokenKey, is_shared: bool) -> Self {
        Self { store, key, reach: StoreGuard::new("tokens"), is_shared }
    }

    /// The same app's place for the token of a tenant that has installed it.
    pub(crate) fn of_tenant(&self, tenant_key: &str) -> Self {
        let tenant = TokenOwner::Key(tenant_key.to_owned());
        Self { key: TokenKey { tenant, ..self.key.clone() }, ..self.clone() }
    }

    /// Whether a token that is put here is of use to anyone when the client is gone.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
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
        if !self.is_shared {
            return Turn::Unknown;
        }
        match self.reach.ask(|| self.store.claim(&self.key, LEASE)).await {
            Some(Some(claim)) => Turn::Ours(ClaimGuard { slot: self.clone(), claim: Some(claim) }),
            Some(None) => Turn::Theirs,
            None => Turn::Unknown,
        }
    }

    /// Whether this client may renew the token now; it is nobody else's to do so within this time.
    pub(crate) async fn claim_renewal(&self, spacing: Duration) -> bool {
        !self.is_shared || self.reach.ask(|| self.store.claim_renewal(&self.key, spacing)).await != Some(false)
    }

    fn release(self, claim: Claim) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            self.reach.ask(|| self.store.release(&self.key, &claim)).await;
        })
    }
}

impl fmt::Debug for TokenSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSlot").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A claim that is given back when it is dropped, also with the future that holds it.
pub(crate) struct ClaimGuard {
    slot: TokenSlot,
    claim: Option<Claim>,
}

impl Drop for ClaimGuard {
    fn drop(&mut self) {
        // Without a runtime nothing can be given back, and the lease ends the claim.
        if let (Some(claim), Ok(runtime)) = (self.claim.take(), tokio::runtime::Handle::try_current()) {
            let mut release = self.slot.clone().release(claim);
            // A store in memory has done it at once. A runtime that is attempt_outcome runs no new task, and the next would wait
            // for the lease to end.
            let poll = no_panic(|| release.as_mut().poll(&mut Context::from_waker(Waker::noop())));
            if poll.is_some_and(|poll| poll.is_pending()) {
                runtime.spawn(release);
            }
        }
    }
}

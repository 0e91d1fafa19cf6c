//! One token's entry in a store.
//!
//! No failure of a store fails a call: without a response from it, nothing counts as stored, and
//! nothing as claimed by others. The store that a client creates for itself needs no claims, since
//! its token cache runs one fetch at a time.

use super::{Claim, StoreGuard, StoredToken, TokenKey, TokenOwner, TokenStore};
use crate::Secret;
use crate::future::no_panic;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

/// How long a claim holds: longer than a fetch takes. A claim that is not released, because its process died, expires
/// after this.
///
/// A call that waited for a claim to expire still has time to fetch a token itself.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// The entry of one token in a store.
#[derive(Clone)]
pub(crate) struct TokenSlot {
    store: Arc<dyn TokenStore>,
    key: TokenKey,
    guard: StoreGuard,
    /// Whether other clients may use the store.
    is_shared: bool,
}

/// The outcome of claiming a fetch.
pub(crate) enum ClaimOutcome {
    /// This client has the claim, until the guard is dropped.
    Acquired(#[expect(dead_code, reason = "its drop releases the claim")] ClaimGuard),
    /// Another client has it.
    HeldByOther,
    /// The store has no claims, or did not respond.
    Unavailable,
}

impl TokenSlot {
    pub(crate) fn new(store: Arc<dyn TokenStore>, key: TokenKey, is_shared: bool) -> Self {
        Self { store, key, guard: StoreGuard::new("tokens"), is_shared }
    }

    /// The entry for the same app's token of a tenant that has installed it.
    pub(crate) fn of_tenant(&self, tenant_key: &str) -> Self {
        let owner = TokenOwner::Key(tenant_key.to_owned());
        Self { key: TokenKey { owner, ..self.key.clone() }, ..self.clone() }
    }

    /// Whether other clients can use a stored token after this client is gone.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
    }

    pub(crate) async fn get(&self) -> Option<StoredToken> {
        self.guard.request(|| self.store.get(&self.key)).await.flatten()
    }

    pub(crate) async fn put(&self, token: &StoredToken) {
        self.guard.request(|| self.store.put(&self.key, token)).await;
    }

    pub(crate) async fn compare_and_delete(&self, token: &Secret) {
        self.guard.request(|| self.store.compare_and_delete(&self.key, token)).await;
    }

    pub(crate) async fn claim(&self) -> ClaimOutcome {
        if !self.is_shared {
            return ClaimOutcome::Unavailable;
        }
        match self.guard.request(|| self.store.claim(&self.key, LEASE)).await {
            Some(Some(claim)) => ClaimOutcome::Acquired(ClaimGuard { slot: self.clone(), claim: Some(claim) }),
            Some(None) => ClaimOutcome::HeldByOther,
            None => ClaimOutcome::Unavailable,
        }
    }

    /// Whether this client may refresh the token now. If so, no other client may within `spacing`.
    pub(crate) async fn claim_renewal(&self, spacing: Duration) -> bool {
        !self.is_shared || self.guard.request(|| self.store.claim_renewal(&self.key, spacing)).await != Some(false)
    }

    fn release(self, claim: Claim) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            self.guard.request(|| self.store.release(&self.key, &claim)).await;
        })
    }
}

impl fmt::Debug for TokenSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSlot").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A claim that is released when it is dropped, also when the future that holds it is dropped.
pub(crate) struct ClaimGuard {
    slot: TokenSlot,
    claim: Option<Claim>,
}

impl Drop for ClaimGuard {
    fn drop(&mut self) {
        // Without a runtime the release cannot run, and the claim expires after its lease.
        if let (Some(claim), Ok(runtime)) = (self.claim.take(), tokio::runtime::Handle::try_current()) {
            let mut release = self.slot.clone().release(claim);
            // A store in memory completes at the first poll. That matters while the runtime shuts down: it runs no new
            // task then, and the next client would wait for the lease to expire.
            let poll = no_panic(|| release.as_mut().poll(&mut Context::from_waker(Waker::noop())));
            if poll.is_some_and(|poll| poll.is_pending()) {
                runtime.spawn(release);
            }
        }
    }
}

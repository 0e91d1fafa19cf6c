//! Claims in the memory of one process.
//!
//! [`MemoryTokenStore`](super::MemoryTokenStore) has such a table for itself. Stores of callers
//! that implement no claims share one for the whole process: their clients there fetch one token
//! together, although they cannot coordinate with other processes.

use super::{Claim, TokenKey};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The claims of stores that implement none.
pub(super) static OF_THIS_PROCESS: LazyLock<Claims> = LazyLock::new(Claims::default);

/// Who may fetch which token, and which renewals began a short time ago.
#[derive(Default)]
pub(super) struct Claims(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    fetches: HashMap<TokenKey, (Claim, Instant)>,
    renewals: HashMap<TokenKey, Instant>,
}

/// Whether a claim until then holds. One that ends later than any begun now was made by another clock: tests pause theirs.
fn holds(end: Instant, now: Instant, lease: Duration) -> bool {
    end > now && end - now <= lease
}

impl Claims {
    pub(super) fn claim(&self, key: &TokenKey, lease: Duration) -> Option<Claim> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (now, mut tables) = (Instant::now(), self.lock());
        if tables.fetches.get(key).is_some_and(|(_, end)| holds(*end, now, lease)) {
            return None;
        }
        let claim = Claim::new(NEXT.fetch_add(1, Relaxed).to_string());
        tables.fetches.retain(|_, (_, end)| *end > now);
        tables.fetches.insert(key.clone(), (claim.clone(), now.checked_add(lease)?));
        Some(claim)
    }

    pub(super) fn release(&self, key: &TokenKey, claim: &Claim) {
        let mut tables = self.lock();
        if tables.fetches.get(key).is_some_and(|(held, _)| held == claim) {
            tables.fetches.remove(key);
        }
    }

    pub(super) fn claim_renewal(&self, key: &TokenKey, spacing: Duration) -> bool {
        let (now, mut tables) = (Instant::now(), self.lock());
        if tables.renewals.get(key).is_some_and(|end| holds(*end, now, spacing)) {
            return false;
        }
        tables.renewals.retain(|_, end| *end > now);
        tables.renewals.extend(now.checked_add(spacing).map(|end| (key.clone(), end)));
        true
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

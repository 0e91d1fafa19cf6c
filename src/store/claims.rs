//! Claims in the memory of one process.
//!
//! Each [`MemoryTokenStore`](super::MemoryTokenStore) has a table of its own. A caller's stores that
//! implement no claims share one table for the whole process: their clients in it fetch one token
//! together, although they cannot coordinate with other processes.

use super::{Claim, TokenKey};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The claims of stores that implement none.
pub(super) static PROCESS_CLAIMS: LazyLock<Claims> = LazyLock::new(Claims::default);

/// The fetches that are claimed, and the refreshes that began recently.
#[derive(Default)]
pub(super) struct Claims(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    fetches: HashMap<TokenKey, (Claim, Instant)>,
    renewals: HashMap<TokenKey, Instant>,
}

/// How long an expired claim is kept before it is removed. Tests in one process have clocks of their own, some minutes
/// apart, and the claims of one must survive the cleanup of another.
const RETENTION: Duration = Duration::from_secs(10 * 60);

/// Whether a claim may still be needed.
fn is_kept(expiry: Instant, now: Instant) -> bool {
    now.saturating_duration_since(expiry) < RETENTION
}

/// Whether a claim with this expiry is still held. If it expires later than a claim made now would, it was made by
/// another clock (tests pause theirs), and does not count.
fn is_held(expiry: Instant, now: Instant, lease: Duration) -> bool {
    expiry > now && expiry - now <= lease
}

impl Claims {
    pub(super) fn claim(&self, key: &TokenKey, lease: Duration) -> Option<Claim> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (now, mut tables) = (Instant::now(), self.lock());
        if tables.fetches.get(key).is_some_and(|(_, expiry)| is_held(*expiry, now, lease)) {
            return None;
        }
        let claim = Claim::new(NEXT.fetch_add(1, Relaxed).to_string());
        tables.fetches.retain(|_, (_, expiry)| is_kept(*expiry, now));
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
        if tables.renewals.get(key).is_some_and(|expiry| is_held(*expiry, now, spacing)) {
            return false;
        }
        tables.renewals.retain(|_, expiry| is_kept(*expiry, now));
        tables.renewals.extend(now.checked_add(spacing).map(|expiry| (key.clone(), expiry)));
        true
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

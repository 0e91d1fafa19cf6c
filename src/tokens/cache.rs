//! One token: fetched when first needed, shared by every clone of a client.
//!
//! The good path reads the token without a lock. However many calls wait for a fetch,
//! there is one, and all of them get its result, an error too. A token that is soon to
//! end is renewed in the background; no call waits for that, and a renewal that fails is
//! tried again later, until the old token has really ended. A token that the service
//! refuses is dropped only if it is still the current one: others may have renewed it.

use super::access_token::AccessToken;
use super::supply::Supply;
use crate::Error;
use arc_swap::ArcSwapOption;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A token this close to its end might end on the way.
pub(super) const TOO_LATE_WITHIN: Duration = Duration::from_secs(5);
/// Between two background renewals, so that a failing one is no storm.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(30);

/// The cache of one token.
#[derive(Debug)]
pub(crate) struct TokenCache {
    supply: Arc<Supply>,
    current: Arc<ArcSwapOption<AccessToken>>,
    /// Held while fetching, so that there is one fetch.
    fetching: tokio::sync::Mutex<Option<Result<Arc<AccessToken>, Error>>>,
    /// How many fetches have ended; read before waiting.
    ended: AtomicU64,
    renewal: Mutex<Renewal>,
}

/// The background renewal.
#[derive(Debug, Default)]
struct Renewal {
    task: Option<JoinHandle<()>>,
    begun: Option<Instant>,
}

impl TokenCache {
    pub(crate) fn new(supply: Supply) -> Self {
        Self {
            supply: Arc::new(supply),
            current: Arc::default(),
            fetching: tokio::sync::Mutex::default(),
            ended: AtomicU64::new(0),
            renewal: Mutex::default(),
        }
    }

    /// The current token; waits only if there is none.
    pub(crate) async fn current(&self) -> Result<Arc<AccessToken>, Error> {
        if let Some(token) = self.usable() {
            if !token.lasts_longer_than(self.supply.renewed_within()) {
                self.renew_in_background(&token);
            }
            return Ok(token);
        }
        self.fetch().await
    }

    /// Forgets a token that the service refused, if nobody has replaced it since.
    pub(crate) async fn drop_refused(&self, token: &Arc<AccessToken>) {
        self.current.rcu(|current| current.as_ref().filter(|current| !Arc::ptr_eq(current, token)).cloned());
        self.supply.refused(token).await;
    }

    fn usable(&self) -> Option<Arc<AccessToken>> {
        self.current.load_full().filter(|token| token.lasts_longer_than(TOO_LATE_WITHIN))
    }

    async fn fetch(&self) -> Result<Arc<AccessToken>, Error> {
        let seen = self.ended.load(SeqCst);
        let mut last = self.fetching.lock().await;
        // A fetch that ended before this call began to wait has left its token.
        if let Some(token) = self.usable() {
            return Ok(token);
        }
        // A fetch that ended while this call waited is this call's fetch too; only a token that others
        // have had refused meanwhile is not, and such a one lasts longer than any that is too short to keep.
        if self.ended.load(SeqCst) != seen
            && let Some(last) = &*last
            && !last.as_ref().is_ok_and(|token| token.lasts_longer_than(TOO_LATE_WITHIN))
        {
            return last.clone();
        }
        let result = self.supply.fetch().await.map(Arc::new);
        if let Ok(token) = &result {
            self.current.store(Some(Arc::clone(token)));
        }
        *last = Some(result.clone());
        self.ended.fetch_add(1, SeqCst);
        result
    }

    /// The task holds neither client nor cache, so that dropping them ends it.
    fn renew_in_background(&self, old: &Arc<AccessToken>) {
        // Whoever holds it is doing just this.
        let Ok(mut renewal) = self.renewal.try_lock() else { return };
        let running = renewal.task.as_ref().is_some_and(|task| !task.is_finished());
        // A short-lived token is renewed in time as well: within a quarter of what it has left.
        let pause = BETWEEN_RENEWALS.min(old.left().unwrap_or_default() / 4);
        if running || renewal.begun.is_some_and(|begun| begun.elapsed() < pause) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (supply, current, old) = (Arc::clone(&self.supply), Arc::clone(&self.current), Arc::clone(old));
        renewal.begun = Some(Instant::now());
        renewal.task = Some(runtime.spawn(async move {
            if let Some(token) = supply.renew().await {
                let token = Some(Arc::new(token));
                // A token that was refused and fetched anew meanwhile is newer than this one.
                current.rcu(|current| match current {
                    Some(current) if Arc::ptr_eq(current, &old) => token.clone(),
                    other => other.clone(),
                });
            }
        }));
    }
}

impl Drop for TokenCache {
    fn drop(&mut self) {
        let renewal = self.renewal.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = &renewal.task {
            task.abort();
        }
    }
}

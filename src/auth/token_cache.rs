//! One token: fetched when first needed, shared by every clone of a client.
//!
//! The good path reads the token without a lock. However many calls wait for a fetch,
//! there is one, and all of them get its result, an error too. A token that is soon to
//! end is renewed in the background; no call waits for that, and a renewal that fails is
//! tried again later, until the old token has really ended. Fetch or renewal, there is
//! one under way at a time: a refresh_token must not be used twice. Clients that share a
//! store space their renewals together, and what one has begun to renew for all is finished
//! although the client is dropped. A token that the service
//! refuses is dropped only if it is still the current one: others may have renewed it.

use super::access_token::AccessToken;
use super::fetch_task::{FetchHandle, FetchResult, FetchTask, Finishes};
use super::shared_source::{Purpose, SharedTokenSource};
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;

/// A token this close to its end might end on the way.
const TOO_LATE_WITHIN: Duration = Duration::from_secs(5);
/// Between two background renewals, so that a failing one is no storm.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(30);

/// The cache of one token.
#[derive(Debug)]
pub(crate) struct TokenCache {
    supply: Arc<SharedTokenSource>,
    current: Arc<ArcSwapOption<AccessToken>>,
    /// With less than this left a token is renewed.
    renewed_within: Duration,
    /// Never locked over an await.
    fetches: Mutex<Fetches>,
}

#[derive(Debug, Default)]
struct Fetches {
    /// The last one, which may have ended; dropping it ends it.
    last: Option<FetchTask>,
    /// When the next renewal may begin, after one that failed or was not this client's to make.
    next_renewal: Option<Instant>,
}

/// What there is for a call without a token.
enum Join {
    /// A token, which has just come.
    Token(Arc<AccessToken>),
    /// A fetch that others have begun.
    Theirs(FetchHandle),
    /// A fetch of its own.
    Ours(FetchHandle),
}

impl TokenCache {
    pub(crate) fn new(supply: SharedTokenSource) -> Self {
        let renewed_within = supply.renewed_within();
        Self { supply: Arc::new(supply), current: Arc::default(), renewed_within, fetches: Mutex::default() }
    }

    /// The current token; waits only if there is none.
    pub(crate) async fn current(&self, now: Instant) -> Result<Arc<AccessToken>, Error> {
        if let Some(token) = self.lasting(TOO_LATE_WITHIN, now) {
            if !token.lasts_longer_than(self.renewed_within, now) {
                self.renew_in_background(&token);
            }
            return Ok(token);
        }
        let fetched = self.fetch().await;
        // Short-lived clients see nothing but the store's token, which one of them has to renew.
        if let Ok(token) = &fetched
            && token.is_stored()
            && !token.lasts_longer_than(self.renewed_within, Instant::now())
        {
            self.renew_in_background(token);
        }
        // One that might end on the way is better than none.
        fetched.or_else(|error| self.lasting(Duration::ZERO, Instant::now()).ok_or(error))
    }

    /// Forgets a token that the service refused, if nobody has replaced it since.
    pub(crate) async fn drop_refused(&self, token: &Arc<AccessToken>) {
        if self.current.load().as_ref().is_some_and(|current| current.is_same_as(token)) {
            // Whoever fetches because it is gone must know already that it was refused.
            self.supply.was_refused(token);
            forget(&self.current, token);
        }
        self.supply.delete(token).await;
    }

    /// Whether there is a token that has not ended.
    pub(crate) fn holds_a_token(&self) -> bool {
        self.lasting(Duration::ZERO, Instant::now()).is_some()
    }

    fn lasting(&self, time: Duration, now: Instant) -> Option<Arc<AccessToken>> {
        self.current.load_full().filter(|token| token.lasts_longer_than(time, now))
    }

    async fn fetch(&self) -> FetchResult {
        loop {
            let (handle, ours) = match self.join()? {
                Join::Token(token) => return Ok(token),
                Join::Theirs(handle) => (handle, false),
                Join::Ours(handle) => (handle, true),
            };
            match handle.wait().await {
                Some(wait) => return wait,
                // The runtime of others is gone, or stands still; this call's own does not.
                None if !ours => {}
                None => {
                    return Err(Error::new(ErrorKind::Auth, "not sent: the token fetch was lost with its runtime"));
                }
            }
        }
    }

    fn join(&self) -> Result<Join, Error> {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = fetches.last.as_ref().filter(|flight| flight.is_running()) {
            return Ok(Join::Theirs(flight.handle()));
        }
        // A fetch that ended before this call began to wait has left its token.
        if let Some(token) = self.lasting(TOO_LATE_WITHIN, Instant::now()) {
            return Ok(Join::Token(token));
        }
        let flight = self.begin(Purpose::Needed)?;
        let handle = flight.handle();
        fetches.last = Some(flight);
        Ok(Join::Ours(handle))
    }

    fn renew_in_background(&self, old: &AccessToken) {
        // Whoever holds it is doing just this.
        let Ok(mut fetches) = self.fetches.try_lock() else { return };
        let now = Instant::now();
        if fetches.last.as_ref().is_some_and(FetchTask::is_running)
            || fetches.next_renewal.is_some_and(|next| now < next)
        {
            return;
        }
        // A short-lived token is renewed in time as well: within a quarter of what it has left.
        let spacing = BETWEEN_RENEWALS.min(old.left(now).unwrap_or_default() / 4);
        if let Ok(flight) = self.begin(Purpose::Renewal { spacing }) {
            *fetches = Fetches { last: Some(flight), next_renewal: Some(now + spacing) };
        }
    }

    fn begin(&self, purpose: Purpose) -> Result<FetchTask, Error> {
        let (supply, current) = (Arc::clone(&self.supply), Arc::clone(&self.current));
        let lasting = if purpose.is_in_background() { self.renewed_within } else { TOO_LATE_WITHIN };
        let (span, longest, finishes) = (supply.span(purpose), supply.longest(), Finishes::default());
        let fetch = fetched(supply, current, lasting, purpose, finishes.clone()).instrument(span);
        FetchTask::begin(longest, finishes, fetch)
    }
}

/// Fetches a token that lasts for longer than this, and makes it the current one; nothing if others renew it.
///
/// It holds neither client nor cache, so that dropping them ends it unless it `finishes`.
async fn fetched(
    supply: Arc<SharedTokenSource>,
    current: Arc<ArcSwapOption<AccessToken>>,
    lasting: Duration,
    purpose: Purpose,
    finishes: Finishes,
) -> Option<FetchResult> {
    loop {
        let known = supply.last_refused();
        let token = match supply.fetch(lasting, purpose, &finishes).await {
            Ok(Some(token)) => Arc::new(token),
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        current.store(Some(Arc::clone(&token)));
        // Asked before it was refused, a source may answer the very token that those who wait have had refused.
        if !supply.has_refused_since(known.as_ref(), &token) {
            return Some(Ok(token));
        }
        forget(&current, &token);
    }
}

fn forget(current: &ArcSwapOption<AccessToken>, token: &Arc<AccessToken>) {
    current.rcu(|current| current.as_ref().filter(|current| !current.is_same_as(token)).cloned());
}

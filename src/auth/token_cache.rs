//! The cache of one token: fetched at the first call, shared by all clones of a client.
//!
//! The hot path reads the token without a lock. However many calls wait for a token, one fetch
//! runs, and all of them get its result, errors included. A token that expires soon is refreshed in
//! the background: no call waits for that, and a refresh that fails is retried later, until the old
//! token has expired. At most one fetch or refresh runs at a time: a refresh_token must not be used
//! twice. Clients that share a store also share the spacing of refreshes, and a refresh that one
//! client has started finishes even if that client is dropped. A token that the service rejects is
//! dropped only if it is still the current one: it may have been refreshed meanwhile.

use super::access_token::AccessToken;
use super::fetch_task::{Detached, FetchHandle, FetchResult, FetchTask};
use super::shared_source::{Purpose, SharedTokenSource};
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;

/// A token with less than this left might expire on its way to the service.
const EXPIRY_MARGIN: Duration = Duration::from_secs(5);
/// The time between the starts of two background refreshes, so that a failing one is not repeated at each call.
const REFRESH_INTERVAL: Duration = Duration::from_secs(30);

/// The cache of one token.
#[derive(Debug)]
pub(crate) struct TokenCache {
    source: Arc<SharedTokenSource>,
    current: Arc<ArcSwapOption<AccessToken>>,
    /// A token with less than this left is refreshed.
    refresh_margin: Duration,
    /// Never locked across an await.
    fetches: Mutex<Fetches>,
}

#[derive(Debug, Default)]
struct Fetches {
    /// The last fetch, which may have ended; dropping it cancels it.
    last: Option<FetchTask>,
    /// When the next refresh may start, if the last one failed or was left to another client.
    next_refresh: Option<Instant>,
}

/// What a call without a token waits for.
enum Join {
    /// Nothing: a token has just been fetched.
    Token(Arc<AccessToken>),
    /// A fetch that another call started.
    Running(FetchHandle),
    /// A fetch that this call started.
    Started(FetchHandle),
}

impl TokenCache {
    pub(crate) fn new(source: SharedTokenSource) -> Self {
        let refresh_margin = source.refresh_margin();
        Self { source: Arc::new(source), current: Arc::default(), refresh_margin, fetches: Mutex::default() }
    }

    /// Returns the current token; waits only if there is none.
    pub(crate) async fn current(&self, now: Instant) -> Result<Arc<AccessToken>, Error> {
        if let Some(token) = self.current_with(EXPIRY_MARGIN, now) {
            if !token.has_more_than(self.refresh_margin, now) {
                self.refresh_in_background(&token);
            }
            return Ok(token);
        }
        let result = self.fetch().await;
        // Clients that live for one request only see the stored token, which one of them has to refresh.
        if let Ok(token) = &result
            && token.is_stored()
            && !token.has_more_than(self.refresh_margin, Instant::now())
        {
            self.refresh_in_background(token);
        }
        // A token that might expire on its way is better than none.
        result.or_else(|error| self.current_with(Duration::ZERO, Instant::now()).ok_or(error))
    }

    /// Drops a token that the service rejected, unless it has been replaced meanwhile.
    pub(crate) async fn drop_rejected(&self, token: &Arc<AccessToken>) {
        if self.current.load().as_ref().is_some_and(|current| current.is_same_as(token)) {
            // First, so that the fetch that replaces the token knows about the rejection.
            self.source.set_rejected(token);
            clear(&self.current, token);
        }
        self.source.delete(token).await;
    }

    /// Whether there is a token that has not expired.
    pub(crate) fn has_token(&self) -> bool {
        self.current_with(Duration::ZERO, Instant::now()).is_some()
    }

    /// The current token, if it has more than `min_remaining` left.
    fn current_with(&self, min_remaining: Duration, now: Instant) -> Option<Arc<AccessToken>> {
        self.current.load_full().filter(|token| token.has_more_than(min_remaining, now))
    }

    async fn fetch(&self) -> FetchResult {
        loop {
            let (handle, is_own) = match self.join()? {
                Join::Token(token) => return Ok(token),
                Join::Running(handle) => (handle, false),
                Join::Started(handle) => (handle, true),
            };
            match handle.wait().await {
                Some(result) => return result,
                // Another call's runtime has shut down, or is not driven; this call's own is.
                None if !is_own => {}
                None => {
                    return Err(Error::new(
                        ErrorKind::Auth,
                        "not sent: the Tokio runtime shut down during the token fetch",
                    ));
                }
            }
        }
    }

    fn join(&self) -> Result<Join, Error> {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = fetches.last.as_ref().filter(|task| task.is_running()) {
            return Ok(Join::Running(task.handle()));
        }
        // A fetch may have ended since this call looked.
        if let Some(token) = self.current_with(EXPIRY_MARGIN, Instant::now()) {
            return Ok(Join::Token(token));
        }
        let task = self.start(Purpose::Needed)?;
        let handle = task.handle();
        fetches.last = Some(task);
        Ok(Join::Started(handle))
    }

    fn refresh_in_background(&self, old: &AccessToken) {
        // The holder of the lock is starting a fetch.
        let Ok(mut fetches) = self.fetches.try_lock() else { return };
        let now = Instant::now();
        if fetches.last.as_ref().is_some_and(FetchTask::is_running)
            || fetches.next_refresh.is_some_and(|next| now < next)
        {
            return;
        }
        // A token with little time left is retried sooner: after a quarter of that time.
        let spacing = REFRESH_INTERVAL.min(old.remaining(now).unwrap_or_default() / 4);
        if let Ok(task) = self.start(Purpose::Refresh { spacing }) {
            *fetches = Fetches { last: Some(task), next_refresh: Some(now + spacing) };
        }
    }

    fn start(&self, purpose: Purpose) -> Result<FetchTask, Error> {
        let (source, current) = (Arc::clone(&self.source), Arc::clone(&self.current));
        let min_remaining = if purpose.is_in_background() { self.refresh_margin } else { EXPIRY_MARGIN };
        let (span, max_duration, detached) = (source.span(purpose), source.max_duration(), Detached::default());
        let fetch = fetch_into(current, source, min_remaining, purpose, detached.clone()).instrument(span);
        FetchTask::start(max_duration, detached, fetch)
    }
}

/// Fetches a token with more than `min_remaining` left and makes it the current one; returns `None` if another client
/// refreshes it.
///
/// It holds neither the client nor the cache, so that dropping them cancels it unless it is `detached`.
async fn fetch_into(
    current: Arc<ArcSwapOption<AccessToken>>,
    source: Arc<SharedTokenSource>,
    min_remaining: Duration,
    purpose: Purpose,
    detached: Detached,
) -> Option<FetchResult> {
    loop {
        let previous = source.last_rejected();
        let token = match source.fetch(min_remaining, purpose, &detached).await {
            Ok(Some(token)) => Arc::new(token),
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        current.store(Some(Arc::clone(&token)));
        // If the service rejected the old token during the fetch, the source may have returned that very token.
        if !source.was_rejected_since(previous.as_ref(), &token) {
            return Some(Ok(token));
        }
        clear(&current, &token);
    }
}

/// Removes the token, if it is still the current one.
fn clear(current: &ArcSwapOption<AccessToken>, token: &Arc<AccessToken>) {
    current.rcu(|current| current.as_ref().filter(|current| !current.is_same_as(token)).cloned());
}

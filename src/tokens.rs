//! The tokens of an app: fetched when first needed, shared by every clone of a client.
//!
//! The good path reads the token without a lock. However many calls wait for a fetch,
//! there is one, and all of them get its result, an error too. With less than half an
//! hour left the service hands out a new token while the old one lives on; that
//! renewal runs in the background, no call waits for it, and one that fails is tried
//! again later, until the old token has really ended. A token that the service refuses
//! is dropped only if it is still the current one: others may have renewed it.

use crate::secret::Secret;
use crate::token_endpoint::TokenEndpoint;
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use reqwest::header::HeaderValue;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// With less than this left, the service gives out a new token beside the old one.
const RENEW_WITHIN: Duration = Duration::from_secs(30 * 60);
/// A token this close to its end might end on the way.
const TOO_LATE_WITHIN: Duration = Duration::from_secs(5);
/// Between two background renewals, so that a failing one is no storm.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(30);

/// A token, ready to be sent.
#[derive(Debug)]
pub(crate) struct AccessToken {
    /// `Bearer ..`, marked sensitive; its bytes are wiped when the last copy goes.
    pub(crate) header: HeaderValue,
    /// When it ends; a token of the caller's does not say.
    end: Option<Instant>,
}

impl AccessToken {
    /// A token that lasts as long as it lasts.
    pub(crate) fn fixed(token: &Secret) -> Result<Self, Error> {
        Self::new(token, None)
    }

    /// A token with an end.
    pub(crate) fn lasting(token: &Secret, lifetime: Duration) -> Result<Self, Error> {
        Self::new(token, Instant::now().checked_add(lifetime))
    }

    fn new(token: &Secret, end: Option<Instant>) -> Result<Self, Error> {
        let bytes = Zeroizing::new([b"Bearer ", token.expose().as_bytes()].concat());
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes)).map_err(|_| {
            Error::new(ErrorKind::Token, "not sent: the access token holds characters that no token has")
        })?;
        header.set_sensitive(true);
        Ok(Self { header, end })
    }

    /// The token itself, to be taken out of what is kept of an answer.
    pub(crate) fn secret(&self) -> &[u8] {
        self.header.as_bytes().strip_prefix(b"Bearer ").unwrap_or_default()
    }

    fn lasts_longer_than(&self, time: Duration) -> bool {
        self.end.is_none_or(|end| end.saturating_duration_since(Instant::now()) > time)
    }
}

/// The cache of an app's tenant_access_token.
#[derive(Debug)]
pub(crate) struct AppTokens {
    endpoint: Arc<TokenEndpoint>,
    current: Arc<ArcSwapOption<AccessToken>>,
    /// Held while fetching; the number tells a waiter whether a fetch ended while it waited.
    fetching: tokio::sync::Mutex<Fetches>,
    /// How many fetches have ended; read before waiting.
    ended: std::sync::atomic::AtomicU64,
    renewal: Mutex<Renewal>,
}

/// The last fetch.
#[derive(Debug, Default)]
struct Fetches {
    last: Option<Result<Arc<AccessToken>, Error>>,
}

/// The background renewal.
#[derive(Debug, Default)]
struct Renewal {
    task: Option<JoinHandle<()>>,
    begun: Option<Instant>,
}

impl AppTokens {
    pub(crate) fn new(endpoint: TokenEndpoint) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            current: Arc::default(),
            fetching: tokio::sync::Mutex::default(),
            ended: std::sync::atomic::AtomicU64::new(0),
            renewal: Mutex::default(),
        }
    }

    /// The current token; waits only if there is none.
    pub(crate) async fn current(&self) -> Result<Arc<AccessToken>, Error> {
        if let Some(token) = self.usable() {
            if !token.lasts_longer_than(RENEW_WITHIN) {
                self.renew_in_background(&token);
            }
            return Ok(token);
        }
        self.fetch().await
    }

    /// Forgets the token if nobody has replaced it since.
    pub(crate) fn drop_if_current(&self, token: &Arc<AccessToken>) {
        self.current.rcu(|current| current.as_ref().filter(|current| !Arc::ptr_eq(current, token)).cloned());
    }

    fn usable(&self) -> Option<Arc<AccessToken>> {
        self.current.load_full().filter(|token| token.lasts_longer_than(TOO_LATE_WITHIN))
    }

    async fn fetch(&self) -> Result<Arc<AccessToken>, Error> {
        use std::sync::atomic::Ordering::SeqCst;
        let seen = self.ended.load(SeqCst);
        let mut fetches = self.fetching.lock().await;
        // A fetch that ended before this call began to wait has left its token.
        if let Some(token) = self.usable() {
            return Ok(token);
        }
        // A fetch that ended while this call waited is this call's fetch too; only a token that others
        // have had refused meanwhile is not, and such a one lasts longer than any that is too short to keep.
        if self.ended.load(SeqCst) != seen
            && let Some(last) = &fetches.last
            && !last.as_ref().is_ok_and(|token| token.lasts_longer_than(TOO_LATE_WITHIN))
        {
            return last.clone();
        }
        let result = self.endpoint.fetch().await.map(Arc::new);
        if let Ok(token) = &result {
            self.current.store(Some(Arc::clone(token)));
        }
        fetches.last = Some(result.clone());
        self.ended.fetch_add(1, SeqCst);
        result
    }

    /// The task holds neither client nor cache, so that dropping them ends it.
    fn renew_in_background(&self, old: &Arc<AccessToken>) {
        // Whoever holds it is doing just this.
        let Ok(mut renewal) = self.renewal.try_lock() else { return };
        let running = renewal.task.as_ref().is_some_and(|task| !task.is_finished());
        // A short-lived token is renewed in time as well: within a quarter of what it has left.
        let left = old.end.map_or(Duration::ZERO, |end| end.saturating_duration_since(Instant::now()));
        let pause = BETWEEN_RENEWALS.min(left / 4);
        if running || renewal.begun.is_some_and(|begun| begun.elapsed() < pause) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (endpoint, current, old) = (Arc::clone(&self.endpoint), Arc::clone(&self.current), Arc::clone(old));
        renewal.begun = Some(Instant::now());
        renewal.task = Some(runtime.spawn(async move {
            if let Ok(token) = endpoint.fetch().await {
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

impl Drop for AppTokens {
    fn drop(&mut self) {
        let renewal = self.renewal.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = &renewal.task {
            task.abort();
        }
    }
}

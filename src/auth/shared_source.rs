//! A token source behind a store: a token comes from the store if it has one, else from the source.
//!
//! A client claims the fetch in the store before it sends one. Without the claim it waits for the
//! token that the claim's holder will store, but no longer than a claim lasts. A background refresh
//! needs a second claim, so that one client in half a minute starts one. A token that the service
//! rejected is not read from the store again, even if it could not be deleted there.
//!
//! Once a fetch has been sent for a shared store, it finishes even if its client is dropped: other
//! clients need the token, too, and clients that live for one request would never complete a fetch.

use super::access_token::{AccessToken, Unsendable};
use super::fetch_task::Detached;
use super::{FETCH_TIMEOUT, TokenSource};
use crate::future::{catch_panic, no_panic};
use crate::store::{ClaimOutcome, LEASE, STORE_TIMEOUT, TokenSlot};
use crate::telemetry::Telemetry;
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tracing::Span;

/// The time between two reads of the store while another client fetches the token.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

// The holder of a claim reads the store once more, fetches the token, and stores it.
const _: () = assert!(LEASE.as_secs() > FETCH_TIMEOUT.as_secs() + 2 * STORE_TIMEOUT.as_secs());

/// Why a token is fetched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// There is no valid token.
    Needed,
    /// The current token expires soon. No refresh starts within `spacing` of the last one.
    Refresh { spacing: Duration },
}

impl Purpose {
    pub(super) fn is_in_background(self) -> bool {
        matches!(self, Self::Refresh { .. })
    }
}

/// A token source, and the entry in the store for its token, if there is one.
pub(crate) struct SharedTokenSource {
    source: Box<dyn TokenSource>,
    slot: Option<TokenSlot>,
    telemetry: Telemetry,
    last_rejected: ArcSwapOption<AccessToken>,
}

impl SharedTokenSource {
    pub(crate) fn new(source: impl TokenSource + 'static, slot: Option<TokenSlot>, telemetry: Telemetry) -> Self {
        Self { source: Box::new(source), slot, telemetry, last_rejected: ArcSwapOption::empty() }
    }

    pub(super) fn refresh_margin(&self) -> Duration {
        self.source.refresh_margin()
    }

    /// The longest time that [`fetch`](Self::fetch) takes: waiting for another client, fetching, and requests to the store.
    pub(super) fn max_duration(&self) -> Duration {
        LEASE + self.source.fetch_timeout() + 4 * STORE_TIMEOUT
    }

    /// The span of a fetch.
    pub(super) fn span(&self, purpose: Purpose) -> Span {
        self.telemetry.fetch_span(purpose.is_in_background())
    }

    /// Records that the service rejected this token: it is not returned again.
    pub(super) fn set_rejected(&self, token: &Arc<AccessToken>) {
        self.last_rejected.store(Some(Arc::clone(token)));
    }

    /// Deletes a rejected token from the store, if it is still there.
    pub(super) async fn delete(&self, token: &AccessToken) {
        if let Some(slot) = &self.slot {
            slot.compare_and_delete(&token.secret()).await;
        }
    }

    pub(super) fn last_rejected(&self) -> Option<Arc<AccessToken>> {
        self.last_rejected.load_full()
    }

    /// Whether this token was rejected after `previous` had been the last rejected one.
    pub(super) fn was_rejected_since(&self, previous: Option<&Arc<AccessToken>>, token: &AccessToken) -> bool {
        self.last_rejected().is_some_and(|rejected| {
            rejected.is_same_as(token) && previous.is_none_or(|previous| !Arc::ptr_eq(previous, &rejected))
        })
    }

    /// Returns a token: from the store if it has one with more than `min_remaining` left, else from the source; `None` if
    /// another client refreshes it.
    pub(super) async fn fetch(
        &self,
        min_remaining: Duration,
        purpose: Purpose,
        detached: &Detached,
    ) -> Result<Option<AccessToken>, Error> {
        let started = Instant::now();
        let is_shared = self.slot.as_ref().is_some_and(TokenSlot::is_shared);
        if is_shared {
            // From the first claim on, the fetch must not be lost with a client that lives for one request: a claim that
            // the store has granted would keep all others waiting until it expires.
            detached.set();
        }
        let mut has_refresh_claim = false;
        loop {
            if let Some(token) = self.stored_token(min_remaining).await {
                return Ok(Some(token));
            }
            if let (Purpose::Refresh { spacing }, Some(slot), false) = (purpose, &self.slot, has_refresh_claim) {
                // A little less, so that the claim has expired when this client's next refresh is due.
                if !slot.claim_renewal(spacing * 9 / 10).await {
                    return Ok(None);
                }
                has_refresh_claim = true;
            }
            let claim = self.claim().await;
            // A store that reports a claim for longer than its lease is wrong, and ignored.
            if !matches!(claim, ClaimOutcome::HeldByOther) || started.elapsed() > LEASE {
                return self.fetch_from_source(claim, min_remaining, purpose.is_in_background()).await.map(Some);
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    async fn claim(&self) -> ClaimOutcome {
        match &self.slot {
            Some(slot) => slot.claim().await,
            None => ClaimOutcome::Unavailable,
        }
    }

    /// Fetches a token from the source, unless the previous holder of the claim has just stored one.
    async fn fetch_from_source(
        &self,
        claim: ClaimOutcome,
        min_remaining: Duration,
        in_background: bool,
    ) -> Result<AccessToken, Error> {
        if matches!(claim, ClaimOutcome::Acquired(_))
            && let Some(token) = self.stored_token(min_remaining).await
        {
            return Ok(token);
        }
        if let Some(error) = self.source.cooldown_error() {
            return Err(error);
        }
        let (started, rejected) = (Instant::now(), self.last_rejected());
        let limit = self.source.fetch_timeout();
        let timed_out = |_| {
            let message = format!("no response within {} s", limit.as_secs());
            Err(Error::new(ErrorKind::Timeout, message).into_token_fetch_error())
        };
        let result = timeout(limit, self.source.fetch(rejected.as_deref())).await.unwrap_or_else(timed_out);
        self.telemetry.token_fetched(result.as_ref().err(), started.elapsed(), in_background);
        let token = result?;
        if let (Some(slot), Some(token)) = (&self.slot, token.to_stored()) {
            // Even if the destructor of the store's future panics, the token is kept.
            catch_panic(pin!(slot.put(&token))).await;
        }
        Ok(token)
    }

    /// The stored token, if it has more than `min_remaining` left and was not rejected.
    async fn stored_token(&self, min_remaining: Duration) -> Option<AccessToken> {
        let token = AccessToken::try_from(self.slot.as_ref()?.get().await?);
        let log_unsendable = |reason: &Unsendable| {
            let error = reason.not_sent("the token in the store");
            no_panic(|| tracing::warn!(%error, "ignored a token from the store"));
        };
        let token = token.inspect_err(log_unsendable).ok()?;
        let is_rejected = self.last_rejected.load().as_ref().is_some_and(|rejected| rejected.is_same_as(&token));
        (token.has_more_than(min_remaining, Instant::now()) && !is_rejected).then_some(token)
    }
}

impl fmt::Debug for SharedTokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTokenSource").field("slot", &self.slot).finish_non_exhaustive()
    }
}

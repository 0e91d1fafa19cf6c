//! Where a cache gets its token: from the store that it shares with others, else from its source.
//!
//! Before the source is asked, the right to ask is claimed in the store; who does not get
//! it waits for the token that the other one will store, though no longer than a claim can
//! last. A renewal, which nobody waits for, needs a claim of its own first: one client in half a
//! minute begins one. A token that was refused here is not taken out of the store again, even if
//! it could not be deleted there.
//!
//! What has been sent for a store that others share is finished: its token is theirs as well,
//! and clients that are dropped with their fetch each time would never have one.

use super::access_token::{AccessToken, Unsendable};
use super::fetch_task::Finishes;
use super::{LONGEST_FETCH, TokenSource};
use crate::future::{catch_panic, no_panic};
use crate::store::{LEASE, STORE_TIMEOUT, TokenSlot, Turn};
use crate::telemetry::Telemetry;
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tracing::Span;

/// Between two looks whether another process has stored its token.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

// Whoever has the claim looks into the store once more, asks, and stores what it gets.
const _: () = assert!(LEASE.as_secs() > LONGEST_FETCH.as_secs() + 2 * STORE_TIMEOUT.as_secs());

/// Why a token is fetched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// There is none that can be sent.
    Needed,
    /// There is one that ends before long; a renewal that fails is not repeated within this time.
    Renewal { spacing: Duration },
}

impl Purpose {
    pub(super) fn is_in_background(self) -> bool {
        matches!(self, Self::Renewal { .. })
    }
}

/// A source of tokens and the store's place for them, if they are shared.
pub(crate) struct SharedTokenSource {
    source: Box<dyn TokenSource>,
    slot: Option<TokenSlot>,
    telemetry: Telemetry,
    refused: ArcSwapOption<AccessToken>,
}

impl SharedTokenSource {
    pub(crate) fn new(source: impl TokenSource + 'static, slot: Option<TokenSlot>, telemetry: Telemetry) -> Self {
        Self { source: Box::new(source), slot, telemetry, refused: ArcSwapOption::empty() }
    }

    pub(super) fn renewed_within(&self) -> Duration {
        self.source.renewed_within()
    }

    /// The longest that a fetch takes: waiting for others, asking, and a few words with the store.
    pub(super) fn longest(&self) -> Duration {
        LEASE + self.source.longest_fetch() + 4 * STORE_TIMEOUT
    }

    /// Around a fetch.
    pub(super) fn span(&self, purpose: Purpose) -> Span {
        self.telemetry.fetch_span(purpose.is_in_background())
    }

    /// The token was refused: it is not given out again.
    pub(super) fn was_refused(&self, token: &Arc<AccessToken>) {
        self.refused.store(Some(Arc::clone(token)));
    }

    /// Takes a refused token out of the store, if it is still there.
    pub(super) async fn delete(&self, token: &AccessToken) {
        if let Some(slot) = &self.slot {
            slot.compare_and_delete(&token.secret()).await;
        }
    }

    pub(super) fn last_refused(&self) -> Option<Arc<AccessToken>> {
        self.refused.load_full()
    }

    /// Whether this token was refused, and `known` was the last that had been.
    pub(super) fn has_refused_since(&self, known: Option<&Arc<AccessToken>>, token: &AccessToken) -> bool {
        self.last_refused()
            .is_some_and(|refused| refused.is_same_as(token) && known.is_none_or(|known| !Arc::ptr_eq(known, &refused)))
    }

    /// A token, from the store if that has one that lasts for longer than this; nothing if it is for others to renew.
    pub(super) async fn fetch(
        &self,
        lasting: Duration,
        purpose: Purpose,
        finishes: &Finishes,
    ) -> Result<Option<AccessToken>, Error> {
        let begun = Instant::now();
        let is_shared = self.slot.as_ref().is_some_and(TokenSlot::is_shared);
        if is_shared && purpose.is_in_background() {
            // The claim of a renewal is not given back, so what has it must not be lost with a client of one request.
            finishes.now();
        }
        let mut claimed = false;
        loop {
            if let Some(token) = self.stored(lasting).await {
                return Ok(Some(token));
            }
            if let (Purpose::Renewal { spacing }, Some(slot), false) = (purpose, &self.slot, claimed) {
                // A little less, so that this client's next renewal is not refused because of this one.
                if !slot.claim_renewal(spacing * 9 / 10).await {
                    return Ok(None);
                }
                claimed = true;
            }
            let turn = self.claim().await;
            // No claim is longer than its lease: a store that says so is wrong.
            if !matches!(turn, Turn::Theirs) || begun.elapsed() > LEASE {
                if is_shared {
                    finishes.now();
                }
                return self.ask(turn, lasting, purpose.is_in_background()).await.map(Some);
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    async fn claim(&self) -> Turn {
        match &self.slot {
            Some(slot) => slot.claim().await,
            None => Turn::Unknown,
        }
    }

    /// Asks the source, unless whoever had the claim before has just stored a token.
    async fn ask(&self, turn: Turn, lasting: Duration, in_background: bool) -> Result<AccessToken, Error> {
        if matches!(turn, Turn::Ours(_))
            && let Some(token) = self.stored(lasting).await
        {
            return Ok(token);
        }
        if let Some(error) = self.source.cooldown_error() {
            return Err(error);
        }
        let (begun, refused) = (Instant::now(), self.last_refused());
        let late = |_| Err(Error::new(ErrorKind::Timeout, "no answer in time").into_token_fetch_error());
        let fetched = timeout(self.source.longest_fetch(), self.source.fetch(refused.as_deref()));
        let fetched = fetched.await.unwrap_or_else(late);
        self.telemetry.token_fetched(fetched.as_ref().err(), begun.elapsed(), in_background);
        let token = fetched?;
        if let (Some(slot), Some(token)) = (&self.slot, token.to_stored()) {
            // Not even the destructor of a store's future may lose the token.
            catch_panic(pin!(slot.put(&token))).await;
        }
        Ok(token)
    }

    /// The stored token, if it lasts longer than this and was not refused.
    async fn stored(&self, lasting: Duration) -> Option<AccessToken> {
        let token = AccessToken::try_from(self.slot.as_ref()?.get().await?);
        let unused = |reason: &Unsendable| {
            let error = reason.not_sent("the token in the store");
            no_panic(|| tracing::warn!(%error, "a token in the store is not used"));
        };
        let token = token.inspect_err(unused).ok()?;
        let refused = self.refused.load().as_ref().is_some_and(|refused| refused.is_same_as(&token));
        (token.lasts_longer_than(lasting, Instant::now()) && !refused).then_some(token)
    }
}

impl fmt::Debug for SharedTokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTokenSource").field("slot", &self.slot).finish_non_exhaustive()
    }
}

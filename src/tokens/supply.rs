//! Where a cache gets its token: from the store that it shares with others, else from its source.
//!
//! Before the source is asked, the right to ask is claimed in the store; who does not get
//! it waits for the token that the other one will store, though no longer than a claim can
//! last. A token that was refused here is not taken out of the store again, even if it could
//! not be deleted there.

use super::access_token::AccessToken;
use super::{LONGEST_FETCH, TokenSource};
use crate::observe::Observation;
use crate::store::{LEASE, PATIENCE, Shelf, Turn};
use crate::{Error, ErrorKind};
use arc_swap::ArcSwapOption;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tracing::Span;

/// Between two looks whether another process has stored its token.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

// Whoever has the claim looks into the store once more, asks, and stores what it gets.
const _: () = assert!(LEASE.as_secs() > LONGEST_FETCH.as_secs() + 2 * PATIENCE.as_secs());

/// A source of tokens and the store's place for them, if they are shared.
pub(crate) struct Supply {
    source: Box<dyn TokenSource>,
    shelf: Option<Shelf>,
    observation: Observation,
    refused: ArcSwapOption<AccessToken>,
}

impl Supply {
    pub(crate) fn new(source: impl TokenSource + 'static, shelf: Option<Shelf>, observation: Observation) -> Self {
        Self { source: Box::new(source), shelf, observation, refused: ArcSwapOption::empty() }
    }

    pub(super) fn renewed_within(&self) -> Duration {
        self.source.renewed_within()
    }

    /// The longest that a fetch takes: waiting for others, asking, and a few words with the store.
    pub(super) fn longest(&self) -> Duration {
        LEASE + self.source.longest_fetch() + 4 * PATIENCE
    }

    /// Around a fetch.
    pub(super) fn span(&self, in_background: bool) -> Span {
        self.observation.fetch_span(in_background)
    }

    /// The token was refused: it is not given out again.
    pub(super) fn was_refused(&self, token: &Arc<AccessToken>) {
        self.refused.store(Some(Arc::clone(token)));
    }

    /// Takes a refused token out of the store, if it is still there.
    pub(super) async fn delete(&self, token: &AccessToken) {
        if let Some(shelf) = &self.shelf {
            shelf.compare_and_delete(&token.secret()).await;
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

    /// A token, from the store if that has one that lasts for longer than this.
    pub(super) async fn fetch(&self, lasting: Duration, in_background: bool) -> Result<AccessToken, Error> {
        let begun = Instant::now();
        loop {
            if let Some(token) = self.stored(lasting).await {
                return Ok(token);
            }
            let turn = self.claim().await;
            // No claim is longer than its lease: a store that says so is wrong.
            if !matches!(turn, Turn::Theirs) || begun.elapsed() > LEASE {
                return self.ask(turn, lasting, in_background).await;
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    async fn claim(&self) -> Turn {
        match &self.shelf {
            Some(shelf) => shelf.claim().await,
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
        if let Some(error) = self.source.asks_to_wait() {
            return Err(error);
        }
        let (begun, refused) = (Instant::now(), self.last_refused());
        let late = |_| Err(Error::new(ErrorKind::Timeout, "no answer in time").while_fetching_a_token());
        let fetched = timeout(self.source.longest_fetch(), self.source.fetch(refused.as_deref()));
        let fetched = fetched.await.unwrap_or_else(late);
        self.observation.token_fetched(fetched.as_ref().err(), begun.elapsed(), in_background);
        let token = fetched?;
        if let (Some(shelf), Some(token)) = (&self.shelf, token.to_stored()) {
            shelf.put(&token).await;
        }
        Ok(token)
    }

    /// The stored token, if it lasts longer than this and was not refused.
    async fn stored(&self, lasting: Duration) -> Option<AccessToken> {
        let token = AccessToken::try_from(self.shelf.as_ref()?.get().await?).ok()?;
        let refused = self.refused.load().as_ref().is_some_and(|refused| refused.is_same_as(&token));
        (token.lasts_longer_than(lasting, Instant::now()) && !refused).then_some(token)
    }
}

impl fmt::Debug for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supply").field("shelf", &self.shelf).finish_non_exhaustive()
    }
}

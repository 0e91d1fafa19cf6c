//! Where a cache gets its token: from the store that it shares with others, else from its source.
//!
//! Before the source is asked, the right to ask is claimed in the store; who does not get
//! it waits for the token that the other one will store. A token that was refused here is
//! not taken out of the store again, even if it could not be deleted there.

use super::TokenSource;
use super::access_token::AccessToken;
use super::cache::TOO_LATE_WITHIN;
use crate::Error;
use crate::observe::Observation;
use crate::store::{Shelf, Turn};
use arc_swap::ArcSwapOption;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks whether another process has stored its token.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

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

    /// The token was refused: it is not given out again.
    pub(super) async fn refused(&self, token: &Arc<AccessToken>) {
        self.refused.store(Some(Arc::clone(token)));
        if let Some(shelf) = &self.shelf {
            shelf.compare_and_delete(&token.secret()).await;
        }
    }

    /// A token that can be sent.
    pub(super) async fn fetch(&self) -> Result<AccessToken, Error> {
        loop {
            if let Some(token) = self.stored(TOO_LATE_WITHIN).await {
                return Ok(token);
            }
            let turn = self.claim().await;
            if !matches!(turn, Turn::Theirs) {
                return self.ask(turn, TOO_LATE_WITHIN, false).await;
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    /// A token that lasts for long, if one can be had without waiting for others.
    pub(super) async fn renew(&self) -> Option<AccessToken> {
        if let Some(token) = self.stored(self.renewed_within()).await {
            return Some(token);
        }
        match self.claim().await {
            Turn::Theirs => None,
            turn => self.ask(turn, self.renewed_within(), true).await.ok(),
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
        let begun = Instant::now();
        let fetched = self.source.fetch(self.refused.load_full().as_deref()).await;
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
        (token.lasts_longer_than(lasting) && !refused).then_some(token)
    }
}

impl fmt::Debug for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supply").field("shelf", &self.shelf).finish_non_exhaustive()
    }
}

//! A token as it is sent: a header whose bytes are marked sensitive and wiped at the end.

use crate::secret::Secret;
use crate::store::StoredToken;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use reqwest::header::HeaderValue;
use std::time::Duration;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// The longest that the service lets a token of its own live; what says more is not believed, since a token that
/// never ends here would be sent until it is refused.
const LONGEST_LIFE: Duration = Duration::from_secs(7200);

/// A token, ready to be sent.
#[derive(Debug)]
pub(crate) struct AccessToken {
    /// `Bearer ..`, marked sensitive; its bytes are wiped when the last copy goes.
    pub(crate) header: HeaderValue,
    /// When it ends; a token of the caller's need not say.
    end: Option<Instant>,
}

impl AccessToken {
    /// A token that lasts as long as it lasts.
    pub(crate) fn fixed(token: &Secret) -> Result<Self, Error> {
        Self::new(token, None)
    }

    /// A token that the service has issued.
    pub(crate) fn issued(token: &Secret, lifetime: Duration) -> Result<Self, Error> {
        Self::lasting(token, lifetime.min(LONGEST_LIFE))
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
    pub(crate) fn bytes(&self) -> &[u8] {
        self.header.as_bytes().strip_prefix(b"Bearer ").unwrap_or_default()
    }

    /// The token itself, for a store or a question to the service.
    pub(crate) fn secret(&self) -> Secret {
        // It was made from a string, and not changed.
        Secret::from(String::from_utf8_lossy(self.bytes()).into_owned())
    }

    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.header == other.header
    }

    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        self.end.map(|end| end.saturating_duration_since(now))
    }

    pub(crate) fn lasts_longer_than(&self, time: Duration, now: Instant) -> bool {
        self.left(now).is_none_or(|left| left > time)
    }

    /// For a store; a token without an end is not stored, since nothing would take it out again.
    pub(crate) fn to_stored(&self) -> Option<StoredToken> {
        self.left(Instant::now()).map(|left| StoredToken::new(self.secret(), left))
    }
}

impl TryFrom<StoredToken> for AccessToken {
    type Error = Error;

    fn try_from(StoredToken { token, expires_in }: StoredToken) -> Result<Self, Error> {
        Self::issued(&token, expires_in)
    }
}

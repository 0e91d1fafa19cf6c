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
    /// Whether it came from a store.
    is_stored: bool,
}

/// Why a token cannot be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsendable(&'static str);

impl Unsendable {
    /// The error of a call that would have been sent with it.
    pub(crate) fn not_sent(self, which: &str) -> Error {
        Error::new(ErrorKind::Auth, format!("not sent: {which} {}", self.0))
    }
}

impl AccessToken {
    /// A token that lasts as long as it lasts.
    pub(crate) fn fixed(token: &Secret) -> Result<Self, Unsendable> {
        Self::new(token, None)
    }

    /// A token that the service has issued.
    pub(crate) fn issued(token: &Secret, lifetime: Duration) -> Result<Self, Unsendable> {
        Self::lasting(token, lifetime.min(LONGEST_LIFE))
    }

    /// A token with an end.
    pub(crate) fn lasting(token: &Secret, lifetime: Duration) -> Result<Self, Unsendable> {
        Self::new(token, Instant::now().checked_add(lifetime))
    }

    fn new(token: &Secret, end: Option<Instant>) -> Result<Self, Unsendable> {
        let text = token.expose();
        // An unset variable or a column without a value is the usual reason.
        if text.trim().is_empty() {
            return Err(Unsendable("is empty"));
        }
        let odd = Unsendable("holds characters that no token has");
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(odd);
        }
        let bytes = Zeroizing::new([b"Bearer ", text.as_bytes()].concat());
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes)).map_err(|_| odd)?;
        header.set_sensitive(true);
        Ok(Self { header, end, is_stored: false })
    }

    /// The token itself, to be taken out of what is kept of an answer.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.header.as_bytes().strip_prefix(b"Bearer ").unwrap_or_default()
    }

    /// The token itself, for a store or a request to the service.
    pub(crate) fn secret(&self) -> Secret {
        // It was made from a string, and not changed.
        Secret::from(String::from_utf8_lossy(self.bytes()).into_owned())
    }

    /// Whether it came from a store, where it may have been for any time.
    pub(crate) fn is_stored(&self) -> bool {
        self.is_stored
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
    type Error = Unsendable;

    fn try_from(StoredToken { token, expires_in }: StoredToken) -> Result<Self, Unsendable> {
        Ok(Self { is_stored: true, ..Self::issued(&token, expires_in)? })
    }
}

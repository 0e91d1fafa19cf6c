//! A token as it is sent: a header whose bytes are marked sensitive, and wiped when it is dropped.

use crate::secret::Secret;
use crate::store::StoredToken;
use crate::{Error, ErrorKind};
use bytes::Bytes;
use reqwest::header::HeaderValue;
use std::time::Duration;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// The longest lifetime of a token that the service issues. A longer one is not believed: a token with a wrong expiry
/// would be sent until the service rejects it.
const MAX_LIFETIME: Duration = Duration::from_secs(7200);

/// A token, ready to be sent.
#[derive(Debug)]
pub(crate) struct AccessToken {
    /// `Bearer ..`, marked sensitive; its bytes are wiped when the last copy is dropped.
    pub(crate) header: HeaderValue,
    /// When it expires; unknown for some tokens of the caller's.
    expiry: Option<Instant>,
    /// Whether it was read from a store.
    is_stored: bool,
}

/// Why a token cannot be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsendable(&'static str);

impl Unsendable {
    /// The error of a call that needed `which` token.
    pub(crate) fn not_sent(self, which: &str) -> Error {
        Error::new(ErrorKind::Auth, format!("not sent: {which} {}", self.0))
    }
}

impl AccessToken {
    /// A token whose expiry is unknown.
    pub(crate) fn fixed(token: &Secret) -> Result<Self, Unsendable> {
        Self::new(token, None)
    }

    /// A token that the service issued.
    pub(crate) fn issued(token: &Secret, lifetime: Duration) -> Result<Self, Unsendable> {
        Self::expiring(token, lifetime.min(MAX_LIFETIME))
    }

    /// A token that expires after `lifetime`.
    pub(crate) fn expiring(token: &Secret, lifetime: Duration) -> Result<Self, Unsendable> {
        Self::new(token, Instant::now().checked_add(lifetime))
    }

    fn new(token: &Secret, expiry: Option<Instant>) -> Result<Self, Unsendable> {
        let text = token.expose();
        // Usually from an unset variable or an empty column.
        if text.trim().is_empty() {
            return Err(Unsendable("is empty"));
        }
        let malformed = Unsendable("contains characters that no token has");
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(malformed);
        }
        let bytes = Zeroizing::new([b"Bearer ", text.as_bytes()].concat());
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes)).map_err(|_| malformed)?;
        header.set_sensitive(true);
        Ok(Self { header, expiry, is_stored: false })
    }

    /// The token itself, to redact it in what is kept of a response.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.header.as_bytes().strip_prefix(b"Bearer ").unwrap_or_default()
    }

    /// The token itself, for a store or a request to the service.
    pub(crate) fn secret(&self) -> Secret {
        // Lossless: the bytes come from a string.
        Secret::from(String::from_utf8_lossy(self.bytes()).into_owned())
    }

    /// Whether it was read from a store, where it may have been for any time.
    pub(crate) fn is_stored(&self) -> bool {
        self.is_stored
    }

    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.header == other.header
    }

    pub(crate) fn remaining(&self, now: Instant) -> Option<Duration> {
        self.expiry.map(|expiry| expiry.saturating_duration_since(now))
    }

    /// Whether more than `time` is left; true if the expiry is unknown.
    pub(crate) fn has_more_than(&self, time: Duration, now: Instant) -> bool {
        self.remaining(now).is_none_or(|remaining| remaining > time)
    }

    /// The token for a store; `None` if its expiry is unknown, since a store would keep it for ever.
    pub(crate) fn to_stored(&self) -> Option<StoredToken> {
        self.remaining(Instant::now()).map(|remaining| StoredToken::new(self.secret(), remaining))
    }
}

impl TryFrom<StoredToken> for AccessToken {
    type Error = Unsendable;

    fn try_from(StoredToken { token, expires_in }: StoredToken) -> Result<Self, Unsendable> {
        Ok(Self { is_stored: true, ..Self::issued(&token, expires_in)? })
    }
}

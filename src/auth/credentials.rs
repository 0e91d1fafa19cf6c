//! A client's credentials: the token that a call is sent with.
//!
//! The spec lists the kinds of token that an operation takes. A client acts either as its app or as
//! a user. A call of an operation that takes only the other kind fails locally, so that no call acts
//! as someone the caller did not intend.

use crate::auth::{AccessToken, TokenCache, Unsendable};
use crate::operation::{AccessTokenKind, Operation};
use crate::secret::Secret;
use crate::{Error, ErrorKind};
use std::sync::Arc;
use tokio::time::Instant;

/// What a client authenticates with.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    /// Nothing, for this reason: every call fails locally.
    None(&'static str),
    /// Tokens that are fetched, cached and refreshed.
    Cached(AccessTokenKind, Arc<TokenCache>),
    /// A token of the caller's, which is never replaced; or the reason why it cannot be sent.
    Fixed(AccessTokenKind, Result<Arc<AccessToken>, Unsendable>),
}

impl Credentials {
    /// Credentials of the caller's own token.
    pub(crate) fn fixed(kind: AccessTokenKind, token: &Secret) -> Self {
        Self::Fixed(kind, AccessToken::fixed(token).map(Arc::new))
    }

    /// The token for one attempt of a call.
    pub(crate) async fn token(&self, operation: &'static Operation, now: Instant) -> Result<Arc<AccessToken>, Error> {
        let token = match self {
            Self::None(reason) => Err(Error::new(ErrorKind::Auth, format!("not sent: {reason}"))),
            Self::Cached(kind, cache) => match check_kind(operation, *kind) {
                Ok(()) => cache.current(now).await,
                Err(error) => Err(error),
            },
            Self::Fixed(kind, token) => check_kind(operation, *kind).and_then(|()| match token {
                Ok(token) => Ok(Arc::clone(token)),
                Err(reason) => Err(reason.not_sent(&format!("the {} that the client was given", kind.as_str()))),
            }),
        };
        token.map_err(|error| error.of(operation))
    }

    /// Whether calls act as a user.
    pub(crate) fn are_of_user(&self) -> bool {
        matches!(self, Self::Cached(AccessTokenKind::User, _) | Self::Fixed(AccessTokenKind::User, _))
    }

    /// Whether a rejected token can be replaced.
    pub(crate) fn can_refresh(&self) -> bool {
        matches!(self, Self::Cached(..))
    }

    /// Whether there is a cached token that has not expired.
    pub(crate) fn have_cached_token(&self) -> bool {
        matches!(self, Self::Cached(_, cache) if cache.has_token())
    }

    /// Drops a token that the service rejected.
    pub(crate) async fn drop_rejected(&self, token: &Arc<AccessToken>) {
        if let Self::Cached(_, cache) = self {
            cache.drop_rejected(token).await;
        }
    }
}

fn check_kind(operation: &Operation, kind: AccessTokenKind) -> Result<(), Error> {
    if operation.access_tokens.contains(&kind) {
        return Ok(());
    }
    let accepted = operation.access_tokens.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
    let message = format!("not sent: this operation takes a {accepted}, and this client has a {}", kind.as_str());
    Err(Error::new(ErrorKind::Auth, message))
}

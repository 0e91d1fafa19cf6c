//! Who a client is, and with which token a call goes out.
//!
//! The operation's facts say which kinds of token it takes. A client speaks either
//! for its app or for a user; asked for an operation of the other kind, it refuses
//! rather than act for someone the caller did not mean.

use crate::auth::{AccessToken, TokenCache, Unsendable};
use crate::operation::{AccessTokenKind, Operation};
use crate::secret::Secret;
use crate::{Error, ErrorKind};
use std::sync::Arc;
use tokio::time::Instant;

/// What a client sends to prove who it is.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    /// Nothing, for this reason: every call is refused before it is sent.
    None(&'static str),
    /// Tokens that are fetched, cached and renewed.
    Cached(AccessTokenKind, Arc<TokenCache>),
    /// A token of the caller's, used as it is and never replaced; a reason if it cannot be sent.
    Fixed(AccessTokenKind, Result<Arc<AccessToken>, Unsendable>),
}

impl Credentials {
    /// A token of the caller's.
    pub(crate) fn fixed(kind: AccessTokenKind, token: &Secret) -> Self {
        Self::Fixed(kind, AccessToken::fixed(token).map(Arc::new))
    }

    /// The token for one try of a call.
    pub(crate) async fn token(&self, operation: &'static Operation, now: Instant) -> Result<Arc<AccessToken>, Error> {
        let token = match self {
            Self::None(reason) => Err(Error::new(ErrorKind::Auth, format!("not sent: {reason}"))),
            Self::Cached(kind, tokens) => match allows(operation, *kind) {
                Ok(()) => tokens.current(now).await,
                Err(error) => Err(error),
            },
            Self::Fixed(kind, token) => allows(operation, *kind).and_then(|()| match token {
                Ok(token) => Ok(Arc::clone(token)),
                Err(reason) => Err(reason.not_sent(&format!("the {} that the client was given", kind.as_str()))),
            }),
        };
        token.map_err(|error| error.of(operation))
    }

    /// Whether a user is who calls are made for.
    pub(crate) fn are_a_users(&self) -> bool {
        matches!(self, Self::Cached(AccessTokenKind::User, _) | Self::Fixed(AccessTokenKind::User, _))
    }

    /// Whether there is a way to a new token when one is refused.
    pub(crate) fn are_renewed(&self) -> bool {
        matches!(self, Self::Cached(..))
    }

    /// Whether there is a token of the client's own that has not ended.
    pub(crate) fn hold_a_token(&self) -> bool {
        matches!(self, Self::Cached(_, tokens) if tokens.holds_a_token())
    }

    /// Drops a token that the service refused.
    pub(crate) async fn drop_refused(&self, token: &Arc<AccessToken>) {
        if let Self::Cached(_, tokens) = self {
            tokens.drop_refused(token).await;
        }
    }
}

fn allows(operation: &Operation, kind: AccessTokenKind) -> Result<(), Error> {
    if operation.access_tokens.contains(&kind) {
        return Ok(());
    }
    let taken = operation.access_tokens.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
    let message = format!("not sent: this operation takes a {taken}, and this client has a {}", kind.as_str());
    Err(Error::new(ErrorKind::Auth, message))
}

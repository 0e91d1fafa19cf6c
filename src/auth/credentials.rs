//! A client's credentials: the token that a call is sent with.
//!
//! The spec lists the kinds of token that an operation takes. A client acts either as its app or as
//! a user. A call of an operation that takes only the other kind fails locally, so that no call acts
//! as someone the caller did not intend. An app has two kinds, one of its tenant and one of its own: a
//! call is sent with the first one that its operation takes.

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
    /// Tokens that are fetched, cached and refreshed; the preferred kind first.
    Cached(Arc<[(AccessTokenKind, Arc<TokenCache>)]>),
    /// A token of the caller's, which is never replaced; or the reason why it cannot be sent.
    Fixed(AccessTokenKind, Result<Arc<AccessToken>, Unsendable>),
}

impl Credentials {
    /// Credentials of the caller's own token.
    pub(crate) fn fixed(kind: AccessTokenKind, token: &Secret) -> Self {
        Self::Fixed(kind, AccessToken::fixed(token).map(Arc::new))
    }

    /// Credentials of one kind that is fetched.
    pub(crate) fn cached(kind: AccessTokenKind, tokens: TokenCache) -> Self {
        Self::Cached(Arc::new([(kind, Arc::new(tokens))]))
    }

    /// Credentials of an app: its token in a tenant, unless it has chosen none, and its own.
    pub(crate) fn of_app(in_tenant: Option<TokenCache>, own: &Arc<TokenCache>) -> Self {
        let in_tenant = in_tenant.map(|tokens| (AccessTokenKind::Tenant, Arc::new(tokens)));
        Self::Cached(in_tenant.into_iter().chain([(AccessTokenKind::App, Arc::clone(own))]).collect())
    }

    /// The token for one attempt of a call.
    pub(crate) async fn token(&self, operation: &'static Operation, now: Instant) -> Result<Arc<AccessToken>, Error> {
        let token = match self {
            Self::None(reason) => Err(Error::new(ErrorKind::Auth, format!("not sent: {reason}"))),
            Self::Cached(caches) => match cache_for(operation, caches) {
                Some(cache) => cache.current(now).await,
                None => Err(unsupported_kind(operation, caches.iter().map(|(kind, _)| *kind))),
            },
            Self::Fixed(kind, _) if !operation.access_tokens.contains(kind) => {
                Err(unsupported_kind(operation, [*kind].into_iter()))
            }
            Self::Fixed(_, Ok(token)) => Ok(Arc::clone(token)),
            Self::Fixed(kind, Err(reason)) => {
                Err(reason.not_sent(&format!("the {} that the client was given", kind.as_str())))
            }
        };
        token.map_err(|error| error.of(operation))
    }

    /// Whether calls act as a user.
    pub(crate) fn are_of_user(&self) -> bool {
        match self {
            Self::None(_) => false,
            Self::Cached(caches) => caches.iter().any(|(kind, _)| *kind == AccessTokenKind::User),
            Self::Fixed(kind, _) => *kind == AccessTokenKind::User,
        }
    }

    /// Whether a rejected token can be replaced.
    pub(crate) fn can_refresh(&self) -> bool {
        matches!(self, Self::Cached(..))
    }

    /// Whether the token of the preferred kind is cached and has not expired.
    pub(crate) fn have_cached_token(&self) -> bool {
        matches!(self, Self::Cached(caches) if caches.first().is_some_and(|(_, cache)| cache.has_token()))
    }

    /// Drops a token that the service rejected in a call of this operation.
    pub(crate) async fn drop_rejected(&self, operation: &Operation, token: &Arc<AccessToken>) {
        if let Self::Cached(caches) = self
            && let Some(cache) = cache_for(operation, caches)
        {
            cache.drop_rejected(token).await;
        }
    }
}

/// The cache of the first kind that the operation takes.
fn cache_for<'a>(
    operation: &Operation,
    caches: &'a [(AccessTokenKind, Arc<TokenCache>)],
) -> Option<&'a Arc<TokenCache>> {
    caches.iter().find(|(kind, _)| operation.access_tokens.contains(kind)).map(|(_, cache)| cache)
}

/// The error of a call whose operation takes none of the client's kinds of token.
fn unsupported_kind(operation: &Operation, held: impl Iterator<Item = AccessTokenKind>) -> Error {
    let name = |kind: AccessTokenKind| match kind {
        AccessTokenKind::App => format!("an {}", kind.as_str()),
        AccessTokenKind::Tenant | AccessTokenKind::User => format!("a {}", kind.as_str()),
    };
    let accepted = operation.access_tokens.iter().copied().map(name).collect::<Vec<_>>().join(" or ");
    let held = held.collect::<Vec<_>>();
    // A store app's client has nothing but the app's own token until it has chosen a tenant.
    let held = match &held[..] {
        [AccessTokenKind::App] if operation.access_tokens.contains(&AccessTokenKind::Tenant) => {
            "a store app acts in many tenants; choose one with `for_tenant`".to_owned()
        }
        held => format!("this client has {}", held.iter().copied().map(name).collect::<Vec<_>>().join(" and ")),
    };
    Error::new(ErrorKind::Auth, format!("not sent: this operation takes {accepted}, and {held}"))
}

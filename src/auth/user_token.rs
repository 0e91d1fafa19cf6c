//! Tokens of a signed-in user, refreshed by the caller.
//!
//! Refreshing a user_access_token consumes a refresh_token and yields the next one, which must be
//! saved; where, is the caller's choice. The client asks the caller's provider when it needs a
//! token, and caches the token like any other.

use super::TokenSource;
use super::access_token::AccessToken;
use crate::BoxFuture;
use crate::future::result_of;
use crate::secret::Secret;
use crate::store::BoxError;
use crate::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

/// Provides a user's token, and refreshes it.
///
/// Pass one to [`Client::with_user_token_provider`](crate::Client::with_user_token_provider).
///
/// ```
/// use feishu_user_groups::store::BoxError;
/// use feishu_user_groups::{BoxFuture, Secret, UserToken, UserTokenProvider};
/// use std::time::Duration;
///
/// struct Session { /* a user, and the database of refresh tokens */ }
///
/// impl UserTokenProvider for Session {
///     fn user_token<'a>(&'a self, rejected: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>> {
///         Box::pin(async move {
///             // Look up the token; refresh it if it expires soon, or if it is the rejected one.
///             Ok(UserToken::new("u-..").expires_in(Duration::from_secs(7200)))
///         })
///     }
/// }
/// ```
pub trait UserTokenProvider: Send + Sync {
    /// Returns a token to send. `rejected` is the last token that the service rejected, which must not be returned again.
    ///
    /// The client calls this when it has no token, in the last minute before its token expires, and after a rejection.
    /// However many calls wait for a token, it is called once at a time, in a task of its own: dropping a waiting call
    /// does not cancel it. It may take 30 seconds; then it is dropped, and may be called again. Dropping the last clone
    /// of the client drops it, too.
    ///
    /// # Errors
    ///
    /// The waiting calls fail with the error as the source of an [`ErrorKind::Auth`]. A panic counts as an error.
    fn user_token<'a>(&'a self, rejected: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>>;
}

/// A user_access_token: `u-..`.
#[derive(Clone, Debug)]
pub struct UserToken {
    token: Secret,
    expires_in: Option<Duration>,
}

impl UserToken {
    /// Returns a token that is sent until the service rejects it.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into(), expires_in: None }
    }

    /// Sets the time until the token expires. Without it the token is used until the service rejects it.
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }
}

/// Fetches a user's token from the caller's provider.
pub(crate) struct UserTokens(pub(crate) Arc<dyn UserTokenProvider>);

impl TokenSource for UserTokens {
    fn fetch<'a>(&'a self, rejected: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>> {
        Box::pin(async move {
            let rejected = rejected.map(AccessToken::secret);
            let UserToken { token, expires_in } =
                result_of(self.0.user_token(rejected.as_ref())).await.map_err(|error| {
                    let message = format!("not sent: the `UserTokenProvider` failed: {error}");
                    Error::new(ErrorKind::Auth, message).caused_by_boxed(error)
                })?;
            let token = match expires_in {
                Some(time) => AccessToken::expiring(&token, time),
                None => AccessToken::fixed(&token),
            };
            token.map_err(|reason| reason.not_sent("the token from the `UserTokenProvider`"))
        })
    }

    /// Giving up early could lose the new refresh_token with the response, so this is generous. After a refresh that hung
    /// there is still time for another one before the old token expires.
    fn fetch_timeout(&self) -> Duration {
        Duration::from_secs(30)
    }

    /// The refresh may invalidate the old token, so it happens late.
    fn refresh_margin(&self) -> Duration {
        Duration::from_secs(60)
    }
}

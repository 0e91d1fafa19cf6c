//! Tokens of a user who signed in, renewed by whoever holds the user's consent.
//!
//! Renewing a user_access_token takes a refresh_token, which is used up by it and has to be
//! kept; where and how is the caller's affair. The client asks when it has no token that
//! it can send, and keeps what it is given like any other token.

use super::TokenSource;
use super::access_token::AccessToken;
use crate::BoxFuture;
use crate::future::result_of;
use crate::secret::Secret;
use crate::store::BoxError;
use crate::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

/// Who gives out a user's token and renews it.
///
/// ```
/// use feishu_user_groups::BoxFuture;
/// use feishu_user_groups::store::BoxError;
/// use feishu_user_groups::{Secret, UserToken, UserTokenProvider};
/// use std::time::Duration;
///
/// struct Session { /* a user, and where refresh tokens are kept */ }
///
/// impl UserTokenProvider for Session {
///     fn user_token<'a>(&'a self, refused: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>> {
///         Box::pin(async move {
///             // Look up the token; renew it if it is about to end, or if it is the refused one.
///             Ok(UserToken::new("u-..").expires_in(Duration::from_secs(7200)))
///         })
///     }
/// }
/// ```
pub trait UserTokenProvider: Send + Sync {
    /// A token to send. It is asked for when there is none, shortly before it ends, and when the service
    /// has refused it: `refused` is the last token that was refused, which must not be answered again.
    ///
    /// However many calls wait for a token, this is asked once at a time, on a task of the client's own: a call
    /// that is dropped meanwhile does not take it along. It has half a minute to answer; then it is dropped and may be
    /// asked again. Dropping the last clone of the client drops it, too.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being renewed; the calls that wait for it end with that, as [`ErrorKind::Auth`].
    /// A panic is an error like that.
    fn user_token<'a>(&'a self, refused: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>>;
}

/// A user_access_token: `u-..`.
#[derive(Clone, Debug)]
pub struct UserToken {
    token: Secret,
    expires_in: Option<Duration>,
}

impl UserToken {
    /// A token that is sent until it is refused.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into(), expires_in: None }
    }

    /// A token that is known to live this much longer.
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }
}

/// A user, asking the caller.
pub(crate) struct UserTokens(pub(crate) Arc<dyn UserTokenProvider>);

impl TokenSource for UserTokens {
    fn fetch<'a>(&'a self, refused: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>> {
        Box::pin(async move {
            let refused = refused.map(AccessToken::secret);
            let UserToken { token, expires_in } =
                result_of(self.0.user_token(refused.as_ref())).await.map_err(|error| {
                    let message = format!("not sent: no user_access_token could be had: {error}");
                    Error::new(ErrorKind::Auth, message).caused_by_boxed(error)
                })?;
            let token = match expires_in {
                Some(time) => AccessToken::lasting(&token, time),
                None => AccessToken::fixed(&token),
            };
            token.map_err(|reason| reason.not_sent("the token of the `UserTokenProvider`"))
        })
    }

    /// A refresh_token may be lost with an answer that nobody waits for, so there is time for it; and after
    /// a renewal that hung there is time for another before the old token ends.
    fn longest_fetch(&self) -> Duration {
        Duration::from_secs(30)
    }

    /// The old token may end with its renewal, so that is not done long before it must.
    fn renewed_within(&self) -> Duration {
        Duration::from_secs(60)
    }
}

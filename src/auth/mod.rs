//! Access tokens: where they come from, and how long they are kept.
//!
//! A `TokenSource` fetches one kind of token. A `TokenCache` keeps its token: it runs one
//! `FetchTask` at a time for all waiting calls, refreshes the token before it expires, and drops a
//! rejected one. So every kind of token is cached by the same rules, and a source is only a request
//! and its response.

mod access_token;
mod cooldown;
mod credentials;
mod custom_app;
mod fetch_task;
mod shared_source;
mod store_app;
mod token_cache;
mod token_endpoint;
mod user_token;

pub(crate) use access_token::{AccessToken, Unsendable};
pub(crate) use credentials::Credentials;
pub(crate) use custom_app::CustomApp;
pub(crate) use shared_source::SharedTokenSource;
pub use store_app::{AppTicket, AppTicketProvider};
pub(crate) use store_app::{StoreApp, TenantOfStoreApp};
pub(crate) use token_cache::TokenCache;
pub(crate) use token_endpoint::{TokenEndpoint, TokenKind};
pub(crate) use user_token::UserTokens;
pub use user_token::{UserToken, UserTokenProvider};

use crate::BoxFuture;
use crate::Error;
use std::time::Duration;

/// How long a fetch may take. Then it has failed, and the calls that wait for it may retry.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

/// A source of one kind of token.
pub(crate) trait TokenSource: Send + Sync {
    /// Fetches a token; `rejected` is the last token that the service rejected.
    fn fetch<'a>(&'a self, rejected: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>>;

    /// The error of the response that requested a wait, until that wait is over: no fetch may begin before.
    fn cooldown_error(&self) -> Option<Error> {
        None
    }

    /// How long `fetch` may take.
    fn fetch_timeout(&self) -> Duration {
        FETCH_TIMEOUT
    }

    /// A token with less than this left is refreshed. The service issues a new token within half an hour of the old one's
    /// expiry; both are then valid.
    fn refresh_margin(&self) -> Duration {
        Duration::from_secs(30 * 60)
    }
}

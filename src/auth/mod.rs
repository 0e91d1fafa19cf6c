//! Access tokens: where they come from, and how long they are kept.
//!
//! A `TokenSource` knows how to get one kind of token; a `TokenCache` gets it at most
//! once for all who wait, renews it in time and lets go of a refused one, by a `FetchTask`
//! for each fetch. So every kind is cached by the same rules, and each source is only a
//! request and its answer.

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
pub(crate) use token_endpoint::TokenEndpoint;
pub(crate) use user_token::UserTokens;
pub use user_token::{UserToken, UserTokenProvider};

use crate::BoxFuture;
use crate::Error;
use std::time::Duration;

/// How long a fetch may take; then it has failed, and the call that waits for it may try again.
const LONGEST_FETCH: Duration = Duration::from_secs(10);

/// Where one kind of token comes from.
pub(crate) trait TokenSource: Send + Sync {
    /// A token; if the last one was refused, that is told.
    fn fetch<'a>(&'a self, refused: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>>;

    /// The answer that asked to wait, while the service is to be left alone: asking now would be no use.
    fn cooldown_error(&self) -> Option<Error> {
        None
    }

    /// How long `fetch` may take.
    fn longest_fetch(&self) -> Duration {
        LONGEST_FETCH
    }

    /// With less than this left a token is renewed: the service gives a new one beside the old.
    fn renewed_within(&self) -> Duration {
        Duration::from_secs(30 * 60)
    }
}

//! Access tokens: where they come from, and how long they are kept.
//!
//! A `TokenSource` knows how to get one kind of token; a `TokenCache` gets it at most
//! once for all who wait, renews it in time and lets go of a refused one, by a `Flight`
//! for each fetch. So every kind is cached by the same rules, and each source is only a
//! question and its answer.

mod access_token;
mod cache;
mod custom_app;
mod endpoint;
mod flight;
mod pauses;
mod store_app;
mod supply;
mod user;

pub(crate) use access_token::{AccessToken, Unsendable};
pub(crate) use cache::TokenCache;
pub(crate) use custom_app::CustomApp;
pub(crate) use endpoint::TokenEndpoint;
pub use store_app::{AppTicket, AppTicketProvider};
pub(crate) use store_app::{StoreApp, TenantOfStoreApp};
pub(crate) use supply::Supply;
pub(crate) use user::UserTokens;
pub use user::{UserToken, UserTokenProvider};

use crate::Error;
use crate::store::BoxFuture;
use std::time::Duration;

/// How long a fetch may take; then it has failed, and the call that waits for it may try again.
const LONGEST_FETCH: Duration = Duration::from_secs(10);

/// Where one kind of token comes from.
pub(crate) trait TokenSource: Send + Sync {
    /// A token; if the last one was refused, that is told.
    fn fetch<'a>(&'a self, refused: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>>;

    /// The answer that asked to wait, while the service is to be left alone: asking now would be no use.
    fn asks_to_wait(&self) -> Option<Error> {
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

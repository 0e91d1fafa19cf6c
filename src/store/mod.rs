//! Sharing tokens and rate limits between processes.
//!
//! By default a client keeps its tokens and rate limits in its own memory. If many processes use
//! one app, each fetches its own token and uses the whole rate limit. With a shared store they
//! fetch one token together and share one limit. [`TokenStore`] and [`RateStore`] are the
//! interfaces of such a store; feature `redis` adds a store that implements both.
//!
//! A store is an optimisation, not a dependency: while it fails, panics, does not respond or
//! returns impossible values, a client works as it does without one.

mod claims;
mod guard;
mod memory;
mod rate_store;
#[cfg(feature = "redis")]
mod redis;
mod token;
mod token_slot;
mod token_store;

use std::error::Error as StdError;
use std::fmt;

pub(crate) use self::guard::{STORE_TIMEOUT, StoreGuard};
pub use self::memory::MemoryTokenStore;
pub use self::rate_store::{RateKey, RateStore, RateWindow};
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use self::token::{Claim, StoredToken, TokenKey, TokenOwner};
pub(crate) use self::token_slot::{ClaimOutcome, LEASE, TokenSlot};
pub use self::token_store::TokenStore;

/// Any error from a caller's own code: a store or a token provider.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Escapes a part of a key: spaces separate parts, and braces have a meaning in Redis Cluster.
fn escaped(part: &str) -> impl fmt::Display {
    percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC)
}

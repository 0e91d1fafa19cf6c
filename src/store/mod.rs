//! Sharing tokens and rate limits between processes.
//!
//! A client keeps its tokens in memory and its pace to itself. Where many processes
//! speak for one app, each would fetch a token of its own and take the whole rate limit
//! for itself; with a common store they fetch one token together and share one limit.
//! [`TokenStore`] and [`RateStore`] are what such a store can do, and feature `redis`
//! has one that does both.
//!
//! A store is help, not a dependency: while it fails, panics, does not answer, or says what
//! cannot be, a client does as it would without one.

mod claims;
mod guard;
mod memory;
mod rate_store;
#[cfg(feature = "redis")]
mod redis;
mod token_slot;
mod token_store;

use std::error::Error as StdError;
use std::fmt;

pub(crate) use self::guard::{STORE_TIMEOUT, StoreGuard};
pub use self::memory::MemoryTokenStore;
pub use self::rate_store::{RateKey, RateStore, RateWindow};
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub(crate) use self::token_slot::{LEASE, TokenSlot, Turn};
pub use self::token_store::{Claim, StoredToken, TokenKey, TokenOwner, TokenStore};

/// Whatever went wrong in code of the caller's.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A part of a key that holds neither spaces nor braces, which have a meaning in keys.
fn escaped(part: &str) -> impl fmt::Display {
    percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC)
}

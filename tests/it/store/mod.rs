//! Stores that processes share: tokens and rate limits.

mod rate_stores;
#[cfg(feature = "redis")]
mod redis;
mod sharing;
mod short_lived;
mod token_stores;

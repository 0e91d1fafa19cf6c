//! Asking a store that may fail.
//!
//! A store belongs to the caller, may be far away, and may do anything. It is given a second
//! to answer; one that fails or does not answer is left alone for a while, so that calls go
//! on without it at once instead of each waiting for an answer that does not come. One that
//! panics has failed.

use super::BoxError;
use crate::future::catch_panic;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long a client waits for an answer.
pub(crate) const STORE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a store that failed is left alone.
const OPEN_TIME: Duration = Duration::from_secs(5);

/// Whether a store can be reached, as all who share this have found.
#[derive(Clone)]
pub(crate) struct StoreGuard {
    what: &'static str,
    begun: Instant,
    /// Milliseconds after `begun` before which it is not asked.
    not_before: Arc<AtomicU64>,
}

impl StoreGuard {
    /// Of a store that holds this.
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, begun: Instant::now(), not_before: Arc::default() }
    }

    /// What the store answers; nothing if it fails, does not answer in time, or did so a moment ago.
    pub(crate) async fn ask<T, F>(&self, request: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, BoxError>>,
    {
        if self.begun.elapsed() < Duration::from_millis(self.not_before.load(Relaxed)) {
            return None;
        }
        // Asked within, since it may panic before there is a future.
        let answer = timeout(STORE_TIMEOUT, catch_panic(pin!(async { request().await }))).await;
        let answer = match answer {
            Ok(Some(answer)) => answer,
            Ok(None) => Err("it has panicked".into()),
            Err(_) => Err("no answer in time".into()),
        };
        let failed = |error: &BoxError| {
            tracing::warn!(%error, "the store of {} failed; going on without it", self.what);
            let until = (self.begun.elapsed() + OPEN_TIME).as_millis();
            self.not_before.store(u64::try_from(until).unwrap_or(u64::MAX), Relaxed);
        };
        answer.inspect_err(failed).ok()
    }
}

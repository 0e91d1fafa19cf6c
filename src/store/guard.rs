//! A timeout and a circuit breaker around a store.
//!
//! A store is the caller's code: it may be remote, slow, or broken. A request to it has one second.
//! After a request that fails, times out or panics, the store is skipped for five seconds: calls
//! then go on without it at once, instead of each waiting for the timeout.

use super::BoxError;
use crate::future::catch_panic;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long a request to a store may take.
pub(crate) const STORE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a store is skipped after a failure.
const OPEN_TIME: Duration = Duration::from_secs(5);

/// The circuit breaker of one store; clones share its state.
#[derive(Clone)]
pub(crate) struct StoreGuard {
    contents: &'static str,
    created: Instant,
    /// Milliseconds after `created` until which the store is skipped.
    open_until: Arc<AtomicU64>,
}

impl StoreGuard {
    /// Guards a store of `contents`, which a log line names.
    pub(crate) fn new(contents: &'static str) -> Self {
        Self { contents, created: Instant::now(), open_until: Arc::default() }
    }

    /// Returns the store's response; `None` if it fails, times out, panics, or is skipped.
    pub(crate) async fn request<T, F>(&self, request: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, BoxError>>,
    {
        if self.created.elapsed() < Duration::from_millis(self.open_until.load(Relaxed)) {
            return None;
        }
        // The store is called inside the future: it may panic before it returns its own.
        let response = timeout(STORE_TIMEOUT, catch_panic(pin!(async { request().await }))).await;
        let response = match response {
            Ok(Some(response)) => response,
            Ok(None) => Err("the store panicked".into()),
            Err(_) => Err(format!("no response within {} s", STORE_TIMEOUT.as_secs()).into()),
        };
        let failed = |error: &BoxError| {
            let (contents, skipped) = (self.contents, OPEN_TIME.as_secs());
            tracing::warn!(%error, "the store of {contents} failed; continuing without it for {skipped} s");
            let until = (self.created.elapsed() + OPEN_TIME).as_millis();
            self.open_until.store(u64::try_from(until).unwrap_or(u64::MAX), Relaxed);
        };
        response.inspect_err(failed).ok()
    }
}

//! Code of the caller's that may panic where others wait for what comes of it.
//!
//! A provider's or a store's panic must not take along the task that fetches for everybody.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// What comes of it; nothing if it panics.
///
/// What it panicked with has been told by the panic hook, and might hold anything.
pub(crate) async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    // It is not polled again after a panic, so that nobody sees what that has left half done.
    let mut future = pin!(future);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

//! Code of the caller's that may panic where others wait for what comes of it.
//!
//! A provider's or a store's panic must not take along the task that fetches for everybody.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// What comes of it; nothing if it panics.
///
/// What it panicked with has been told by the panic hook, and might hold anything.
pub(crate) fn caught<F: Future>(mut future: Pin<&mut F>) -> impl Future<Output = Option<F::Output>> {
    // It is not polled again after a panic, so that nobody sees what that has left half done.
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
}

//! Catches panics of the caller's code: token providers, stores, observers and files that are sent.
//!
//! Such a panic must not end the task that fetches a token for all calls, nor abort the process when it happens in a
//! destructor during another panic. The panic hook has already reported it, and its payload may contain a secret, so
//! the payload is dropped here without a message.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// The result of `work`, or none if it panics.
pub(crate) fn no_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Nobody sees state that a panic left inconsistent: futures are not polled again, and observers take `&self`.
    let payload = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => return Some(result),
        Err(payload) => payload,
    };
    // If the payload's destructor panics as well, the new payload is leaked.
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(next);
    }
    None
}

/// The output of the future, or none if it panics.
pub(crate) fn catch_panic<F: Future>(mut future: Pin<&mut F>) -> impl Future<Output = Option<F::Output>> {
    poll_fn(move |context| match no_panic(|| future.as_mut().poll(context)) {
        Some(poll) => poll.map(Some),
        None => Poll::Ready(None),
    })
}

/// The output of a caller's future, even if its destructor panics.
pub(crate) async fn result_of<F: Future + Unpin>(mut future: F) -> F::Output {
    let result = (&mut future).await;
    no_panic(|| drop(future));
    result
}

/// The boxed future that methods of the traits for callers return: `Box::pin(async move { .. })`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

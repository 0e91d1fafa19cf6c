//! Code of the caller's that may panic where others wait for the result, or in a destructor.
//!
//! A provider's, a store's or an observer's panic must neither end the task that fetches a
//! token for everybody nor, while another panic unwinds, the process. The panic hook has
//! reported it already, and the payload might hold anything, so nothing is said of it here.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// What the work returns; nothing if it panics.
pub(crate) fn no_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Nobody sees what a panic has left half done: futures are not polled again, and hooks take `&self`.
    let payload = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => return Some(result),
        Err(payload) => payload,
    };
    // A payload whose own destructor panics is given up.
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(next);
    }
    None
}

/// What comes of the future; nothing if it panics.
pub(crate) fn catch_panic<F: Future>(mut future: Pin<&mut F>) -> impl Future<Output = Option<F::Output>> {
    poll_fn(move |context| match no_panic(|| future.as_mut().poll(context)) {
        Some(poll) => poll.map(Some),
        None => Poll::Ready(None),
    })
}

/// What comes of a caller's future. Its result is kept even if its destructor panics.
pub(crate) async fn result_of<F: Future + Unpin>(mut future: F) -> F::Output {
    let result = (&mut future).await;
    no_panic(|| drop(future));
    result
}

/// A boxed future, as the traits that callers implement return it: `Box::pin(async move { .. })`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

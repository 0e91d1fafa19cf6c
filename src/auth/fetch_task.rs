//! A running token fetch, which is independent of the calls that wait for it.
//!
//! It runs in a task of its own: dropping a waiting call does not cancel it, and a call that is not
//! polled does not delay it. Dropping the client cancels it, unless it is detached because other
//! clients will find its token in a store; then it finishes within its time limit. A fetch is lost
//! if its runtime shuts down or is not driven; the waiting calls notice, and start another.

use super::access_token::AccessToken;
use crate::future::catch_panic;
use crate::{Error, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

/// The result of a fetch.
pub(super) type FetchResult = Result<Arc<AccessToken>, Error>;

/// A fetch; dropping this cancels it, unless it is detached.
#[derive(Debug)]
pub(super) struct FetchTask {
    task: AbortHandle,
    detached: Detached,
    handle: FetchHandle,
}

/// Whether a fetch goes on after its client is dropped; clones share the flag.
#[derive(Clone, Debug, Default)]
pub(super) struct Detached(Arc<AtomicBool>);

impl Detached {
    /// Lets the fetch go on after its client is dropped.
    pub(super) fn set(&self) {
        self.0.store(true, Relaxed);
    }
}

/// Waits for a fetch; any number of calls may hold one.
#[derive(Clone, Debug)]
pub(super) struct FetchHandle {
    /// The task owns the sender: the channel closes with it.
    result: watch::Receiver<Option<FetchResult>>,
    /// When the fetch has ended if its runtime is driven.
    deadline: Instant,
}

impl FetchTask {
    /// Starts a fetch that takes at most `max_duration`. It returns `None` if another client refreshes the token.
    pub(super) fn start(
        max_duration: Duration,
        detached: Detached,
        fetch: impl Future<Output = Option<FetchResult>> + Send + 'static,
    ) -> Result<Self, Error> {
        let no_runtime =
            |error| Error::new(ErrorKind::Auth, "not sent: no Tokio runtime to fetch a token on").caused_by(error);
        let runtime = Handle::try_current().map_err(no_runtime)?;
        let (sender, receiver) = watch::channel(None);
        let task = runtime.spawn(async move {
            let panicked = || Some(Err(Error::new(ErrorKind::Auth, "not sent: the token provider or store panicked")));
            // The fetch's span closes before anybody sees the result.
            if let Some(result) = catch_panic(pin!(fetch)).await.unwrap_or_else(panicked) {
                sender.send_replace(Some(result));
            }
        });
        let handle = FetchHandle { result: receiver, deadline: Instant::now() + max_duration };
        Ok(Self { task: task.abort_handle(), detached, handle })
    }

    /// Whether waiting for it makes sense: it has no result yet, and was not lost.
    pub(super) fn is_running(&self) -> bool {
        let FetchHandle { result, deadline } = &self.handle;
        result.has_changed().is_ok() && result.borrow().is_none() && Instant::now() < *deadline
    }

    pub(super) fn handle(&self) -> FetchHandle {
        self.handle.clone()
    }
}

impl Drop for FetchTask {
    fn drop(&mut self) {
        if !self.detached.0.load(Relaxed) {
            self.task.abort();
        }
    }
}

impl FetchHandle {
    /// The result of the fetch; `None` if it was lost, or left to another client.
    pub(super) async fn wait(mut self) -> Option<FetchResult> {
        let result = timeout_at(self.deadline, self.result.wait_for(Option::is_some)).await;
        result.ok()?.ok()?.clone()
    }
}

//! A fetch under way, which belongs to nobody who waits for it.
//!
//! It is a task of its own: a call that is dropped does not end it, and one that is kept and
//! not polled does not hold it up. Dropping the client ends it, unless others will find its
//! token in a store: then it finishes within its time. It may be lost all the same, with the runtime that it was
//! begun on or because nobody drives that one; who waits for it finds out, and begins another.

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

/// What a fetch comes to.
pub(super) type FetchResult = Result<Arc<AccessToken>, Error>;

/// A fetch; dropping this ends it, unless it is to finish.
#[derive(Debug)]
pub(super) struct FetchTask {
    task: AbortHandle,
    finishes: Finishes,
    handle: FetchHandle,
}

/// Whether a fetch goes on without its client.
#[derive(Clone, Debug, Default)]
pub(super) struct Finishes(Arc<AtomicBool>);

impl Finishes {
    /// From here on it does.
    pub(super) fn now(&self) {
        self.0.store(true, Relaxed);
    }
}

/// Where its end is told to any number of those who wait.
#[derive(Clone, Debug)]
pub(super) struct FetchHandle {
    /// The other side goes with the task.
    wait: watch::Receiver<Option<FetchResult>>,
    /// When it must have ended if it is being driven.
    overdue: Instant,
}

impl FetchTask {
    /// Begins a fetch that takes no longer than this; nothing comes of one that turned out not to be this client's to
    /// make.
    pub(super) fn begin(
        longest: Duration,
        finishes: Finishes,
        fetch: impl Future<Output = Option<FetchResult>> + Send + 'static,
    ) -> Result<Self, Error> {
        let none =
            |error| Error::new(ErrorKind::Auth, "not sent: no Tokio runtime to fetch a token on").caused_by(error);
        let runtime = Handle::try_current().map_err(none)?;
        let (tell, wait) = watch::channel(None);
        let task = runtime.spawn(async move {
            let panicked =
                || Some(Err(Error::new(ErrorKind::Auth, "not sent: the code that gives out tokens has panicked")));
            // Its span is closed before anybody learns of it.
            if let Some(fetched) = catch_panic(pin!(fetch)).await.unwrap_or_else(panicked) {
                tell.send_replace(Some(fetched));
            }
        });
        let handle = FetchHandle { wait, overdue: Instant::now() + longest };
        Ok(Self { task: task.abort_handle(), finishes, handle })
    }

    /// Whether there is anything to wait for.
    pub(super) fn is_running(&self) -> bool {
        let FetchHandle { wait, overdue } = &self.handle;
        wait.has_changed().is_ok() && wait.borrow().is_none() && Instant::now() < *overdue
    }

    pub(super) fn handle(&self) -> FetchHandle {
        self.handle.clone()
    }
}

impl Drop for FetchTask {
    fn drop(&mut self) {
        if !self.finishes.0.load(Relaxed) {
            self.task.abort();
        }
    }
}

impl FetchHandle {
    /// What the fetch came to; nothing if it was lost, or not made.
    pub(super) async fn wait(mut self) -> Option<FetchResult> {
        let wait = timeout_at(self.overdue, self.wait.wait_for(Option::is_some)).await;
        wait.ok()?.ok()?.clone()
    }
}

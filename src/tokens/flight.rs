//! A fetch under way, which belongs to nobody who waits for it.
//!
//! It is a task of its own: a call that is dropped does not end it, and one that is kept and
//! not polled does not hold it up. Dropping the client ends it, unless others will find its
//! token in a store: then it finishes within its time. It may be lost all the same, with the runtime that it was
//! begun on or because nobody drives that one; who waits for it finds out, and begins another.

use super::access_token::AccessToken;
use crate::caught::caught;
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
pub(super) type Landed = Result<Arc<AccessToken>, Error>;

/// A fetch; dropping this ends it, unless it is to finish.
#[derive(Debug)]
pub(super) struct Flight {
    task: AbortHandle,
    finishes: Finishes,
    landing: Landing,
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
pub(super) struct Landing {
    /// The other side goes with the task.
    landed: watch::Receiver<Option<Landed>>,
    /// When it must have ended if it is being driven.
    overdue: Instant,
}

impl Flight {
    /// Begins a fetch that takes no longer than this; nothing comes of one that turned out not to be this client's to
    /// make.
    pub(super) fn begin(
        longest: Duration,
        finishes: Finishes,
        fetch: impl Future<Output = Option<Landed>> + Send + 'static,
    ) -> Result<Self, Error> {
        let none =
            |error| Error::new(ErrorKind::Token, "not sent: no Tokio runtime to fetch a token on").caused_by(error);
        let runtime = Handle::try_current().map_err(none)?;
        let (tell, landed) = watch::channel(None);
        let task = runtime.spawn(async move {
            let panicked =
                || Some(Err(Error::new(ErrorKind::Token, "not sent: the code that gives out tokens has panicked")));
            // Its span is closed before anybody learns of it.
            if let Some(fetched) = caught(pin!(fetch)).await.unwrap_or_else(panicked) {
                tell.send_replace(Some(fetched));
            }
        });
        let landing = Landing { landed, overdue: Instant::now() + longest };
        Ok(Self { task: task.abort_handle(), finishes, landing })
    }

    /// Whether there is anything to wait for.
    pub(super) fn is_under_way(&self) -> bool {
        let Landing { landed, overdue } = &self.landing;
        landed.has_changed().is_ok() && landed.borrow().is_none() && Instant::now() < *overdue
    }

    pub(super) fn landing(&self) -> Landing {
        self.landing.clone()
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.finishes.0.load(Relaxed) {
            self.task.abort();
        }
    }
}

impl Landing {
    /// What the fetch came to; nothing if it was lost, or not made.
    pub(super) async fn landed(mut self) -> Option<Landed> {
        let landed = timeout_at(self.overdue, self.landed.wait_for(Option::is_some)).await;
        landed.ok()?.ok()?.clone()
    }
}

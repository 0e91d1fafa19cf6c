//! A provider of user tokens that a test scripts, and that records its requests.

use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::BoxError;
use feishu_user_groups::{Secret, UserToken, UserTokenProvider};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::sync::watch;

type ReplyFuture = BoxFuture<'static, Result<UserToken, BoxError>>;

/// Responds to the n-th request (from 1) with the result of a function. Clones share their state.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    reply: Box<dyn Fn(usize) -> ReplyFuture + Send + Sync>,
    requests: watch::Sender<Vec<Option<String>>>,
    in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
}

impl Provider {
    pub fn new<F>(reply: impl Fn(usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<UserToken, BoxError>> + Send + 'static,
    {
        let reply = Box::new(move |number| Box::pin(reply(number)) as ReplyFuture);
        let (in_flight, max_in_flight) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self(Arc::new(Inner { reply, requests: watch::Sender::new(Vec::new()), in_flight, max_in_flight }))
    }

    /// The requests so far: `None` for a first token, else the token that was rejected.
    pub fn requests(&self) -> Vec<Option<String>> {
        self.0.requests.borrow().clone()
    }

    /// The most requests that were in flight at once.
    pub fn max_concurrent(&self) -> usize {
        self.0.max_in_flight.load(SeqCst)
    }

    /// Waits until this many requests have arrived.
    pub async fn wait_for_requests(&self, times: usize) {
        self.0.requests.subscribe().wait_for(|requests| requests.len() >= times).await.unwrap();
    }
}

/// A request until its response or its drop.
struct InFlight<'a>(&'a Inner);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, SeqCst);
    }
}

impl UserTokenProvider for Provider {
    fn user_token<'a>(&'a self, rejected: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>> {
        Box::pin(async move {
            self.0.max_in_flight.fetch_max(self.0.in_flight.fetch_add(1, SeqCst) + 1, SeqCst);
            let _in_flight = InFlight(&self.0);
            self.0.requests.send_modify(|requests| requests.push(rejected.map(|token| token.expose().to_owned())));
            (self.0.reply)(self.requests().len()).await
        })
    }
}

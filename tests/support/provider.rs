//! A provider of user tokens that does as a test says, and keeps what it was asked.

use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::BoxError;
use feishu_user_groups::{Secret, UserToken, UserTokenProvider};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::sync::watch;

type ReplyFuture = BoxFuture<'static, Result<UserToken, BoxError>>;

/// Answers the n-th question, from 1, by a function; clones are one.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    reply: Box<dyn Fn(usize) -> ReplyFuture + Send + Sync>,
    asked: watch::Sender<Vec<Option<String>>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl Provider {
    pub fn new<F>(reply: impl Fn(usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<UserToken, BoxError>> + Send + 'static,
    {
        let reply = Box::new(move |number| Box::pin(reply(number)) as ReplyFuture);
        let (under_way, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self(Arc::new(Inner { reply, asked: watch::Sender::new(Vec::new()), under_way, most }))
    }

    /// What it was asked: `None` for a token, else which one was refused.
    pub fn requests(&self) -> Vec<Option<String>> {
        self.0.asked.borrow().clone()
    }

    /// How many questions were open together at most.
    pub fn max_concurrent(&self) -> usize {
        self.0.most.load(SeqCst)
    }

    /// Waits until it was asked so often.
    pub async fn wait_for_requests(&self, times: usize) {
        self.0.asked.subscribe().wait_for(|asked| asked.len() >= times).await.unwrap();
    }
}

/// A question until it is answered or dropped.
struct Open<'a>(&'a Inner);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, SeqCst);
    }
}

impl UserTokenProvider for Provider {
    fn user_token<'a>(&'a self, refused: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>> {
        Box::pin(async move {
            self.0.most.fetch_max(self.0.under_way.fetch_add(1, SeqCst) + 1, SeqCst);
            let _open = Open(&self.0);
            self.0.asked.send_modify(|asked| asked.push(refused.map(|token| token.expose().to_owned())));
            (self.0.reply)(self.requests().len()).await
        })
    }
}

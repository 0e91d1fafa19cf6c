//! A client whose calls are repeated while they fail in a way that may pass.
//!
//! The client retries too, but at most a tenth of its calls, so that an outage causes no storm of requests. That is too
//! little for a sync of ten thousand people: one lost page in a hundred would end it. A sync makes one call at a time, and
//! each may be repeated without harm. So each call is repeated here, after waits that double, before it counts as failed.

use feishu_user_groups::{Client, Error, ErrorKind};
use std::ops::Deref;
use std::time::Duration;

/// The wait before the first repeat; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// The longest wait, of our own or that the service may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A client whose calls are repeated.
#[derive(Clone, Debug)]
pub struct RetryingClient {
    client: Client,
    max_calls: u32,
}

impl RetryingClient {
    /// How often a call is made by default, at most.
    pub const MAX_CALLS: u32 = 6;

    /// A client whose calls are made this often, at most; 0 counts as 1.
    pub fn new(client: Client, max_calls: u32) -> Self {
        Self { client, max_calls }
    }

    /// Makes a call that may be repeated without harm, and repeats it while it fails in a way that may pass.
    pub(super) async fn repeat<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut wait = FIRST_WAIT;
        for _ in 1..self.max_calls {
            match call().await {
                Err(error) if may_pass(&error) => {
                    tokio::time::sleep(error.retry_after().unwrap_or(wait).min(MAX_WAIT)).await;
                }
                result => return result,
            }
            wait = wait.saturating_mul(2);
        }
        call().await
    }
}

impl Deref for RetryingClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

fn may_pass(error: &Error) -> bool {
    error.is_retryable() || matches!(error.kind(), ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Connection)
}

//! Repeats a call that failed in a way that may pass.
//!
//! The client retries too, but at most a tenth of its calls, so that an outage causes no storm of requests. That is too
//! little for a sync of ten thousand people: one lost page in a hundred would end it. A sync makes one call at a time, and
//! each may be repeated without harm. So each call is repeated here, after waits that double, before it counts as failed.

use feishu_user_groups::{Error, ErrorKind};
use std::time::Duration;

/// How often a call is made, at most.
const MAX_CALLS: u32 = 6;

/// The wait before the first repeat; the last one is sixteen times as long.
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// The longest wait that the service may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Makes a call that may be repeated without harm, and repeats it while it fails in a way that may pass.
pub(super) async fn repeatedly<T, F>(mut call: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..MAX_CALLS {
        match call().await {
            Err(error) if may_pass(&error) => {
                tokio::time::sleep(error.retry_after().unwrap_or(wait).min(MAX_WAIT)).await
            }
            result => return result,
        }
        wait *= 2;
    }
    call().await
}

fn may_pass(error: &Error) -> bool {
    error.is_retryable() || matches!(error.kind(), ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Connection)
}

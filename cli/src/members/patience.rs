//! More patience than the client has.
//!
//! The client retries for a caller who waits, and few enough times that an outage causes no storm: a tenth of its calls. A
//! sync of ten thousand people is another matter. It makes one call at a time, each of which may be repeated without harm,
//! and one lost page in a hundred must not end it. So each step is repeated here, after waits that double, before it
//! counts as failed.

use feishu_user_groups::{Error, ErrorKind};
use std::time::Duration;

/// Times that a step is made, at most.
const STEPS: u32 = 6;

/// The wait before the first repetition; the last one is sixteen times as long.
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// The longest wait that the service may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Makes a call that may be repeated without harm, again and again if it fails in a way that may pass.
pub(super) async fn patiently<T, F>(mut call: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..STEPS {
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

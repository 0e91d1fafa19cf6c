//! What a client reports about its calls: spans with OpenTelemetry's names, events, and an observer.

mod observer;
mod panicking_observer;
mod recorder;
mod spans;

use feishu_user_groups::RetryPolicy;
use std::time::Duration;

fn quick() -> RetryPolicy {
    RetryPolicy::new().initial_backoff(Duration::from_millis(1))
}

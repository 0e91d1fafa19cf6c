//! Dropping a call's future ends the call at any stage: no background task sends it or retries it.
//!
//! Time is simulated. After each drop, far more time passes than the call could wait.

use crate::support::token_server::{get_group, group_found};
use crate::support::{Gate, Reply, Server, builder};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::telemetry::{AttemptEvent, Observer};
use feishu_user_groups::{Client, ClientBuilder, Error, RetryPolicy, Throttle, operation};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

const DAY: Duration = Duration::from_secs(86_400);

/// A client whose calls end only when they are dropped.
fn patient(server: &Server) -> ClientBuilder {
    let policy = RetryPolicy::new().initial_backoff(DAY / 24).max_backoff(DAY / 24);
    builder(server).tenant_token("t-tests").retry_policy(policy).timeout(DAY * 30).connect_timeout(DAY * 30)
}

/// Starts a call.
fn start(client: &Client) -> JoinHandle<Result<u32, Error>> {
    let client = client.clone();
    tokio::spawn(async move { get_group(&client).await })
}

/// Drops the call, and lets a day pass.
async fn drop_call(call: JoinHandle<Result<u32, Error>>) {
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    sleep(DAY).await;
}

/// Opens its gate when the client is about to retry.
struct OpenOnRetry(Gate);

impl Observer for OpenOnRetry {
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        if event.will_retry {
            self.0.open();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn drop_during_backoff_cancels_retry() {
    let server = Server::with_handler(|_| Reply::new(503, "")).await;
    let waiting = Gate::closed();
    let call = start(&patient(&server).observer(OpenOnRetry(waiting.clone())).build().unwrap());
    waiting.wait().await;
    drop_call(call).await;
    assert_eq!(server.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn drop_while_queued_sends_nothing() {
    let server = Server::with_handler(|_| group_found()).await;
    let one_a_minute = RateLimit::new(Some(1), None);
    let throttle = Throttle::documented().rate(&operation::GET_USER_GROUP, one_a_minute);
    let client = patient(&server).throttle(throttle).build().unwrap();
    get_group(&client).await.unwrap();
    let call = start(&client);
    // The call has a token: it joins the queue when it is polled once.
    yield_now().await;
    assert!(!call.is_finished());
    drop_call(call).await;
    assert_eq!(server.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn drop_during_attempt_closes_connection() {
    let hung_up = Gate::closed();
    let silent = Reply::stall_until_hang_up(&hung_up);
    let server = Server::with_handler(move |_| silent.clone()).await;
    let call = start(&patient(&server).build().unwrap());
    server.wait_until(|received| received.len() == 1).await;
    drop_call(call).await;
    hung_up.wait().await;
    assert_eq!(server.received().len(), 1);
}

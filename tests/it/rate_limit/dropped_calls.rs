//! Dropping a call's future ends the call, wherever on its way it is: nothing runs in the
//! background that would send it, or send it again.
//!
//! Time is simulated, and after each drop far more of it passes than any wait of the call's.

use crate::support::token_server::{get_group, group_found};
use crate::support::{Gate, Reply, Server, builder};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::telemetry::{AttemptEvent, Observer};
use feishu_user_groups::{Client, ClientBuilder, Error, RetryPolicy, Throttle, operation};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

const DAY: Duration = Duration::from_secs(86_400);

/// A client whose calls give up for no reason but being dropped.
fn patient(server: &Server) -> ClientBuilder {
    let policy = RetryPolicy::new().initial_backoff(DAY / 24).max_backoff(DAY / 24);
    builder(server).tenant_token("t-tests").retry_policy(policy).timeout(DAY * 30).connect_timeout(DAY * 30)
}

/// A call on its way.
fn begun(client: &Client) -> JoinHandle<Result<u32, Error>> {
    let client = client.clone();
    tokio::spawn(async move { get_group(&client).await })
}

/// Drops the call, and lets a day pass.
async fn dropped(call: JoinHandle<Result<u32, Error>>) {
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    sleep(DAY).await;
}

/// Opens its gate when the client is about to retry.
struct Repeats(Gate);

impl Observer for Repeats {
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
    let call = begun(&patient(&server).observer(Repeats(waiting.clone())).build().unwrap());
    waiting.wait().await;
    dropped(call).await;
    assert_eq!(server.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn drop_while_queued_sends_nothing() {
    let server = Server::with_handler(|_| group_found()).await;
    let one_a_minute = RateLimit::new(Some(1), None);
    let throttle = Throttle::documented().rate(&operation::GET_USER_GROUP, one_a_minute);
    let client = patient(&server).throttle(throttle).build().unwrap();
    get_group(&client).await.unwrap();
    let call = begun(&client);
    // The call has a token and needs no more than this to come to its turn.
    yield_now().await;
    assert!(!call.is_finished());
    dropped(call).await;
    assert_eq!(server.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn drop_during_attempt_closes_connection() {
    let hung_up = Gate::closed();
    let silent = Reply::stall_until_hang_up(&hung_up);
    let server = Server::with_handler(move |_| silent.clone()).await;
    let call = begun(&patient(&server).build().unwrap());
    server.wait_until(|received| received.len() == 1).await;
    dropped(call).await;
    hung_up.wait().await;
    assert_eq!(server.received().len(), 1);
}

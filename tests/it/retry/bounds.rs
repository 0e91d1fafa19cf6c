//! The bounds of retries: attempts, budget, time, and calls in flight.

use super::{client, found, get, write, write_by};
use crate::support::{Gate, Reply, Server, builder};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use feishu_user_groups::types::builder::WritePerformanceGroupMembersBody;
use feishu_user_groups::{Client, RetryPolicy, Throttle};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// By the defaults of a client, and on a clock that is moved on whenever everybody waits.
#[tokio::test(start_paused = true)]
async fn lost_response_leaves_time_for_two_retries() {
    let server = Server::with_script([Reply::stall(), Reply::stall(), found()]).await;
    let client = Client::builder().base_url(&server.url).tenant_token("t-tests").connect_timeout(Duration::MAX);
    let client = client.build().unwrap();
    let begun = Instant::now();
    let found = client.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!((found.attempts(), begun.elapsed().as_secs()), (3, 20));
}

#[tokio::test(start_paused = true)]
async fn longer_attempt_timeout_is_kept() {
    let server = Server::with_script([Reply::stall()]).await;
    let builder = builder(&server).tenant_token("t-tests").connect_timeout(Duration::MAX);
    let client = builder.attempt_timeout(Duration::MAX).build().unwrap();
    let begun = Instant::now();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.is_timeout(), begun.elapsed().as_secs()), (true, 30), "{error}");
}

#[tokio::test(start_paused = true)]
async fn import_wait_ignores_max_attempts() {
    let simulator = Arc::new(Simulator::start().await.unwrap());
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).throttle(Throttle::off());
    // At most one retry of any other kind.
    let client = client.retry_policy(RetryPolicy::new().max_attempts(2)).build().unwrap();
    assert!(simulator.set_import_running("ABCDEFG", true));
    let (import, begun) = (Arc::clone(&simulator), Instant::now());
    tokio::spawn(async move {
        sleep(Duration::from_secs(20)).await;
        import.set_import_running("ABCDEFG", false);
    });
    let body = |b: WritePerformanceGroupMembersBody| b.group_id("ABCDEFG").scope_visible_setting(0).user_ids(["ou_1"]);
    let written = client.write_performance_group_members().body_map(body).send().await.unwrap();
    assert!((20..=25).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    // After 1, 2, 4, 5, 5 and 5 seconds.
    assert_eq!(written.attempts(), 7);
}

#[tokio::test(start_paused = true)]
async fn endless_import_returns_error() {
    let server = Server::with_handler(|_| Reply::error(400, 1580402)).await;
    let begun = Instant::now();
    let error = write(&server).await.unwrap_err();
    assert_eq!((error.code(), error.is_retryable(), error.may_have_been_applied()), (Some(1580402), true, false));
    assert!((20..=30).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let error = write_by(&client(&server).with_retry_policy(RetryPolicy::none())).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn attempts_are_counted_and_limited() {
    let server = Server::with_script([]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!((error.attempts(), server.received().len()), (4, 4));
    let once = client(&server).with_retry_policy(RetryPolicy::none());
    assert_eq!(once.get_user_group().group_id("g1").send().await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn retry_budget_earns_tenth_per_call() {
    let server = Server::with_handler(|_| Reply::new(503, "")).await;
    let client = client(&server);
    // The budget starts full, with ten retries.
    let (mut tenths, mut retries) = (100, 0);
    for _ in 0..500 {
        tenths = (tenths + 1).min(100);
        let allowed = (tenths / 10).min(3);
        (tenths, retries) = (tenths - 10 * allowed, retries + allowed);
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!(error.attempts(), 1 + allowed);
    }
    // In an outage the load grows by a tenth.
    assert_eq!((retries, server.received().len()), (10 + 49, 500 + 10 + 49));
}

#[tokio::test]
async fn calls_beyond_max_in_flight_wait() {
    let gate = Gate::closed();
    let held = found().after_gate(&gate);
    let server = Server::with_handler(move |_| held.clone()).await;
    let client = builder(&server).tenant_token("t-tests").max_in_flight(2).build().unwrap();
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_user_group().group_id("g1").send().await.map(drop) })
        })
        .collect();
    server.wait_until(|received| received.len() == 2).await;
    tokio::task::yield_now().await;
    assert_eq!(server.received().len(), 2);
    gate.open();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

//! When the service asks to wait, all calls of the operation wait for that time; without a time, retries back off.

use crate::support::token_server::group_found;
use crate::support::{Reply, Server, builder};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::{RetryPolicy, Throttle, operation};
use std::time::Duration;
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(start_paused = true)]
async fn retry_precedes_later_calls() {
    let limited = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "5");
    let server = Server::with_script([limited, group_found(), group_found(), group_found()]).await;
    let throttle = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(1), None));
    let builder = builder(&server).tenant_token("t-tests").throttle(throttle).retry_policy(RetryPolicy::new());
    let client = builder.build().unwrap();
    let mut calls = Vec::new();
    for group in ["first", "second", "third"] {
        let client = client.clone();
        calls.push(tokio::spawn(async move { client.get_user_group().group_id(group).send().await.map(drop) }));
        tokio::task::yield_now().await;
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let path = |group: &str| format!("/open-apis/contact/v3/group/{group}");
    let paths: Vec<_> = server.received().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(paths, ["first", "first", "second", "third"].map(path));
}

#[tokio::test(start_paused = true)]
async fn zero_wait_retries_stay_within_budget() {
    for (status, code) in [(429, 99991400), (400, 99991400), (503, 1)] {
        for header in ["x-ogw-ratelimit-reset", "retry-after", "x-none"] {
            let limited = Reply::error(status, code).header(header, "0");
            let server = Server::with_handler(move |_| limited.clone()).await;
            let builder = builder(&server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
            let client = builder.timeout(DAY).connect_timeout(DAY).build().unwrap();
            const CALLS: usize = 200;
            let begun = Instant::now();
            for _ in 0..CALLS {
                client.get_user_group().group_id("g1").send().await.unwrap_err();
            }
            assert!(server.received().len() <= CALLS + CALLS / 10 + 10, "{}", server.received().len());
            if code == 99991400 {
                assert!(begun.elapsed() >= CALLS as u32 * Duration::from_millis(99), "{:?}", begun.elapsed());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn zero_wait_backs_off_with_jitter() {
    let mut waits = Vec::new();
    for _ in 0..8 {
        let busy = Reply::new(503, "").header("retry-after", "0");
        let server = Server::with_script([busy, group_found()]).await;
        let builder = builder(&server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
        let client = builder.timeout(DAY).connect_timeout(DAY).build().unwrap();
        let begun = Instant::now();
        client.get_user_group().group_id("g1").send().await.unwrap();
        waits.push(begun.elapsed());
    }
    // In simulated time only the backoff takes time.
    assert!(waits.iter().all(|wait| *wait <= Duration::from_millis(201)), "{waits:?}");
    waits.sort();
    waits.dedup();
    assert!(waits.len() > 2, "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn huge_timeouts_do_not_overflow() {
    let limited = Reply::error(429, 99991400).header("retry-after", "30");
    for timeout in [Duration::MAX, Duration::MAX / 2, Duration::from_secs(u64::MAX / 4), Duration::from_secs(1 << 62)] {
        let server = Server::with_script([limited.clone(), group_found()]).await;
        let builder = builder(&server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
        let client = builder.timeout(timeout).max_wait(timeout).connect_timeout(DAY).build().unwrap();
        client.get_user_group().group_id("g1").send().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn huge_backoff_does_not_panic() {
    let policy = RetryPolicy::new().initial_backoff(Duration::MAX).max_backoff(Duration::MAX);
    let server = Server::with_handler(|_| Reply::error(429, 99991400)).await;
    let error = builder(&server)
        .tenant_token("t-tests")
        .retry_policy(policy)
        .build()
        .unwrap()
        .get_user_group()
        .group_id("g1")
        .send()
        .await
        .unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
}

//! Calls keep to the documented rates, use them fully, and wait in order.
//!
//! Time is simulated: the simulator's windows and the client's use one clock, which jumps to the next timer.

use crate::support::token_server::{get_group, group_found};
use crate::support::{Gate, Reply, Server};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use feishu_user_groups::{Client, ClientBuilder, ErrorKind, RetryPolicy, Throttle, operation};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

const DAY: Duration = Duration::from_secs(86_400);

/// A client whose calls are delayed only by rate limits.
fn patient(url: &str) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .timeout(DAY)
        .attempt_timeout(DAY)
        .connect_timeout(DAY)
        .retry_policy(RetryPolicy::none())
}

/// A thousand writes, one after the other or all at once.
async fn a_thousand_writes(in_flight: usize, at_once: bool) {
    let simulator = Simulator::builder().enforce_rate_limits(true).token_lifetime(DAY).start().await.unwrap();
    let client = patient(simulator.url()).app(APP_ID, APP_SECRET).max_in_flight(in_flight).build().unwrap();
    let begun = Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..1000 {
        let client = client.clone();
        let write = async move {
            let call = client.write_performance_group_members();
            let member = format!("ou_{number}");
            let call = call.body_map(|body| body.group_id("ABCDEFG").scope_visible_setting(1).user_ids([member]));
            call.send().await.map(drop)
        };
        match at_once {
            true => drop(calls.spawn(write)),
            false => write.await.unwrap(),
        }
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    // Twenty per minute: the last of a thousand is sent 49 minutes after the first.
    let minimum = Duration::from_secs(49 * 60);
    assert!(begun.elapsed() <= minimum.mul_f64(1.05), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn sequential_writes_pass_at_full_rate() {
    a_thousand_writes(64, false).await;
}

#[tokio::test(start_paused = true)]
async fn concurrent_writes_pass_at_full_rate() {
    a_thousand_writes(64, true).await;
    a_thousand_writes(1, true).await;
}

/// The service holds back its responses, then sends all at once.
#[tokio::test(start_paused = true)]
async fn rate_kept_after_concurrency_wait() {
    for in_flight in [1, 5] {
        let gate = Gate::closed();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (held, seen) = (group_found().after_gate(&gate), Arc::clone(&arrived));
        let server = Server::with_handler(move |_| {
            seen.lock().unwrap().push(Instant::now());
            held.clone()
        })
        .await;
        let five_a_second = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(None, Some(5)));
        let client = patient(&server.url).tenant_token("t-1").throttle(five_a_second).max_in_flight(in_flight);
        let client = client.build().unwrap();
        let mut calls = JoinSet::new();
        for _ in 0..50 {
            let client = client.clone();
            calls.spawn(async move { get_group(&client).await.unwrap() });
        }
        // Meanwhile the windows have room for all of them.
        sleep(Duration::from_secs(60)).await;
        assert_eq!(server.received().len(), in_flight);
        let opened = Instant::now();
        gate.open();
        calls.join_all().await;
        let arrived = arrived.lock().unwrap().clone();
        // The window of a second, with the margin for different travel times.
        let second = Duration::from_millis(1050);
        let within = |begin: &Instant| arrived.iter().filter(|at| *at >= begin && **at - *begin < second).count();
        assert_eq!(arrived.iter().map(within).max(), Some(5));
        assert!(opened.elapsed() <= second * 10, "{:?}", opened.elapsed());
    }
}

fn one_a_minute(server: &Server) -> Client {
    let throttle = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(1), None));
    patient(&server.url).tenant_token("t-1").throttle(throttle).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn dropped_waiters_free_their_slots() {
    let server = Server::with_handler(|_| group_found()).await;
    let (client, begun) = (one_a_minute(&server), Instant::now());
    get_group(&client).await.unwrap();
    // As a web server drops them: each at its own timeout, the oldest first.
    let mut calls = JoinSet::new();
    for number in 0..1000 {
        let client = client.clone();
        calls.spawn(async move { timeout(Duration::from_millis(10 + number), get_group(&client)).await.unwrap_err() });
    }
    calls.join_all().await;
    get_group(&client).await.unwrap();
    assert_eq!((begun.elapsed().as_secs(), server.received().len()), (61, 2));
}

#[tokio::test(start_paused = true)]
async fn unpolled_call_does_not_block_others() {
    let server = Server::with_handler(|_| group_found()).await;
    let (client, begun) = (one_a_minute(&server), Instant::now());
    get_group(&client).await.unwrap();
    // What a stream that buffers calls does while its owner looks at the first response, and makes another call.
    let mut kept = Box::pin(get_group(&client));
    assert!(timeout(Duration::ZERO, &mut kept).await.is_err());
    timeout(DAY, get_group(&client)).await.unwrap().unwrap();
    kept.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4 * 61), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn wait_beyond_max_wait_fails_immediately() {
    let server = Server::with_handler(|_| group_found()).await;
    let client = one_a_minute(&server);
    let begun = Instant::now();
    get_group(&client).await.unwrap();
    for (longest, wait) in [(0, 61), (60, 61)] {
        let error = get_group(&client.with_max_wait(Duration::from_secs(longest))).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Throttled, 0));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(wait)));
        assert!(error.is_rate_limited() && error.is_retryable() && !error.is_timeout());
        assert!(error.to_string().contains("61.0 s"), "{error}");
    }
    assert_eq!((begun.elapsed(), server.received().len()), (Duration::ZERO, 1));
    let patient = client.with_max_wait(Duration::from_secs(61));
    let (first, second) = tokio::join!(get_group(&patient), get_group(&patient));
    assert_eq!((first.unwrap(), second.unwrap_err().kind()), (1, ErrorKind::Throttled));
    assert_eq!((begun.elapsed().as_secs(), server.received().len()), (61, 2));
}

#[tokio::test(start_paused = true)]
async fn pause_beyond_max_wait_fails_waiters() {
    let gate = Gate::closed();
    let limited = Reply::error(429, 99991400).header("retry-after", "30").after_gate(&gate);
    let server = Server::with_handler(move |_| limited.clone()).await;
    let one_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(1), None));
    let client = patient(&server.url).tenant_token("t-1").throttle(one_a_minute).max_wait(Duration::from_secs(70));
    let client = client.build().unwrap();
    let begun = Instant::now();
    let rejected = tokio::spawn({
        let client = client.clone();
        async move { get_group(&client).await.unwrap_err() }
    });
    server.wait_until(|received| received.len() == 1).await;
    let waiting = tokio::spawn(async move { get_group(&client).await.unwrap_err() });
    sleep(Duration::from_secs(50)).await;
    gate.open();
    assert_eq!(rejected.await.unwrap().code(), Some(99991400));
    let error = waiting.await.unwrap();
    assert_eq!((error.kind(), begun.elapsed().as_secs()), (ErrorKind::Throttled, 50));
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(30));
}

#[tokio::test(start_paused = true)]
async fn rate_limit_wait_excluded_from_timeout() {
    let gate = Gate::closed();
    let held = group_found().after_gate(&gate);
    let server =
        Server::with_handler(move |request| if request.target.contains("g2") { held.clone() } else { group_found() });
    let server = server.await;
    let throttle = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(2), None));
    let client = patient(&server.url).tenant_token("t-1").throttle(throttle).max_in_flight(1).build().unwrap();
    let hasty = client.with_timeout(Duration::from_secs(5));
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    let begun = Instant::now();
    get_group(&hasty).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 61);
    let holding = tokio::spawn(async move { client.get_user_group().group_id("g2").send().await.map(drop) });
    server.wait_until(|received| received.len() == 4).await;
    let begun = Instant::now();
    let error = hasty.list_user_groups().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), begun.elapsed().as_secs()), (ErrorKind::Timeout, 0, 5));
    assert!(error.to_string().contains("not sent") && error.to_string().contains("max_in_flight"), "{error}");
    let error = hasty.with_timeout(Duration::ZERO).list_user_groups().send().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("not sent"), "{error}");
    gate.open();
    holding.await.unwrap().unwrap();
    assert_eq!(server.received().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn pause_honored_without_throttle() {
    let simulator = Simulator::builder().enforce_rate_limits(true).start().await.unwrap();
    let client = patient(simulator.url()).app(APP_ID, APP_SECRET).throttle(Throttle::off()).build().unwrap();
    let mut rejected = 0;
    for number in 0..150 {
        let name = format!("group {number}");
        match client.create_user_group().body_map(|body| body.name(name)).send().await {
            Ok(_) => {}
            Err(error) if error.is_rate_limited() => rejected += 1,
            Err(error) => panic!("{error}"),
        }
    }
    // A hundred per minute: the next one is rejected, and the pause lets the rest pass.
    assert_eq!(rejected, 1);
}

#[tokio::test(start_paused = true)]
async fn pause_shared_within_operation_only() {
    let response = |request: &crate::support::Received| match request.target.contains("simplelist") {
        true => Reply::ok(json!({ "grouplist": [], "has_more": false })),
        false => Reply::ok(json!({ "group": { "id": "g1" } })),
    };
    let limited = std::sync::Mutex::new(Some(Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "30")));
    let server = Server::with_handler(move |request| match request.target.contains("simplelist") {
        true => response(request),
        false => limited.lock().unwrap().take().unwrap_or_else(|| response(request)),
    })
    .await;
    let client = patient(&server.url).tenant_token("t-1").retry_policy(RetryPolicy::new()).build().unwrap();
    let begun = Instant::now();
    let first = client.get_user_group().group_id("g1").send();
    let other = async {
        server.wait_until(|received| !received.is_empty()).await;
        client.list_user_groups().send().await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(30), "another operation was paused too");
        client.get_user_group().group_id("g2").send().await.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(30), "the pause did not hold for another task");
    };
    let (first, ()) = tokio::join!(first, other);
    assert_eq!(first.unwrap().attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn rate_share_is_kept() {
    let server = Server::with_handler(|_| Reply::ok(json!({}))).await;
    let client = patient(&server.url).tenant_token("t-1").throttle(Throttle::documented().share(0.5)).build().unwrap();
    let begun = Instant::now();
    let per_minute = operation::DELETE_USER_GROUP.rate_limit.unwrap().per_minute.unwrap();
    for _ in 0..per_minute {
        client.delete_user_group().group_id("g1").send().await.unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_secs(60), "{:?}", begun.elapsed());
}

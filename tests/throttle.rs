//! A client that keeps to the documented rates sees no refusal and loses no time.
//!
//! Time is simulated: the offline service's windows and the client's run on one clock,
//! which jumps to the next thing that anybody waits for.
#![allow(clippy::unwrap_used, reason = "a failed test should say where")]

mod support;

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use feishu_user_groups::{Client, ClientBuilder, RetryPolicy, Throttle, operations};
use serde_json::json;
use std::time::Duration;
use support::{Answer, Server};
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

/// Nothing but the limits decides when something happens.
fn patient(url: &str) -> ClientBuilder {
    Client::builder().base_url(url).timeout(DAY).connect_timeout(DAY).retry_policy(RetryPolicy::none())
}

#[tokio::test(start_paused = true)]
async fn a_thousand_writes_are_never_refused_and_take_no_longer_than_the_limit() {
    let simulator = Simulator::builder().enforce_rate_limits(true).token_lifetime(DAY).start().await.unwrap();
    let client = patient(simulator.url()).app(APP_ID, APP_SECRET).build().unwrap();
    let begun = Instant::now();
    for number in 0..1000 {
        let call = client.write_performance_group_members();
        let member = format!("ou_{number}");
        let call = call.body_map(|body| body.group_id("ABCDEFG").scope_visible_setting(1).user_ids([member]));
        call.send().await.unwrap();
    }
    // Twenty a minute: the last of a thousand can go out 49 minutes after the first.
    let limits_own = Duration::from_secs(49 * 60);
    assert!(begun.elapsed() <= limits_own.mul_f64(1.05), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_a_throttle_the_service_refuses_and_its_pause_is_kept() {
    let simulator = Simulator::builder().enforce_rate_limits(true).start().await.unwrap();
    let client = patient(simulator.url()).app(APP_ID, APP_SECRET).throttle(Throttle::off()).build().unwrap();
    let mut refused = 0;
    for number in 0..150 {
        let name = format!("group {number}");
        match client.create_user_group().body_map(|body| body.name(name)).send().await {
            Ok(_) => {}
            Err(error) if error.is_rate_limited() => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    // A hundred a minute: the next one is refused, and the pause that it brings lets the rest pass.
    assert_eq!(refused, 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_service_asks_for_holds_for_every_task_and_no_other_operation() {
    let answer = |request: &support::Received| match request.target.contains("simplelist") {
        true => Answer::ok(json!({ "grouplist": [], "has_more": false })),
        false => Answer::ok(json!({ "group": { "id": "g1" } })),
    };
    let limited = std::sync::Mutex::new(Some(Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "30")));
    let server = Server::answering(move |request| match request.target.contains("simplelist") {
        true => answer(request),
        false => limited.lock().unwrap().take().unwrap_or_else(|| answer(request)),
    })
    .await;
    let client = patient(&server.url).tenant_token("t-1").retry_policy(RetryPolicy::new()).build().unwrap();
    let begun = Instant::now();
    let first = client.get_user_group().group_id("g1").send();
    let other = async {
        server.until(|received| !received.is_empty()).await;
        client.list_user_groups().send().await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(30), "another operation was paused too");
        client.get_user_group().group_id("g2").send().await.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(30), "the pause did not hold for another task");
    };
    let (first, ()) = tokio::join!(first, other);
    assert_eq!(first.unwrap().attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_share_of_the_rate_is_kept_to() {
    let server = Server::answering(|_| Answer::ok(json!({}))).await;
    let client = patient(&server.url).tenant_token("t-1").throttle(Throttle::documented().share(0.5)).build().unwrap();
    let begun = Instant::now();
    let per_minute = operations::DELETE_USER_GROUP.rate_limit.unwrap().per_minute.unwrap();
    for _ in 0..per_minute {
        client.delete_user_group().group_id("g1").send().await.unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_secs(60), "{:?}", begun.elapsed());
}

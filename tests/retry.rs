//! A call is sent again only if that does no harm, only a few times, and the caller
//! learns what cannot be repaired.
#![allow(clippy::unwrap_used, reason = "a failed test should say where")]

mod support;

use feishu_user_groups::{Client, Error, ErrorKind, RetryPolicy, Throttle};
use serde_json::json;
use std::time::Duration;
use support::{Answer, Server, builder};
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

const QUICK: fn() -> RetryPolicy = || RetryPolicy::new().first_wait(Duration::from_millis(1));

fn client(server: &Server) -> Client {
    builder(server).tenant_token("t-tests").retry_policy(QUICK()).throttle(Throttle::off()).build().unwrap()
}

async fn get(server: &Server) -> Result<u32, Error> {
    client(server).get_user_group().group_id("g1").send().await.map(|answer| answer.attempts())
}

async fn create(server: &Server) -> Result<u32, Error> {
    client(server).create_user_group().body_map(|body| body.name("R&D")).send().await.map(|answer| answer.attempts())
}

async fn write(server: &Server) -> Result<u32, Error> {
    let client = client(server);
    let call = client
        .write_performance_group_members()
        .body_map(|body| body.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]));
    call.send().await.map(|answer| answer.attempts())
}

fn found() -> Answer {
    Answer::ok(json!({ "group": { "id": "g1" } }))
}

fn created() -> Answer {
    Answer::ok(json!({ "group_id": "g1" }))
}

fn written() -> Answer {
    Answer::ok(json!({ "data": { "success_user_ids": ["ou_1"] } }))
}

/// Failures after which the service may have acted.
fn uncertain() -> Vec<Answer> {
    let html = Answer::new(502, "<html>bad gateway</html>");
    vec![
        Answer::code(500, 40003),
        html,
        Answer::new(503, ""),
        Answer::new(504, ""),
        Answer::hang_up(),
        found().cut_after(5),
    ]
}

#[tokio::test]
async fn a_safe_call_is_sent_again_after_any_fault() {
    for fault in uncertain() {
        let server = Server::script([fault.clone(), fault, found()]).await;
        assert_eq!(get(&server).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn a_create_that_may_have_arrived_is_never_sent_again() {
    for fault in uncertain() {
        let server = Server::script([fault, created()]).await;
        let error = create(&server).await.unwrap_err();
        assert_eq!((server.received().len(), error.attempts()), (1, 1), "{error}");
    }
}

#[tokio::test]
async fn a_create_that_the_service_did_not_act_upon_is_sent_again() {
    for status in [400, 429] {
        let limited = Answer::code(status, 99991400).header("x-ogw-ratelimit-reset", "0");
        let server = Server::script([limited, created()]).await;
        assert_eq!(create(&server).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_then_told() {
    let server = Server::script([]).await;
    let gone = client(&server);
    drop(server);
    let error = gone.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connection, 4));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_write_is_repeated_under_the_token_that_it_began_with() {
    let server = Server::script([Answer::hang_up(), Answer::new(502, ""), written()]).await;
    assert_eq!(write(&server).await.unwrap(), 3);
    let sent = server.received();
    assert!(sent.iter().all(|request| (&request.target, &request.body) == (&sent[0].target, &sent[0].body)));
    assert!(sent[0].target.contains("client_token="));
}

#[tokio::test]
async fn a_repeated_client_token_after_a_repeat_of_our_own_means_that_the_first_try_arrived() {
    let server = Server::script([Answer::hang_up(), Answer::code(400, 1580110)]).await;
    let error = write(&server).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::ArrivedBefore, Some(1580110)));
    assert!(error.to_string().contains("the first try had arrived"), "{error}");
}

#[tokio::test]
async fn a_repeated_client_token_without_such_a_repeat_is_the_callers_own() {
    let limited = Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "0");
    let server = Server::script([limited, Answer::code(400, 1580110)]).await;
    assert_eq!(write(&server).await.unwrap_err().kind(), ErrorKind::Service);
}

#[tokio::test]
async fn a_delete_whose_lost_first_try_arrived_says_so() {
    let server = Server::script([Answer::hang_up(), Answer::code(400, 42002)]).await;
    let error = client(&server).delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ArrivedBefore);
}

#[tokio::test]
async fn a_running_import_is_waited_out() {
    let running = Answer::code(400, 1580402);
    let server = Server::script([running.clone(), running, written()]).await;
    assert_eq!(write(&server).await.unwrap(), 3);
}

#[tokio::test]
async fn what_another_try_does_not_change_is_final() {
    for code in [42002, 47009, 42017, 99991403, 99991672, 123_456] {
        let server = Server::script([Answer::code(400, code), found()]).await;
        assert_eq!((get(&server).await.unwrap_err().code(), server.received().len()), (Some(code), 1));
    }
    let server = Server::script([Answer::new(200, "<html>"), found()]).await;
    assert_eq!(get(&server).await.unwrap_err().kind(), ErrorKind::Unintelligible);
}

#[tokio::test]
async fn tries_are_counted_and_end() {
    let server = Server::script([]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!((error.attempts(), server.received().len()), (4, 4));
    let once = client(&server).with_retry_policy(RetryPolicy::none());
    assert_eq!(once.get_user_group().group_id("g1").send().await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn in_an_outage_the_load_grows_by_no_more_than_a_tenth() {
    let server = Server::answering(|_| Answer::new(503, "")).await;
    let client = client(&server);
    const CALLS: usize = 500;
    for _ in 0..CALLS {
        client.get_user_group().group_id("g1").send().await.unwrap_err();
    }
    // Ten retries are there from the start.
    assert!(server.received().len() <= CALLS + CALLS / 10 + 10, "{}", server.received().len());
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_is_the_callers_to_know_and_holds_for_all_calls() {
    // Half a day, a whole one, and so long that no clock reaches there.
    for seconds in [43_200, 86_400, u64::MAX] {
        let limited = Answer::code(429, 99991400).header("retry-after", &seconds.to_string());
        let server = Server::script([limited, found()]).await;
        let builder = builder(&server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
        let client = builder.timeout(DAY).connect_timeout(DAY).build().unwrap();
        let call = || client.get_user_group().group_id("g1").send();
        let error = call().await.unwrap_err();
        assert!(error.is_rate_limited() && error.is_retryable());
        assert_eq!((error.code(), error.retry_after()), (Some(99991400), Some(Duration::from_secs(seconds))));
        let error = call().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Throttled, 0), "{error}");
        assert!(error.is_rate_limited() && error.is_retryable() && error.to_string().contains("not sent"), "{error}");
        let known = Duration::from_secs(seconds.min(86_400));
        assert!(error.retry_after().is_some_and(|wait| wait <= known && wait > known / 2), "{error:?}");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_service_says_to_wait_no_time_the_load_grows_by_no_more_than_a_tenth_either() {
    for (status, code) in [(429, 99991400), (400, 99991400), (503, 1)] {
        for header in ["x-ogw-ratelimit-reset", "retry-after", "x-none"] {
            let limited = Answer::code(status, code).header(header, "0");
            let server = Server::answering(move |_| limited.clone()).await;
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
async fn a_wait_of_no_time_is_backed_off_from_with_jitter() {
    let mut waits = Vec::new();
    for _ in 0..8 {
        let busy = Answer::new(503, "").header("retry-after", "0");
        let server = Server::script([busy, found()]).await;
        let builder = builder(&server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
        let client = builder.timeout(DAY).connect_timeout(DAY).build().unwrap();
        let begun = Instant::now();
        client.get_user_group().group_id("g1").send().await.unwrap();
        waits.push(begun.elapsed());
    }
    // In simulated time nothing else takes any.
    assert!(waits.iter().all(|wait| *wait <= Duration::from_millis(201)), "{waits:?}");
    waits.sort();
    waits.dedup();
    assert!(waits.len() > 2, "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn timeouts_and_waits_beyond_the_clock_are_none() {
    let limited = Answer::code(429, 99991400).header("retry-after", "30");
    for timeout in [Duration::MAX, Duration::MAX / 2, Duration::from_secs(u64::MAX / 4), Duration::from_secs(1 << 62)] {
        let server = Server::script([limited.clone(), found()]).await;
        let builder = builder(&server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
        let client = builder.timeout(timeout).max_wait(timeout).connect_timeout(DAY).build().unwrap();
        client.get_user_group().group_id("g1").send().await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_could_not_be_fetched_is_fetched_again_even_for_a_create() {
    let token = Answer::token("t-1", 7200);
    let server = Server::script([Answer::hang_up(), Answer::new(502, "<html>"), token, created()]).await;
    let client = builder(&server).app("cli_tests", "secret").retry_policy(QUICK()).build().unwrap();
    let created = client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap();
    assert_eq!(created.attempts(), 1, "the create itself was sent once");
}

#[tokio::test]
async fn a_token_that_did_not_come_within_one_try_is_fetched_again_as_well() {
    let server = Server::script([Answer::stall(), Answer::token("t-1", 7200), created()]).await;
    let quick = builder(&server).app("cli_tests", "secret").retry_policy(QUICK());
    let client = quick.try_timeout(Duration::from_millis(300)).build().unwrap();
    client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap();
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_token_fetch_that_failed_for_a_reason_that_may_pass_can_be_asked_for_later() {
    let refused = Answer::code(200, 10014);
    for (answer, passes) in [(Answer::hang_up(), true), (Answer::new(502, "<html>"), true), (refused, false)] {
        let server = Server::script([answer]).await;
        let client = builder(&server).app("cli_tests", "secret").build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Token, passes), "{error}");
    }
}

#[tokio::test]
async fn no_token_for_a_repeat_does_not_mean_that_nothing_was_sent() {
    // The token ends as soon as it has come, so every try asks for one.
    let ending = Answer::token("t-1", 0);
    let server = Server::script([ending, Answer::hang_up(), Answer::code(200, 10014)]).await;
    let client = builder(&server).app("cli_tests", "secret").retry_policy(QUICK()).build().unwrap();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 1));
    assert!(error.to_string().contains("an earlier try may have been acted upon"), "{error}");
}

#[tokio::test]
async fn calls_beyond_the_number_in_flight_wait_for_their_turn() {
    let gate = support::Gate::closed();
    let held = found().behind(&gate);
    let server = Server::answering(move |_| held.clone()).await;
    let client = builder(&server).tenant_token("t-tests").max_in_flight(2).build().unwrap();
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_user_group().group_id("g1").send().await.map(drop) })
        })
        .collect();
    server.until(|received| received.len() == 2).await;
    tokio::task::yield_now().await;
    assert_eq!(server.received().len(), 2);
    gate.open();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

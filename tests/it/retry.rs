//! A call is sent again only if that does no harm, only a few times, and the caller
//! learns what cannot be repaired.

use crate::support::{Gate, Reply, Server, builder, run_into_timeout};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use feishu_user_groups::types::builder::WritePerformanceGroupMembersBody;
use feishu_user_groups::{Client, Error, ErrorKind, RetryPolicy, Throttle};
use serde_json::json;
use std::iter;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

const QUICK: fn() -> RetryPolicy = || RetryPolicy::new().initial_backoff(Duration::from_millis(1));

fn client(server: &Server) -> Client {
    builder(server).tenant_token("t-tests").retry_policy(QUICK()).throttle(Throttle::off()).build().unwrap()
}

async fn get(server: &Server) -> Result<u32, Error> {
    client(server).get_user_group().group_id("g1").send().await.map(|answer| answer.attempts())
}

async fn create(server: &Server) -> Result<u32, Error> {
    create_by(&client(server)).await
}

async fn create_by(client: &Client) -> Result<u32, Error> {
    client.create_user_group().body_map(|body| body.name("R&D")).send().await.map(|answer| answer.attempts())
}

async fn write(server: &Server) -> Result<u32, Error> {
    write_by(&client(server)).await
}

async fn write_by(client: &Client) -> Result<u32, Error> {
    let call = client
        .write_performance_group_members()
        .body_map(|body| body.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]));
    call.send().await.map(|answer| answer.attempts())
}

fn found() -> Reply {
    Reply::ok(json!({ "group": { "id": "g1" } }))
}

fn created() -> Reply {
    Reply::ok(json!({ "group_id": "g1" }))
}

fn written() -> Reply {
    Reply::ok(json!({ "data": { "success_user_ids": ["ou_1"] } }))
}

/// Statuses that say nothing of the request but that it came at a bad moment, or on a bad connection.
const PASSING: [u16; 3] = [408, 421, 425];

#[tokio::test]
async fn passing_statuses_are_repeated_where_it_is_safe() {
    for status in PASSING {
        for answer in [Reply::new(status, ""), Reply::new(status, "<html>"), Reply::error(status, 123_456)] {
            let server = Server::with_script([answer.clone(), answer.clone(), found()]).await;
            assert_eq!(get(&server).await.unwrap(), 3, "{status}");
            let server = Server::with_script([answer.clone(), written()]).await;
            assert_eq!(write(&server).await.unwrap(), 2, "{status}, under the same client_token");
            let server = Server::with_script([answer, created()]).await;
            let error = create(&server).await.unwrap_err();
            assert_eq!((server.received().len(), error.status()), (1, Some(status)), "{error}");
            assert!(error.is_retryable() && error.may_have_been_applied(), "{error}");
        }
    }
}

#[tokio::test]
async fn a_known_code_outweighs_a_passing_status() {
    for status in PASSING {
        let server = Server::with_script([Reply::error(status, 42002), found()]).await;
        let error = get(&server).await.unwrap_err();
        assert_eq!((error.is_not_found(), error.is_retryable(), server.received().len()), (true, false, 1), "{error}");
    }
}

/// By the defaults of a client, and on a clock that is moved on whenever everybody waits.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_leaves_time_for_two_more_tries() {
    let server = Server::with_script([Reply::stall(), Reply::stall(), found()]).await;
    let client = Client::builder().base_url(&server.url).tenant_token("t-tests").connect_timeout(Duration::MAX);
    let client = client.build().unwrap();
    let begun = Instant::now();
    let found = client.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!((found.attempts(), begun.elapsed().as_secs()), (3, 20));
}

#[tokio::test(start_paused = true)]
async fn a_longer_try_timeout_can_be_set() {
    let server = Server::with_script([Reply::stall()]).await;
    let builder = builder(&server).tenant_token("t-tests").connect_timeout(Duration::MAX);
    let client = builder.attempt_timeout(Duration::MAX).build().unwrap();
    let begun = Instant::now();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.is_timeout(), begun.elapsed().as_secs()), (true, 30), "{error}");
}

/// Failures after which the service may have acted.
fn uncertain() -> Vec<Reply> {
    let html = Reply::new(502, "<html>bad gateway</html>");
    vec![
        Reply::error(500, 40003),
        html,
        Reply::new(503, ""),
        Reply::new(504, ""),
        Reply::hang_up(),
        found().cut_after(5),
    ]
}

#[tokio::test]
async fn safe_call_retried_after_any_fault() {
    for fault in uncertain() {
        let server = Server::with_script([fault.clone(), fault, found()]).await;
        assert_eq!(get(&server).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn retried_errors_are_retryable() {
    let more =
        [Reply::error(500, 123_456), Reply::error(429, 123_456), Reply::error(429, 99991400), Reply::new(429, "")];
    for fault in uncertain().into_iter().chain(more) {
        let server = Server::with_script([fault.clone().header("retry-after", "0"), found()]).await;
        assert_eq!(get(&server).await.unwrap(), 2);
        let server = Server::with_script([fault]).await;
        let once = client(&server).with_retry_policy(RetryPolicy::none());
        let error = once.get_user_group().group_id("g1").send().await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn possibly_applied_create_not_retried() {
    for fault in uncertain() {
        let server = Server::with_script([fault, created()]).await;
        let error = create(&server).await.unwrap_err();
        assert_eq!((server.received().len(), error.attempts()), (1, 1), "{error}");
    }
}

#[tokio::test]
async fn rate_limited_create_is_retried() {
    for status in [400, 429] {
        let limited = Reply::error(status, 99991400).header("x-ogw-ratelimit-reset", "0");
        let server = Server::with_script([limited, created()]).await;
        assert_eq!(create(&server).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn create_not_retried_on_bare_429() {
    for answer in [Reply::new(429, "<html>"), Reply::error(429, 123_456), Reply::new(429, "")] {
        let server = Server::with_script([answer.header("retry-after", "0"), created()]).await;
        let error = create(&server).await.unwrap_err();
        assert_eq!((server.received().len(), error.is_rate_limited()), (1, true), "{error}");
        assert!(error.may_have_been_applied() && error.is_retryable(), "{error}");
    }
    let limited = Reply::new(429, "<html>").header("retry-after", "0");
    let server = Server::with_script([limited, found()]).await;
    assert_eq!(get(&server).await.unwrap(), 2, "what does no harm is sent again");
}

/// Answers one request by hanging up, and refuses every connection from then on.
async fn gone_after_one_request() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap().0;
        stream.read_u8().await.unwrap();
        drop(listener);
    });
    url
}

#[tokio::test]
async fn lost_response_remembered_after_connection_error() {
    let url = gone_after_one_request().await;
    let client = Client::builder().base_url(url).tenant_token("t-tests").retry_policy(QUICK()).build().unwrap();
    let body = |b: WritePerformanceGroupMembersBody| b.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]);
    let error = client.write_performance_group_members().body_map(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.may_have_been_applied()), (ErrorKind::Connection, 4, true));
    assert!(error.to_string().contains("an earlier attempt may have been applied"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn lost_response_remembered_after_rejection() {
    let limited = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "0");
    for refusal in [limited, Reply::error(400, 1580402), Reply::error(400, 99991403), Reply::error(400, 1580401)] {
        let server = Server::with_script(iter::once(Reply::hang_up()).chain(iter::repeat_n(refusal, 20))).await;
        let error = write_by(&client(&server).with_retry_policy(QUICK().max_attempts(2))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service, "{error}");
        assert!(error.may_have_been_applied(), "{error}");
        assert!(error.to_string().contains("an earlier attempt may have been applied"), "{error}");
    }
}

#[tokio::test]
async fn error_reports_whether_possibly_applied() {
    for (answer, may_have) in [
        (Reply::hang_up(), true),
        (Reply::new(502, "<html>"), true),
        (Reply::error(500, 40003), true),
        (Reply::error(503, 123_456), true),
        (created().cut_after(5), true),
        (Reply::endless_body(), true),
        (Reply::error(400, 47009), false),
        (Reply::error(200, 123_456), false),
        (Reply::error(429, 99991400), false),
        (Reply::error(400, 99991663), false),
    ] {
        let server = Server::with_script([answer]).await;
        let client = client(&server).with_retry_policy(RetryPolicy::none());
        let error = create_by(&client).await.unwrap_err();
        assert_eq!(error.may_have_been_applied(), may_have, "{error}");
        assert!(!error.to_string().contains("an earlier attempt"), "{error}");
    }
    let server = Server::with_script([Reply::stall(), Reply::stall()]).await;
    let soon = Duration::from_millis(200);
    let slow = builder(&server).tenant_token("t-tests").attempt_timeout(soon).build().unwrap();
    assert!(create_by(&slow).await.unwrap_err().may_have_been_applied());
    let tokenless = builder(&server).app("cli_tests", "secret").attempt_timeout(soon).build().unwrap();
    let error = create_by(&tokenless).await.unwrap_err();
    assert_eq!((error.may_have_been_applied(), error.is_auth(), error.is_timeout()), (false, true, true), "{error}");
    let late = builder(&server).tenant_token("t-tests").timeout(Duration::ZERO).build().unwrap();
    let error = create_by(&late).await.unwrap_err();
    assert_eq!((error.may_have_been_applied(), error.is_auth(), error.is_timeout()), (false, false, true), "{error}");
    assert_eq!((error.attempts(), server.received().len()), (0, 2), "no try begins after the call's time");
}

#[tokio::test]
async fn refused_connection_retried_then_returned() {
    let server = Server::with_script([]).await;
    let gone = client(&server);
    drop(server);
    let error = gone.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connection, 4));
    assert!(error.is_retryable() && !error.may_have_been_applied());
}

#[tokio::test]
async fn write_retries_reuse_client_token() {
    let server = Server::with_script([Reply::hang_up(), Reply::new(502, ""), written()]).await;
    assert_eq!(write(&server).await.unwrap(), 3);
    let sent = server.received();
    assert!(sent.iter().all(|request| (&request.target, &request.body) == (&sent[0].target, &sent[0].body)));
    assert!(sent[0].target.contains("client_token="));
}

#[tokio::test]
async fn duplicate_after_lost_response_already_applied() {
    let server = Server::with_script([Reply::hang_up(), Reply::error(400, 1580110)]).await;
    let error = write(&server).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::AlreadyApplied, Some(1580110)));
    assert!(error.to_string().contains("; an earlier attempt was applied although its response was lost"), "{error}");
}

#[tokio::test]
async fn duplicate_from_caller_is_service_error() {
    let limited = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "0");
    let server = Server::with_script([limited, Reply::error(400, 1580110)]).await;
    assert_eq!(write(&server).await.unwrap_err().kind(), ErrorKind::Service);
}

#[tokio::test]
async fn lost_delete_not_found_already_applied() {
    let server = Server::with_script([Reply::hang_up(), Reply::error(400, 42002)]).await;
    let error = client(&server).delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.is_not_found()), (ErrorKind::AlreadyApplied, true));
    assert!(error.to_string().contains("or this was the state before the call"), "{error}");
    assert!(!error.to_string().contains("; an earlier attempt was applied"), "{error}");
}

#[tokio::test]
async fn empty_client_token_is_replaced() {
    let server = Server::with_script([Reply::hang_up(), written()]).await;
    let client = client(&server);
    let call = client.write_performance_group_members().client_token("");
    let body = |b: WritePerformanceGroupMembersBody| b.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]);
    call.body_map(body).send().await.unwrap();
    let keys: Vec<_> = server.received().iter().map(|request| request.query()[0].1.clone()).collect();
    assert!(keys[0] == keys[1] && !keys[0].is_empty(), "{keys:?}");
}

/// On a clock that is moved on whenever everybody waits.
#[tokio::test(start_paused = true)]
async fn import_wait_ignores_max_attempts() {
    let simulator = Arc::new(Simulator::start().await.unwrap());
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).throttle(Throttle::off());
    // One retry at most, and none of the budget's.
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
async fn permanent_errors_are_not_retried() {
    for code in [42002, 47009, 42017, 99991403, 99991672, 123_456] {
        let server = Server::with_script([Reply::error(400, code), found()]).await;
        assert_eq!((get(&server).await.unwrap_err().code(), server.received().len()), (Some(code), 1));
    }
    let server = Server::with_script([Reply::new(200, "<html>"), found()]).await;
    assert_eq!(get(&server).await.unwrap_err().kind(), ErrorKind::InvalidResponse);
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
async fn each_call_earns_a_tenth_of_a_retry() {
    let server = Server::with_handler(|_| Reply::new(503, "")).await;
    let client = client(&server);
    // Ten retries are there from the start, and never more.
    let (mut tenths, mut retries) = (100, 0);
    for _ in 0..500 {
        tenths = (tenths + 1).min(100);
        let allowed = (tenths / 10).min(3);
        (tenths, retries) = (tenths - 10 * allowed, retries + allowed);
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!(error.attempts(), 1 + allowed);
    }
    // In an outage the load grows by a tenth, no more and no less.
    assert_eq!((retries, server.received().len()), (10 + 49, 500 + 10 + 49));
}

#[tokio::test]
async fn failed_token_fetch_retried_for_create() {
    let token = Reply::token("t-1", 7200);
    let server = Server::with_script([Reply::hang_up(), Reply::new(502, "<html>"), token, created()]).await;
    let client = builder(&server).app("cli_tests", "secret").retry_policy(QUICK()).build().unwrap();
    let created = client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap();
    assert_eq!(created.attempts(), 1, "the create itself was sent once");
}

#[tokio::test]
async fn timed_out_token_fetch_retried() {
    let gate = Gate::closed();
    let server = Server::with_script([Reply::stall_until_hang_up(&gate), Reply::token("t-1", 7200), created()]).await;
    let quick = builder(&server).app("cli_tests", "secret").retry_policy(QUICK());
    let client = quick.attempt_timeout(Duration::from_secs(8)).build().unwrap();
    let create = client.create_user_group().body_map(|body| body.name("R&D")).send();
    run_into_timeout(&server, 1, &gate, create).await.unwrap();
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn transient_token_failure_is_retryable() {
    let refused = Reply::error(200, 10014);
    for (answer, passes) in [(Reply::hang_up(), true), (Reply::new(502, "<html>"), true), (refused, false)] {
        let server = Server::with_script([answer]).await;
        let client = builder(&server).app("cli_tests", "secret").build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Auth, passes), "{error}");
    }
}

#[tokio::test]
async fn lost_response_remembered_after_token_failure() {
    // The token ends as soon as it has come, so every try asks for one.
    let ending = Reply::token("t-1", 0);
    let server = Server::with_script([ending, Reply::hang_up(), Reply::error(200, 10014)]).await;
    let client = builder(&server).app("cli_tests", "secret").retry_policy(QUICK()).build().unwrap();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 1));
    assert!(error.to_string().contains("an earlier attempt may have been applied"), "{error}");
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

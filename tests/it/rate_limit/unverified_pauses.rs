//! Requested waits of more than five minutes: the client sends probes at growing intervals instead, and calls that fail
//! meanwhile say when the next probe is due.
//!
//! Time is simulated.

use crate::support::token_server::{get_concurrently, get_group, group_found, token_server, tokens_valid_for};
use crate::support::{Gate, Received, Reply, Server, builder};
use feishu_user_groups::{AppTicket, Client, Error, ErrorKind, RetryPolicy};
use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

const DAY: Duration = Duration::from_secs(86_400);
const RESET: &str = "x-ogw-ratelimit-reset";

/// Headers that ask for more than five minutes.
const HEADERS: [(&str, &str); 9] = [
    ("retry-after", "301"),
    ("retry-after", "43200"),
    ("retry-after", "1764075600"),
    ("retry-after", "99999999999"),
    ("retry-after", "99999999999999999999999999"),
    ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    (RESET, "1764075600"),
    (RESET, "1764075600000"),
    (RESET, "18446744073709551615"),
];

/// Rejections of a call with each of these headers.
fn rejections() -> impl Iterator<Item = Reply> {
    let responses =
        || [Reply::error(429, 99991400), Reply::error(400, 99991400), Reply::error(200, 99991400), Reply::new(429, "")];
    HEADERS.into_iter().flat_map(move |(name, value)| responses().map(|response| response.header(name, value)))
}

fn fixed(server: &Server) -> Client {
    let builder = builder(server).tenant_token("t-tests").retry_policy(RetryPolicy::new());
    builder.timeout(DAY).attempt_timeout(DAY).connect_timeout(DAY).build().unwrap()
}

fn app(server: &Server) -> Client {
    builder(server).app("cli_a", "secret").connect_timeout(DAY).build().unwrap()
}

/// A handler that responds with these, and successfully after them.
fn first(responses: impl IntoIterator<Item = Reply>) -> impl Fn(&Received) -> Reply {
    let responses = Mutex::new(responses.into_iter().collect::<VecDeque<_>>());
    move |_| responses.lock().unwrap().pop_front().unwrap_or_else(group_found)
}

fn seconds(error: &Error) -> u64 {
    error.retry_after().unwrap().as_secs_f64().round() as u64
}

#[tokio::test(start_paused = true)]
async fn operation_probed_after_half_a_minute() {
    for rejection in rejections() {
        let server = Server::with_handler(first([rejection])).await;
        let client = fixed(&server);
        let begun = Instant::now();
        let error = get_group(&client).await.unwrap_err();
        assert!(error.is_rate_limited() && error.is_retryable(), "{error}");
        assert_eq!((seconds(&error), begun.elapsed()), (30, Duration::ZERO), "{error}");
        sleep(Duration::from_secs(20)).await;
        for result in get_concurrently(&client, 10, async || ()).await {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.attempts(), seconds(&error)), (ErrorKind::Throttled, 0, 10), "{error}");
        }
        sleep(Duration::from_secs(10)).await;
        get_group(&client).await.unwrap();
        assert!(get_concurrently(&client, 10, async || ()).await.iter().all(Result::is_ok));
        assert_eq!((server.received().len(), begun.elapsed().as_secs()), (12, 30));
    }
}

#[tokio::test(start_paused = true)]
async fn plausible_header_preferred() {
    let limited = Reply::error(429, 99991400).header(RESET, "1764082000").header("retry-after", "7");
    let server = Server::with_handler(first([limited])).await;
    let begun = Instant::now();
    get_group(&fixed(&server)).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn error_names_the_pause() {
    let server = Server::with_handler(first([Reply::error(429, 99991400).header(RESET, "301")])).await;
    let client = fixed(&server);
    get_group(&client).await.unwrap_err();
    let error = get_group(&client).await.unwrap_err().to_string();
    assert!(error.contains("implausibly long wait; the next probe is in 30.0 s"), "{error}");
    assert!(!error.contains("max_wait"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn one_call_probes_while_others_fail() {
    let gate = Gate::closed();
    let rejection = Reply::error(429, 99991400).header("retry-after", "99999999999");
    let server = Server::with_handler(first([rejection, group_found().after_gate(&gate)])).await;
    let client = fixed(&server);
    get_group(&client).await.unwrap_err();
    sleep(Duration::from_secs(30)).await;
    let probe = tokio::spawn({
        let client = client.clone();
        async move { get_group(&client).await }
    });
    server.wait_until(|received| received.len() == 2).await;
    for result in get_concurrently(&client, 10, async || ()).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), seconds(&error)), (ErrorKind::Throttled, 30), "{error}");
    }
    gate.open();
    probe.await.unwrap().unwrap();
    assert!(get_concurrently(&client, 10, async || ()).await.iter().all(Result::is_ok));
    assert_eq!(server.received().len(), 12);
}

#[tokio::test(start_paused = true)]
async fn rejected_probes_get_rarer() {
    let rejection = Reply::error(429, 99991400).header("retry-after", "99999999999");
    let server = Server::with_handler(move |_| rejection.clone()).await;
    let client = fixed(&server);
    let mut waits = Vec::new();
    for _ in 0..7 {
        let error = get_group(&client).await.unwrap_err();
        waits.push(seconds(&error));
        sleep(error.retry_after().unwrap()).await;
    }
    assert_eq!((waits, server.received().len()), (vec![30, 60, 120, 240, 300, 300, 300], 7));
}

#[tokio::test(start_paused = true)]
async fn calls_in_flight_start_one_pause() {
    let gate = Gate::closed();
    let rejection = Reply::error(429, 99991400).header("retry-after", "99999999999").after_gate(&gate);
    let server = Server::with_handler(first(vec![rejection; 40])).await;
    let client = fixed(&server);
    let results = get_concurrently(&client, 40, async || {
        server.wait_until(|received| received.len() == 40).await;
        gate.open();
    });
    let waits: Vec<_> = results.await.iter().map(|result| seconds(result.as_ref().unwrap_err())).collect();
    assert_eq!(waits, [30; 40]);
    sleep(Duration::from_secs(30)).await;
    get_group(&client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn lost_probe_followed_by_another() {
    let rejection = Reply::error(429, 99991400).header("retry-after", "99999999999");
    let server = Server::with_handler(first([rejection, Reply::hang_up()])).await;
    let client = fixed(&server).with_retry_policy(RetryPolicy::none());
    get_group(&client).await.unwrap_err();
    sleep(Duration::from_secs(30)).await;
    assert_eq!(get_group(&client).await.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(seconds(&get_group(&client).await.unwrap_err()), 30);
    sleep(Duration::from_secs(30)).await;
    get_group(&client).await.unwrap();
}

/// Nobody knows when the service will recover, so they do not wait for it.
#[tokio::test(start_paused = true)]
async fn waiting_calls_fail_at_once() {
    let gate = Gate::closed();
    let pause = Reply::error(429, 99991400).header("retry-after", "60");
    let rejection = Reply::error(429, 99991400).header("retry-after", "99999999999").after_gate(&gate);
    let server = Server::with_handler(first([rejection, pause])).await;
    let client = fixed(&server);
    let late = tokio::spawn({
        let client = client.clone();
        async move { get_group(&client).await.unwrap_err() }
    });
    server.wait_until(|received| received.len() == 1).await;
    let waiting = tokio::spawn(async move { get_group(&client).await.unwrap_err() });
    server.wait_until(|received| received.len() == 2).await;
    sleep(Duration::from_secs(20)).await;
    let begun = Instant::now();
    gate.open();
    assert_eq!(seconds(&late.await.unwrap()), 30);
    let error = waiting.await.unwrap();
    assert_eq!((error.kind(), seconds(&error), begun.elapsed()), (ErrorKind::Throttled, 30, Duration::ZERO), "{error}");
}

#[tokio::test(start_paused = true)]
async fn malformed_waits_are_ignored() {
    for name in ["retry-after", RESET] {
        for value in ["-1", "-99999999999", "+5", "soon", "1e99", "0x7fffffff", "NaN", "7 7", "\u{fffd}"] {
            let rejection = Reply::error(429, 99991400).header(name, value);
            let server = Server::with_handler(first([rejection])).await;
            let client = fixed(&server);
            let begun = Instant::now();
            get_group(&client).await.unwrap();
            assert!((1.0..1.3).contains(&begun.elapsed().as_secs_f64()), "{value}: {:?}", begun.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_of_failed_call_is_capped() {
    for (name, value) in HEADERS.into_iter().filter(|(name, _)| *name == "retry-after") {
        let server = Server::with_handler(first([Reply::new(503, "").header(name, value)])).await;
        let client = builder(&server).tenant_token("t-tests").connect_timeout(DAY).build().unwrap();
        assert_eq!(seconds(&get_group(&client).await.unwrap_err()), 300);
        get_group(&client).await.unwrap();
    }
}

/// Rejections by a token endpoint with each of these headers.
fn token_rejections() -> impl Iterator<Item = Reply> {
    let failing = HEADERS.into_iter().filter(|(name, _)| *name == "retry-after");
    rejections().chain(failing.map(|(name, value)| Reply::new(503, "<html>").header(name, value)))
}

#[tokio::test(start_paused = true)]
async fn token_endpoint_probed_after_half_a_minute() {
    for rejection in token_rejections() {
        let token = move |number| if number == 1 { rejection.clone() } else { tokens_valid_for(7200)(number) };
        let server = token_server(token, |_| group_found()).await;
        let client = app(&server);
        let error = get_group(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable(), seconds(&error)), (ErrorKind::Auth, true, 30), "{error}");
        sleep(Duration::from_secs(20)).await;
        for result in get_concurrently(&client, 10, async || ()).await {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), seconds(&error)), (ErrorKind::Auth, 10), "{error}");
        }
        assert_eq!(server.received().len(), 1);
        sleep(Duration::from_secs(10)).await;
        assert!(get_concurrently(&client, 10, async || ()).await.iter().all(Result::is_ok));
        assert_eq!(server.token_fetches(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_token_probes_get_rarer() {
    let rejection = Reply::new(503, "").header("retry-after", "99999999999");
    let server = token_server(move |_| rejection.clone(), |_| group_found()).await;
    let client = app(&server);
    let mut waits = Vec::new();
    for _ in 0..7 {
        let error = get_group(&client).await.unwrap_err();
        waits.push(seconds(&error));
        sleep(error.retry_after().unwrap()).await;
    }
    assert_eq!((waits, server.token_fetches()), (vec![30, 60, 120, 240, 300, 300, 300], 7));
}

/// The tenants of a store app share the endpoint's limit.
#[tokio::test(start_paused = true)]
async fn one_tenant_probes_for_all() {
    let gate = Gate::closed();
    let rejection = Reply::error(429, 99991400).header("retry-after", "99999999999");
    let (held, fetches) = (gate.clone(), Arc::new(Mutex::new(0)));
    let server = Server::with_handler(move |request| match request.path().rsplit('/').next() {
        Some("app_access_token") => Reply::json(200, &json!({ "code": 0, "app_access_token": "a-1", "expire": 7200 })),
        Some("tenant_access_token") => {
            let mut fetches = fetches.lock().unwrap();
            *fetches += 1;
            match *fetches {
                1 => rejection.clone(),
                2 => Reply::token("t-2", 7200).after_gate(&held),
                number => Reply::token(&format!("t-{number}"), 7200),
            }
        }
        _ => group_found(),
    })
    .await;
    let builder = builder(&server).store_app("cli_a", "secret", AppTicket::new("ticket"));
    let client = builder.timeout(Duration::from_secs(5)).connect_timeout(DAY).build().unwrap();
    assert_eq!(seconds(&get_group(&client.for_tenant("one").unwrap()).await.unwrap_err()), 30);
    sleep(Duration::from_secs(30)).await;
    let probe = tokio::spawn({
        let client = client.for_tenant("one").unwrap();
        async move { get_group(&client).await }
    });
    server.wait_until(|received| received.len() == 3).await;
    let error = get_group(&client.for_tenant("two").unwrap()).await.unwrap_err();
    assert!(error.is_rate_limited() && seconds(&error) <= 10, "{error}");
    gate.open();
    probe.await.unwrap().unwrap();
    yield_now().await;
    get_group(&client.for_tenant("two").unwrap()).await.unwrap();
}

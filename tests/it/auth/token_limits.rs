//! A token endpoint that asks to wait is not asked again before that, by whomever.
//!
//! Time is simulated.

use crate::support::app::{at_once, found, get, issuing, lasting, tokens};
use crate::support::{Answer, Server, builder};
use feishu_user_groups::{AppTicket, Client, ErrorKind, RetryPolicy};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const DAY: Duration = Duration::from_secs(86_400);

/// The refusals of an endpoint that asks for seven seconds.
fn refusals() -> [Answer; 5] {
    [
        Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "7"),
        Answer::code(400, 99991400).header("retry-after", "7"),
        Answer::code(200, 99991400).header("x-ogw-ratelimit-reset", "7"),
        Answer::new(429, "<html>").header("retry-after", "7"),
        Answer::new(503, "<html>").header("retry-after", "7"),
    ]
}

/// Refuses the first question for a token.
async fn refusing(refusal: Answer) -> Server {
    issuing(move |number| if number == 1 { refusal.clone() } else { lasting(7200)(number) }, |_| found()).await
}

fn client(server: &Server, policy: RetryPolicy, time: Duration) -> Client {
    let builder = builder(server).app("cli_a", "secret").retry_policy(policy);
    builder.timeout(time).connect_timeout(DAY).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn retry_waits_as_requested() {
    for refusal in refusals() {
        let server = refusing(refusal).await;
        let begun = Instant::now();
        get(&client(&server, RetryPolicy::new(), DAY)).await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), 7);
        assert_eq!(tokens(&server), ["fetch", "fetch", "t-2"]);
    }
}

#[tokio::test(start_paused = true)]
async fn no_fetch_before_requested_wait_ends() {
    for (number, refusal) in refusals().into_iter().enumerate() {
        let server = refusing(refusal.header("x-tt-logid", "log-1")).await;
        let client = client(&server, RetryPolicy::none(), DAY);
        let error = get(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_auth(), error.is_retryable()), (ErrorKind::Auth, true, true), "{error}");
        assert_eq!(error.is_rate_limited(), number < 4, "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        sleep(Duration::from_secs(2)).await;
        for result in at_once(&client, 10, async || ()).await {
            let error = result.unwrap_err();
            assert_eq!((error.is_rate_limited(), error.is_retryable()), (number < 4, true), "{error}");
            assert_eq!((error.retry_after().unwrap().as_secs_f64().round(), error.log_id()), (5.0, Some("log-1")));
        }
        assert_eq!(tokens(&server), ["fetch"]);
        sleep(Duration::from_secs(5)).await;
        get(&client).await.unwrap();
        assert_eq!(tokens(&server), ["fetch", "fetch", "t-2"]);
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_share_one_fetch() {
    let server = refusing(refusals()[0].clone()).await;
    let client = client(&server, RetryPolicy::new(), DAY);
    let begun = Instant::now();
    let results = at_once(&client, 50, async || ()).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((server.token_fetches(), begun.elapsed().as_secs()), (2, 7));
}

#[tokio::test(start_paused = true)]
async fn wait_beyond_timeout_fails_immediately() {
    let server = refusing(Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "300")).await;
    let client = client(&server, RetryPolicy::new(), Duration::from_secs(30));
    let begun = Instant::now();
    for _ in 0..3 {
        let error = get(&client).await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after() > Some(Duration::from_secs(290)), "{error:?}");
    }
    assert_eq!((server.token_fetches(), begun.elapsed().as_secs()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn missing_wait_defaults_to_one_second() {
    for refusal in [
        Answer::code(429, 99991400),
        Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "0"),
        Answer::new(503, "").header("retry-after", "0"),
    ] {
        let server = refusing(refusal).await;
        let begun = Instant::now();
        get(&client(&server, RetryPolicy::new(), DAY)).await.unwrap();
        assert_eq!((server.token_fetches(), begun.elapsed().as_secs()), (2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn refresh_waits_while_calls_continue() {
    let token = |number| match number {
        1 => lasting(1800)(1),
        2 => Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "300"),
        _ => lasting(7200)(number),
    };
    let server = issuing(token, |_| found()).await;
    let client = client(&server, RetryPolicy::new(), DAY);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(290) {
        get(&client).await.unwrap();
        sleep(Duration::from_secs(5)).await;
    }
    assert_eq!(server.token_fetches(), 2);
    while tokens(&server).last().is_none_or(|last| last != "t-3") {
        get(&client).await.unwrap();
        sleep(Duration::from_secs(5)).await;
    }
    assert!((300..340).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn requested_wait_shared_across_tenants() {
    let limited = Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "60");
    let server = Server::script([
        Answer::json(200, &json!({ "code": 0, "app_access_token": "a-1", "expire": 7200 })),
        limited,
        Answer::token("t-two", 7200),
        found(),
    ])
    .await;
    let builder = builder(&server).store_app("cli_a", "secret", AppTicket::new("ticket"));
    let client = builder.timeout(DAY).connect_timeout(DAY).build().unwrap();
    for tenant in ["one", "two"] {
        let error = get(&client.for_tenant(tenant).unwrap()).await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after().is_some(), "{error}");
    }
    assert_eq!(server.received().len(), 2);
    sleep(Duration::from_secs(60)).await;
    get(&client.for_tenant("two").unwrap()).await.unwrap();
}

//! A token endpoint that asks to wait is not asked again before that, by whomever.
//!
//! Time is simulated.

use crate::support::token_server::{
    get_concurrently, get_group, group_found, token_server, tokens_sent, tokens_valid_for,
};
use crate::support::{Reply, Server, builder};
use feishu_user_groups::{AppTicket, Client, ErrorKind, RetryPolicy};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const DAY: Duration = Duration::from_secs(86_400);

/// The refusals of an endpoint that asks for seven seconds.
fn refusals() -> [Reply; 5] {
    [
        Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "7"),
        Reply::error(400, 99991400).header("retry-after", "7"),
        Reply::error(200, 99991400).header("x-ogw-ratelimit-reset", "7"),
        Reply::new(429, "<html>").header("retry-after", "7"),
        Reply::new(503, "<html>").header("retry-after", "7"),
    ]
}

/// Refuses the first question for a token.
async fn refusing(refusal: Reply) -> Server {
    token_server(
        move |number| if number == 1 { refusal.clone() } else { tokens_valid_for(7200)(number) },
        |_| group_found(),
    )
    .await
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
        get_group(&client(&server, RetryPolicy::new(), DAY)).await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), 7);
        assert_eq!(tokens_sent(&server), ["fetch", "fetch", "t-2"]);
    }
}

#[tokio::test(start_paused = true)]
async fn no_fetch_before_requested_wait_ends() {
    for (number, refusal) in refusals().into_iter().enumerate() {
        let server = refusing(refusal.header("x-tt-logid", "log-1")).await;
        let client = client(&server, RetryPolicy::none(), DAY);
        let error = get_group(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_auth(), error.is_retryable()), (ErrorKind::Auth, true, true), "{error}");
        assert_eq!(error.is_rate_limited(), number < 4, "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        sleep(Duration::from_secs(2)).await;
        for result in get_concurrently(&client, 10, async || ()).await {
            let error = result.unwrap_err();
            assert_eq!((error.is_rate_limited(), error.is_retryable()), (number < 4, true), "{error}");
            assert_eq!((error.retry_after().unwrap().as_secs_f64().round(), error.log_id()), (5.0, Some("log-1")));
        }
        assert_eq!(tokens_sent(&server), ["fetch"]);
        sleep(Duration::from_secs(5)).await;
        get_group(&client).await.unwrap();
        assert_eq!(tokens_sent(&server), ["fetch", "fetch", "t-2"]);
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_share_one_fetch() {
    let server = refusing(refusals()[0].clone()).await;
    let client = client(&server, RetryPolicy::new(), DAY);
    let begun = Instant::now();
    let results = get_concurrently(&client, 50, async || ()).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((server.token_fetches(), begun.elapsed().as_secs()), (2, 7));
}

#[tokio::test(start_paused = true)]
async fn wait_beyond_timeout_fails_immediately() {
    let server = refusing(Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "300")).await;
    let client = client(&server, RetryPolicy::new(), Duration::from_secs(30));
    let begun = Instant::now();
    for _ in 0..3 {
        let error = get_group(&client).await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after() > Some(Duration::from_secs(290)), "{error:?}");
    }
    assert_eq!((server.token_fetches(), begun.elapsed().as_secs()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn missing_wait_defaults_to_one_second() {
    for refusal in [
        Reply::error(429, 99991400),
        Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "0"),
        Reply::new(503, "").header("retry-after", "0"),
    ] {
        let server = refusing(refusal).await;
        let begun = Instant::now();
        get_group(&client(&server, RetryPolicy::new(), DAY)).await.unwrap();
        assert_eq!((server.token_fetches(), begun.elapsed().as_secs()), (2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn refresh_waits_while_calls_continue() {
    let token = |number| match number {
        1 => tokens_valid_for(1800)(1),
        2 => Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "300"),
        _ => tokens_valid_for(7200)(number),
    };
    let server = token_server(token, |_| group_found()).await;
    let client = client(&server, RetryPolicy::new(), DAY);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(290) {
        get_group(&client).await.unwrap();
        sleep(Duration::from_secs(5)).await;
    }
    assert_eq!(server.token_fetches(), 2);
    while tokens_sent(&server).last().is_none_or(|last| last != "t-3") {
        get_group(&client).await.unwrap();
        sleep(Duration::from_secs(5)).await;
    }
    assert!((300..340).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn requested_wait_shared_across_tenants() {
    let limited = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "60");
    let server = Server::with_script([
        Reply::json(200, &json!({ "code": 0, "app_access_token": "a-1", "expire": 7200 })),
        limited,
        Reply::token("t-two", 7200),
        group_found(),
    ])
    .await;
    let builder = builder(&server).store_app("cli_a", "secret", AppTicket::new("ticket"));
    let client = builder.timeout(DAY).connect_timeout(DAY).build().unwrap();
    for tenant in ["one", "two"] {
        let error = get_group(&client.for_tenant(tenant).unwrap()).await.unwrap_err();
        assert!(error.is_rate_limited() && error.retry_after().is_some(), "{error}");
    }
    assert_eq!(server.received().len(), 2);
    sleep(Duration::from_secs(60)).await;
    get_group(&client.for_tenant("two").unwrap()).await.unwrap();
}

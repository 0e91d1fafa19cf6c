//! An app's token is fetched when it is needed, once however many calls wait for it,
//! and renewed before it ends; a token of the caller's is used as it is.

use crate::support::token_server::{
    get_concurrently, get_group, group_found, token_server, tokens_sent, tokens_valid_for, until_sent_with,
};
use crate::support::{Gate, Reply, Server, app_client, builder, client, run_into_timeout};
use feishu_user_groups::{Error, ErrorKind};
use serde_json::json;
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

/// Lets time pass at once.
async fn elapse(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn token_fetched_lazily_and_cached() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let client = app_client(&server);
    assert_eq!(tokens_sent(&server), [""; 0], "nothing is fetched before it is needed");
    for _ in 0..3 {
        get_group(&client.clone()).await.unwrap();
    }
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-1", "t-1"]);
}

#[tokio::test]
async fn concurrent_calls_share_one_fetch() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = token_server(move |number| tokens_valid_for(7200)(number).after_gate(&held), |_| group_found()).await;
    let results = get_concurrently(&app_client(&server), 50, async || gate.open()).await;
    assert!(results.iter().all(|result| matches!(result, Ok(1))), "{results:?}");
    assert_eq!((server.token_fetches(), server.received().len()), (1, 51));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_across_threads_share_one_fetch() {
    for _ in 0..20 {
        let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
        let results = get_concurrently(&app_client(&server), 50, async || {}).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        assert_eq!(server.token_fetches(), 1);
    }
}

#[tokio::test]
async fn failed_fetch_fails_all_waiters() {
    let gate = Gate::closed();
    let refusal = Reply::error(200, 10014).header("x-tt-logid", "log-1").after_gate(&gate);
    let server = Server::with_script([refusal, Reply::token("t-1", 7200), group_found()]).await;
    let client = app_client(&server);
    for result in get_concurrently(&client, 50, async || gate.open()).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.log_id()), (ErrorKind::Auth, Some(10014), Some("log-1")));
        assert_eq!(error.operation(), Some("get_user_group"));
    }
    assert_eq!(tokens_sent(&server), ["fetch"]);
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "fetch", "t-1"]);
}

#[tokio::test]
async fn nearly_expired_token_is_not_sent() {
    let server = token_server(tokens_valid_for(4), |_| group_found()).await;
    let client = app_client(&server);
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn expired_token_is_fetched_again() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let client = app_client(&server);
    get_group(&client).await.unwrap();
    elapse(Duration::from_secs(7199)).await;
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn excessive_token_lifetime_is_capped() {
    let server = token_server(tokens_valid_for(86_400 * 365), |_| group_found()).await;
    let client = app_client(&server);
    get_group(&client).await.unwrap();
    elapse(Duration::from_secs(7200)).await;
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn token_refreshed_thirty_minutes_before_expiry() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let client = app_client(&server);
    get_group(&client).await.unwrap();
    elapse(Duration::from_secs(7200 - 1800 - 60)).await;
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-1"]);
    elapse(Duration::from_secs(120)).await;
    until_sent_with("t-2", &server, &client).await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn calls_use_old_token_during_refresh() {
    let gate = Gate::closed();
    let held = gate.clone();
    let token = move |number| match number {
        1 => tokens_valid_for(1000)(1),
        _ => tokens_valid_for(7200)(number).after_gate(&held),
    };
    let server = token_server(token, |_| group_found()).await;
    let client = app_client(&server);
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    server.wait_until(|received| received.iter().filter(|request| request.is_token_fetch()).count() == 2).await;
    for _ in 0..10 {
        get_group(&client).await.unwrap();
    }
    assert!(!tokens_sent(&server).contains(&"t-2".to_owned()));
    gate.open();
    until_sent_with("t-2", &server, &client).await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn failed_refresh_is_retried_later() {
    let token = |number| match number {
        1 => tokens_valid_for(1000)(1),
        2 => Reply::new(502, "<html>"),
        _ => tokens_valid_for(7200)(number),
    };
    let server = token_server(token, |_| group_found()).await;
    let client = app_client(&server);
    for _ in 0..30 {
        get_group(&client).await.unwrap();
    }
    assert_eq!(server.token_fetches(), 2, "a failing renewal is no storm");
    elapse(Duration::from_secs(31)).await;
    until_sent_with("t-3", &server, &client).await;
    assert_eq!(server.token_fetches(), 3);
}

#[tokio::test(start_paused = true)]
async fn dropping_last_clone_cancels_refresh() {
    let gone = Gate::closed();
    let renewal = Reply::stall_until_hang_up(&gone);
    let token = move |number| if number == 1 { tokens_valid_for(1000)(1) } else { renewal.clone() };
    let server = token_server(token, |_| group_found()).await;
    let client = app_client(&server);
    let last = client.clone();
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    server.wait_until(|received| received.iter().filter(|request| request.is_token_fetch()).count() == 2).await;
    drop(client);
    get_group(&last).await.unwrap();
    assert!(!gone.is_open(), "a clone is left");
    drop(last);
    let dropped = Instant::now();
    gone.wait().await;
    assert!(dropped.elapsed() < Duration::from_secs(1), "it did not end by itself: {:?}", dropped.elapsed());
    sleep(Duration::from_secs(7200)).await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn fixed_token_is_never_replaced() {
    let server = Server::with_handler(|_| Reply::error(400, 99991663)).await;
    let error = get_group(&client(&server)).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_auth()), (1, true));
    let user = app_client(&server).with_user_token("u-1");
    assert_eq!(get_group(&user).await.unwrap_err().attempts(), 1);
    assert_eq!(tokens_sent(&server), [crate::support::TOKEN, "u-1"]);
}

#[tokio::test]
async fn user_and_app_tokens_stay_separate() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let app = app_client(&server);
    get_group(&app.with_user_token("u-1")).await.unwrap();
    get_group(&app).await.unwrap();
    get_group(&app.with_user_token("u-2")).await.unwrap();
    assert_eq!(tokens_sent(&server), ["u-1", "fetch", "t-1", "u-2"]);
}

#[tokio::test]
async fn unsupported_token_kind_fails_locally() {
    let server = Server::with_script([]).await;
    let client = client(&server).with_user_token("u-1");
    let error = client.delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Auth, Some("delete_user_group")));
    assert_eq!(
        error.to_string(),
        "delete_user_group: not sent: this operation takes a tenant_access_token, and this client has a user_access_token"
    );
    let error = client.list_user_groups().stream().try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn missing_credentials_send_nothing() {
    let server = Server::with_script([]).await;
    let error = get_group(&builder(&server).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_auth()), (ErrorKind::Auth, true));
    assert!(
        error.to_string().contains("no credentials; give its builder `app`, `store_app` or `tenant_token`"),
        "{error}"
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn token_invalid_in_header_is_error() {
    let server = Server::with_script([Reply::token("t-1\nx-other: 1", 7200)]).await;
    let error = get_group(&app_client(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    let error = get_group(&client(&server).with_user_token("u-1\r\n")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    let error = builder(&server).tenant_token("t-1\n").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(tokens_sent(&server), ["fetch"]);
}

#[tokio::test]
async fn token_endpoint_failures_are_distinguished() {
    let half = json!({ "code": 0, "msg": "ok", "expire": 7200 });
    for (response, status, code, words) in [
        (
            Reply::json(200, &json!({ "code": 10014, "msg": "app secret invalid" })),
            Some(200),
            Some(10014),
            "app secret invalid",
        ),
        (Reply::json(400, &json!({ "code": "10003" })), Some(400), Some(10003), "check the app's id and secret"),
        (Reply::new(502, "<html>"), Some(502), None, "not valid JSON with a code"),
        (Reply::new(500, ""), Some(500), None, "not valid JSON with a code"),
        (Reply::json(200, &half), Some(200), None, "success without a token"),
        (Reply::hang_up(), None, None, "no access token could be fetched"),
        (Reply::endless_body(), Some(200), None, "no access token could be fetched"),
    ] {
        let server = Server::with_script([response]).await;
        let error = get_group(&app_client(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.is_auth(), error.operation()), (ErrorKind::Auth, true, Some("get_user_group")));
        assert_eq!((error.status(), error.code()), (status, code), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(tokens_sent(&server), ["fetch"], "the call itself is not sent");
    }
}

#[tokio::test]
async fn unreachable_token_endpoint_reports_cause() {
    let server = Server::with_script([]).await;
    let client = app_client(&server);
    drop(server);
    yield_now().await;
    let error = get_group(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Auth, None));
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.downcast_ref::<Error>().map(Error::kind), Some(ErrorKind::Connection));
}

#[tokio::test]
async fn timeout_covers_fetches_and_retries() {
    let (token, refused) = (Reply::token("t-1", 7200), Reply::error(400, 99991663));
    for script in [vec![Reply::stall()], vec![token.clone(), Reply::stall()], vec![token, refused, Reply::stall()]] {
        let requests = script.len();
        let server = Server::with_script(script).await;
        let client = builder(&server).app("a", "s").timeout(Duration::from_secs(5)).build().unwrap();
        let error = run_into_timeout(&server, requests, &Gate::closed(), get_group(&client)).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Timeout, Some("get_user_group")), "{error}");
        assert!(server.received().len() <= requests);
    }
}

#[tokio::test]
async fn fetch_wait_respects_call_timeout() {
    let server = Server::with_script([Reply::stall()]).await;
    let client = builder(&server).app("a", "s").timeout(Duration::from_secs(5)).build().unwrap();
    let all = run_into_timeout(&server, 1, &Gate::closed(), get_concurrently(&client, 10, async || {})).await;
    for result in all {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    }
}

//! An app's token is fetched when it is needed, once however many calls wait for it,
//! and renewed before it ends; a token of the caller's is used as it is.

use crate::support::app::{at_once, found, get, issuing, lasting, tokens};
use crate::support::{Answer, Gate, Server, app, builder, client, timed_out};
use feishu_user_groups::{Client, Error, ErrorKind};
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

/// Calls until one goes out with this token.
async fn until_sent_with(token: &str, server: &Server, client: &Client) {
    while tokens(server).last().is_none_or(|last| last != token) {
        get(client).await.unwrap();
    }
}

#[tokio::test]
async fn token_fetched_lazily_and_cached() {
    let server = issuing(lasting(7200), |_| found()).await;
    let client = app(&server);
    assert_eq!(tokens(&server), [""; 0], "nothing is fetched before it is needed");
    for _ in 0..3 {
        get(&client.clone()).await.unwrap();
    }
    assert_eq!(tokens(&server), ["fetch", "t-1", "t-1", "t-1"]);
}

#[tokio::test]
async fn concurrent_calls_share_one_fetch() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = issuing(move |number| lasting(7200)(number).behind(&held), |_| found()).await;
    let results = at_once(&app(&server), 50, async || gate.open()).await;
    assert!(results.iter().all(|result| matches!(result, Ok(1))), "{results:?}");
    assert_eq!((server.token_fetches(), server.received().len()), (1, 51));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_across_threads_share_one_fetch() {
    for _ in 0..20 {
        let server = issuing(lasting(7200), |_| found()).await;
        let results = at_once(&app(&server), 50, async || {}).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        assert_eq!(server.token_fetches(), 1);
    }
}

#[tokio::test]
async fn failed_fetch_fails_all_waiters() {
    let gate = Gate::closed();
    let refusal = Answer::code(200, 10014).header("x-tt-logid", "log-1").behind(&gate);
    let server = Server::script([refusal, Answer::token("t-1", 7200), found()]).await;
    let client = app(&server);
    for result in at_once(&client, 50, async || gate.open()).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.log_id()), (ErrorKind::Auth, Some(10014), Some("log-1")));
        assert_eq!(error.operation(), Some("get_user_group"));
    }
    assert_eq!(tokens(&server), ["fetch"]);
    get(&client).await.unwrap();
    assert_eq!(tokens(&server), ["fetch", "fetch", "t-1"]);
}

#[tokio::test]
async fn nearly_expired_token_is_not_sent() {
    let server = issuing(lasting(4), |_| found()).await;
    let client = app(&server);
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(tokens(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn expired_token_is_fetched_again() {
    let server = issuing(lasting(7200), |_| found()).await;
    let client = app(&server);
    get(&client).await.unwrap();
    elapse(Duration::from_secs(7199)).await;
    get(&client).await.unwrap();
    assert_eq!(tokens(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn excessive_token_lifetime_is_capped() {
    let server = issuing(lasting(86_400 * 365), |_| found()).await;
    let client = app(&server);
    get(&client).await.unwrap();
    elapse(Duration::from_secs(7200)).await;
    get(&client).await.unwrap();
    assert_eq!(tokens(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn token_refreshed_thirty_minutes_before_expiry() {
    let server = issuing(lasting(7200), |_| found()).await;
    let client = app(&server);
    get(&client).await.unwrap();
    elapse(Duration::from_secs(7200 - 1800 - 60)).await;
    get(&client).await.unwrap();
    assert_eq!(tokens(&server), ["fetch", "t-1", "t-1"]);
    elapse(Duration::from_secs(120)).await;
    until_sent_with("t-2", &server, &client).await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn calls_use_old_token_during_refresh() {
    let gate = Gate::closed();
    let held = gate.clone();
    let token = move |number| match number {
        1 => lasting(1000)(1),
        _ => lasting(7200)(number).behind(&held),
    };
    let server = issuing(token, |_| found()).await;
    let client = app(&server);
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    server.until(|received| received.iter().filter(|request| request.asks_for_a_token()).count() == 2).await;
    for _ in 0..10 {
        get(&client).await.unwrap();
    }
    assert!(!tokens(&server).contains(&"t-2".to_owned()));
    gate.open();
    until_sent_with("t-2", &server, &client).await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn failed_refresh_is_retried_later() {
    let token = |number| match number {
        1 => lasting(1000)(1),
        2 => Answer::new(502, "<html>"),
        _ => lasting(7200)(number),
    };
    let server = issuing(token, |_| found()).await;
    let client = app(&server);
    for _ in 0..30 {
        get(&client).await.unwrap();
    }
    assert_eq!(server.token_fetches(), 2, "a failing renewal is no storm");
    elapse(Duration::from_secs(31)).await;
    until_sent_with("t-3", &server, &client).await;
    assert_eq!(server.token_fetches(), 3);
}

#[tokio::test(start_paused = true)]
async fn dropping_last_clone_cancels_refresh() {
    let gone = Gate::closed();
    let renewal = Answer::hung_up_on(&gone);
    let token = move |number| if number == 1 { lasting(1000)(1) } else { renewal.clone() };
    let server = issuing(token, |_| found()).await;
    let client = app(&server);
    let last = client.clone();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    server.until(|received| received.iter().filter(|request| request.asks_for_a_token()).count() == 2).await;
    drop(client);
    get(&last).await.unwrap();
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
    let server = Server::answering(|_| Answer::code(400, 99991663)).await;
    let error = get(&client(&server)).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_auth()), (1, true));
    let user = app(&server).with_user_token("u-1");
    assert_eq!(get(&user).await.unwrap_err().attempts(), 1);
    assert_eq!(tokens(&server), [crate::support::TOKEN, "u-1"]);
}

#[tokio::test]
async fn user_and_app_tokens_stay_separate() {
    let server = issuing(lasting(7200), |_| found()).await;
    let app = app(&server);
    get(&app.with_user_token("u-1")).await.unwrap();
    get(&app).await.unwrap();
    get(&app.with_user_token("u-2")).await.unwrap();
    assert_eq!(tokens(&server), ["u-1", "fetch", "t-1", "u-2"]);
}

#[tokio::test]
async fn unsupported_token_kind_fails_locally() {
    let server = Server::script([]).await;
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
    let server = Server::script([]).await;
    let error = get(&builder(&server).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_auth()), (ErrorKind::Auth, true));
    assert!(
        error.to_string().contains("no credentials; give its builder `app`, `store_app` or `tenant_token`"),
        "{error}"
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn token_invalid_in_header_is_error() {
    let server = Server::script([Answer::token("t-1\nx-other: 1", 7200)]).await;
    let error = get(&app(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    let error = get(&client(&server).with_user_token("u-1\r\n")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    let error = builder(&server).tenant_token("t-1\n").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(tokens(&server), ["fetch"]);
}

#[tokio::test]
async fn token_endpoint_failures_are_distinguished() {
    let half = json!({ "code": 0, "msg": "ok", "expire": 7200 });
    for (answer, status, code, words) in [
        (
            Answer::json(200, &json!({ "code": 10014, "msg": "app secret invalid" })),
            Some(200),
            Some(10014),
            "app secret invalid",
        ),
        (Answer::json(400, &json!({ "code": "10003" })), Some(400), Some(10003), "check the app's id and secret"),
        (Answer::new(502, "<html>"), Some(502), None, "not a token"),
        (Answer::new(500, ""), Some(500), None, "not a token"),
        (Answer::json(200, &half), Some(200), None, "success without a token"),
        (Answer::hang_up(), None, None, "no access token could be fetched"),
        (Answer::endless(), Some(200), None, "no access token could be fetched"),
    ] {
        let server = Server::script([answer]).await;
        let error = get(&app(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.is_auth(), error.operation()), (ErrorKind::Auth, true, Some("get_user_group")));
        assert_eq!((error.status(), error.code()), (status, code), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(tokens(&server), ["fetch"], "the call itself is not sent");
    }
}

#[tokio::test]
async fn unreachable_token_endpoint_reports_cause() {
    let server = Server::script([]).await;
    let client = app(&server);
    drop(server);
    yield_now().await;
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Auth, None));
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.downcast_ref::<Error>().map(Error::kind), Some(ErrorKind::Connection));
}

#[tokio::test]
async fn timeout_covers_fetches_and_retries() {
    let (token, refused) = (Answer::token("t-1", 7200), Answer::code(400, 99991663));
    for script in [vec![Answer::stall()], vec![token.clone(), Answer::stall()], vec![token, refused, Answer::stall()]] {
        let requests = script.len();
        let server = Server::script(script).await;
        let client = builder(&server).app("a", "s").timeout(Duration::from_secs(5)).build().unwrap();
        let error = timed_out(&server, requests, &Gate::closed(), get(&client)).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Timeout, Some("get_user_group")), "{error}");
        assert!(server.received().len() <= requests);
    }
}

#[tokio::test]
async fn fetch_wait_respects_call_timeout() {
    let server = Server::script([Answer::stall()]).await;
    let client = builder(&server).app("a", "s").timeout(Duration::from_secs(5)).build().unwrap();
    let all = timed_out(&server, 1, &Gate::closed(), at_once(&client, 10, async || {})).await;
    for result in all {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    }
}

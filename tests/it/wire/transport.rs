//! One attempt on the wire: how far it got before it failed, its limits, and the response headers.

use crate::support::{APP_ID, APP_SECRET, Gate, Reply, Server, TOKEN, builder, client, run_into_timeout};
use feishu_user_groups::{Client, Error, ErrorKind, RetryPolicy, http_client_builder};
use serde_json::json;
use std::error::Error as _;
use std::time::Duration;

/// The error of a call that receives this reply.
async fn failure(reply: Reply) -> Error {
    let server = Server::with_script([reply]).await;
    let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(error.operation(), Some("get_user_group"));
    assert_eq!((error.attempts(), server.received().len()), (1, 1), "{error}");
    error
}

fn head(error: &Error) -> (ErrorKind, Option<u16>, Option<i64>) {
    (error.kind(), error.status(), error.code())
}

#[tokio::test]
async fn truncated_response_reports_progress() {
    let group = Reply::ok(json!({ "group": { "id": "g1" } })).header("x-tt-logid", "log-1");
    let error = failure(group.clone().cut_after(10)).await;
    assert_eq!((head(&error), error.log_id()), ((ErrorKind::Transport, Some(200), None), Some("log-1")));
    assert!(error.source().is_some());
    assert!(error.to_string().contains(r#"the response was cut off: `{"code":0,`"#), "{error}");
    let error = failure(Reply::hang_up()).await;
    assert_eq!(head(&error), (ErrorKind::Transport, None, None));
}

#[tokio::test]
async fn late_response_is_timeout() {
    let group = Reply::ok(json!({ "group": { "id": "g1" } }));
    for (response, status) in [(Reply::stall(), None), (group.stall_after(10), Some(200))] {
        let server = Server::with_script([response]).await;
        let client = builder(&server).tenant_token(TOKEN).timeout(Duration::from_secs(5)).build().unwrap();
        let call = client.get_user_group().group_id("g1").send();
        let error = run_into_timeout(&server, 1, &Gate::closed(), call).await.unwrap_err();
        assert_eq!((error.kind(), error.is_timeout()), (ErrorKind::Timeout, true), "{error:?}");
        // On a busy machine the timeout may pass before the head arrives.
        assert!(error.status().is_none() || error.status() == status);
    }
}

#[tokio::test]
async fn timeout_error_names_its_limit() {
    let whole = Duration::from_secs(8);
    for (attempt_timeout, told) in
        [(Duration::MAX, "within the 8s of the call"), (whole / 2, "within the 4s of one attempt")]
    {
        let server = Server::with_script([Reply::stall()]).await;
        let client =
            builder(&server).tenant_token(TOKEN).timeout(whole).attempt_timeout(attempt_timeout).build().unwrap();
        let call = client.get_user_group().group_id("g1").send();
        let error = run_into_timeout(&server, 1, &Gate::closed(), call).await.unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[tokio::test]
async fn http_client_timeout_is_named_as_its_own() {
    let group = Reply::ok(json!({ "group": { "id": "g1" } }));
    let short = Duration::from_millis(200);
    let http = || http_client_builder().unwrap().no_proxy();
    for (response, http) in [
        (Reply::stall(), http().timeout(short)),
        (group.clone().stall_after(10), http().timeout(short)),
        (Reply::stall(), http().read_timeout(short)),
        (group.stall_after(10), http().read_timeout(short)),
    ] {
        let server = Server::with_handler(move |_| response.clone()).await;
        let http = http.build().unwrap();
        let client = builder(&server).tenant_token(TOKEN).http_client(http.clone()).build().unwrap();
        let call = client.get_user_group().group_id("g1").send();
        let error = run_into_timeout(&server, 1, &Gate::closed(), call).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_retryable(), error.may_have_been_applied()),
            (ErrorKind::Timeout, true, true)
        );
        let text = error.to_string();
        assert!(text.contains("the HTTP client's own timeout ended the attempt after "), "{text}");
        assert!(["30s", "10s", "20s"].iter().all(|bound| !text.contains(bound)), "{text}");

        let app = builder(&server).app(APP_ID, APP_SECRET).http_client(http).build().unwrap();
        let call = app.get_user_group().group_id("g1").send();
        let error = run_into_timeout(&server, 2, &Gate::closed(), call).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("no access token") && text.contains("the HTTP client's own timeout"), "{text}");
        assert!(["30s", "10s", "20s"].iter().all(|bound| !text.contains(bound)), "{text}");
    }
}

/// The kernel completes one connection that is never accepted; later ones wait.
#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn connect_timeout_is_separate() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _waiting = tokio::net::TcpStream::connect(address).await.unwrap();
    let client = Client::builder().base_url(format!("http://{address}")).tenant_token(TOKEN);
    let client = client.retry_policy(RetryPolicy::none()).connect_timeout(Duration::from_secs(3)).build().unwrap();
    let begun = tokio::time::Instant::now();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), begun.elapsed().as_secs()), (ErrorKind::Connection, 3), "{error}");
    assert!(error.to_string().contains("could not connect in time; nothing was sent"), "{error}");
}

#[tokio::test]
async fn response_size_is_limited() {
    let body = json!({ "code": 0, "data": { "group": { "id": "g1" } } });
    let length = body.to_string().len();
    for (limit, fits) in [(length, true), (length - 1, false)] {
        let server = Server::with_script([Reply::json(200, &body)]).await;
        let client = builder(&server).tenant_token(TOKEN).max_response_bytes(limit).build().unwrap();
        let response = client.get_user_group().group_id("g1").send().await;
        assert_eq!(response.as_ref().err().map(Error::kind), (!fits).then_some(ErrorKind::ResponseTooLarge));
    }
    // This body never ends, so the call returns only if the client stops reading.
    let error = failure(Reply::endless_body().header("x-tt-logid", "log-1")).await;
    assert_eq!((head(&error), error.log_id()), ((ErrorKind::ResponseTooLarge, Some(200), None), Some("log-1")));
}

#[tokio::test]
async fn connection_failure_reports_nothing_sent() {
    let server = Server::with_script([]).await;
    let url = server.url.clone();
    drop(server);
    tokio::task::yield_now().await;
    let client = Client::builder().base_url(url).tenant_token(TOKEN).build().unwrap();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(head(&error), (ErrorKind::Connection, None, None));
    let chain: Vec<_> =
        std::iter::successors(error.source(), |cause| (*cause).source()).map(ToString::to_string).collect();
    assert!(chain.len() >= 2 && chain.iter().any(|cause| cause.contains("refused")), "{chain:?}");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
}

/// The wait that the client reads from a response.
async fn requested_wait(status: u16, code: i64, headers: &[(&str, &str)]) -> Option<u64> {
    let response =
        headers.iter().fold(Reply::error(status, code), |response, (name, value)| response.header(name, value));
    let server = Server::with_script([response]).await;
    let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
    let told = error.retry_after().map(|wait| wait.as_secs());
    let in_words = told.map(|seconds| format!("retry after {seconds} s"));
    assert!(in_words.is_none_or(|words| error.to_string().contains(&words)), "{error}");
    told
}

#[tokio::test]
async fn retry_after_uses_first_valid_header() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (headers, wait) in [
        (&[("x-ogw-ratelimit-reset", "7"), ("retry-after", "9")][..], Some(7)),
        (&[("x-ogw-ratelimit-reset", ""), ("retry-after", "9")], Some(9)),
        (&[("x-ogw-ratelimit-reset", "-1"), ("retry-after", "9")], Some(9)),
        (&[("x-ogw-ratelimit-reset", "1.5"), ("retry-after", " 9 ")], Some(9)),
        (&[date, ("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")], Some(60)),
        (&[date, ("retry-after", "Sun, 06 Nov 1994 08:40:37 GMT")], Some(0)),
        (&[date, ("retry-after", "Sunday, 06-Nov-94 08:49:47 GMT")], Some(10)),
        (&[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")], Some(0)),
        (&[("retry-after", "soon")], None),
        (&[], None),
    ] {
        for (status, code) in [(429, 99991400), (400, 99991400), (429, 123_456)] {
            assert_eq!(requested_wait(status, code, headers).await, wait, "{headers:?}");
        }
    }
}

#[tokio::test]
async fn non_json_rate_limit_keeps_wait() {
    let response = Reply::new(429, "<html>too many</html>").header("x-ogw-ratelimit-reset", "7");
    let server = Server::with_script([response]).await;
    let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn reset_header_ignored_without_rate_limit() {
    let reset = ("x-ogw-ratelimit-reset", "60");
    for (status, code) in [(503, 123_456), (500, 40003), (400, 42002), (429, 99991403)] {
        assert_eq!(requested_wait(status, code, &[reset]).await, None, "{code}");
        assert_eq!(requested_wait(status, code, &[reset, ("retry-after", "9")]).await, Some(9), "{code}");
    }
}

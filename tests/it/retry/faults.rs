//! Which failures are retried, for safe calls, keyed writes and creates.

use super::{client, create, created, found, get, write, written};
use crate::support::{Reply, Server};
use feishu_user_groups::{ErrorKind, RetryPolicy};

/// Statuses of a request that came at a bad moment or on a bad connection.
const TRANSIENT: [u16; 3] = [408, 421, 425];

#[tokio::test]
async fn transient_statuses_retried_where_safe() {
    for status in TRANSIENT {
        for response in [Reply::new(status, ""), Reply::new(status, "<html>"), Reply::error(status, 123_456)] {
            let server = Server::with_script([response.clone(), response.clone(), found()]).await;
            assert_eq!(get(&server).await.unwrap(), 3, "{status}");
            let server = Server::with_script([response.clone(), written()]).await;
            assert_eq!(write(&server).await.unwrap(), 2, "{status}, under the same client_token");
            let server = Server::with_script([response, created()]).await;
            let error = create(&server).await.unwrap_err();
            assert_eq!((server.received().len(), error.status()), (1, Some(status)), "{error}");
            assert!(error.is_retryable() && error.may_have_been_applied(), "{error}");
        }
    }
}

#[tokio::test]
async fn known_code_outweighs_transient_status() {
    for status in TRANSIENT {
        let server = Server::with_script([Reply::error(status, 42002), found()]).await;
        let error = get(&server).await.unwrap_err();
        assert_eq!((error.is_not_found(), error.is_retryable(), server.received().len()), (true, false, 1), "{error}");
    }
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
    for response in [Reply::new(429, "<html>"), Reply::error(429, 123_456), Reply::new(429, "")] {
        let server = Server::with_script([response.header("retry-after", "0"), created()]).await;
        let error = create(&server).await.unwrap_err();
        assert_eq!((server.received().len(), error.is_rate_limited()), (1, true), "{error}");
        assert!(error.may_have_been_applied() && error.is_retryable(), "{error}");
    }
    let limited = Reply::new(429, "<html>").header("retry-after", "0");
    let server = Server::with_script([limited, found()]).await;
    assert_eq!(get(&server).await.unwrap(), 2, "a safe call is retried");
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
async fn refused_connection_is_no_tls_failure() {
    let server = Server::with_script([]).await;
    let gone = client(&server);
    drop(server);
    for id in ["certificate", "tls", "ssl-handshake"] {
        let error = gone.get_user_group().group_id(id).send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connection, 4), "{error}");
        assert!(!error.to_string().contains("TLS"), "{error}");
    }
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

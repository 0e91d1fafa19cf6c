//! Platform codes that determine the error whatever the HTTP status is.

use crate::support::{APP_ID, APP_SECRET, Reply, Server, TOKEN, builder};
use feishu_user_groups::{Client, Error, ErrorCode, ErrorKind, RetryPolicy};
use serde_json::json;
use std::time::Duration;

/// The platform's internal error.
const INTERNAL: i64 = 2200;

fn retrying(server: &Server) -> feishu_user_groups::ClientBuilder {
    builder(server).retry_policy(RetryPolicy::new().initial_backoff(Duration::ZERO))
}

fn client(server: &Server) -> Client {
    retrying(server).tenant_token(TOKEN).build().unwrap()
}

fn assert_transient(error: &Error, status: u16) {
    assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::Service, Some(INTERNAL), Some(status)));
    assert_eq!(error.known_code(), Some(ErrorCode::InternalError));
    assert!(error.is_retryable() && error.may_have_been_applied(), "{error}");
}

#[tokio::test]
async fn internal_error_is_retried_under_any_status() {
    for status in [200, 400, 500] {
        let group = Reply::ok(json!({ "group": { "id": "g1" } }));
        let server = Server::with_script([Reply::error(status, INTERNAL), group]).await;
        let response = client(&server).get_user_group().group_id("g1").send().await.unwrap();
        assert_eq!(response.attempts(), 2);

        let server = Server::with_handler(move |_| Reply::error(status, INTERNAL)).await;
        let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
        assert_transient(&error, status);
        assert_eq!(error.attempts(), 4);
    }
}

#[tokio::test]
async fn internal_error_does_not_repeat_create() {
    for status in [200, 400, 500] {
        let server = Server::with_handler(move |_| Reply::error(status, INTERNAL)).await;
        let error = client(&server).create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
        assert_transient(&error, status);
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn internal_error_of_token_endpoint_is_retried() {
    for status in [200, 400, 500] {
        let server = Server::with_script([
            Reply::error(status, INTERNAL),
            Reply::token("t-1", 7200),
            Reply::ok(json!({ "group": { "id": "g1" } })),
        ])
        .await;
        let client = retrying(&server).app(APP_ID, APP_SECRET).build().unwrap();
        client.get_user_group().group_id("g1").send().await.unwrap();
        assert_eq!(server.token_fetches(), 2, "{status}");

        let server = Server::with_handler(move |_| Reply::error(status, INTERNAL)).await;
        let client = builder(&server).app(APP_ID, APP_SECRET).build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Auth, true), "{error}");
        assert!(!error.may_have_been_applied(), "{error}");
    }
}

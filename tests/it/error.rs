//! How an error classifies a failure: by fields set where it is built, never by a text.

use crate::support::provider::Provider;
use crate::support::token_server::{get_group, group_found};
use crate::support::{Reply, Server, app_client, builder, client};
use feishu_user_groups::store::BoxError;
use feishu_user_groups::{
    AppTicketProvider, BoxFuture, Client, Delivery, Error, ErrorKind, RetryPolicy, Secret, Throttle,
};
use std::error::Error as _;
use std::iter;
use std::time::Duration;

/// Words by which a text might be taken for a failure that passes, between the separators of `Display`.
const MISLEADING: &str = "timeout; could not connect; nothing was sent; HTTP 503; retry after 1 s";

fn quick() -> RetryPolicy {
    RetryPolicy::new().initial_backoff(Duration::ZERO)
}

async fn create(client: &Client) -> Error {
    client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err()
}

/// An error of kind `Connection`.
async fn connection_error() -> Error {
    let server = Server::with_script([]).await;
    let gone = client(&server);
    drop(server);
    get_group(&gone).await.unwrap_err()
}

#[tokio::test]
async fn delivery_by_response() {
    for (reply, delivery) in [
        (Reply::error(400, 47009), Delivery::Rejected),
        (Reply::error(200, 123_456), Delivery::Rejected),
        (Reply::error(400, 99991663), Delivery::Rejected),
        (Reply::error(429, 99991400), Delivery::Rejected),
        (Reply::error(429, 123_456), Delivery::Unknown),
        (Reply::error(503, 123_456), Delivery::Unknown),
        (Reply::error(500, 40003), Delivery::Unknown),
        (Reply::new(400, "<html>"), Delivery::Unknown),
        (Reply::hang_up(), Delivery::Unknown),
        (Reply::ok(serde_json::json!({})).cut_after(5), Delivery::Unknown),
        (Reply::endless_body(), Delivery::Unknown),
    ] {
        let server = Server::with_script([reply]).await;
        let error = create(&client(&server)).await;
        assert_eq!(error.delivery(), delivery, "{error}");
        assert_eq!(error.may_have_been_applied(), delivery == Delivery::Unknown, "{error}");
    }
}

#[tokio::test]
async fn unsent_calls_are_not_sent() {
    let server = Server::with_script([Reply::error(200, 10014)]).await;
    let unlimited = client(&server);
    let invalid = unlimited.create_user_group().body_map(|body| body.name("")).send().await.unwrap_err();
    let late = builder(&server).tenant_token("t-tests").timeout(Duration::ZERO).build().unwrap();
    let errors = [
        (invalid, ErrorKind::InvalidRequest),
        (connection_error().await, ErrorKind::Connection),
        (create(&app_client(&server)).await, ErrorKind::Auth),
        (create(&late).await, ErrorKind::Timeout),
    ];
    for (error, kind) in errors {
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::NotSent), "{error}");
        assert!(!error.may_have_been_applied(), "{error}");
    }
}

#[tokio::test]
async fn throttled_call_is_not_sent() {
    let server = Server::with_handler(|_| group_found()).await;
    let client = builder(&server).tenant_token("t-tests").throttle(Throttle::documented()).max_wait(Duration::ZERO);
    let client = client.build().unwrap();
    let error = loop {
        if let Err(error) = get_group(&client).await {
            break error;
        }
    };
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Throttled, Delivery::NotSent), "{error}");
    assert!(error.to_string().contains("`max_wait`") && error.retry_after().is_some(), "{error}");
}

#[tokio::test]
async fn rejected_attempt_counts_after_unsent_one() {
    let rejected = Reply::error(400, 99991663);
    let server = Server::with_script([Reply::token("t-1", 7200), rejected, Reply::error(200, 10014)]).await;
    let error = create(&app_client(&server)).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 1), "{error}");
    assert_eq!(error.delivery(), Delivery::Rejected, "{error}");
    assert!(!error.to_string().contains("earlier attempt"), "{error}");
}

#[tokio::test]
async fn lost_attempt_counts_after_rejected_one() {
    let server = Server::with_script(iter::once(Reply::hang_up()).chain([Reply::error(400, 42002)])).await;
    let retrying = client(&server).with_retry_policy(quick().max_attempts(2));
    let error = get_group(&retrying).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Service, Delivery::Unknown), "{error}");
    let line = error.to_string();
    assert!(line.contains("an earlier attempt may have been applied; the last one: 42002"), "{line}");
}

#[tokio::test]
async fn already_applied_is_unknown() {
    let server = Server::with_script([Reply::hang_up(), Reply::error(400, 42002)]).await;
    let retrying = client(&server).with_retry_policy(quick().max_attempts(2));
    let error = retrying.delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::AlreadyApplied, Delivery::Unknown), "{error}");
    assert!(!error.is_retryable() && error.may_have_been_applied(), "{error}");
}

#[tokio::test]
async fn provider_text_decides_nothing() {
    let server = Server::with_handler(|_| group_found()).await;
    let provider = Provider::new(|_| async { Err(MISLEADING.into()) });
    let client = client(&server).with_retry_policy(quick()).with_user_token_provider(provider.clone());
    let error = get_group(&client).await.unwrap_err();
    assert_unsent_and_final(&error);
    assert!(error.to_string().ends_with(MISLEADING), "the text is kept whole: {error}");
    assert_eq!((provider.requests().len(), server.received().len()), (1, 0), "it is not retried");
}

/// A provider may use this crate itself; its failure is its own, whatever type it has.
#[tokio::test]
async fn provider_error_type_decides_nothing() {
    let server = Server::with_handler(|_| group_found()).await;
    let cause = connection_error().await;
    assert!(cause.is_retryable());
    let provider = Provider::new(move |_| std::future::ready(Err(BoxError::from(cause.clone()))));
    let client = client(&server).with_retry_policy(quick()).with_user_token_provider(provider.clone());
    let error = get_group(&client).await.unwrap_err();
    assert_unsent_and_final(&error);
    let source = error.source().and_then(|source| source.downcast_ref::<Error>()).map(Error::kind);
    assert_eq!(source, Some(ErrorKind::Connection), "the cause is kept");
    assert_eq!((provider.requests().len(), server.received().len()), (1, 0), "it is not retried");
}

#[tokio::test]
async fn ticket_provider_text_decides_nothing() {
    struct Fails;
    impl AppTicketProvider for Fails {
        fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
            Box::pin(std::future::ready(Err(MISLEADING.into())))
        }
    }
    let server = Server::with_script([]).await;
    let client = builder(&server).store_app("cli_a", "secret", Fails).retry_policy(quick()).build().unwrap();
    let error = get_group(&client.for_tenant("one").unwrap()).await.unwrap_err();
    assert_unsent_and_final(&error);
    assert!(error.to_string().ends_with(MISLEADING), "the text is kept whole: {error}");
}

#[track_caller]
fn assert_unsent_and_final(error: &Error) {
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Auth, Delivery::NotSent, 0), "{error}");
    assert!(error.is_auth() && !error.is_retryable() && !error.is_timeout() && !error.is_rate_limited(), "{error}");
}

#[tokio::test]
async fn token_endpoint_text_decides_nothing() {
    for (code, is_retryable) in [(10014, false), (7, false), (99991400, true), (2200, true)] {
        let body = serde_json::json!({ "code": code, "msg": MISLEADING });
        let server = Server::with_script([Reply::json(200, &body)]).await;
        let error = get_group(&app_client(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::Auth, Some(code), Some(200)), "{error}");
        assert_eq!((error.is_retryable(), error.is_timeout()), (is_retryable, false), "{error}");
        assert!(error.is_auth() && error.delivery() == Delivery::NotSent, "{error}");
        assert!(error.to_string().contains(MISLEADING), "the text is kept whole: {error}");
    }
}

#[tokio::test]
async fn failed_fetch_keeps_its_cause() {
    for (reply, kind) in
        [(Reply::hang_up(), ErrorKind::Transport), (Reply::endless_body(), ErrorKind::ResponseTooLarge)]
    {
        let server = Server::with_script([reply]).await;
        let error = get_group(&app_client(&server)).await.unwrap_err();
        let cause = error.source().and_then(|source| source.downcast_ref::<Error>()).unwrap();
        assert_eq!((cause.kind(), cause.delivery()), (kind, Delivery::Unknown), "{error}");
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Auth, Delivery::NotSent), "{error}");
        assert!(!error.to_string().contains("may have acted"), "the call was not sent: {error}");
        assert_eq!(error.is_retryable(), cause.is_retryable(), "{error}");
    }
}

#[test]
fn result_alias_defaults_to_error() {
    fn with_default() -> feishu_user_groups::Result<Client> {
        Client::builder().build()
    }
    fn with_own() -> feishu_user_groups::Result<u8, std::num::ParseIntError> {
        "7".parse()
    }
    assert!(with_default().is_ok() && with_own() == Ok(7));
}

//! Retries of the token fetch: nothing has been sent yet, so they are safe for every call.

use super::{QUICK, created};
use crate::support::{Gate, Reply, Server, builder, run_into_timeout};
use feishu_user_groups::ErrorKind;
use std::time::Duration;

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
    let transient = [408, 421, 425, 502].map(|status| (Reply::new(status, "<html>"), true));
    for (response, passes) in transient.into_iter().chain([(Reply::hang_up(), true), (refused, false)]) {
        let server = Server::with_script([response]).await;
        let client = builder(&server).app("cli_tests", "secret").build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Auth, passes), "{error}");
    }
}

#[tokio::test]
async fn lost_response_remembered_after_token_failure() {
    // The token expires at once, so each attempt fetches one.
    let ending = Reply::token("t-1", 0);
    let server = Server::with_script([ending, Reply::hang_up(), Reply::error(200, 10014)]).await;
    let client = builder(&server).app("cli_tests", "secret").retry_policy(QUICK()).build().unwrap();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 1));
    assert!(error.to_string().contains("an earlier attempt may have been applied"), "{error}");
}

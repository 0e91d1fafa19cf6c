//! After a lost response, errors say that an attempt may have been applied, and retries recognise that one was.

use super::{QUICK, client, create_by, created, write, write_by, written};
use crate::support::{Reply, Server, builder};
use feishu_user_groups::types::builder::{AddUserGroupMemberBody, WritePerformanceGroupMembersBody};
use feishu_user_groups::{Client, ErrorKind, RetryPolicy};
use std::iter;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// A server that closes the connection of its first request, and refuses all further connections.
async fn closes_after_one_request() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap().0;
        stream.read_u8().await.unwrap();
        drop(listener);
    });
    url
}

#[tokio::test]
async fn lost_response_remembered_after_connection_error() {
    let url = closes_after_one_request().await;
    let client = Client::builder().base_url(url).tenant_token("t-tests").retry_policy(QUICK()).build().unwrap();
    let body = |b: WritePerformanceGroupMembersBody| b.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]);
    let error = client.write_performance_group_members().body_map(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.may_have_been_applied()), (ErrorKind::Connection, 4, true));
    assert!(error.to_string().contains("an earlier attempt may have been applied"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn lost_response_remembered_after_rejection() {
    let limited = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "0");
    for refusal in [limited, Reply::error(400, 1580402), Reply::error(400, 99991403), Reply::error(400, 1580401)] {
        let server = Server::with_script(iter::once(Reply::hang_up()).chain(iter::repeat_n(refusal, 20))).await;
        let error = write_by(&client(&server).with_retry_policy(QUICK().max_attempts(2))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service, "{error}");
        assert!(error.may_have_been_applied(), "{error}");
        assert!(error.to_string().contains("an earlier attempt may have been applied"), "{error}");
    }
}

#[tokio::test]
async fn error_reports_whether_possibly_applied() {
    for (response, may_have) in [
        (Reply::hang_up(), true),
        (Reply::new(502, "<html>"), true),
        (Reply::error(500, 40003), true),
        (Reply::error(503, 123_456), true),
        (created().cut_after(5), true),
        (Reply::endless_body(), true),
        (Reply::error(400, 47009), false),
        (Reply::error(200, 123_456), false),
        (Reply::error(429, 99991400), false),
        (Reply::error(400, 99991663), false),
    ] {
        let server = Server::with_script([response]).await;
        let client = client(&server).with_retry_policy(RetryPolicy::none());
        let error = create_by(&client).await.unwrap_err();
        assert_eq!(error.may_have_been_applied(), may_have, "{error}");
        assert!(!error.to_string().contains("an earlier attempt"), "{error}");
    }
    let server = Server::with_script([Reply::stall(), Reply::stall()]).await;
    let soon = Duration::from_millis(200);
    let slow = builder(&server).tenant_token("t-tests").attempt_timeout(soon).build().unwrap();
    assert!(create_by(&slow).await.unwrap_err().may_have_been_applied());
    let tokenless = builder(&server).app("cli_tests", "secret").attempt_timeout(soon).build().unwrap();
    let error = create_by(&tokenless).await.unwrap_err();
    assert_eq!((error.may_have_been_applied(), error.is_auth(), error.is_timeout()), (false, true, true), "{error}");
    let late = builder(&server).tenant_token("t-tests").timeout(Duration::ZERO).build().unwrap();
    let error = create_by(&late).await.unwrap_err();
    assert_eq!((error.may_have_been_applied(), error.is_auth(), error.is_timeout()), (false, false, true), "{error}");
    assert_eq!((error.attempts(), server.received().len()), (0, 2), "no attempt starts after the call's deadline");
}

#[tokio::test]
async fn write_retries_reuse_client_token() {
    let server = Server::with_script([Reply::hang_up(), Reply::new(502, ""), written()]).await;
    assert_eq!(write(&server).await.unwrap(), 3);
    let sent = server.received();
    assert!(sent.iter().all(|request| (&request.target, &request.body) == (&sent[0].target, &sent[0].body)));
    assert!(sent[0].target.contains("client_token="));
}

#[tokio::test]
async fn duplicate_after_lost_response_already_applied() {
    let server = Server::with_script([Reply::hang_up(), Reply::error(400, 1580110)]).await;
    let error = write(&server).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::AlreadyApplied, Some(1580110)));
    assert!(error.to_string().contains("; an earlier attempt was applied although its response was lost"), "{error}");
}

#[tokio::test]
async fn duplicate_from_caller_is_service_error() {
    let limited = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "0");
    let server = Server::with_script([limited, Reply::error(400, 1580110)]).await;
    assert_eq!(write(&server).await.unwrap_err().kind(), ErrorKind::Service);
}

#[tokio::test]
async fn lost_delete_not_found_already_applied() {
    let server = Server::with_script([Reply::hang_up(), Reply::error(400, 42002)]).await;
    let error = client(&server).delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.is_not_found()), (ErrorKind::AlreadyApplied, true));
    assert!(error.to_string().contains("or this was the state before the call"), "{error}");
    assert!(!error.to_string().contains("; an earlier attempt was applied"), "{error}");
}

#[tokio::test]
async fn lost_add_of_member_already_applied() {
    let add = async |server: &Server| {
        let body = |b: AddUserGroupMemberBody| b.member_type("user").member_id_type("open_id").member_id("ou_1");
        client(server).add_user_group_member().group_id("g1").body_map(body).send().await.unwrap_err()
    };
    let error = add(&Server::with_script([Reply::hang_up(), Reply::error(400, 42005)]).await).await;
    assert_eq!((error.kind(), error.is_already_exists()), (ErrorKind::AlreadyApplied, true));
    // Without a lost response the user was a member before the call.
    let error = add(&Server::with_script([Reply::error(400, 42005)]).await).await;
    assert_eq!((error.kind(), error.is_already_exists()), (ErrorKind::Service, true));
}

#[tokio::test]
async fn empty_client_token_is_replaced() {
    let server = Server::with_script([Reply::hang_up(), written()]).await;
    let client = client(&server);
    let call = client.write_performance_group_members().client_token("");
    let body = |b: WritePerformanceGroupMembersBody| b.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]);
    call.body_map(body).send().await.unwrap();
    let keys: Vec<_> = server.received().iter().map(|request| request.query()[0].1.clone()).collect();
    assert!(keys[0] == keys[1] && !keys[0].is_empty(), "{keys:?}");
}

//! A file that is read whole: bounded, retried, and never mistaken for an envelope.

use super::MEDIA;
use crate::support::{Reply, Server, TOKEN, app_client, builder, client};
use feishu_user_groups::{Error, ErrorKind, File, Method, Response, RetryPolicy};
use serde_json::json;
use std::time::Duration;

async fn file(reply: Reply) -> Result<Response<File>, Error> {
    let server = Server::with_script([reply]).await;
    client(&server).request(Method::GET, MEDIA).send_file().await
}

#[tokio::test]
async fn file_has_content_type_and_name() {
    let png = [0x89, b'P', 0, 0xFF];
    let reply = Reply::new(200, png).header("content-type", "image/png; v=\"1\"").header("x-tt-logid", "log-1");
    let server = Server::with_script([reply.header("content-disposition", "attachment; filename=\"a/b c.png\"")]).await;
    let found = client(&server).request(Method::GET, MEDIA).send_file().await.unwrap();
    assert_eq!((&found.content[..], found.content_type.as_deref()), (&png[..], Some("image/png; v=\"1\"")));
    assert_eq!((found.name.as_deref(), found.log_id(), found.attempts()), (Some("b c.png"), Some("log-1"), 1));
    assert_eq!(server.received()[0].header("accept"), Some("*/*"));
    let empty = file(Reply::new(200, "")).await.unwrap();
    assert_eq!((empty.content.len(), &empty.content_type, &empty.name), (0, &None, &None));
}

#[tokio::test]
async fn envelope_is_error_whatever_its_head() {
    let envelope = json!({ "code": 99991672, "msg": "no scope", "error": { "log_id": "log-1" } }).to_string();
    for status in [200, 400] {
        for media in ["application/json; charset=utf-8", "application/octet-stream", "text/plain"] {
            let error =
                file(Reply::new(status, format!("\n {envelope}")).header("content-type", media)).await.unwrap_err();
            assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some(99991672)), "{status} {media}: {error}");
            assert!(error.is_permission_denied() && error.status() == Some(status), "{error}");
        }
    }
    let error = file(Reply::ok(json!({}))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("code 0 without the operation's data"), "{error}");
    let error = file(Reply::new(404, "<html>")).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(404)));
}

#[tokio::test]
async fn json_file_is_no_envelope() {
    let as_attachment = Reply::error(200, 7).header("content-disposition", "attachment");
    assert_eq!(&file(as_attachment).await.unwrap().content[..], br#"{"code":7,"msg":"as scripted"}"#);
    for text in
        ["{\"code\":7}", "{\"msg\":\"a\"}", "{\"code\":\"x\",\"msg\":\"\"}", "[{\"code\":7,\"msg\":\"\"}]", "{", "{}"]
    {
        assert_eq!(&file(Reply::new(200, text)).await.unwrap().content[..], text.as_bytes());
    }
    let large = json!({ "code": 7, "msg": "a".repeat(70_000) }).to_string();
    assert_eq!(file(Reply::new(200, large.clone())).await.unwrap().content.len(), large.len());
}

#[tokio::test]
async fn large_file_is_refused() {
    let server = Server::with_script([Reply::new(200, vec![0; 2000]), Reply::endless_body()]).await;
    let client = builder(&server).tenant_token(TOKEN).max_response_bytes(1999).build().unwrap();
    for _ in 0..2 {
        let error = client.request(Method::GET, MEDIA).send_file().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
        assert!(error.to_string().contains("1999 bytes (`max_response_bytes`)"), "{error}");
    }
}

#[tokio::test]
async fn cut_file_is_fetched_again() {
    let server = Server::with_script([Reply::new(200, "whole file").cut_after(5), Reply::new(200, "whole file")]).await;
    let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let client = builder(&server).tenant_token(TOKEN).retry_policy(policy).build().unwrap();
    let found = client.request(Method::GET, MEDIA).send_file().await.unwrap();
    assert_eq!((&found.content[..], found.attempts()), (&b"whole file"[..], 2));

    let error = file(Reply::new(200, "whole file").cut_after(5)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(!error.to_string().contains("whole"), "the bytes of a file explain nothing: {error}");
}

#[tokio::test]
async fn rejected_token_is_replaced() {
    let script = [Reply::token("t-1", 7200), Reply::error(400, 99991663), Reply::token("t-2", 7200)];
    let server = Server::with_script(script.into_iter().chain([Reply::new(200, "found")])).await;
    let found = app_client(&server).request(Method::GET, MEDIA).send_file().await.unwrap();
    assert_eq!((&found.content[..], found.attempts()), (&b"found"[..], 2));
}

#[tokio::test]
async fn heads_that_repeat_the_token_are_not_kept() {
    let reply = Reply::new(200, "found").header("content-type", &format!("text/plain; of={TOKEN}"));
    let found = file(reply.header("content-disposition", &format!("attachment; filename={TOKEN}"))).await.unwrap();
    assert_eq!((&found.content_type, &found.name), (&None, &None));
    let error = file(Reply::new(200, json!({ "code": 1, "msg": TOKEN }).to_string())).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
}

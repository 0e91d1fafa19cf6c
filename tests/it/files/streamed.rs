//! A file that arrives chunk by chunk: bounded in bytes and in time, and never repeated once it has begun.

use super::MEDIA;
use crate::support::{Gate, Reply, Server, TOKEN, builder, client};
use feishu_user_groups::{Client, Download, Error, ErrorKind, Method, Response, RetryPolicy};
use serde_json::json;
use std::time::Duration;

async fn start(client: &Client, max_bytes: u64) -> Result<Response<Download>, Error> {
    // The future has a name, and other threads may drive it.
    let call: feishu_user_groups::ResponseFuture<Download> = client.request(Method::GET, MEDIA).send_stream(max_bytes);
    tokio::spawn(call).await.unwrap()
}

/// The bytes that arrive, and the error that ends them.
async fn read(download: &mut Download) -> (Vec<u8>, Option<Error>) {
    let mut read = Vec::new();
    loop {
        match download.try_next().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => return (read, None),
            Err(error) => {
                assert!(download.try_next().await.unwrap().is_none(), "an error ends the file");
                return (read, Some(error));
            }
        }
    }
}

#[tokio::test]
async fn file_larger_than_any_response_arrives() {
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let reply = Reply::new(200, content.clone()).header("content-type", "video/mp4");
    let server = Server::with_script([reply.header("content-disposition", "inline; filename=a.mp4")]).await;
    let client = builder(&server).tenant_token(TOKEN).max_response_bytes(1000).build().unwrap();
    let mut download = start(&client, 3_000_000).await.unwrap();
    assert_eq!(
        (download.size(), download.content_type(), download.name()),
        (Some(3_000_000), Some("video/mp4"), Some("a.mp4"))
    );
    let (read, error) = read(&mut download).await;
    assert!(error.is_none() && read == content, "{error:?}");
    assert!(download.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn more_bytes_than_allowed_are_an_error() {
    let server = Server::with_script([Reply::new(200, vec![b'a'; 1001]), Reply::endless_body()]).await;
    let client = client(&server);
    let error = start(&client, 1000).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::ResponseTooLarge, Some(200)), "its stated size is too much");
    // Blanks may come before an envelope, but not so many.
    let mut download = start(&client, 1_000_000).await.unwrap();
    let (read, error) = read(&mut download).await;
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
    assert!(error.to_string().contains("larger than 1000000 bytes, which the call allows"), "{error}");
    assert!(read.len() <= 1_000_000, "{}", read.len());
}

#[tokio::test]
async fn envelope_is_error_of_the_call() {
    let expired = || Reply::error(200, 99991677).header("content-type", "application/octet-stream");
    let server = Server::with_script([expired(), Reply::new(502, "bad gateway")]).await;
    let client = client(&server);
    assert_eq!(start(&client, 1000).await.unwrap_err().code(), Some(99991677));
    assert_eq!(start(&client, 1000).await.unwrap_err().status(), Some(502));
    for text in ["{\"id\":1}", "", " ", "{"] {
        let server = Server::with_script([Reply::new(200, text)]).await;
        let mut download = start(&crate::support::client(&server), 1000).await.unwrap();
        assert_eq!(read(&mut download).await.0, text.as_bytes());
    }
}

#[tokio::test]
async fn cut_stream_is_not_repeated() {
    let server = Server::with_script([
        Reply::new(503, "busy"),
        Reply::new(200, "a whole file").header("x-tt-logid", "log-1").cut_after(7),
        Reply::new(200, "another file"),
    ])
    .await;
    let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let client = builder(&server).tenant_token(TOKEN).retry_policy(policy).build().unwrap();
    let mut download = start(&client, 1000).await.unwrap();
    assert_eq!(download.attempts(), 2, "a call is repeated until its file has begun");
    let (read, error) = read(&mut download).await;
    let error = error.unwrap();
    assert_eq!((&read[..], error.kind()), (&b"a whole"[..], ErrorKind::Transport));
    assert_eq!(
        (error.attempts(), error.log_id(), error.operation()),
        (2, Some("log-1"), Some(&*format!("GET {MEDIA}")))
    );
    assert_eq!(server.received().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn stalled_stream_times_out() {
    let server = Server::with_script([Reply::new(200, "a whole file").stall_after(7)]).await;
    let day = Duration::from_secs(86_400);
    let client = builder(&server).tenant_token(TOKEN).timeout(day).connect_timeout(day).attempt_timeout(day).build();
    let mut download = start(&client.unwrap(), 1000).await.unwrap();
    let (read, error) = read(&mut download).await;
    let error = error.unwrap();
    assert_eq!((&read[..], error.kind()), (&b"a whole"[..], ErrorKind::Timeout));
    assert!(error.to_string().contains("no more of the file arrived within"), "{error}");
}

#[tokio::test]
async fn dropped_download_closes_connection() {
    let gate = Gate::closed();
    let reply = Reply::new(200, "a whole file").cut_after(7).open_gate_on_hang_up(&gate);
    let server = Server::with_script([reply]).await;
    let mut download = start(&client(&server), 1000).await.unwrap();
    assert_eq!(&download.try_next().await.unwrap().unwrap()[..], b"a whole");
    drop(download);
    gate.wait().await;
}

#[tokio::test]
async fn debug_shows_no_content() {
    let server = Server::with_script([Reply::new(200, json!(["content"]).to_string())]).await;
    let download = start(&client(&server), 1000).await.unwrap();
    let shown = format!("{download:?}");
    assert!(shown.contains("size: Some(11)") && !shown.contains("content\""), "{shown}");
}

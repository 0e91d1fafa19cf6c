//! Files that are sent: as parts of a form, whole with each attempt, and never a part of one as a whole.

use crate::support::{Gate, Reply, Server, StoppedClock, TOKEN, builder, client};
use bytes::Bytes;
use feishu_user_groups::{Delivery, Error, ErrorKind, Form, Method, RetryPolicy, Upload};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const IMAGES: &str = "/open-apis/im/v1/images";

/// The body and the boundary that its `Content-Type` names.
fn sent(server: &Server, index: usize) -> (String, String) {
    let request = &server.received()[index];
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap().to_owned();
    (String::from_utf8(request.body.to_vec()).unwrap(), boundary)
}

async fn send(server: &Server, form: Form) -> Result<(), Error> {
    let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let client = builder(server).tenant_token(TOKEN).retry_policy(policy).build().unwrap();
    client.request(Method::PUT, IMAGES).form(form).send::<()>().await.map(drop)
}

fn streamed(length: u64, chunks: Vec<io::Result<Bytes>>) -> Form {
    let chunks = Arc::new(std::sync::Mutex::new(Some(chunks)));
    let open = move || stream::iter(chunks.lock().unwrap().take().unwrap());
    Form::new().file("image", Upload::streamed("a.png", length, open))
}

/// The texts of what caused an error.
fn sources(error: &dyn std::error::Error) -> String {
    error.source().map(|source| format!("{source}; {}", sources(source))).unwrap_or_default()
}

#[tokio::test]
async fn form_has_its_parts_in_order() {
    let server = Server::with_script([Reply::ok(json!({}))]).await;
    let logo = Upload::new("a \"b\"\r\n.png", "content").content_type("image/png");
    let form =
        Form::new().text("image_type", "消息").text("size", 7).file("image", logo).file("empty", Upload::new("e", ""));
    send(&server, form).await.unwrap();
    let (body, boundary) = sent(&server, 0);
    let expected = [
        "--B\r\nContent-Disposition: form-data; name=\"image_type\"\r\n\r\n消息\r\n",
        "--B\r\nContent-Disposition: form-data; name=\"size\"\r\n\r\n7\r\n",
        "--B\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a %22b%22%0D%0A.png\"\r\n",
        "Content-Type: image/png\r\n\r\ncontent\r\n",
        "--B\r\nContent-Disposition: form-data; name=\"empty\"; filename=\"e\"\r\n",
        "Content-Type: application/octet-stream\r\n\r\n\r\n",
        "--B--\r\n",
    ];
    assert_eq!(body, expected.concat().replace("--B", &format!("--{boundary}")));
    let length = server.received()[0].header("content-length").map(str::to_owned);
    assert_eq!(length, Some(body.len().to_string()), "gateways want to know how much follows");
}

#[tokio::test]
async fn each_attempt_sends_whole_form() {
    let server = Server::with_script([Reply::new(503, "busy"), Reply::ok(json!({}))]).await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let open = move || {
        count.fetch_add(1, Ordering::Relaxed);
        stream::iter(["1,", "", "2\n"].map(|chunk| Ok(Bytes::from(chunk))))
    };
    send(&server, Form::new().file("table", Upload::streamed("a.csv", 4, open))).await.unwrap();
    assert_eq!((server.received().len(), opened.load(Ordering::Relaxed)), (2, 2));
    let [(first, one), (second, other)] = [sent(&server, 0), sent(&server, 1)];
    assert!(first.contains("\r\n\r\n1,2\n\r\n"), "{first}");
    assert_eq!(first.replace(&one, "B"), second.replace(&other, "B"));
}

#[tokio::test]
async fn file_of_another_length_is_not_sent_whole() {
    let broken = || Err(io::Error::other("the disk is gone"));
    let cases = [
        (4, vec![Ok("abc".into())], "ended 1 bytes before its stated length"),
        (4, vec![Ok("abc".into()), Ok("de".into())], "has more bytes than its stated length"),
        (4, vec![Ok("abc".into()), broken()], "cannot be read"),
    ];
    for (length, chunks, reason) in cases {
        let server = Server::with_script([Reply::ok(json!({}))]).await;
        let error = send(&server, streamed(length, chunks)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 1), "{error}");
        assert_eq!(error.delivery(), Delivery::NotSent, "no service acts on a part of a request");
        let text = error.to_string();
        assert_eq!(sources(&error).contains("the disk is gone"), reason == "cannot be read", "{error:?}");
        assert!(text.contains("not sent whole: the file `image` ") && text.contains(reason), "{text}");
    }
}

#[tokio::test]
async fn panic_of_a_file_is_an_error_of_the_call() {
    type Opened = stream::Iter<std::vec::IntoIter<io::Result<Bytes>>>;
    let opens: fn() -> Opened = || panic!("no such file");
    let reads = || stream::poll_fn(|_| -> std::task::Poll<Option<io::Result<Bytes>>> { panic!("no such line") });
    for file in [Upload::streamed("a.png", 4, opens), Upload::streamed("a.png", 4, reads)] {
        let server = Server::with_script([Reply::ok(json!({}))]).await;
        let error = send(&server, Form::new().file("image", file)).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidRequest, Delivery::NotSent), "{error}");
        assert!(error.to_string().contains("the file `image` cannot be read") && !error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn timeout_ends_a_file_of_empty_chunks() {
    let server = Server::with_script([Reply::ok(json!({}))]).await;
    let file = Upload::streamed("a.png", 4, || stream::repeat_with(|| Ok(Bytes::new())));
    let client = client(&server).with_timeout(Duration::from_millis(50));
    let request = client.request(Method::PUT, IMAGES).form(Form::new().file("image", file));
    let error = request.send::<()>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}

/// An open file that waits for a slow service would be open for long, and there may be many.
#[tokio::test]
async fn file_is_opened_when_its_turn_comes() {
    let server = Server::with_script([Reply::ok(json!({}))]).await;
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let file = |name: &'static str| {
        let order = Arc::clone(&order);
        Upload::streamed(name, 1, move || {
            order.lock().unwrap().push(format!("opened {name}"));
            let order = Arc::clone(&order);
            stream::iter([()]).map(move |()| {
                order.lock().unwrap().push(format!("read {name}"));
                Ok(Bytes::from_static(b"1"))
            })
        })
    };
    let form = Form::new().file("one", file("a")).file("two", file("b"));
    assert_eq!(order.lock().unwrap().len(), 0, "a form that is not sent opens nothing");
    send(&server, form).await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["opened a", "read a", "opened b", "read b"]);
}

#[tokio::test]
async fn bad_forms_are_rejected() {
    let server = Server::with_script([]).await;
    let cases = [
        (Form::new(), "body is a form without parts"),
        (Form::new().text("", "a"), "body has a part without a name"),
        (Form::new().file("image", Upload::new("", "a")), "image is a file without a name"),
        (
            Form::new().file("image", Upload::new("a", "a").content_type("a\r\nb: c")),
            "image has a content type that no header can hold",
        ),
    ];
    for (form, expected) in cases {
        let error = send(&server, form).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn upload_may_take_as_long_as_the_call() {
    let _clock = StoppedClock::new();
    let gate = Gate::closed();
    let server = Server::with_script([Reply::ok(json!({})).after_gate(&gate)]).await;
    let form = Form::new().file("image", Upload::new("a.png", "content"));
    let request = client(&server).request(Method::PUT, IMAGES).form(form);
    let call = tokio::spawn(request.send::<()>());
    server.wait_until(|received| received.len() == 1).await;
    // Longer than an attempt may take, and shorter than a call.
    tokio::time::advance(Duration::from_secs(25)).await;
    gate.open();
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn form_of_texts_has_attempt_timeout() {
    let _clock = StoppedClock::new();
    let gate = Gate::closed();
    let server = Server::with_script([Reply::ok(json!({})).after_gate(&gate), Reply::ok(json!({}))]).await;
    let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let client = builder(&server).tenant_token(TOKEN).retry_policy(policy).build().unwrap();
    let request = client.request(Method::PUT, IMAGES).form(Form::new().text("image_type", "message"));
    let call = tokio::spawn(request.send::<()>());
    server.wait_until(|received| received.len() == 1).await;
    tokio::time::advance(Duration::from_secs(11)).await;
    // A timer takes a millisecond at least, that of no backoff too.
    for _ in 0..10 {
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    assert_eq!(call.await.unwrap().unwrap().attempts(), 2);
}

#[tokio::test]
async fn debug_shows_no_content() {
    let form = Form::new().text("secret", "of text").file("image", Upload::new("a.png", "of file"));
    let shown = format!(
        "{form:?} {:?}",
        client(&Server::with_script([]).await).request(Method::POST, IMAGES).form(form.clone())
    );
    assert!(shown.contains("7 bytes") && !shown.contains("of text") && !shown.contains("of file"), "{shown}");
}

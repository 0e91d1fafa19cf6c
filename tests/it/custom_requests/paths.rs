//! A request goes to the path of its template on the client's platform, or nowhere.

use super::{MESSAGES, USER};
use crate::support::{Received, Reply, Server, client};
use feishu_user_groups::{Client, Error, ErrorKind, Method};
use proptest::prelude::*;
use serde_json::{Value, json};

async fn server() -> Server {
    Server::with_handler(|_| Reply::ok(json!({}))).await
}

async fn get(client: &Client, template: &'static str, values: &[(&'static str, &str)]) -> Result<(), Error> {
    let request = client.request(Method::GET, template);
    let request = values.iter().fold(request, |request, (name, value)| request.path(name, value));
    request.send::<Value>().await.map(drop)
}

/// The error of a request of which nothing was sent.
async fn refusal(template: &'static str, values: &[(&'static str, &str)]) -> Error {
    let server = server().await;
    let error = get(&client(&server), template, values).await.expect_err(template);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
    assert!(server.received().is_empty(), "{template}");
    error
}

#[tokio::test]
async fn values_are_escaped() {
    let (server, template) = (server().await, "/open-apis/a/{first}/b/{second}");
    get(&client(&server), template, &[("second", "{first}"), ("first", "a b%2F?#&=+组.")]).await.unwrap();
    let expected = "/open-apis/a/a%20b%252F%3F%23%26%3D%2B%E7%BB%84./b/%7Bfirst%7D";
    assert_eq!(server.received()[0].target, expected);
}

#[tokio::test]
async fn last_value_of_name_counts() {
    let server = server().await;
    get(&client(&server), USER, &[("user_id", ".."), ("user_id", "ou_1")]).await.unwrap();
    assert_eq!(server.received()[0].target, "/open-apis/contact/v3/users/ou_1");
}

#[tokio::test]
async fn value_that_is_no_segment_refused() {
    for value in ["", ".", "..", "a/b", "/", "a\\b", "../messages"] {
        let error = refusal(USER, &[("user_id", value)]).await;
        assert_eq!((error.violations().len(), error.violations()[0].field.as_str()), (1, "user_id"));
        assert!(error.to_string().starts_with(&format!("GET {USER}: not sent: user_id must be")), "{error}");
    }
}

#[tokio::test]
async fn every_wrong_name_is_listed() {
    let error = refusal("/open-apis/{a}/{b}/{c}", &[("b", "1"), ("user", "2"), ("A", "3")]).await;
    let fields: Vec<_> = error.violations().iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["a", "c", "user", "A"]);
    let text = error.to_string();
    assert!(text.contains("a is required and was not set") && text.contains("user is no placeholder of"), "{text}");
}

#[tokio::test]
async fn template_that_is_no_path_refused() {
    for template in [
        "",
        "/",
        "open-apis/im",
        "https://evil.example/open-apis",
        "//evil.example/open-apis",
        "/\\evil.example/open-apis",
        "\\\\evil.example",
        "/open-apis//im",
        "/open-apis/im/",
        "/open-apis/../im",
        "/open-apis/./im",
        "/open-apis/%2e%2e/im",
        "/open-apis/.%2E/im",
        "/open-apis/im?a=b",
        "/open-apis/im#a",
        "/open-apis/im 1",
        "/open-apis/\tim",
        "/open-apis/组",
        "/open-apis/{id}/{id}",
        "/open-apis/{}",
        "/open-apis/{a/b}",
        "/open-apis/x{id}",
        "/open-apis/{id",
        "/open-apis/{user-id}",
    ] {
        let error = refusal(template, &[("id", "1")]).await;
        assert!(error.to_string().contains(&format!("GET {template:?} cannot be called")), "{error}");
    }
    let error = refusal("https://evil.example/open-apis", &[]).await;
    assert!(error.to_string().contains("the client's `base_url` is the host"), "{error}");
}

#[tokio::test]
async fn method_without_envelope_refused() {
    for method in [Method::HEAD, Method::OPTIONS, Method::CONNECT, Method::TRACE, Method::from_bytes(b"GOT").unwrap()] {
        let server = server().await;
        let error = client(&server).request(method, MESSAGES).send::<Value>().await.unwrap_err();
        assert_eq!((error.kind(), server.received().len()), (ErrorKind::InvalidRequest, 0), "{error}");
        assert!(error.to_string().contains("GET, POST, PUT, PATCH or DELETE"), "{error}");
    }
}

/// The values that a server reads from a path with this many segments before each.
fn values_read(request: &Received) -> Vec<String> {
    let decoded = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned();
    request.path().split('/').skip(1).map(decoded).collect()
}

proptest! {
    #![proptest_config(crate::property::config(64))]

    #[test]
    fn any_value_is_one_segment(values in proptest::collection::vec("[a-z./\\\\%?#&{}@: \n\u{1}组]{0,4}|\\PC{0,8}", 2)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = server().await;
            let named = [("a", &*values[0]), ("b", &*values[1])];
            let result = get(&client(&server), "/open-apis/{a}/x/{b}", &named).await;
            let is_segment = |value: &String| !["", ".", ".."].contains(&&**value) && !value.contains(['/', '\\']);
            match result {
                Ok(()) => {
                    assert_eq!(values_read(&server.received()[0]), ["open-apis", &*values[0], "x", &*values[1]]);
                }
                Err(error) => {
                    assert!(!values.iter().all(is_segment) && server.received().is_empty(), "{error}");
                }
            }
        });
    }
}

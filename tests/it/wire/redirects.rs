//! The error of a redirect names the target's host and no other part of its URL.

use crate::support::{APP_ID, APP_SECRET, Reply, Server, TOKEN, builder, client};
use feishu_user_groups::{Error, ErrorKind};
use serde_json::json;

/// The error of a call that is redirected.
async fn redirect_error(status: u16, location: &str) -> Error {
    let page = "<html>Moved to https://login.example.com/sso?ticket=page-secret</html>";
    let response = Reply::new(status, page).header("location", location).header("x-tt-logid", "log-1");
    let server = Server::with_script([response]).await;
    let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.status(), server.received().len()), (ErrorKind::InvalidResponse, Some(status), 1));
    assert_eq!(error.log_id(), Some("log-1"));
    assert!(!error.is_retryable(), "{error}");
    error
}

#[tokio::test]
async fn redirect_names_host_alone() {
    for status in [301, 302, 303, 307, 308] {
        let location = "https://user:word@login.example.com/sso/g1?ticket=query-secret#part";
        let error = redirect_error(status, location).await;
        let text = format!("{error} {error:?}");
        assert!(text.contains("is a redirect to the host login.example.com"), "{text}");
        for secret in ["word@", "sso", "ticket", "query-secret", "page-secret", "#part", "<html>"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn redirect_within_server_says_so() {
    for location in ["/login?ticket=1", "login", "?again", "../"] {
        let error = redirect_error(302, location).await;
        assert!(error.to_string().contains("is a redirect to another path of the same server"), "{error}");
        assert!(!error.to_string().contains("login"), "{error}");
    }
}

#[tokio::test]
async fn redirect_to_other_port_or_scheme_names_it() {
    for (location, named) in [
        ("https://login.example.com:8443/x", "to the host login.example.com:8443"),
        ("https://127.0.0.1/x", "to the host 127.0.0.1"),
        ("//[2001:db8::1]:81/x", "to the host [2001:db8::1]:81"),
        ("https://组.example/x", "to the host xn--"),
    ] {
        let error = redirect_error(307, location).await;
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[tokio::test]
async fn redirect_without_usable_location_is_still_named() {
    let long = format!("https://{}.example/", "a".repeat(4000));
    for location in ["", "http://", "https://exa mple.com/", "mailto:someone@example.com", "data:text/plain,x", &*long]
    {
        let error = redirect_error(302, location).await;
        assert!(error.to_string().contains("is a redirect"), "{error}");
        assert!(error.to_string().chars().count() < 400, "{error}");
    }
}

#[tokio::test]
async fn redirect_host_that_repeats_secret_is_hidden() {
    // A host name is lowercase, even if the secret is not.
    for location in [format!("https://{TOKEN}.example/"), format!("https://{}/", TOKEN.to_uppercase())] {
        let error = redirect_error(302, &location).await;
        let text = format!("{error} {error:?}").to_lowercase();
        assert!(text.contains("is a redirect") && !text.contains(TOKEN), "{text}");
    }
    let location = format!("https://{APP_SECRET}.example/");
    let server = Server::with_handler(move |_| Reply::new(302, "").header("location", &location)).await;
    let error = builder(&server).app(APP_ID, APP_SECRET).build().unwrap();
    let error = error.get_user_group().group_id("g1").send().await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("is a redirect") && !text.contains(APP_SECRET), "{text}");
}

#[tokio::test]
async fn redirect_of_token_endpoint_is_named() {
    let server =
        Server::with_handler(|_| Reply::new(302, "").header("location", "https://login.example.com/a?b")).await;
    let client = builder(&server).app(APP_ID, APP_SECRET).build().unwrap();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.is_retryable()), (ErrorKind::Auth, Some(302), false), "{error}");
    assert!(error.to_string().contains("is a redirect to the host login.example.com"), "{error}");
    assert!(!error.may_have_been_applied(), "{error}");
}

#[tokio::test]
async fn response_that_sends_nowhere_is_no_redirect() {
    let not_modified = Reply::new(304, "").header("location", "https://login.example.com/");
    for (status, response) in [(304, not_modified), (302, Reply::new(302, "moved")), (300, Reply::error(300, 0))] {
        let server = Server::with_script([response]).await;
        let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(status)));
        assert!(!error.to_string().contains("redirect"), "{error}");
    }
}

#[tokio::test]
async fn redirect_is_named_in_raw_calls() {
    let response = Reply::json(302, &json!({ "moved": true })).header("location", "https://login.example.com/");
    let server = Server::with_script([response]).await;
    let error = client(&server).get_user_group().group_id("g1").send_raw().await.unwrap_err();
    assert!(error.to_string().contains("is a redirect to the host login.example.com"), "{error}");
}

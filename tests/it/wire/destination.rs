//! Secrets are sent only to the configured host: no plain HTTP to another machine unless the caller allows it,
//! and no redirect to another server.

use crate::support::token_server::group_found;
use crate::support::{APP_ID, APP_SECRET, Reply, Server, TOKEN, builder};
use feishu_user_groups::{Client, Error, ErrorKind, http_client_builder};
use reqwest::redirect::Policy;

fn build(base_url: &str) -> Result<Client, Error> {
    Client::builder().base_url(base_url).tenant_token(TOKEN).build()
}

#[test]
fn remote_plain_http_needs_permission() {
    for url in ["http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:8080", "http://localhost", "https://a.b"] {
        assert_eq!(build(url).unwrap().base_url(), url);
    }
    for url in [
        "http://open.feishu.cn",
        "http://10.0.0.1:8080",
        "http://[fe80::1]",
        "http://0.0.0.0",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://notlocalhost",
    ] {
        let error = build(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
        assert!(error.to_string().contains("call `allow_plain_http`"), "{error}");
        let allowed = Client::builder().base_url(url).tenant_token(TOKEN).allow_plain_http().build().unwrap();
        assert_eq!(allowed.base_url(), url);
    }
}

#[test]
fn allow_plain_http_allows_nothing_else() {
    for url in ["ftp://127.0.0.1", "http://user:word@127.0.0.1", "http://127.0.0.1/path", "http://127.0.0.1?q", "x"] {
        let error = Client::builder().base_url(url).allow_plain_http().build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
    }
}

/// A server that redirects every request to a second one, which responds to any request.
async fn redirecting_servers(status: u16) -> (Server, Server) {
    let other = Server::with_handler(|request| match request.is_token_fetch() {
        true => Reply::token("t-of-the-other", 7200),
        false => group_found(),
    })
    .await;
    let location = other.url.clone();
    let server = Server::with_handler(move |request| {
        Reply::new(status, "").header("location", &format!("{location}{}", request.target))
    })
    .await;
    (server, other)
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (server, other) = redirecting_servers(status).await;
        let fixed = builder(&server).tenant_token(TOKEN).build().unwrap();
        let error = fixed.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(status)));
        let app = builder(&server).app(APP_ID, APP_SECRET).build().unwrap();
        assert_eq!(app.get_user_group().group_id("g1").send().await.unwrap_err().kind(), ErrorKind::Auth);
        assert!(other.received().is_empty(), "{status}");
    }
}

#[tokio::test]
async fn response_from_other_server_is_rejected() {
    for status in [302, 307] {
        let (server, other) = redirecting_servers(status).await;
        let follows = || http_client_builder().unwrap().redirect(Policy::limited(3)).build().unwrap();
        let fixed = builder(&server).tenant_token(TOKEN).http_client(follows()).build().unwrap();
        let error = fixed.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(error.to_string().contains("build that client with `http_client_builder`"), "{error}");
        let host = other.url.trim_start_matches("http://");
        assert!(error.to_string().contains(&format!("another server ({host}) responded")), "{error}");
        let tokenless = |received: &crate::support::Received| received.token().is_empty();
        assert!(other.received().iter().all(tokenless), "the HTTP client takes the token off on its way");

        let app = builder(&server).app(APP_ID, APP_SECRET).http_client(follows()).build().unwrap();
        let error = app.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 0), "{error}");
        assert!(other.received().iter().all(|received| received.token() != "t-of-the-other"));
    }
}

#[tokio::test]
async fn endless_redirects_are_reported() {
    let server = Server::with_handler(|_| Reply::new(307, "").header("location", "/again")).await;
    let follows = http_client_builder().unwrap().redirect(Policy::limited(3)).build().unwrap();
    let client = builder(&server).tenant_token(TOKEN).http_client(follows).build().unwrap();
    let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((error.kind(), server.received().len()), (ErrorKind::Transport, 4));
    let host = server.url.trim_start_matches("http://");
    assert!(error.to_string().contains(&format!("from one redirect to the next, the last one to {host}")), "{error}");
    assert!(!format!("{error} {error:?}").contains("again"), "{error:?}");
}

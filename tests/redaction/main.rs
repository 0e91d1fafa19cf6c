//! No secret and no token appears in `Debug`, in `Display`, in an error or in its causes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test should say where")]

#[path = "../support/mod.rs"]
mod support;

mod everything;
mod log;
mod misbehaving;
mod secrets;
mod types;

use feishu_user_groups::{Client, Error, Secret};
use secrets::{APP_SECRET as SECRET, FETCHED, FIXED, PASSWORD, USER, assert_shows_nothing, assert_tells_nothing};
use serde_json::json;
use std::time::Duration;
use support::{Reply, Server};

fn app(server: &Server) -> Client {
    Client::builder().base_url(&server.url).app("cli_a", SECRET).timeout(Duration::from_secs(2)).build().unwrap()
}

async fn failure(client: &Client) -> Error {
    client.get_user_group().group_id("g1").send().await.unwrap_err()
}

#[test]
fn secret_debug_shows_stars() {
    let secret = Secret::from(SECRET);
    assert_eq!(format!("{secret:?} {secret:#?} {:?}", Some(secret.clone())), "*** *** Some(***)");
    assert_eq!(secret.expose(), SECRET);
}

#[tokio::test]
async fn clients_and_builders_hide_credentials() {
    let builders = [
        Client::builder().app("cli_a", SECRET),
        Client::builder().tenant_token(FIXED),
        Client::builder().app("cli_a", SECRET).tenant_token(FIXED),
    ];
    for builder in builders {
        assert_shows_nothing(&builder);
        match builder.build() {
            Ok(client) => {
                assert_shows_nothing(&client);
                assert_shows_nothing(&client.with_user_token(USER));
            }
            Err(error) => assert_tells_nothing(&error),
        }
    }
}

#[tokio::test]
async fn fetched_token_is_hidden() {
    let group = Reply::ok(json!({ "group": { "id": "g1" } }));
    let server = Server::with_script([Reply::token(FETCHED, 7200), group]).await;
    let client = app(&server);
    let response = client.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!(server.received()[1].token(), FETCHED);
    assert_shows_nothing(&response);
    assert_shows_nothing(&client);
}

#[tokio::test]
async fn unsent_calls_hide_credentials() {
    for client in [
        Client::builder().app("cli_a", SECRET).build().unwrap(),
        Client::builder().tenant_token(FIXED).build().unwrap(),
        Client::builder().build().unwrap().with_user_token(USER),
    ] {
        assert_shows_nothing(&client.get_user_group().group_id("g1"));
        assert_shows_nothing(&client.create_user_group().body_map(|body| body.name("R&D")));
        assert_shows_nothing(&client.write_performance_group_members());
        assert_shows_nothing(&client.list_user_groups().pages());
        assert_shows_nothing(&client.list_user_groups().stream());
    }
}

#[tokio::test]
async fn call_errors_hide_token() {
    for response in [
        Reply::error(400, 99991663),
        Reply::error(500, 7),
        Reply::new(502, "<html>"),
        Reply::new(200, r#"{"code":0,"data":"#),
        Reply::hang_up(),
        Reply::endless_body(),
        Reply::ok(json!({})).cut_after(3),
    ] {
        let server = Server::with_handler(move |_| response.clone()).await;
        let client = Client::builder().base_url(&server.url).tenant_token(FIXED).build().unwrap();
        assert_tells_nothing(&failure(&client).await);
        assert_tells_nothing(&failure(&client.with_user_token(USER)).await);
    }
}

#[tokio::test]
async fn fetch_errors_hide_secret_and_token() {
    let half = format!(r#"{{"code":0,"tenant_access_token":"{FETCHED}","expire":"#);
    for response in [
        Reply::error(200, 10014),
        Reply::new(502, "<html>"),
        Reply::new(200, half),
        Reply::json(200, &json!({ "code": 0, "tenant_access_token": [FETCHED], "expire": 7200 })),
        Reply::json(200, &json!({ "code": 0, "tenant_access_token": FETCHED, "expire": "soon" })),
        Reply::json(200, &json!({ "code": 0, "tenant_access_token": FETCHED })),
        Reply::json(200, &json!({ "code": 0, "expire": FETCHED })),
        Reply::json(200, &json!({ "code": FETCHED })),
        Reply::token(&format!("{FETCHED}\n"), 7200),
        Reply::hang_up(),
        Reply::token(FETCHED, 7200).cut_after(60),
        Reply::endless_body(),
    ] {
        let server = Server::with_handler(move |_| response.clone()).await;
        let client = app(&server);
        assert_tells_nothing(&failure(&client).await);
        assert_shows_nothing(&client);
    }
    let server = Server::with_script([]).await;
    let client = app(&server);
    drop(server);
    assert_tells_nothing(&failure(&client).await);
}

#[tokio::test]
async fn echoed_secrets_stay_hidden() {
    for status in [200, 400, 502] {
        let server = Server::with_handler(move |request| {
            let repeat = format!("{:?}: {}", request.headers, String::from_utf8_lossy(&request.body));
            match status {
                502 => Reply::new(status, repeat),
                _ => Reply::json(status, &json!({ "code": 7, "msg": repeat, "error": { "message": repeat } })),
            }
        })
        .await;
        assert_tells_nothing(&failure(&app(&server)).await);
        let client = support::builder(&server).tenant_token(FIXED).build().unwrap();
        assert_tells_nothing(&failure(&client).await);
        assert_tells_nothing(&failure(&client.with_user_token(USER)).await);
    }
}

#[tokio::test]
async fn response_header_that_repeats_the_token_is_not_kept() {
    let server = Server::with_handler(|request| {
        let group = Reply::ok(json!({ "group": { "id": "g1" } }));
        group.header("x-tt-logid", request.header("authorization").unwrap()).header("x-request-id", request.token())
    })
    .await;
    let client = support::builder(&server).tenant_token(FIXED).build().unwrap();
    for client in [client.with_user_token(USER), client] {
        let found = client.get_user_group().group_id("g1").send().await.unwrap();
        assert_shows_nothing(&found);
        assert_eq!(found.log_id(), None);
    }
}

#[tokio::test]
async fn unsendable_token_is_hidden() {
    for token in [format!("{FIXED}\n"), format!("{FIXED}\u{0}"), format!("\r\nx: {FIXED}")] {
        let error = Client::builder().tenant_token(&*token).build().unwrap_err();
        assert_tells_nothing(&error);
        let client = Client::builder().build().unwrap().with_user_token(token);
        assert_tells_nothing(&failure(&client).await);
    }
}

#[test]
fn base_url_password_rejected_and_hidden() {
    for url in
        [format!("https://user:{PASSWORD}@example.com"), format!("https://{PASSWORD}@"), format!("ht tp://{PASSWORD}")]
    {
        let builder = Client::builder().base_url(url);
        assert_shows_nothing(&builder);
        assert_tells_nothing(&builder.build().unwrap_err());
    }
    let lark = Client::builder().base_url("https://open.larksuite.com");
    assert!(format!("{lark:?}").contains("https://open.larksuite.com"), "what is none is shown");
}

#[test]
fn custom_http_client_is_hidden() {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-proxy-word", PASSWORD.parse().unwrap());
    let proxy = reqwest::Proxy::all(format!("http://user:{PASSWORD}@proxy.example.com")).unwrap();
    let http = feishu_user_groups::http_client_builder().unwrap().default_headers(headers).proxy(proxy);
    let builder = Client::builder().http_client(http.build().unwrap());
    assert!(format!("{builder:?}").contains("http_client: true"));
    assert_shows_nothing(&builder);
    assert_shows_nothing(&builder.build().unwrap());
}

#[tokio::test]
async fn error_causes_omit_ids() {
    let server = Server::with_script([]).await;
    let client = Client::builder().base_url(&server.url).tenant_token(FIXED).build().unwrap();
    drop(server);
    let error = client.get_user_group().group_id("kept-secret-9f3b").send().await.unwrap_err();
    assert_tells_nothing(&error);
}

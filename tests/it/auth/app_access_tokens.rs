//! An operation that takes an app_access_token is called with the app's own token, whichever type of app it is.

use crate::support::token_server::{get_group, group_found};
use crate::support::{APP_ID, APP_SECRET, Received, Reply, Server, app_client, builder, client};
use feishu_user_groups::operation::AccessTokenKind;
use feishu_user_groups::store::MemoryTokenStore;
use feishu_user_groups::{AppTicket, Client, Error, ErrorKind, Method};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

const APP_PATH: &str = "/open-apis/auth/v3/app_access_token/internal";
const TENANT_PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";
const STORE_APP_PATH: &str = "/open-apis/auth/v3/app_access_token";
const STORE_TENANT_PATH: &str = "/open-apis/auth/v3/tenant_access_token";
const CALLED: &str = "/open-apis/application/v6/scopes";

/// Issues `a-1`, `a-2`, .. and `t-1`, `t-2`, ..; `call` responds to calls.
async fn platform(call: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Server {
    let issued = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let next = move |kind: usize| issued[kind].fetch_add(1, SeqCst) + 1;
    Server::with_handler(move |request| match request.path() {
        APP_PATH | STORE_APP_PATH => {
            // The platform's response to a custom app has both.
            let token = format!("a-{}-of-the-app", next(0));
            Reply::json(
                200,
                &json!({ "code": 0, "app_access_token": token, "tenant_access_token": "t-0", "expire": 7200 }),
            )
        }
        TENANT_PATH | STORE_TENANT_PATH => Reply::token(&format!("t-{}", next(1)), 7200),
        _ => call(request),
    })
    .await
}

/// Calls an operation that takes this kind of token alone.
async fn call(client: &Client, kind: AccessTokenKind) -> Result<u32, Error> {
    let request = client.request(Method::GET, CALLED).access_token(kind);
    request.send::<Value>().await.map(|response| response.attempts())
}

/// What was requested: a token endpoint, or a call with this token.
fn requests(server: &Server) -> Vec<String> {
    let text = |request: &Received| match request.path() {
        APP_PATH | STORE_APP_PATH => "fetch app".to_owned(),
        TENANT_PATH | STORE_TENANT_PATH => "fetch tenant".to_owned(),
        _ => request.token().to_owned(),
    };
    server.received().iter().map(text).collect()
}

#[tokio::test]
async fn custom_app_sends_each_kind() {
    let server = platform(|_| group_found()).await;
    let client = app_client(&server);
    for _ in 0..2 {
        call(&client, AccessTokenKind::App).await.unwrap();
        get_group(&client).await.unwrap();
    }
    let expected = ["fetch app", "a-1-of-the-app", "fetch tenant", "t-1", "a-1-of-the-app", "t-1"];
    assert_eq!(requests(&server), expected);
    assert_eq!(server.received()[0].json(), json!({ "app_id": APP_ID, "app_secret": APP_SECRET }));
}

#[tokio::test]
async fn rejected_token_replaced_alone() {
    let server = platform(|request| match request.token() {
        "a-1-of-the-app" => Reply::error(400, 99991664),
        _ => group_found(),
    })
    .await;
    let client = app_client(&server);
    get_group(&client).await.unwrap();
    assert_eq!(call(&client, AccessTokenKind::App).await.unwrap(), 2);
    get_group(&client).await.unwrap();
    let expected = ["fetch tenant", "t-1", "fetch app", "a-1-of-the-app", "fetch app", "a-2-of-the-app", "t-1"];
    assert_eq!(requests(&server), expected);
}

#[tokio::test]
async fn store_app_shares_token_with_its_tenants() {
    let server = platform(|_| group_found()).await;
    let client = builder(&server).store_app(APP_ID, APP_SECRET, AppTicket::new("ticket")).build().unwrap();
    call(&client, AccessTokenKind::App).await.unwrap();
    let tenant = client.for_tenant("one").unwrap();
    get_group(&tenant).await.unwrap();
    call(&tenant, AccessTokenKind::App).await.unwrap();
    assert_eq!(requests(&server), ["fetch app", "a-1-of-the-app", "fetch tenant", "t-1", "a-1-of-the-app"]);
}

#[tokio::test]
async fn clients_share_token_through_store() {
    let server = platform(|_| group_found()).await;
    let store = MemoryTokenStore::default();
    for _ in 0..2 {
        let client = builder(&server).app(APP_ID, APP_SECRET).token_store(store.clone()).build().unwrap();
        call(&client, AccessTokenKind::App).await.unwrap();
        get_group(&client).await.unwrap();
    }
    let expected = ["fetch app", "a-1-of-the-app", "fetch tenant", "t-1", "a-1-of-the-app", "t-1"];
    assert_eq!(requests(&server), expected);
}

#[tokio::test]
async fn clients_without_app_fail_locally() {
    let server = Server::with_script([]).await;
    let (tenant, user) = (client(&server), client(&server).with_user_token("u-1"));
    for (client, held) in [(tenant, "a tenant_access_token"), (user, "a user_access_token")] {
        let error = call(&client, AccessTokenKind::App).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Auth, 0));
        let reason = format!("not sent: this operation takes an app_access_token, and this client has {held}");
        assert!(error.to_string().ends_with(&reason), "{error}");
    }
    let error = call(&app_client(&server), AccessTokenKind::User).await.unwrap_err();
    let reason = "takes a user_access_token, and this client has a tenant_access_token and an app_access_token";
    assert!(error.to_string().ends_with(reason), "{error}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn token_is_in_no_error() {
    let server = platform(|request| {
        Reply::new(502, format!("bad gateway for {}", request.token())).header("x-tt-logid", request.token())
    })
    .await;
    let error = call(&app_client(&server), AccessTokenKind::App).await.unwrap_err();
    assert_eq!(requests(&server), ["fetch app", "a-1-of-the-app"]);
    let shown = format!("{error} {error:?} {:?}", error.log_id());
    assert!(shown.contains("bad gateway for ***") && !shown.contains("of-the-app"), "{shown}");
}

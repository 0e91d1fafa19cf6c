//! Tokens and tickets that cannot be right are refused with the reason, and not sent.

use crate::support::provider::Provider;
use crate::support::token_server::{get_group, group_found, token_server, tokens_sent, tokens_valid_for};
use crate::support::{APP_ID, Reply, Server, app_client, builder};
use feishu_user_groups::store::{MemoryTokenStore, StoredToken, TokenKey, TokenOwner, TokenStore};
use feishu_user_groups::{AppTicket, Client, ErrorKind, UserToken};
use serde_json::{Value, json};
use std::time::Duration;

const BLANK: [&str; 5] = ["", " ", "\t", "\r\n", "\u{3000}"];
/// Each holds what no token has, and what a header could hold.
const ODD: [&str; 5] = ["t-1 ", " t-1", "t-1 t-2", "t-\u{e9}", "t-1\u{a0}"];

/// How the error of a token that is refused says why.
fn reason(token: &str) -> &'static str {
    if token.trim().is_empty() { "is empty" } else { "contains characters that no token has" }
}

fn all() -> impl Iterator<Item = &'static str> {
    BLANK.into_iter().chain(ODD)
}

#[tokio::test]
async fn unsendable_user_token_is_refused() {
    let server = Server::with_script([]).await;
    for token in all() {
        let error = get_group(&app_client(&server).with_user_token(token)).await.unwrap_err();
        assert_eq!((error.kind(), error.operation(), error.attempts()), (ErrorKind::Auth, Some("get_user_group"), 0));
        let expected = format!("the user_access_token that the client was given {}", reason(token));
        assert!(error.to_string().contains(&expected), "{error}");
        let error = builder(&server).tenant_token(token).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(reason(token)), "{error}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn unsendable_token_of_provider_is_refused() {
    let server = Server::with_script([]).await;
    for token in all() {
        for expires_in in [None, Some(Duration::from_secs(7200))] {
            let provider = Provider::new(move |_| async move {
                let token = UserToken::new(token);
                Ok(expires_in.map_or(token.clone(), |time| token.expires_in(time)))
            });
            let error = get_group(&app_client(&server).with_user_token_provider(provider)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Auth);
            let expected = format!("the token from the `UserTokenProvider` {}", reason(token));
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn unsendable_token_in_store_is_fetched_anew() {
    for token in all() {
        let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
        let store = MemoryTokenStore::default();
        let key = TokenKey::new(&*server.url, APP_ID, TokenOwner::Own);
        store.put(&key, &StoredToken::new(token, Duration::from_secs(7200))).await.unwrap();
        let client = builder(&server).app(APP_ID, "secret").token_store(store.clone()).build().unwrap();
        get_group(&client).await.unwrap();
        assert_eq!(tokens_sent(&server), ["fetch", "t-1"]);
        assert_eq!(store.get(&key).await.unwrap().unwrap().token.expose(), "t-1");
    }
}

/// The error of a call whose token request is responded by this.
async fn refusal(response: Reply) -> feishu_user_groups::Error {
    let server = Server::with_script([response]).await;
    let error = get_group(&app_client(&server)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), tokens_sent(&server)),
        (ErrorKind::Auth, Some(200), vec!["fetch".to_owned()])
    );
    error
}

#[tokio::test]
async fn unsendable_token_of_endpoint_is_refused() {
    for token in all() {
        let error = refusal(Reply::token(token, 7200)).await;
        let expected = format!("the tenant_access_token from the token endpoint {}", reason(token));
        assert!(error.to_string().contains(&expected), "{error}");
    }
    // Nor is it worth another error that its end is not known.
    let error = refusal(Reply::json(200, &json!({ "code": 0, "tenant_access_token": "" }))).await;
    assert!(error.to_string().contains("is empty"), "{error}");
}

#[tokio::test]
async fn blank_app_ticket_is_refused() {
    for ticket in BLANK {
        let server = Server::with_script([]).await;
        let client = builder(&server).store_app("cli_a", "secret", AppTicket::new(ticket)).build().unwrap();
        let error = get_group(&client.for_tenant("one").unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert!(error.to_string().contains("the app_ticket is empty"), "{error}");
        assert!(server.received().is_empty());
    }
}

#[test]
fn blank_credentials_are_refused() {
    for blank in BLANK {
        for (id, secret) in [(blank, "secret"), ("cli_a", blank)] {
            let error = Client::builder().app(id, secret).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("is empty"), "{error}");
        }
    }
}

#[tokio::test]
async fn token_without_its_end_is_an_error_that_names_expire() {
    let missing = json!({ "code": 0, "msg": "ok", "tenant_access_token": "t-1" });
    let with = |expire: Value| json!({ "code": 0, "msg": "ok", "tenant_access_token": "t-1", "expire": expire });
    for (response, given) in [
        (missing, "without seconds in `expire`"),
        (with(Value::Null), "without seconds in `expire`"),
        (with(json!("")), "without seconds in `expire`"),
        (with(json!(-1)), "with `expire` -1"),
        (with(json!("-7200")), "with `expire` -7200"),
        (with(json!("soon")), "without seconds in `expire`"),
        (with(json!({})), "without seconds in `expire`"),
    ] {
        let error = refusal(Reply::json(200, &response)).await;
        assert!(error.to_string().contains(given), "{response}: {error}");
        assert!(!error.to_string().contains("without a token") && !format!("{error:?}").contains("t-1"), "{error:?}");
    }
}

//! A token that the service refuses is fetched again, once for all who have it, and
//! the call is sent once more and no further.

use crate::support::token_server::{
    get_concurrently, get_group, group_found, token_server, tokens_sent, tokens_valid_for,
};
use crate::support::{APP_ID, APP_SECRET, Gate, Received, Reply, app_client, builder};
use feishu_user_groups::store::{MemoryTokenStore, TokenKey, TokenOwner, TokenStore};
use serde_json::json;

/// Accepts the tokens of the list and rejects the others with `code`.
fn taking(tokens: &'static [&str], status: u16, code: i64) -> impl Fn(&Received) -> Reply {
    move |request| if tokens.contains(&request.token()) { group_found() } else { Reply::error(status, code) }
}

#[tokio::test]
async fn call_retried_with_new_token() {
    for code in [99991661, 99991663, 99991664, 99991665, 99991668, 99991671, 99991677] {
        for status in [200, 400, 401] {
            let server = token_server(tokens_valid_for(7200), taking(&["t-2"], status, code)).await;
            assert_eq!(get_group(&app_client(&server)).await.unwrap(), 2, "{code} under {status}");
            assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
            let sent = server.received();
            assert_eq!((&sent[1].target, &sent[1].body), (&sent[3].target, &sent[3].body));
        }
    }
}

#[tokio::test]
async fn retry_sends_same_body() {
    let taken = |request: &Received| match request.token() {
        "t-2" => Reply::ok(json!({ "group_id": "g1" })),
        _ => Reply::error(401, 99991663),
    };
    let server = token_server(tokens_valid_for(7200), taken).await;
    let created = app_client(&server).create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap();
    assert_eq!((&*created.group_id, created.attempts()), ("g1", 2));
    let sent = server.received();
    assert_eq!((sent[1].json(), sent[3].json()), (json!({ "name": "R&D" }), json!({ "name": "R&D" })));
}

#[tokio::test]
async fn second_refusal_is_error() {
    let server = token_server(tokens_valid_for(7200), taking(&[], 400, 99991663)).await;
    let error = get_group(&app_client(&server)).await.unwrap_err();
    assert_eq!((error.code(), error.attempts(), error.is_auth()), (Some(99991663), 2, true));
    assert!(error.to_string().contains("after 2 attempts"), "{error}");
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn second_refused_token_is_discarded() {
    let server = token_server(tokens_valid_for(7200), taking(&["t-3"], 400, 99991663)).await;
    let store = MemoryTokenStore::default();
    let client = builder(&server).app(APP_ID, APP_SECRET).token_store(store.clone()).build().unwrap();
    get_group(&client).await.unwrap_err();
    let key = TokenKey::new(&*server.url, APP_ID, TokenOwner::Own);
    assert!(store.get(&key).await.unwrap().is_none());
    assert_eq!(get_group(&client).await.unwrap(), 1);
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2", "fetch", "t-3"]);
}

#[tokio::test]
async fn other_errors_are_not_retried() {
    for code in [99991672, 99991679, 99991400, 40003, 42002] {
        let server = token_server(tokens_valid_for(7200), taking(&[], 400, code)).await;
        assert_eq!(get_group(&app_client(&server)).await.unwrap_err().attempts(), 1);
        assert_eq!(tokens_sent(&server), ["fetch", "t-1"], "{code}");
    }
}

#[tokio::test]
async fn concurrent_refusals_share_one_fetch() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = token_server(tokens_valid_for(7200), move |request| match request.token() {
        "t-1" => Reply::error(400, 99991663).after_gate(&held),
        _ => group_found(),
    })
    .await;
    let all_sent = async || {
        server.wait_until(|received| received.len() == 21).await;
        gate.open();
    };
    let results = get_concurrently(&app_client(&server), 20, all_sent).await;
    assert!(results.iter().all(|result| matches!(result, Ok(2))), "{results:?}");
    assert_eq!((server.token_fetches(), server.received().len()), (2, 42));
}

#[tokio::test]
async fn late_refusal_keeps_new_token() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = token_server(tokens_valid_for(7200), move |request| {
        match (request.token(), request.target.ends_with("late")) {
            ("t-1", true) => Reply::error(400, 99991663).after_gate(&held),
            ("t-1", false) => Reply::error(400, 99991663),
            _ => group_found(),
        }
    })
    .await;
    let client = app_client(&server);
    let late = client.clone();
    let late = tokio::spawn(async move { late.get_user_group().group_id("late").send().await });
    server.wait_until(|received| received.len() == 2).await;
    get_group(&client).await.unwrap();
    gate.open();
    assert_eq!(late.await.unwrap().unwrap().attempts(), 2);
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-1", "fetch", "t-2", "t-2"]);
}

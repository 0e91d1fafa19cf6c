//! Issued tokens, and the codes with which others are rejected.

use std::time::Duration;

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, APP_TICKET, Group, Simulator, TENANT_KEY, USER_TOKEN};
use serde_json::{Value, json};

use super::caller::{Caller, GROUP, INTERNAL, LIST, assert_is_fact};

#[tokio::test]
async fn fresh_token_repeats_in_flat_response() {
    let caller = Caller::new().await;
    let body = json!({ "app_id": APP_ID, "app_secret": APP_SECRET }).to_string();
    let reply = caller.raw("POST", INTERNAL, None, &body).await;
    let response = reply.json();
    assert_eq!((reply.status, &response["msg"]), (200, &json!("ok")));
    assert_eq!(response["tenant_access_token"], caller.token);
    assert!(caller.token.starts_with("t-"));
    let expire = response["expire"].as_u64().unwrap();
    assert!((7190..=7200).contains(&expire), "{expire}");
    assert_eq!(response.as_object().unwrap().len(), 4);
    assert_eq!(caller.simulator.token_fetches(), 2);
}

#[tokio::test]
async fn app_token_is_tenant_token_of_custom_app() {
    let caller = Caller::new().await;
    let path = "/open-apis/auth/v3/app_access_token/internal";
    let body = json!({ "app_id": APP_ID, "app_secret": APP_SECRET }).to_string();
    let response = caller.raw("POST", path, None, &body).await.json();
    assert_eq!((&response["code"], &response["msg"]), (&json!(0), &json!("ok")));
    assert_eq!(response["app_access_token"], caller.token);
    assert_eq!(response["tenant_access_token"], caller.token);
    assert!(response["expire"].as_u64().unwrap() <= 7200);
    assert_eq!(caller.simulator.token_fetches(), 2);

    let body = json!({ "app_id": APP_ID, "app_secret": "wrong" }).to_string();
    let reply = caller.raw("POST", path, None, &body).await;
    assert_is_fact(&reply, "tokens/app_access_token_internal", 10014);
    assert!(reply.json().get("app_access_token").is_none());
}

#[tokio::test]
async fn wrong_credentials_fail_with_http_200() {
    let caller = Caller::new().await;
    for (body, code) in [
        (json!({ "app_id": APP_ID, "app_secret": "wrong" }), 10014),
        (json!({ "app_id": APP_ID }), 10014),
        (json!({ "app_id": "cli_other", "app_secret": APP_SECRET }), 10003),
        (json!({ "app_secret": APP_SECRET }), 10003),
        (json!("text"), 10003),
    ] {
        let reply = caller.raw("POST", INTERNAL, None, &body.to_string()).await;
        assert_is_fact(&reply, "tokens/tenant_access_token_internal", code);
        assert!(reply.json().get("tenant_access_token").is_none());
    }
}

#[tokio::test]
async fn new_token_overlaps_expiring_one() {
    let short = Simulator::builder().token_lifetime(Duration::from_secs(1799));
    let caller = Caller::of(short.start().await.unwrap()).await;
    let (second, expire) = caller.fetch().await;
    assert_ne!(second, caller.token);
    assert_eq!(expire, 1799);
    for token in [&second, &caller.token] {
        let reply = caller.raw("GET", LIST, Some(&format!("Bearer {token}")), "").await;
        reply.data();
    }
}

#[tokio::test]
async fn token_expires_after_its_lifetime() {
    let caller = Caller::new().await;
    caller.elapse(Duration::from_secs(7190)).await;
    caller.get(LIST).await.data();
    let (second, _) = caller.fetch().await;
    assert_ne!(second, caller.token);
    caller.elapse(Duration::from_secs(10)).await;
    caller.get(LIST).await.assert_rejected(99991663);
    let auth = format!("Bearer {second}");
    caller.raw("GET", LIST, Some(&auth), "").await.data();
}

#[tokio::test]
async fn expired_token_rejected_and_replaced() {
    let caller = Caller::new().await;
    caller.simulator.expire_tokens();
    let reply = caller.get(LIST).await;
    assert_is_fact(&reply, "list_user_groups", 99991663);
    assert_ne!(caller.fetch().await.0, caller.token);
}

#[tokio::test]
async fn invalid_tokens_have_distinct_codes() {
    let caller = Caller::new().await;
    for (path, auth, code) in [
        (LIST, None, 99991661),
        (LIST, Some("Bearer "), 99991661),
        (LIST, Some("Basic abc"), 99991661),
        (LIST, Some("Bearer abc"), 99991671),
        (LIST, Some("Bearer ä"), 99991671),
        (LIST, Some("Bearer t-made-up"), 99991663),
        (LIST, Some("Bearer u-simulator"), 99991663),
        ("/open-apis/contact/v3/group/g1", Some("Bearer u-made-up"), 99991668),
    ] {
        let reply = caller.raw("GET", path, auth, "").await;
        assert_is_fact(&reply, "list_user_groups", code);
    }
}

#[tokio::test]
async fn get_accepts_only_valid_user_tokens() {
    let simulator = Simulator::builder().with_group(Group::new("g1", "R&D"));
    let caller = Caller::of(simulator.start().await.unwrap()).await;
    let path = format!("{GROUP}/g1");
    let (first, second) = (format!("Bearer {USER_TOKEN}"), "Bearer u-second");
    caller.raw("GET", &path, Some(&first), "").await.data();
    caller.raw("GET", &path, Some(second), "").await.assert_rejected(99991668);
    caller.simulator.add_user_token("u-second");
    caller.simulator.expire_user_token(USER_TOKEN);
    caller.raw("GET", &path, Some(second), "").await.data();
    caller.raw("GET", &path, Some(&first), "").await.assert_rejected(99991668);
}

#[tokio::test]
async fn missing_scope_is_named() {
    let simulator = Simulator::builder().with_group(Group::new("g1", "R&D")).without_scope("contact:group:readonly");
    let caller = Caller::of(simulator.start().await.unwrap()).await;
    let path = format!("{GROUP}/g1");
    let violation = json!([{
        "type": "action_scope_required",
        "subject": "contact:group:readonly",
    }]);
    let reply = caller.get(&path).await;
    assert_is_fact(&reply, "get_user_group", 99991672);
    assert_eq!(reply.json()["error"]["permission_violations"], violation);
    let user = format!("Bearer {USER_TOKEN}");
    let reply = caller.raw("GET", &path, Some(&user), "").await;
    assert_is_fact(&reply, "get_user_group", 99991679);
    caller.create(json!({ "name": "other scope" })).await.data();
}

#[tokio::test]
async fn store_app_ticket_yields_tenant_token() {
    let caller = Caller::new().await;
    let (app, tenant) = ("/open-apis/auth/v3/app_access_token", "/open-apis/auth/v3/tenant_access_token");
    let ask = async |path, body: Value| caller.raw("POST", path, None, &body.to_string()).await;
    let ticket = |ticket| json!({ "app_id": APP_ID, "app_secret": APP_SECRET, "app_ticket": ticket });

    let reply = ask(app, ticket("wrong")).await;
    assert_is_fact(&reply, "tokens/app_access_token_store", 10012);
    let response = ask(app, ticket(APP_TICKET)).await.json();
    assert_eq!(response["msg"], "success");
    let app_token = response["app_access_token"].as_str().unwrap();
    assert!(app_token.starts_with("a-"));

    let key = |token: &str, key| json!({ "app_access_token": token, "tenant_key": key });
    let reply = ask(tenant, key("a-made-up", "other")).await;
    assert_is_fact(&reply, "tokens/tenant_access_token_store", 99991664);
    ask(tenant, key(app_token, "")).await.assert_rejected(10003);
    let other = ask(tenant, key(app_token, "other")).await.json();
    let home = ask(tenant, key(app_token, TENANT_KEY)).await.json();
    assert_ne!(home["tenant_access_token"], caller.token, "a store app is not the custom app of the same id");

    // A tenant does not see the groups of another.
    let id = caller.create(json!({ "name": "home" })).await.data()["group_id"].clone();
    let path = format!("{GROUP}/{}", id.as_str().unwrap());
    let auth = format!("Bearer {}", other["tenant_access_token"].as_str().unwrap());
    caller.raw("GET", &path, Some(&auth), "").await.assert_rejected(42002);

    // Only a custom app can create, update and delete.
    let reply = caller.raw("POST", GROUP, Some(&auth), r#"{"name":"home"}"#).await;
    assert_is_fact(&reply, "create_user_group", 99991672);
    assert_eq!(reply.json()["error"]["permission_violations"][0]["subject"], "contact:group");
    caller.raw("PATCH", &path, Some(&auth), r#"{"name":"new"}"#).await.assert_rejected(99991672);
    caller.raw("DELETE", &path, Some(&auth), "").await.assert_rejected(99991672);
    assert_eq!(caller.simulator.groups().len(), 1);

    // An app token is not accepted as a tenant token.
    let auth = format!("Bearer {app_token}");
    caller.raw("GET", LIST, Some(&auth), "").await.assert_rejected(99991671);
}

#[tokio::test]
async fn oldest_tenants_of_a_store_app_are_dropped() {
    let builder = Simulator::builder().with_group(Group::new("g1", "Home"));
    let builder = builder.with_group_in("listed", Group::new("g2", "Listed")).enforce_rate_limits(true);
    let caller = Caller::of(builder.start().await.unwrap()).await;
    let ask = async |path, body: Value| caller.raw("POST", path, None, &body.to_string()).await.json();
    let ticket = json!({ "app_id": APP_ID, "app_secret": APP_SECRET, "app_ticket": APP_TICKET });
    let app = ask("/open-apis/auth/v3/app_access_token", ticket).await;
    for number in 0..1_002 {
        let key = json!({ "app_access_token": app["app_access_token"], "tenant_key": format!("tenant-{number}") });
        let tenant = ask("/open-apis/auth/v3/tenant_access_token", key).await;
        let auth = format!("Bearer {}", tenant["tenant_access_token"].as_str().unwrap());
        caller.raw("GET", LIST, Some(&auth), "").await.data();
    }
    let state = caller.simulator.state().to_json();
    let tenants = &state["tenants"];
    assert_eq!(tenants.as_object().unwrap().len(), 1_001, "a thousand, and the listed one");
    assert_eq!(tenants["listed"]["groups"][0]["id"], "g2");
    assert!(tenants.get("tenant-1").is_none() && tenants.get("tenant-2").is_some());
    assert_eq!(caller.simulator.groups().len(), 1);
}

#[tokio::test]
async fn longest_lifetime_ends_with_the_clock() {
    let caller = Caller::of(Simulator::builder().token_lifetime(Duration::MAX).start().await.unwrap()).await;
    caller.get(LIST).await.data();
    // The clock stops a hundred years ahead, and tokens are valid for no longer.
    caller.simulator.advance(Duration::MAX);
    caller.simulator.advance(Duration::MAX);
    caller.get(LIST).await.assert_rejected(99991663);
    let (token, left) = caller.fetch().await;
    assert!(token != caller.token && left > 3_000_000_000, "{left}");
}

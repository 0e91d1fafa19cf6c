//! Behaviour that all requests share, and starting and stopping a simulator.

use std::collections::HashSet;

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use serde_json::json;

use super::caller::{Caller, GROUP, INTERNAL, LIST, WRITE, assert_is_fact, with_rejecting_groups};

#[tokio::test]
async fn error_has_log_id_and_details() {
    let caller = with_rejecting_groups().await;
    let reply = caller.create(json!({ "name": "R&D" })).await;
    let error = &reply.json()["error"];
    let log_id = error["log_id"].as_str().unwrap();
    assert_eq!(log_id, reply.headers["x-tt-logid"]);
    let link = error["troubleshooter"].as_str().unwrap();
    assert!(link.starts_with("https://") && link.contains(log_id));
    assert_eq!(error["field_violations"], json!([{ "field": "name", "value": "R&D", "description": "already taken" }]));
}

#[tokio::test]
async fn responses_have_unique_log_ids() {
    let caller = with_rejecting_groups().await;
    let mut log_ids = HashSet::new();
    for path in [LIST, LIST, "/open-apis/contact/v3/group/unknown"] {
        let reply = caller.get(path).await;
        assert_eq!(reply.headers["content-type"], "application/json; charset=utf-8");
        let log_id = reply.headers["x-tt-logid"].clone();
        assert_eq!(log_id.len(), 34);
        assert!(log_ids.insert(log_id));
    }
    let reply = caller.get("/nowhere").await;
    assert!(log_ids.insert(reply.headers["x-tt-logid"].clone()));
}

#[tokio::test]
async fn bodies_that_are_not_json_rejected() {
    let caller = with_rejecting_groups().await;
    let auth = format!("Bearer {}", caller.token);
    for content_type in [None, Some("application/x-www-form-urlencoded"), Some("text/plain")] {
        let reply = caller.send("POST", GROUP, Some(&auth), content_type, r#"{"name":"n"}"#).await;
        assert_is_fact(&reply, "create_user_group", 40001);
        if content_type.is_some() {
            let credentials = json!({ "app_id": APP_ID, "app_secret": APP_SECRET }).to_string();
            caller.send("POST", INTERNAL, None, content_type, &credentials).await.assert_rejected(10003);
        }
    }
    let reply = caller.send("POST", GROUP, Some(&auth), Some("application/json"), r#"{"name":"n"}"#).await;
    reply.data();
}

/// lark-oapi for Python fetches its tokens so.
#[tokio::test]
async fn token_endpoint_takes_body_without_content_type() {
    let caller = Caller::new().await;
    let credentials = json!({ "app_id": APP_ID, "app_secret": APP_SECRET }).to_string();
    let response = caller.send("POST", INTERNAL, None, None, &credentials).await.json();
    assert_eq!((&response["code"], &response["tenant_access_token"]), (&json!(0), &json!(caller.token)));
}

#[tokio::test]
async fn unknown_routes_return_404() {
    let caller = Caller::new().await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", INTERNAL),
        ("PUT", LIST),
        ("GET", GROUP),
        ("GET", "/open-apis/contact/v3/group/"),
        ("GET", "/open-apis/contact/v3/group/a/b"),
        ("DELETE", WRITE),
    ] {
        let reply = caller.call(method, path, "").await;
        assert_eq!(reply.status, 404, "{method} {path}");
        assert_eq!(reply.text, "404 page not found");
        assert!(reply.headers["content-type"].starts_with("text/plain"));
    }
}

#[tokio::test]
async fn oversized_body_returns_413() {
    let caller = Caller::new().await;
    let reply = caller.call("POST", GROUP, &" ".repeat(4 * 1024 * 1024 + 1)).await;
    assert_eq!(reply.status, 413);
    assert!(!caller.simulator.requests().iter().any(|request| request.path == GROUP));
}

#[tokio::test]
async fn recorded_requests_hide_secrets() {
    let caller = Caller::new().await;
    caller.get(&format!("{LIST}?page_size=7&page_token=")).await;
    let requests = caller.simulator.requests();
    assert_eq!(requests.len(), 2);
    let list = &requests[1];
    assert_eq!((list.method.as_str(), list.path.as_str()), ("GET", LIST));
    assert_eq!(list.query("page_size"), Some("7"));
    assert_eq!(list.query.len(), 2);
    let auth = format!("Bearer {}", caller.token);
    assert_eq!(list.header("authorization"), Some(auth.as_str()));
    assert!(requests[0].body.starts_with(b"{"));

    let shown = format!("{requests:?} {:?}", caller.simulator);
    assert!(shown.contains("page_size"));
    assert!(!shown.contains(&caller.token) && !shown.contains(APP_SECRET), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_creates_keep_name_unique() {
    let caller = std::sync::Arc::new(Caller::new().await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let caller = std::sync::Arc::clone(&caller);
        tasks.spawn(async move { caller.create(json!({ "name": "one" })).await.code() });
    }
    let codes = tasks.join_all().await;
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1);
    assert_eq!(codes.iter().filter(|code| **code == 47009).count(), 15);
    assert_eq!(caller.simulator.groups().len(), 1);
}

/// Fails unless the server stops responding after the runtime has run its tasks.
async fn assert_stops(http: &reqwest::Client, url: &str) {
    for _ in 0..1000 {
        if http.get(url).send().await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it still responds");
}

#[tokio::test]
async fn drop_stops_server_and_frees_port() {
    let caller = Caller::new().await;
    let (http, url) = (caller.http.clone(), format!("{}{LIST}", caller.simulator.url()));
    let address = caller.simulator.address();
    assert_eq!(caller.simulator.url(), format!("http://{address}"));
    drop(caller);
    assert_stops(&http, &url).await;
    let again = Simulator::builder().address(address).start().await.unwrap();
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn run_until_stopped_serves_until_abort() {
    let caller = Caller::new().await;
    let (http, url) = (caller.http.clone(), format!("{}{LIST}", caller.simulator.url()));
    let task = tokio::spawn(caller.simulator.run_until_stopped());
    assert!(http.get(&url).send().await.is_ok());
    task.abort();
    assert_stops(&http, &url).await;
}

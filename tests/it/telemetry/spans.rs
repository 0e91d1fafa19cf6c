//! Spans and events.

use super::observer::{Notes, observed};
use super::quick;
use super::recorder::{Entry, listen};
use crate::support::token_server::{get_group, group_found};
use crate::support::{Reply, Server, builder, eventually};
use feishu_user_groups::Method;
use feishu_user_groups::types::MemberReference;
use serde_json::json;
use std::collections::BTreeMap;
use tracing::Level;

fn fields<const N: usize>(fields: [(&str, &str); N]) -> BTreeMap<String, String> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Whatever time it took, it is a number.
fn without_times(mut entry: Entry) -> BTreeMap<String, String> {
    if let Some(waited) = entry.fields.remove("feishu.waited_ms") {
        waited.parse::<u64>().unwrap();
    }
    entry.fields
}

#[tokio::test]
async fn call_and_attempts_are_otel_spans() {
    let failure = Reply::new(502, "<html>").header("x-tt-logid", "log-1");
    let server = Server::with_script([failure, group_found().header("x-tt-logid", "log-2")]).await;
    let client = builder(&server).tenant_token("t-1").retry_policy(quick()).build().unwrap();
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap();
    drop(listening);

    let calls = recorded.spans("feishu_call");
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((call.level, call.parent), (Level::INFO, None));
    let expected = fields([
        ("feishu.log_id", "log-2"),
        ("feishu.operation", "get_user_group"),
        ("feishu.attempts", "2"),
        ("otel.name", "get_user_group"),
    ]);
    assert_eq!(without_times(call.clone()), expected);

    let attempts = recorded.spans("feishu_attempt");
    let [first, second] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!((first.parent, second.parent), (call.id, call.id));
    let port = server.url.rsplit(':').next().unwrap();
    let mut expected = fields([
        ("error.type", "502"),
        ("feishu.log_id", "log-1"),
        ("feishu.operation", "get_user_group"),
        ("feishu.attempt", "1"),
        ("http.request.method", "GET"),
        ("http.response.status_code", "502"),
        ("otel.kind", "client"),
        ("otel.name", "GET /open-apis/contact/v3/group/{group_id}"),
        ("otel.status_code", "ERROR"),
        ("server.address", "127.0.0.1"),
        ("server.port", port),
        ("url.template", "/open-apis/contact/v3/group/{group_id}"),
    ]);
    assert_eq!(without_times(first.clone()), expected);
    expected.retain(|name, _| !["error.type", "otel.status_code"].contains(&name.as_str()));
    expected.extend(fields([
        ("feishu.code", "0"),
        ("feishu.log_id", "log-2"),
        ("feishu.attempt", "2"),
        ("http.request.resend_count", "1"),
        ("http.response.status_code", "200"),
    ]));
    assert_eq!(without_times(second.clone()), expected);
    let events = [
        (Level::WARN, "attempt failed; retrying"),
        (Level::DEBUG, "attempt finished"),
        (Level::DEBUG, "call succeeded"),
    ];
    assert_eq!(recorded.events(), events.map(|(level, name)| (level, name.to_owned())));
}

#[tokio::test]
async fn spans_of_custom_request_name_template() {
    let server = Server::with_script([group_found()]).await;
    let client = builder(&server).tenant_token("t-1").build().unwrap();
    let (recorded, listening) = listen();
    let request = client.request(Method::GET, "/open-apis/contact/v3/users/{user_id}").path("user_id", "ou_1");
    request.query("name", "Ada").send_raw().await.unwrap();
    drop(listening);
    let spans = [recorded.spans("feishu_call"), recorded.spans("feishu_attempt")].concat();
    let name = "GET /open-apis/contact/v3/users/{user_id}";
    for span in &spans {
        assert_eq!((span.fields["otel.name"].as_str(), span.fields["feishu.operation"].as_str()), (name, name));
        assert!(!span.fields.values().any(|value| value.contains("ou_1") || value.contains("Ada")), "{span:?}");
    }
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[1].fields["url.template"], "/open-apis/contact/v3/users/{user_id}");
}

#[tokio::test]
async fn failed_spans_carry_error_type() {
    let server = Server::with_script([Reply::error(400, 42002)]).await;
    let client = crate::support::client(&server);
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap_err();
    let unconnected = crate::support::client(&server);
    drop(server);
    get_group(&unconnected).await.unwrap_err();
    drop(listening);
    for name in ["feishu_call", "feishu_attempt"] {
        let spans = recorded.spans(name);
        let kinds: Vec<_> =
            spans.iter().map(|span| (&*span.fields["error.type"], &*span.fields["otel.status_code"])).collect();
        assert_eq!(kinds, [("42002", "ERROR"), ("Connection", "ERROR")], "{name}");
    }
}

#[tokio::test]
async fn spans_and_events_omit_ids() {
    let results = json!({ "results": [{ "member_id": "kept-id-3", "code": 41073 }] });
    let failed = json!({ "code": 40022, "msg": "partial failed", "data": results });
    let script = [Reply::hang_up(), Reply::hang_up(), Reply::new(400, failed.to_string())];
    let server = Server::with_script(script).await;
    let client = crate::support::client(&server);
    let (recorded, listening) = listen();
    client.get_user_group().group_id("kept-id-1").send().await.unwrap_err();
    client.list_member_user_groups().member_id("kept-id-2").send().await.unwrap_err();
    let member = MemberReference::new("kept-id-3", "user", "user_id");
    let remove = client.batch_remove_user_group_members().group_id("g1").body_map(|body| body.members([member]));
    let error = remove.send().await.unwrap_err();
    assert!(error.to_string().contains("kept-id-3"), "{error}");
    drop(listening);
    let everything = format!("{:?}", recorded.0.lock().unwrap());
    assert!(everything.contains("url.template") && !everything.contains("kept-id"), "{everything}");
}

#[tokio::test]
async fn token_fetch_is_separate_span() {
    let token = Reply::token("t-1", 7200).header("x-tt-logid", "log-1");
    let server =
        Server::with_script([Reply::error(400, 10014).header("x-tt-logid", "log-0"), token, group_found()]).await;
    let client = observed(&server, &Notes::default());
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap_err();
    get_group(&client).await.unwrap();
    drop(listening);

    let fetches = recorded.spans("feishu_token_fetch");
    let port = server.url.rsplit_once(':').unwrap().1;
    let common = [
        ("feishu.in_background", "false"),
        ("follows from", "feishu_call"),
        ("http.request.method", "POST"),
        ("otel.kind", "client"),
        ("otel.name", "token fetch"),
        ("server.address", "127.0.0.1"),
        ("server.port", port),
        ("url.template", crate::support::TOKEN_PATH),
    ];
    let failed = [
        ("error.type", "10014"),
        ("feishu.code", "10014"),
        ("feishu.log_id", "log-0"),
        ("http.response.status_code", "400"),
        ("otel.status_code", "ERROR"),
    ];
    let done = [("feishu.code", "0"), ("feishu.log_id", "log-1"), ("http.response.status_code", "200")];
    let expected = [failed.to_vec(), done.to_vec()]
        .map(|own| own.into_iter().chain(common).map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    assert_eq!(fetches.iter().map(|fetch| fetch.fields.clone()).collect::<Vec<BTreeMap<_, _>>>(), expected);
    assert!(fetches.iter().all(|fetch| fetch.parent.is_none()));
    assert!(recorded.events().contains(&(Level::WARN, "token fetch failed".to_owned())));
}

#[tokio::test]
async fn failed_refresh_logs_no_warning() {
    let server = Server::with_script([Reply::token("t-1", 60), group_found(), group_found()]).await;
    let notes = Notes::default();
    let client = observed(&server, &notes);
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    eventually("the refresh fails", async || notes.all().contains(&"token Some(Auth) true".to_owned())).await;
    drop(listening);
    let events = recorded.events();
    assert!(events.contains(&(Level::DEBUG, "token refresh failed; the old token is valid".to_owned())), "{events:?}");
    assert!(events.iter().all(|(level, _)| *level > Level::WARN), "{events:?}");
}

//! What is sent and what comes back: the same tokens, errors and telemetry as a call of a generated operation.

use super::{MESSAGES, USER};
use crate::support::token_server::{token_server, tokens_sent, tokens_valid_for};
use crate::support::{Reply, Server, TOKEN, app_client, builder, client};
use feishu_user_groups::operation::{AccessTokenKind, RetryRule};
use feishu_user_groups::telemetry::{CallEvent, Observer};
use feishu_user_groups::types::UserIdType;
use feishu_user_groups::{Error, ErrorKind, Method};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Sent {
    message_id: String,
}

#[tokio::test]
async fn request_sent_as_written() {
    let server = Server::with_script([Reply::ok(json!({ "message_id": "om_1" })).header("x-tt-logid", "log-1")]).await;
    let body = json!({ "receive_id": "ou_1", "msg_type": "text" });
    let request = client(&server)
        .request(Method::POST, MESSAGES)
        .query("receive_id_type", "open id&")
        .query("user_id_type", UserIdType::OpenId)
        .query("ids", ["a", "b"])
        .query("count", 7)
        .query("exact", true)
        .query("left_out", None::<&str>)
        .json(&body);
    let sent = request.send::<Sent>().await.unwrap();
    assert_eq!((&sent.message_id, sent.log_id(), sent.attempts()), (&"om_1".to_owned(), Some("log-1"), 1));
    let received = &server.received()[0];
    assert_eq!((received.method.as_str(), received.path(), received.token()), ("POST", MESSAGES, TOKEN));
    assert_eq!(received.json(), body);
    assert_eq!(received.header("content-type"), Some("application/json; charset=utf-8"));
    let query = "receive_id_type=open+id%26&user_id_type=open_id&ids=a&ids=b&count=7&exact=true";
    assert_eq!(received.target.split_once('?').unwrap().1, query);
}

#[tokio::test]
async fn request_without_body_has_no_content_type() {
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let server = Server::with_script([Reply::ok(json!({}))]).await;
        client(&server).request(method.clone(), USER).path("user_id", 7).send::<Value>().await.unwrap();
        let received = &server.received()[0];
        assert_eq!((received.method.as_str(), received.body.len()), (method.as_str(), 0));
        assert_eq!((received.path(), received.header("content-type")), ("/open-apis/contact/v3/users/7", None));
    }
}

/// The payload of a response with this body.
async fn payload<T: DeserializeOwned + Send + 'static>(body: Value) -> Result<T, Error> {
    let server = Server::with_script([Reply::json(200, &body)]).await;
    client(&server).request(Method::GET, MESSAGES).send::<T>().await.map(|response| response.into_inner())
}

#[tokio::test]
async fn payload_is_data() {
    let sent = Sent { message_id: "om_1".to_owned() };
    let body = json!({ "code": "0", "msg": "ok", "data": { "message_id": "om_1", "new": 1 } });
    assert_eq!(payload::<Sent>(body.clone()).await.unwrap(), sent);
    assert_eq!(payload::<Option<Sent>>(body.clone()).await.unwrap(), Some(sent));
    assert_eq!(payload::<Value>(body).await.unwrap(), json!({ "message_id": "om_1", "new": 1 }));
    assert_eq!(payload::<Vec<i64>>(json!({ "code": 0, "data": [1, 2] })).await.unwrap(), [1, 2]);
}

#[tokio::test]
async fn missing_data_is_no_payload() {
    for body in [json!({ "code": 0 }), json!({ "code": 0, "data": null }), json!({ "code": 0, "data": {} })] {
        payload::<()>(body.clone()).await.unwrap();
        payload::<Option<Sent>>(body.clone()).await.map(|sent| assert_eq!(sent, None)).unwrap();
        payload::<Value>(body.clone()).await.unwrap();
        let error = payload::<Sent>(body).await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_applied()), (ErrorKind::InvalidResponse, true), "{error}");
    }
    payload::<()>(json!({ "code": 0, "data": { "a": 1 } })).await.unwrap_err();
}

#[tokio::test]
async fn raw_envelope_is_whole() {
    for envelope in [json!({ "code": 0, "msg": "ok", "data": { "a": [1] } }), json!({ "code": 230002, "msg": "no" })] {
        let server = Server::with_script([Reply::json(200, &envelope)]).await;
        let raw = client(&server).request(Method::POST, MESSAGES).send_raw().await.unwrap();
        assert_eq!(*raw, envelope);
    }
}

#[tokio::test]
async fn error_names_method_and_template() {
    let echo = format!("no such user (Bearer {TOKEN})");
    let body = json!({ "code": 230002, "msg": echo, "data": { "invalid": ["ou_1"], "header": TOKEN } });
    let server = Server::with_script([Reply::json(400, &body).header("x-tt-logid", "log-1")]).await;
    let error = client(&server).request(Method::PATCH, USER).path("user_id", "ou_secret").send::<Value>().await;
    let error = error.unwrap_err();
    assert_eq!(error.operation(), Some("PATCH /open-apis/contact/v3/users/{user_id}"));
    assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::Service, Some(230002), Some(400)));
    let text =
        "PATCH /open-apis/contact/v3/users/{user_id}: code 230002 (no such user (Bearer ***)); HTTP 400; log id log-1";
    assert_eq!(error.to_string(), text);
    assert_eq!(error.data(), Some(&json!({ "invalid": ["ou_1"], "header": "***" })));
    assert!(!format!("{error:#?}").contains(TOKEN) && !format!("{error:#?}").contains("ou_secret"), "{error:#?}");
}

#[tokio::test]
async fn platform_codes_are_known() {
    let server = Server::with_script([Reply::error(400, 99991672)]).await;
    let error = client(&server).request(Method::GET, MESSAGES).send::<Value>().await.unwrap_err();
    assert!(error.is_permission_denied(), "{error}");
}

#[tokio::test]
async fn rejected_token_is_replaced() {
    let server = token_server(tokens_valid_for(7200), |request| match request.token() {
        "t-2" => Reply::ok(json!({ "message_id": "om_1" })),
        _ => Reply::error(400, 99991663),
    })
    .await;
    // A POST too: the request was not processed.
    let request = app_client(&server).request(Method::POST, MESSAGES).json(&json!({ "a": 1 })).send::<Sent>();
    assert_eq!(request.await.unwrap().attempts(), 2);
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
    let received = server.received();
    assert_eq!((received[1].json(), received[3].json()), (json!({ "a": 1 }), json!({ "a": 1 })));
}

#[tokio::test]
async fn either_token_unless_one_is_named() {
    let server = Server::with_handler(|_| Reply::ok(json!({}))).await;
    let (tenant, user) = (client(&server), client(&server).with_user_token("u-1"));
    let request = |client: &feishu_user_groups::Client| client.request(Method::GET, MESSAGES).send::<Value>();
    request(&tenant).await.unwrap();
    request(&user).await.unwrap();
    assert_eq!(tokens_sent(&server), [TOKEN, "u-1"]);
    for (client, kind, accepted) in [
        (&tenant, AccessTokenKind::Tenant, true),
        (&tenant, AccessTokenKind::User, false),
        (&user, AccessTokenKind::User, true),
        (&user, AccessTokenKind::Tenant, false),
    ] {
        let result = client.request(Method::GET, MESSAGES).access_token(kind).send::<Value>().await;
        match result {
            Ok(_) => assert!(accepted, "{kind:?}"),
            Err(error) => assert_eq!((accepted, error.kind()), (false, ErrorKind::Auth), "{error}"),
        }
    }
    assert_eq!(server.received().len(), 4);
}

/// Serializes to nothing.
struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no value"))
    }
}

#[tokio::test]
async fn unusable_values_are_listed() {
    let server = Server::with_script([]).await;
    let request = client(&server).request(Method::POST, USER);
    let request = request.query("map", json!({ "a": 1 })).query("list", [[1]]).query("broken", Unserializable);
    let error = request.json(&Unserializable).send::<Value>().await.unwrap_err();
    let fields: Vec<_> = error.violations().iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!((error.kind(), fields), (ErrorKind::InvalidRequest, vec!["user_id", "map", "list", "broken", "body"]));
    assert!(server.received().is_empty());
}

#[test]
fn debug_hides_values() {
    let client = feishu_user_groups::Client::builder().tenant_token(TOKEN).build().unwrap();
    let request = client.request(Method::POST, USER).path("user_id", "hidden").query("q", "hidden");
    let text = format!("{:?}", request.json(&json!({ "password": "hidden" })));
    assert!(!text.contains("hidden") && !text.contains(TOKEN) && text.contains(USER), "{text}");
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(String, String, RetryRule)>>>);

impl Observer for Seen {
    fn on_call(&self, event: &CallEvent<'_>) {
        let operation = event.operation;
        self.0.lock().unwrap().push((operation.id.to_owned(), operation.path.to_owned(), operation.retry.rule));
    }
}

#[tokio::test]
async fn observer_sees_template_without_values() {
    let server = Server::with_handler(|_| Reply::ok(json!({}))).await;
    let seen = Seen::default();
    let client = builder(&server).tenant_token(TOKEN).observer(seen.clone()).build().unwrap();
    client.request(Method::GET, USER).path("user_id", "ou_1").send::<Value>().await.unwrap();
    client.request(Method::GET, USER).path("user_id", "ou_2").retry(RetryRule::NeverSent).send_raw().await.unwrap();
    let expected = [RetryRule::Safe, RetryRule::NeverSent].map(|rule| (format!("GET {USER}"), USER.to_owned(), rule));
    assert_eq!(*seen.0.lock().unwrap(), expected);
}

#[tokio::test]
async fn future_can_be_spawned() {
    fn spawnable<T: Send + Debug + 'static>(
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        future
    }
    let server = Server::with_handler(|_| Reply::ok(json!({}))).await;
    let call = spawnable(client(&server).request(Method::GET, MESSAGES).send::<Value>());
    tokio::spawn(call).await.unwrap().unwrap();
}

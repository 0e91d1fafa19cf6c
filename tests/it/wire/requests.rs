//! Requests are exactly those of the documents' samples and the service's reference: method,
//! path, query, headers and body.
#![allow(deprecated, reason = "what is documented can be sent")]

use crate::facts::{documented_operations, service};
use crate::support::{APP_ID, APP_SECRET, Received, Reply, Server, TOKEN, app_client, builder, client};
use feishu_user_groups::types::*;
use feishu_user_groups::{Client, Error, operation};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Pairs = BTreeMap<String, String>;

/// A request of a sample.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) operation: String,
    place: String,
    method: String,
    pub(super) path: String,
    pub(super) path_parameters: Pairs,
    query: Pairs,
    headers: Pairs,
    body: Value,
}

fn pairs(value: &Value) -> Pairs {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The requests of the documents' samples in all languages.
fn document_samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for documented in documented_operations() {
        let operation = operation::ALL.iter().find(|row| Some(row.id) == documented.operation.as_deref()).unwrap();
        let examples = documented.facts["examples"].as_array().unwrap().clone();
        for example in
            examples.into_iter().filter(|example| example["kind"] == "request" && example["source"] != "json")
        {
            let text = |key: &str| example[key].as_str().map(str::to_owned);
            samples.push(Sample {
                operation: operation.id.to_owned(),
                place: format!("{}, {} in line {}", documented.title, example["source"], example["line"]),
                // A sample for an SDK leaves both to the SDK.
                method: text("method").unwrap_or_else(|| operation.method.to_string()),
                path: text("path").unwrap_or_else(|| operation.path.to_owned()),
                path_parameters: pairs(&example["path_parameters"]),
                query: pairs(&example["query"]),
                headers: pairs(&example["headers"]),
                body: example["value"].clone(),
            });
        }
    }
    samples
}

/// One request of each operation with every parameter of the service's reference.
pub(super) fn service_samples() -> Vec<Sample> {
    let sample = |id: &str| {
        let facts = service(id);
        let parameters = facts["parameters"].as_array().unwrap();
        let value = |parameter: &Value| match (&parameter["values"][0], &parameter["maximum"]) {
            (Value::Null, Value::Null) => json!("a value & more"),
            (Value::Null, largest) => largest.clone(),
            (first, _) => first.clone(),
        };
        let of = |place: &str| -> Value {
            let parameters = parameters.iter().filter(|parameter| parameter["in"] == place);
            parameters.map(|p| (p["name"].as_str().unwrap().to_owned(), value(p))).collect::<Map<_, _>>().into()
        };
        let path = facts["url"].as_str().unwrap().replace(":group_id", "{group_id}");
        Sample {
            operation: id.to_owned(),
            place: format!("spec/service/{id}.json"),
            method: facts["method"].as_str().unwrap().to_owned(),
            path_parameters: path
                .contains('{')
                .then(|| ("group_id".to_owned(), "g122817".to_owned()))
                .into_iter()
                .collect(),
            path,
            query: pairs(&of("query")),
            headers: Pairs::new(),
            body: facts["examples"]["request"].clone(),
        }
    };
    operation::ALL.iter().map(|operation| sample(operation.id)).collect()
}

/// Sets each parameter that the sample has.
macro_rules! set {
    ($call:expr, $from:expr, text: [$($text:ident),*], numbers: [$($name:literal $number:ident),*]) => {{
        let mut call = $call;
        $(if let Some(value) = $from.get(stringify!($text)) { call = call.$text(value.as_str()); })*
        $(if let Some(value) = $from.get($name) { call = call.$number(value.parse::<i64>().unwrap()); })*
        call
    }};
}

/// Makes the sample's call with the generated client.
pub(super) async fn call(client: &Client, sample: &Sample) -> Result<(), Error> {
    let Sample { query, path_parameters: path, body, .. } = sample;
    let only = |names: &[&str]| assert!(query.keys().all(|name| names.contains(&name.as_str())), "{sample:?}");
    match sample.operation.as_str() {
        "create_user_group" => {
            only(&["user_id_type", "department_id_type"]);
            let body: CreateUserGroupBody = serde_json::from_value(body.clone()).unwrap();
            set!(client.create_user_group().body(body), query, text: [user_id_type, department_id_type], numbers: [])
                .send()
                .await
                .map(drop)
        }
        "update_user_group" => {
            only(&["user_id_type", "department_id_type"]);
            let body: UpdateUserGroupBody = serde_json::from_value(body.clone()).unwrap();
            let call = set!(client.update_user_group().body(body), query, text: [user_id_type, department_id_type], numbers: []);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "get_user_group" => {
            only(&["user_id_type", "department_id_type"]);
            let call = set!(client.get_user_group(), query, text: [user_id_type, department_id_type], numbers: []);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "delete_user_group" => {
            only(&[]);
            set!(client.delete_user_group(), path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "list_user_groups" => {
            only(&["page_size", "page_token", "type"]);
            set!(client.list_user_groups(), query, text: [page_token], numbers: ["page_size" page_size, "type" type_])
                .send()
                .await
                .map(drop)
        }
        "list_member_user_groups" => {
            only(&["member_id", "member_id_type", "group_type", "page_size", "page_token", "type"]);
            set!(client.list_member_user_groups(), query, text: [member_id, member_id_type, page_token],
                numbers: ["page_size" page_size, "group_type" group_type, "type" type_])
            .send()
            .await
            .map(drop)
        }
        "write_performance_group_members" => {
            only(&["client_token", "user_id_type"]);
            let body: WritePerformanceGroupMembersBody = serde_json::from_value(body.clone()).unwrap();
            set!(client.write_performance_group_members().body(body), query, text: [client_token, user_id_type], numbers: []).send().await.map(drop)
        }
        "add_user_group_member" => {
            only(&[]);
            let body: AddUserGroupMemberBody = serde_json::from_value(body.clone()).unwrap();
            let call = client.add_user_group_member().body(body);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "batch_add_user_group_members" => {
            only(&[]);
            let body: BatchAddUserGroupMembersBody = serde_json::from_value(body.clone()).unwrap();
            let call = client.batch_add_user_group_members().body(body);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "remove_user_group_member" => {
            only(&[]);
            let body: RemoveUserGroupMemberBody = serde_json::from_value(body.clone()).unwrap();
            let call = client.remove_user_group_member().body(body);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "batch_remove_user_group_members" => {
            only(&[]);
            let body: BatchRemoveUserGroupMembersBody = serde_json::from_value(body.clone()).unwrap();
            let call = client.batch_remove_user_group_members().body(body);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "list_user_group_members" => {
            only(&["page_size", "page_token", "member_id_type", "member_type"]);
            let call = set!(client.list_user_group_members(), query, text: [page_token, member_id_type, member_type],
                numbers: ["page_size" page_size]);
            set!(call, path, text: [group_id], numbers: []).send().await.map(drop)
        }
        "find_user_ids" => {
            only(&["user_id_type"]);
            let body: FindUserIdsBody = serde_json::from_value(body.clone()).unwrap();
            set!(client.find_user_ids().body(body), query, text: [user_id_type], numbers: []).send().await.map(drop)
        }
        other => panic!("no call for {other}; add it here"),
    }
}

/// The service's example response of an operation.
fn example_reply(operation: &str) -> Reply {
    Reply::json(200, &service(operation)["examples"]["response"])
}

/// The one request that the sample's call sends.
async fn sent(sample: &Sample) -> Received {
    let server = Server::with_script([example_reply(&sample.operation)]).await;
    let token = sample.headers.get("Authorization").map_or(TOKEN, |value| value.strip_prefix("Bearer ").unwrap());
    let client = builder(&server).tenant_token(token).build().unwrap();
    call(&client, sample).await.unwrap_or_else(|error| panic!("{}: {error}", sample.place));
    let [received] = <[_; 1]>::try_from(server.received()).unwrap();
    received
}

async fn assert_sent_as_shown(samples: &[Sample]) {
    for sample in samples {
        let received = sent(sample).await;
        let path = sample
            .path_parameters
            .iter()
            .fold(sample.path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        let query: Pairs = received.query().into_iter().collect();
        let request = (received.method.as_str(), received.path(), &query, received.json());
        assert_eq!(
            request,
            (sample.method.as_str(), path.as_str(), &sample.query, sample.body.clone()),
            "{}",
            sample.place
        );
        assert_eq!(received.query().len(), query.len(), "{}: a parameter is there twice", sample.place);
        for (name, value) in &sample.headers {
            // JSON is always UTF-8, so a charset parameter makes no difference.
            let sent = received.header(name).map(|sent| sent.split(';').next().unwrap());
            assert_eq!(sent, Some(value.as_str()), "{}: {name}", sample.place);
        }
    }
}

#[tokio::test]
async fn calls_match_document_samples() {
    let samples = document_samples();
    for source in ["curl", "node"] {
        assert!(samples.iter().any(|sample| sample.place.contains(source)), "the documents have a sample in {source}");
    }
    assert_sent_as_shown(&samples).await;
}

#[tokio::test]
async fn calls_match_service_reference() {
    assert_sent_as_shown(&service_samples()).await;
}

#[tokio::test]
async fn only_expected_headers_are_sent() {
    let always = ["accept", "authorization", "host", "user-agent"];
    for sample in service_samples() {
        let received = sent(&sample).await;
        let mut names: Vec<_> = received.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        names.sort();
        let body: &[_] = if sample.body.is_null() { &[] } else { &["content-length", "content-type"] };
        let mut expected = [&always[..], body].concat();
        expected.sort_unstable();
        assert_eq!(names, expected, "{}", sample.operation);
        assert_eq!(received.header("authorization"), Some(&*format!("Bearer {TOKEN}")));
        assert_eq!(received.header("accept"), Some("application/json"));
        assert_eq!(received.header("user-agent"), Some(concat!("feishu-user-groups/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(received.body.is_empty(), sample.body.is_null());
        let media = (!sample.body.is_null()).then_some("application/json; charset=utf-8");
        assert_eq!(received.header("content-type"), media);
    }
}

#[tokio::test]
async fn omitted_parameters_are_not_sent() {
    for sample in service_samples() {
        let facts = service(&sample.operation);
        let required = |place: &str, name: &str| {
            let parameters = facts["parameters"].as_array().unwrap();
            parameters.iter().any(|p| p["in"] == place && p["name"] == name && p["required"] == true)
        };
        let query = sample.query.clone().into_iter().filter(|(name, _)| required("query", name)).collect();
        let mut body = sample.body.clone();
        // The spec requires what the reference's table leaves open; an erratum says why.
        let stricter = ["write_performance_group_members", "batch_add_user_group_members"];
        if let Some(body) = body.as_object_mut().filter(|_| !stricter.contains(&sample.operation.as_str())) {
            body.retain(|name, _| required("body", name));
        }
        assert_sent_as_shown(&[Sample { query, body, ..sample }]).await;
    }
}

#[tokio::test]
async fn custom_user_agent_is_sent() {
    let server = Server::with_script([Reply::ok(json!({}))]).await;
    let client = builder(&server).tenant_token(TOKEN).user_agent("their-app/2").build().unwrap();
    client.list_user_groups().send().await.unwrap();
    assert_eq!(server.received()[0].header("user-agent"), Some("their-app/2"));
}

#[tokio::test]
async fn token_fetch_matches_service_reference() {
    let facts = service("tokens/tenant_access_token_internal");
    let server = Server::with_script([Reply::json(200, &facts["examples"]["response"]), Reply::ok(json!({}))]).await;
    app_client(&server).list_user_groups().send().await.unwrap();
    let [fetch, call] = <[_; 2]>::try_from(server.received()).unwrap();
    assert_eq!((fetch.method.as_str(), fetch.target.as_str()), ("POST", facts["url"].as_str().unwrap()));
    assert_eq!(fetch.json(), json!({ "app_id": APP_ID, "app_secret": APP_SECRET }));
    let mut names: Vec<_> = fetch.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent"]);
    assert_eq!(fetch.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(call.token(), facts["examples"]["response"]["tenant_access_token"]);
}

#[tokio::test]
async fn trailing_slash_in_base_url_ignored() {
    let server = Server::with_script([Reply::ok(json!({}))]).await;
    let client = Client::builder().base_url(format!("{}/", server.url)).tenant_token(TOKEN).build().unwrap();
    client.delete_user_group().group_id("g1").send().await.unwrap();
    assert_eq!(server.received()[0].target, "/open-apis/contact/v3/group/g1");
}

#[tokio::test]
async fn path_and_query_are_escaped() {
    for (id, escaped) in [
        ("50%", "50%25"),
        ("a b", "a%20b"),
        ("a?b#c&d=e", "a%3Fb%23c%26d%3De"),
        ("组", "%E7%BB%84"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("...", "..."),
        ("a\tb", "a%09b"),
    ] {
        let server = Server::with_script([Reply::ok(json!({}))]).await;
        client(&server).delete_user_group().group_id(id).send().await.unwrap();
        assert_eq!(server.received()[0].target, format!("/open-apis/contact/v3/group/{escaped}"));
    }
    let server = Server::with_script([Reply::ok(json!({}))]).await;
    let token = "AQD9/Rn9eij9Pm39ED40+S&x=1 #组";
    client(&server).list_user_groups().page_token(token).send().await.unwrap();
    assert_eq!(server.received()[0].query(), [("page_token".to_owned(), token.to_owned())]);
}

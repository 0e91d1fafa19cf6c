//! The API reference under `/docs`: what it loads, what it shows, and that its calls go through.

use std::collections::BTreeSet;

use feishu_user_groups::operation;
use feishu_user_groups::simulator::{AdminApi, App, Group, Seed, Simulator, USER_TOKEN};
use serde_json::Value;

use super::caller::{Caller, GROUP};

async fn caller() -> Caller {
    let group = Group::new("g1", "Design").member("ou_1");
    Caller::of(Simulator::builder().admin_api(AdminApi::LoopbackOnly).with_group(group).start().await.unwrap()).await
}

/// A file with its content type, as a browser reads it.
async fn load(caller: &Caller, path: &str) -> (String, String) {
    let response = caller.http.get(format!("{}{path}", caller.simulator.url())).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (content_type, encoding) = (header("content-type").unwrap(), header("content-encoding"));
    assert!(!path.starts_with("/docs") || header("x-content-type-options").as_deref() == Some("nosniff"), "{path}");
    let body = response.bytes().await.unwrap();
    let text = match encoding.as_deref() {
        None => body.to_vec(),
        Some("gzip") => {
            let (head, tail) = (10, body.len() - 8);
            let text = miniz_oxide::inflate::decompress_to_vec(&body[head..tail]).unwrap();
            let size = u32::from_le_bytes(body[tail + 4..].try_into().unwrap());
            assert_eq!(text.len(), size as usize, "{path}");
            text
        }
        Some(other) => panic!("{path}: {other}"),
    };
    (content_type, String::from_utf8(text).unwrap())
}

/// The values of an attribute.
fn attributes<'a>(page: &'a str, name: &str) -> BTreeSet<&'a str> {
    let start = format!("{name}=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn page_loads_nothing_from_other_hosts() {
    let caller = caller().await;
    let response = caller.http.get(format!("{}/docs", caller.simulator.url())).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    // What no other directive names, such as the targets of scripts' requests.
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("//"), "{policy}");
    let (content_type, page) = load(&caller, "/docs/").await;
    assert_eq!(content_type, "text/html; charset=utf-8");
    assert_eq!(response.text().await.unwrap(), page);
    let mut loaded = attributes(&page, "src");
    loaded.extend(attributes(&page, "href"));
    assert!(loaded.len() >= 6, "{loaded:?}");
    for path in loaded.iter().filter(|path| **path != "data:,") {
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path}");
        let (content_type, text) = load(&caller, path).await;
        let expected = match path.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "application/json; charset=utf-8",
        };
        assert_eq!(content_type, expected, "{path}");
        let style_of_other_host = |line: &str| line.contains("@import") || line.contains("url(http");
        assert!(!path.ends_with(".css") || !text.lines().any(style_of_other_host), "{path}");
    }
    let script = load(&caller, "/docs/page.js").await.1;
    assert!(!script.contains("://") && script.contains(r#"url: "/docs/openapi.json""#));
    assert!(load(&caller, "/docs/swagger-ui-bundle.js").await.1.contains("SwaggerUIBundle"));
}

#[tokio::test]
async fn document_is_valid_and_whole() {
    let caller = caller().await;
    let document: Value = serde_json::from_str(&load(&caller, "/docs/openapi.json").await.1).unwrap();
    let api: openapiv3::OpenAPI = serde_json::from_value(document.clone()).unwrap();
    let servers: Vec<_> = api.servers.iter().map(|server| &*server.url).collect();
    assert_eq!(servers, ["/"], "calls go to the simulator");
    let shown: BTreeSet<_> = api.operations().filter_map(|(.., operation)| operation.operation_id.clone()).collect();
    let missing: Vec<_> = operation::ALL.iter().filter(|operation| !shown.contains(operation.id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let delete = document["paths"]["/open-apis/contact/v3/group/{group_id}"]["delete"]["description"].as_str().unwrap();
    for fact in ["contact:group", "42017", "tenant_access_token"] {
        assert!(delete.contains(fact), "{fact} is not in {delete}");
    }
    let text = document.to_string();
    for reference in text.split(r##""$ref":"#"##).skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn shown_token_is_accepted() {
    let caller = caller().await;
    let access =
        async |caller: &Caller| -> Value { serde_json::from_str(&load(caller, "/docs/access.json").await.1).unwrap() };
    let shown = access(&caller).await;
    assert_eq!((&shown["app_id"], &shown["user_access_token"]), (&"cli_simulator".into(), &USER_TOKEN.into()));
    let token = |shown: &Value| format!("Bearer {}", shown["tenant_access_token"].as_str().unwrap());
    let path = format!("{GROUP}/g1");
    let reply = caller.raw("DELETE", &path, Some(&token(&shown)), "").await;
    reply.assert_rejected(42017);
    assert_eq!(caller.simulator.token_fetches(), 1, "the caller's own");
    caller.simulator.expire_tokens();
    caller.raw("GET", &path, Some(&token(&shown)), "").await.assert_rejected(99991663);
    let renewed = access(&caller).await;
    caller.raw("GET", &path, Some(&token(&renewed)), "").await.data();
    assert_eq!(caller.simulator.requests().len(), 4, "the page itself is no request of the service");

    // A store app cannot create groups, but it can read them.
    let seed =
        Seed::from_yaml("{ apps: [{ id: a, secret: s, type: store, ticket: t }], groups: [{ id: g1, name: n }] }");
    caller.simulator.replace_state(&seed.unwrap()).unwrap();
    assert_eq!(caller.simulator.app().id, App::store("a", "s", "t").id);
    let shown = access(&caller).await;
    caller.raw("GET", &path, Some(&token(&shown)), "").await.data();
}

#[tokio::test]
async fn other_sites_and_methods_are_rejected() {
    let caller = caller().await;
    let url = |path: &str| format!("{}{path}", caller.simulator.url());
    let request = caller.http.get(url("/docs/access.json")).header("origin", "http://example.com");
    assert_eq!(request.send().await.unwrap().status(), 403);
    for (method, path, status) in
        [("POST", "/docs", 405), ("GET", "/docs/nothing", 404), ("GET", "/docsx", 404), ("HEAD", "/docs", 200)]
    {
        let response = caller.http.request(method.parse().unwrap(), url(path)).send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
    }
}

#[tokio::test]
async fn page_is_off_by_default() {
    let caller = Caller::new().await;
    let reply = caller.raw("GET", "/docs", None, "").await;
    assert_eq!((reply.status, &*reply.text), (404, "404 page not found"));
}

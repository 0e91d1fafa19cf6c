//! A malformed part of a response costs only that part: the code is found, the data is decoded, and the client acts on
//! the code.

use crate::support::{APP_ID, APP_SECRET, Reply, Server, TOKEN, TOKEN_PATH, app_client, builder, client};
use feishu_user_groups::{Error, ErrorKind, RetryPolicy};
use serde_json::{Value, json};
use std::error::Error as _;

/// These bytes between two texts.
fn around(before: &str, middle: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), middle, after.as_bytes()].concat()
}

/// Bodies with `code` that a strict JSON parser rejects or reads differently.
fn odd_bodies(code: i64) -> Vec<(&'static str, Vec<u8>)> {
    let head = format!(r#"{{"code":{code},"msg":"#);
    let nested = format!("{}1{}", "[".repeat(130), "]".repeat(130));
    let deep = format!("{}1{}", r#"{"a":["#.repeat(100_000), "]}".repeat(100_000));
    vec![
        ("GBK", around(&format!("{head}\""), b"\xB7\xC3\xCE\xCA token \xCE\xDE\xD0\xA7", "\"}")),
        // The second byte of this character is a backslash.
        ("GBK with a backslash", around(&format!("{head}\""), b"\xD5\x5C", "\",\"data\":{}}")),
        ("Latin-1", around(&format!("{head}\""), b"caf\xE9", "\"}")),
        ("cut character", around(&format!("{head}\"token"), b"\xE7\xBB", "\",\"data\":null}")),
        ("lone surrogate", format!(r#"{head}"\ud83d token"}}"#).into_bytes()),
        ("reversed surrogates", format!(r#"{head}"\udc00\ud800"}}"#).into_bytes()),
        ("unknown escape", format!(r#"{head}"\x41\u12"}}"#).into_bytes()),
        ("raw line break", format!("{head}\"two\nlines\t\u{1}\"}}").into_bytes()),
        ("1e999", format!(r#"{head}"m","data":{{"n":1e999}}}}"#).into_bytes()),
        ("NaN", format!(r#"{head}"m","data":[NaN,-Infinity]}}"#).into_bytes()),
        ("130 lists", format!(r#"{head}"m","data":{nested}}}"#).into_bytes()),
        ("130 lists before the code", format!(r#"{{"data":{nested},"code":{code}}}"#).into_bytes()),
        ("200,000 levels", format!(r#"{head}"m","data":{deep}}}"#).into_bytes()),
        ("BOM", format!("\u{feff}{head}\"m\"}}").into_bytes()),
        ("doubled code", format!(r#"{{"code":1,"code":"x","msg":"m","code":{code}}}"#).into_bytes()),
        ("escaped name", format!(r#"{{"\u0063ode":{code},"msg":"m"}}"#).into_bytes()),
        ("code in the data", format!(r#"{head}"m","data":{{"code":0,"x":1e999}}}}"#).into_bytes()),
        ("grammar of the data", format!(r#"{head}"m","data":{{a:1,}}}}"#).into_bytes()),
        ("code as text", around(&format!(r#"{{"code":"{code}","msg":""#), b"\xFF", "\"}")),
    ]
}

async fn failure(response: Reply) -> Error {
    let server = Server::with_script([response]).await;
    client(&server).get_user_group().group_id("g1").send().await.unwrap_err()
}

#[tokio::test]
async fn code_found_in_any_odd_body() {
    for status in [200, 400] {
        for (what, body) in odd_bodies(42002) {
            let error = failure(Reply::new(status, body)).await;
            assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some(42002)), "{what}: {error}");
            assert!(error.is_not_found(), "{what}");
            assert!(error.to_string().len() < 1_000, "{what}: {error}");
        }
    }
}

#[tokio::test]
async fn readable_part_of_message_is_shown() {
    for (what, body) in odd_bodies(42002).into_iter().take(6) {
        let error = failure(Reply::new(400, body)).await.to_string();
        let shown = match what {
            "Latin-1" => "(caf\u{FFFD})",
            "GBK with a backslash" => "(\u{FFFD})",
            "reversed surrogates" => "(\u{FFFD}\u{FFFD})",
            _ => "token",
        };
        assert!(error.contains(shown), "{what}: {error}");
    }
}

#[tokio::test]
async fn odd_token_refusal_renews_token() {
    for (what, body) in odd_bodies(99991663) {
        let group = Reply::ok(json!({ "group": { "id": "g1" } }));
        let responses =
            [Reply::token("t-the-first", 7200), Reply::new(400, body), Reply::token("t-second", 7200), group];
        let server = Server::with_script(responses).await;
        let found = app_client(&server).get_user_group().group_id("g1").send().await;
        assert!(found.is_ok(), "{what}: {found:?}");
        assert_eq!(server.token_fetches(), 2, "{what}");
    }
}

#[tokio::test]
async fn odd_rate_limit_pauses_the_client() {
    for (what, body) in odd_bodies(99991400) {
        let response = Reply::new(400, body).header("x-ogw-ratelimit-reset", "7");
        let server = Server::with_script([response]).await;
        let client = builder(&server).tenant_token(TOKEN).max_wait(std::time::Duration::ZERO).build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.is_rate_limited(), error.retry_after().map(|t| t.as_secs())), (true, Some(7)), "{what}");
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), server.received().len()), (ErrorKind::Throttled, 1), "{what}");
    }
}

#[tokio::test]
async fn odd_token_endpoint_response_keeps_code() {
    for (what, body) in odd_bodies(10014) {
        let server = Server::with_handler(move |_| Reply::new(400, body.clone())).await;
        let error = app_client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
        let cause = error.source().and_then(|cause| cause.downcast_ref::<Error>()).unwrap_or(&error);
        assert_eq!(cause.code(), Some(10014), "{what}: {error}");
        assert!(error.to_string().contains("check the app's id and secret"), "{what}: {error}");
    }
}

#[tokio::test]
async fn odd_token_response_gives_token() {
    let token = r#""tenant_access_token":"t-of-the-app","expire":7200"#;
    for body in [
        around(r#"{"code":0,"msg":""#, b"\xB3\xC9\xB9\xA6", &format!("\",{token}}}")),
        format!(r#"{{"code":0,"msg":{{}},{token},"more":1e999}}"#).into_bytes(),
        format!("\u{feff}{{\"code\":0,{token}}}").into_bytes(),
        format!(r#"{{"code":1,"code":0,"expire":1,{token}}}"#).into_bytes(),
    ] {
        let text = String::from_utf8_lossy(&body).into_owned();
        let server = Server::with_handler(move |request| match request.path() {
            TOKEN_PATH => Reply::new(200, body.clone()),
            _ => Reply::ok(json!({ "group": { "id": "g1" } })),
        })
        .await;
        let client = builder(&server).app(APP_ID, APP_SECRET).build().unwrap();
        client.get_user_group().group_id("g1").send().await.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(server.received().last().unwrap().token(), "t-of-the-app");
    }
}

#[tokio::test]
async fn odd_message_of_success_costs_nothing() {
    for msg in [json!({}), json!([]), json!([{ "a": null }]), json!(true), json!(1.5), json!(1e300), json!(null)] {
        let server = Server::with_handler(move |request| match request.method.as_str() {
            "POST" => Reply::json(200, &json!({ "code": 0, "msg": msg, "data": { "group_id": "g9" } })),
            "DELETE" => Reply::json(200, &json!({ "code": 0, "msg": msg, "data": {} })),
            _ => Reply::json(200, &json!({ "code": 0, "msg": msg, "data": { "grouplist": [{ "id": "g1" }] } })),
        })
        .await;
        let client = client(&server);
        let made = client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap();
        assert_eq!(made.group_id, "g9");
        client.delete_user_group().group_id("g9").send().await.unwrap();
        let page = client.list_user_groups().send().await.unwrap().into_inner();
        assert_eq!(page.into_items()[0].id(), Some("g1"));
    }
    let bytes = around(r#"{"code":0,"msg":""#, b"\xB3\xC9\xB9\xA6", r#"","data":{"group_id":"g9"}}"#);
    let server = Server::with_script([Reply::new(200, bytes)]).await;
    let call = client(&server);
    assert_eq!(call.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap().group_id, "g9");
}

#[tokio::test]
async fn empty_created_id_is_invalid_response() {
    for id in [json!(""), json!("  "), json!(null), json!({})] {
        let server = Server::with_script([Reply::ok(json!({ "group_id": id }))]).await;
        let call = client(&server);
        let error = call.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_applied()), (ErrorKind::InvalidResponse, true), "{id}");
    }
}

/// A page of 100 groups, the 50th of which has these bytes for a name.
fn page_with(name: &[u8]) -> Vec<u8> {
    let group = |n: u32| format!(r#"{{"id":"g{n}","name":"组{n}"}}"#);
    let groups = |range: std::ops::Range<u32>| range.map(group).collect::<Vec<_>>().join(",");
    let before = format!(r#"{{"code":0,"msg":"success","data":{{"grouplist":[{},{{"id":"g50","name":"#, groups(0..50));
    around(&before, name, &format!(r#"}},{}],"has_more":false}}}}"#, groups(51..100)))
}

#[tokio::test]
async fn unreadable_name_costs_that_name() {
    for (name, read) in [
        (&b"\"R\xFFD\""[..], Some("R\u{FFFD}D")),
        (b"\"\xE7\xBB\"", Some("\u{FFFD}")),
        (b"\"\xF0\x9F\x98\x80 \xC0\x80\"", Some("\u{1F600} \u{FFFD}\u{FFFD}")),
        (br#""\ud83d""#, Some("\u{FFFD}")),
        (br#""\ud83d\ude00\udc00""#, Some("\u{1F600}\u{FFFD}")),
        (b"\"a\nb\"", Some("a\nb")),
        (br#""a\qb""#, Some(r"a\qb")),
        (b"null,\"n\":1e999", None),
        (b"\"x\",\"name\":\"y\"", Some("y")),
        (b"1e999", None),
    ] {
        let server = Server::with_handler(move |_| Reply::new(200, page_with(name))).await;
        let client = client(&server);
        let page = client.list_user_groups().send().await.unwrap_or_else(|error| panic!("{read:?}: {error}"));
        let groups = page.into_inner().into_items();
        assert_eq!((groups.len(), groups[50].id(), groups[50].name.as_deref()), (100, Some("g50"), read));
        assert_eq!(groups[99].name.as_deref(), Some("组99"));
        let whole = client.list_user_groups().send_raw().await.unwrap();
        assert_eq!(whole["data"]["grouplist"][50]["name"].as_str(), read);
        assert_eq!(whole["msg"], json!("success"));
    }
}

#[tokio::test]
async fn raw_failure_keeps_what_can_be_read() {
    let body = around(r#"{"code":42002,"msg":"caf"#, b"\xE9", r#"","data":{"n":1e999,"a":[1,"b"]},"new":true}"#);
    let server = Server::with_script([Reply::new(400, body)]).await;
    let whole = client(&server).get_user_group().group_id("g1").send_raw().await.unwrap();
    let kept = json!({ "code": 42002, "msg": "caf\u{FFFD}", "data": { "n": null, "a": [1, "b"] }, "new": true });
    assert_eq!(whole.into_inner(), kept);
}

#[tokio::test]
async fn large_success_with_code_last_is_read() {
    let groups: Vec<Value> = (0..5_000).map(|n| json!({ "id": format!("g{n}"), "name": "x".repeat(30) })).collect();
    let body = format!(r#"{{"data":{{"grouplist":{},"has_more":false}},"code":0}}"#, json!(groups));
    assert!(body.len() > 200_000);
    let server = Server::with_script([Reply::new(200, body)]).await;
    let page = client(&server).list_user_groups().send().await.unwrap();
    assert_eq!(page.into_inner().into_items().len(), 5_000);
}

#[tokio::test]
async fn broken_off_body_has_no_code() {
    let policy = RetryPolicy::none();
    for body in
        [&b"{\"code\":42002,\"msg\":\"caf\xE9\""[..], b"{\"code\":42002,\"data\":[[}", b"{\"code\":42002}}", b"[42002]"]
    {
        let server = Server::with_script([Reply::new(400, body)]).await;
        let client = builder(&server).tenant_token(TOKEN).retry_policy(policy).build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidResponse, None), "{error}");
    }
}

//! Only code 0 with a success status is a success. Every other response is one error with all that is known about it.

use crate::support::{Reply, Server, client};
use feishu_user_groups::{Error, ErrorCode, ErrorKind, Response};
use serde_json::{Value, json};
use std::error::Error as _;

/// The error of getting a group when the server sends this response.
async fn failure(response: Reply) -> Error {
    let server = Server::with_script([response]).await;
    let error = client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(error.operation(), Some("get_user_group"));
    assert_eq!((error.attempts(), server.received().len()), (1, 1), "{error}");
    error
}

async fn raw(response: Reply) -> Result<Response<Value>, Error> {
    let server = Server::with_script([response]).await;
    client(&server).get_user_group().group_id("g1").send_raw().await
}

fn head(error: &Error) -> (ErrorKind, Option<u16>, Option<i64>) {
    (error.kind(), error.status(), error.code())
}

#[tokio::test]
async fn http_200_with_error_code_fails() {
    let error = failure(Reply::error(200, 42002)).await;
    assert_eq!(head(&error), (ErrorKind::Service, Some(200), Some(42002)));
}

#[tokio::test]
async fn json_failure_keeps_code_and_message() {
    for status in [400, 401, 403, 404, 429, 500, 502, 503, 504] {
        let error = failure(Reply::error(status, 40003)).await;
        assert_eq!(head(&error), (ErrorKind::Service, Some(status), Some(40003)));
        assert!(error.to_string().contains("as scripted"), "{error}");
    }
}

#[tokio::test]
async fn html_failure_keeps_status_and_excerpt() {
    for status in [200, 302, 400, 413, 502] {
        let page = Reply::new(status, "<html>\n<h1>Bad Gateway</h1>").header("x-request-id", "req-1");
        let error = failure(page).await;
        assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(status), None));
        assert_eq!(error.log_id(), Some("req-1"));
        assert!(error.to_string().contains("`<html> <h1>Bad Gateway</h1>`"), "{error}");
    }
}

#[tokio::test]
async fn empty_failure_keeps_status() {
    for status in [200, 204, 400, 404, 500, 504] {
        let error = failure(Reply::new(status, "")).await;
        assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(status), None));
        assert!(error.to_string().contains("it is empty"), "{error}");
    }
}

#[tokio::test]
async fn long_body_is_truncated() {
    let error = failure(Reply::new(500, "组".repeat(100_000))).await;
    let shown = error.to_string().chars().filter(|c| *c == '组').count();
    assert!((100..=1000).contains(&shown), "{shown} characters of the page are shown");
    assert!(format!("{error:?}").len() < 10_000);
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let error = failure(Reply::new(302, "").header("location", "/elsewhere")).await;
    assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(302), None));
}

#[tokio::test]
async fn log_id_sources_read_in_order() {
    let body = |error: Value| json!({ "code": 40003, "msg": "failed", "error": error });
    let both = json!({ "log_id": "in-body", "logid": "other-in-body" });
    for (headers, error, found) in [
        (&[("x-request-id", "request"), ("X-Tt-Logid", "tt")][..], both.clone(), Some("tt")),
        (&[("X-Request-Id", "request")], both.clone(), Some("request")),
        (&[], both, Some("in-body")),
        (&[], json!({ "logid": "other-in-body" }), Some("other-in-body")),
        (&[], json!({ "log_id": 17 }), Some("17")),
        (&[], json!(null), None),
    ] {
        let response = Reply::json(500, &body(error));
        let response = headers.iter().fold(response, |response, (name, value)| response.header(name, value));
        let error = failure(response).await;
        assert_eq!(error.log_id(), found);
        assert_eq!(error.to_string().contains("; log id"), found.is_some(), "{error}");
    }
}

#[tokio::test]
async fn error_details_are_kept() {
    let error = failure(Reply::json(
        400,
        &json!({
            "code": 40001, "msg": "parameter invalid",
            "error": {
                "message": "two things are wrong", "troubleshooter": "https://example.com/why",
                "field_violations": [
                    { "field": "name", "value": "R&D", "description": "taken" },
                    { "field": "type", "value": 7, "description": null }
                ],
                "permission_violations": [{ "type": "action_scope_required", "subject": "contact:group", "url": "https://example.com/grant", "novel": {} }],
                "helps": [{ "url": "https://example.com/help", "description": "read this" }]
            }
        }),
    ))
    .await;
    let violations: Vec<_> = error.violations().iter().map(|v| (&*v.field, &*v.value, &*v.description)).collect();
    let missing = ("contact:group", "action_scope_required", "https://example.com/grant");
    assert_eq!(violations, [("name", "R&D", "taken"), ("type", "7", ""), missing]);
    assert_eq!(error.troubleshooter(), Some("https://example.com/why"));
    let detail = error.detail().unwrap();
    assert_eq!(detail.message.as_deref(), Some("two things are wrong"));
    assert_eq!(detail.permission_violations.as_ref().unwrap()[0].subject.as_deref(), Some("contact:group"));
    assert_eq!(detail.helps.as_ref().unwrap()[0].url.as_deref(), Some("https://example.com/help"));
    for part in ["parameter invalid", "name: taken", "see https://example.com/why"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn malformed_details_keep_the_code() {
    for error in [json!("text"), json!([]), json!(7), json!({ "field_violations": "none" })] {
        let body = json!({ "code": 42002, "msg": "no such group", "error": error, "data": "none" });
        let failure = failure(Reply::json(400, &body)).await;
        assert_eq!((failure.code(), failure.known_code()), (Some(42002), Some(ErrorCode::GroupNotFound)));
        assert!(failure.to_string().contains("no such group"), "{failure} ({error})");
    }
}

#[tokio::test]
async fn code_meaning_depends_on_operation() {
    let server = Server::with_handler(|_| Reply::error(400, 42002)).await;
    let client = client(&server);
    let get = client.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!((get.known_code(), get.is_not_found()), (Some(ErrorCode::GroupNotFound), true));
    let create = client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
    assert_eq!((create.known_code(), create.is_not_found()), (Some(ErrorCode::InvalidGroupId), false));
    let list = client.list_user_groups().send().await.unwrap_err();
    assert_eq!((list.known_code(), list.is_not_found()), (None, false));
}

#[tokio::test]
async fn predicates_distinguish_failures() {
    let server = Server::with_handler(|request| {
        let (status, code) = request.query()[0].1.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        Reply::error(status.parse().unwrap(), code.parse().unwrap())
    })
    .await;
    let client = client(&server);
    for (response, predicate) in [
        ("400/41073", "not found"),
        ("403/41050", "permission"),
        ("400/99991672", "permission"),
        ("400/99991679", "permission"),
        ("429/99991400", "rate limited"),
        ("400/99991400", "rate limited"),
        ("429/7", "rate limited"),
        ("400/99991661", "token"),
        ("400/99991677", "token"),
        ("400/99991403", ""),
        ("429/99991403", ""),
        ("429/41073", "not found"),
        ("500/40003", ""),
        ("400/7", ""),
    ] {
        let error = client.list_member_user_groups().member_id(response).send().await.unwrap_err();
        assert_eq!(true_of(&error), predicate, "{response}");
    }
    let error = failure(Reply::error(400, 42002)).await;
    assert_eq!(true_of(&error), "not found");
}

/// The names of the predicates that hold for an error.
fn true_of(error: &Error) -> String {
    let all = [
        (error.is_not_found(), "not found"),
        (error.is_already_exists(), "duplicate"),
        (error.is_permission_denied(), "permission"),
        (error.is_rate_limited(), "rate limited"),
        (error.is_auth(), "token"),
        (error.is_timeout(), "timeout"),
    ];
    all.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn already_exists_covers_name_and_id() {
    for code in [47005, 47009] {
        let server = Server::with_script([Reply::error(400, code)]).await;
        let call = client(&server);
        let error = call.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
        assert_eq!(true_of(&error), "duplicate", "{code}");
    }
}

#[tokio::test]
async fn display_is_one_complete_line() {
    let error = failure(Reply::error(400, 42002).header("x-tt-logid", "log-1")).await;
    let advice = "Check the group id; the group may be deleted, or outside the app's contact scope";
    let line = format!("get_user_group: 42002 group_not_found (as scripted); {advice}; HTTP 400; log id log-1");
    assert_eq!(error.to_string(), line);
    let error = failure(Reply::error(500, 7)).await;
    assert_eq!(error.to_string(), "get_user_group: code 7 (as scripted); HTTP 500");
}

#[tokio::test]
async fn display_contains_no_control_characters() {
    let odd = "first\nsecond\r\n\u{1b}[31mthird";
    let error = failure(Reply::json(400, &json!({
        "code": 7, "msg": odd,
        "error": { "log_id": odd, "troubleshooter": odd, "field_violations": [{ "field": odd, "description": odd }] }
    })))
    .await;
    assert!(!error.to_string().contains(char::is_control), "{error:?}");
    let error = failure(Reply::new(500, odd)).await;
    assert!(!error.to_string().contains(char::is_control), "{error:?}");
}

#[tokio::test]
async fn raw_response_is_unchanged() {
    let group = json!({ "code": 0, "msg": "ok", "data": { "group": { "id": "g1" } } });
    let response = raw(Reply::json(200, &group).header("x-tt-logid", "log-1")).await.unwrap();
    assert_eq!((response.status(), response.log_id(), response.attempts()), (200, Some("log-1"), 1));
    assert_eq!(response.into_inner(), group);
    let refused = json!({ "code": "42002", "msg": 1, "data": {}, "error": { "log_id": "l" }, "new": true });
    let response = raw(Reply::json(400, &refused)).await.unwrap();
    assert_eq!((response.status(), response.into_inner()), (400, refused));
    let error = raw(Reply::new(502, "<html>")).await.unwrap_err();
    assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(502), None));
}

#[tokio::test]
async fn malformed_data_keeps_the_failure() {
    for data in [json!({}), json!([]), json!("none"), json!({ "group": null }), json!(null)] {
        let body = json!({ "code": 42002, "msg": "no such group", "data": data });
        let error = failure(Reply::json(400, &body)).await;
        assert_eq!(head(&error), (ErrorKind::Service, Some(400), Some(42002)), "{data}");
    }
}

#[tokio::test]
async fn string_code_is_accepted() {
    let error = failure(Reply::json(400, &json!({ "code": "42002", "msg": "no such group" }))).await;
    assert_eq!(head(&error), (ErrorKind::Service, Some(400), Some(42002)));
    let group = json!({ "code": "0", "msg": null, "data": { "group": { "id": 7 } } });
    let server = Server::with_script([Reply::json(200, &group)]).await;
    let response = client(&server).get_user_group().group_id("7").send().await.unwrap();
    assert_eq!(response.group.id(), Some("7"));
}

#[tokio::test]
async fn success_requires_code_and_status() {
    let group = json!({ "code": 0, "data": { "group": { "id": "g1" } } });
    for status in [200, 201] {
        let server = Server::with_script([Reply::json(status, &group)]).await;
        let response = client(&server).get_user_group().group_id("g1").send().await.unwrap();
        assert_eq!((response.status(), response.group.id()), (status, Some("g1")));
    }
    for status in [300, 302, 307, 400, 404, 500, 503] {
        let server = Server::with_script([Reply::json(status, &json!({ "code": 0 }))]).await;
        let error = client(&server).delete_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidResponse, Some(status)));
        assert!(error.to_string().contains(r#"code 0 without a status of success: `{"code":0}`"#), "{error}");
    }
}

#[tokio::test]
async fn malformed_detail_keeps_other_details() {
    let link = "https://open.feishu.cn/link";
    let error = json!({ "log_id": "20261121", "troubleshooter": link, "field_violations": {}, "message": [1] });
    let error = failure(Reply::json(400, &json!({ "code": 42002, "msg": {}, "error": error }))).await;
    assert_eq!((error.log_id(), error.troubleshooter()), (Some("20261121"), Some(link)));
}

#[tokio::test]
async fn success_without_data_is_invalid() {
    for body in [json!({ "code": 0 }), json!({ "code": 0, "data": null }), json!({ "code": 0, "data": {} })] {
        let error = failure(Reply::json(200, &body)).await;
        assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(200), None), "{body}");
        assert!(error.to_string().contains(&format!("`{body}`")), "{error}");
    }
    for data in [json!(null), json!({}), json!({ "data": null })] {
        let server = Server::with_script([Reply::ok(data.clone())]).await;
        let call = client(&server);
        let call = call.write_performance_group_members();
        let body = |b: feishu_user_groups::types::builder::WritePerformanceGroupMembersBody| {
            b.group_id("ABCDEFG").scope_visible_setting(1).user_ids(["ou_1"])
        };
        let error = call.body_map(body).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{data}");
    }
}

// Fields that decide the result of a call are never guessed.
#[tokio::test]
async fn code_is_never_guessed() {
    for body in [json!({ "code": "" }), json!({ "code": null }), json!({})] {
        let server = Server::with_script([Reply::json(200, &body)]).await;
        let error = client(&server).delete_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(200), None), "{body}");
    }
}

#[tokio::test]
async fn data_of_another_type_is_invalid() {
    for data in [json!([]), json!(["g1"]), json!(""), json!(7), json!(true)] {
        let body = json!({ "code": 0, "data": data });
        let server = Server::with_script([Reply::json(200, &body), Reply::json(200, &body)]).await;
        let client = client(&server);
        let listing = client.list_user_groups().send().await.unwrap_err();
        assert_eq!(head(&listing), (ErrorKind::InvalidResponse, Some(200), None), "{data}");
        let people = client.find_user_ids().body_map(|body| body.emails(["a@example.com"])).send().await.unwrap_err();
        assert_eq!(head(&people), (ErrorKind::InvalidResponse, Some(200), None), "{data}");
    }
}

#[tokio::test]
async fn operation_without_result_ignores_data() {
    for data in [json!(null), json!({ "novel": 1 }), json!(""), json!([]), json!(true)] {
        let body = json!({ "code": 0, "data": data });
        let server = Server::with_script([Reply::json(200, &body), Reply::json(200, &body)]).await;
        let client = client(&server);
        client.delete_user_group().group_id("g1").send().await.unwrap();
        client.update_user_group().group_id("g1").body_map(|body| body.name("R&D")).send().await.unwrap();
    }
}

#[tokio::test]
async fn last_duplicate_key_wins() {
    let twice = r#"{"code":1,"msg":"a","code":0,"data":{"group":{"id":"g1","id":"g2"}}}"#;
    let server = Server::with_script([Reply::new(200, twice)]).await;
    let found = client(&server).get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!(found.group.id(), Some("g2"));
    let error = failure(Reply::new(400, r#"{"code":0,"code":42002,"msg":"a","msg":"b","msg":"gone"}"#)).await;
    assert_eq!((error.code(), error.to_string().contains("(gone)")), (Some(42002), true), "{error}");
}

#[tokio::test]
async fn malformed_body_fails_to_decode() {
    for half in [r#"{"code":0,"data":{"group":{"id":"g1""#, r#"{"code":420"#, "{", "null", "0", "[]", "\u{feff}{}"] {
        let error = failure(Reply::new(200, half)).await;
        assert_eq!(head(&error), (ErrorKind::InvalidResponse, Some(200), None), "{half}");
        assert!(error.source().is_some_and(|source| source.is::<serde_json::Error>()), "{error:?}");
    }
}

#[test]
fn error_is_pointer_sized() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

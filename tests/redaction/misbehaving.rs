//! A server that repeats what it receives, in every part of a response that the client reads.

use crate::secrets::{APP_TOKEN, FETCHED};
use crate::support::{Received, Reply, Server};
use serde_json::json;

/// How the server repeats a request.
pub type Behaviour = fn(&Received) -> Reply;

/// The whole request as text.
fn whole_request(request: &Received) -> String {
    format!("{} {:?}: {}", request.target, request.headers, String::from_utf8_lossy(&request.body))
}

/// A JSON string in which every character is escaped.
fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

pub const CALLS: [Behaviour; 27] = [
    |_| Reply::hang_up(),
    |_| Reply::error(400, 42002),
    |_| Reply::error(400, 99991663),
    |request| Reply::new(502, whole_request(request)),
    |request| Reply::new(200, whole_request(request)),
    |request| Reply::new(200, request.header("authorization").unwrap_or_default()),
    |request| Reply::new(307, whole_request(request)).header("location", "/elsewhere"),
    |request| Reply::new(429, whole_request(request)).header("retry-after", "0"),
    |request| Reply::json(200, &json!(whole_request(request))),
    |request| Reply::json(200, &json!({ "code": whole_request(request) })),
    |request| Reply::json(200, &json!({ "code": 0, "data": whole_request(request) })),
    |request| {
        Reply::json(
            200,
            &json!({ "code": 0, "data": { "group": whole_request(request), "group_id": [whole_request(request)] } }),
        )
    },
    |request| {
        Reply::json(200, &json!({ "code": 0, "data": { "grouplist": [whole_request(request)], "has_more": true } }))
    },
    |request| Reply::json(200, &json!({ "code": 0, "data": { "groups": [{}], "has_more": whole_request(request) } })),
    |request| {
        Reply::json(
            400,
            &json!({ "code": 7, "msg": whole_request(request), "data": { "group": whole_request(request) } }),
        )
    },
    |request| Reply::json(500, &json!({ "code": 0, "msg": whole_request(request) })),
    |request| Reply::ok(json!({ "results": [{ "member_id": whole_request(request), "code": 42006 }] })),
    |request| {
        let results = json!([{ "member_id": request.token(), "code": whole_request(request) }, whole_request(request)]);
        Reply::json(400, &json!({ "code": 40022, "msg": "partial failed", "data": { "results": results } }))
    },
    |request| {
        let (whole_request, list) = (
            whole_request(request),
            json!([{ "field": whole_request(request), "value": whole_request(request), "scope": whole_request(request) }]),
        );
        let error = json!({ "message": whole_request, "log_id": whole_request, "troubleshooter": whole_request, "helps": [{ "url": whole_request }],
            "field_violations": list, "permission_violations": list });
        Reply::json(400, &json!({ "code": 99991672, "msg": whole_request, "error": error }))
    },
    |request| Reply::new(400, format!(r#"{{"code":7,"msg":"{}"}}"#, escaped(&whole_request(request)))),
    |request| Reply::new(200, format!(r#"{{"code":0,"data":"{}"}}"#, escaped(&whole_request(request)))),
    |request| Reply::new(502, escaped(&whole_request(request))),
    |request| {
        // Cut off in the middle of the token.
        let whole_request = request.header("authorization").unwrap_or_default().to_owned();
        Reply::new(200, format!("{whole_request} {whole_request}")).cut_after(2 * whole_request.len() - 3)
    },
    |request| Reply::new(200, whole_request(request).repeat(100)),
    |request| Reply::error(400, 7).header("x-tt-logid", request.header("authorization").unwrap_or_default()),
    |request| Reply::new(502, "").header("x-tt-logid", "a b").header("x-request-id", request.token()),
    |request| Reply::ok(json!({ "group_id": "g1" })).header("x-request-id", &format!("id-{}", request.token())),
];

pub const TOKENS: [Behaviour; 13] = [
    |request| match request.path() {
        "/open-apis/auth/v3/app_access_token" => {
            Reply::json(200, &json!({ "code": 0, "app_access_token": APP_TOKEN, "expire": 7200 }))
        }
        _ => Reply::token(FETCHED, 7200),
    },
    |_| Reply::hang_up(),
    |_| Reply::error(200, 10014),
    |request| Reply::new(502, whole_request(request)),
    |request| Reply::json(200, &json!({ "code": whole_request(request), "msg": whole_request(request) })),
    |request| Reply::json(200, &json!({ "code": 10012, "msg": whole_request(request) })),
    |request| Reply::new(200, format!(r#"{{"code":10003,"msg":"{}"}}"#, escaped(&whole_request(request)))),
    |_| Reply::json(200, &json!({ "code": 0, "tenant_access_token": [FETCHED], "app_access_token": [APP_TOKEN] })),
    |_| {
        Reply::json(
            200,
            &json!({ "code": 0, "tenant_access_token": FETCHED, "app_access_token": APP_TOKEN, "expire": "soon" }),
        )
    },
    |_| Reply::token(FETCHED, 7200).cut_after(60),
    |request| Reply::error(400, 7).header("x-request-id", &String::from_utf8_lossy(&request.body)),
    |request| {
        let id = request.json()["app_secret"].as_str().unwrap_or_default().to_owned();
        Reply::error(500, 7).header("x-tt-logid", &id)
    },
    |request| Reply::new(502, "<html>").header("x-request-id", &String::from_utf8_lossy(&request.body)),
];

pub async fn misbehaving(tokens: Behaviour, calls: Behaviour) -> Server {
    Server::with_handler(move |request| match request.path().starts_with("/open-apis/auth/") {
        true => tokens(request),
        false => calls(request),
    })
    .await
}

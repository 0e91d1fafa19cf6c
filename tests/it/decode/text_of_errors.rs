//! What an error shows of a response: one line of bounded length, whatever the service or a gateway sends, and a log id
//! only if it has the form of one.

use crate::support::{APP_ID, APP_SECRET, Reply, Server, TOKEN, app_client, builder, client};
use feishu_user_groups::Error;
use serde_json::json;
use std::error::Error as _;

/// Bidirectional controls, line and paragraph separators, and controls of ASCII and Latin-1.
const ODD: &str = "a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{2028}f\u{2029}g\nh\r\ni\u{85}j\u{7f}k\u{1b}[31ml\0m";

fn is_odd(character: char) -> bool {
    character.is_control() || "\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\u{2029}".contains(character)
}

async fn failure(response: Reply) -> Error {
    let server = Server::with_script([response]).await;
    client(&server).get_user_group().group_id("g1").send().await.unwrap_err()
}

/// Every text that a log may get from an error: of itself and of its causes.
fn shown(error: &Error) -> Vec<String> {
    let mut all = vec![error.to_string(), format!("{error:?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        all.extend([error.to_string(), format!("{error:?}")]);
        cause = error.source();
    }
    all
}

/// Responses with this text in every place that the client keeps.
fn holding(text: &str) -> Vec<Reply> {
    let violation = json!({ "field": text, "value": text, "description": text, "scope": text, "subject": text });
    let error = json!({ "log_id": text, "logid": text, "message": text, "troubleshooter": text,
        "field_violations": vec![violation.clone(); 50], "permission_violations": [violation], "helps": [{ "url": text }] });
    let code = |msg: &str| format!(r#"{{"code":7,"msg":"{msg}"}}"#);
    vec![
        Reply::json(400, &json!({ "code": 7, "msg": text, "error": error, "data": [text] })),
        Reply::new(400, code(text)),
        Reply::new(502, text),
        Reply::json(200, &json!(text)),
        Reply::json(200, &json!({ "code": text })),
        Reply::json(200, &json!({ "code": 0, "data": { "group": text } })),
        Reply::json(200, &json!({ "code": 0, "data": { "group": { "type": text } } })),
        Reply::json(200, &json!({ "code": 0, "data": { "group": { "type": [text] } } })),
        Reply::json(200, &json!({ "code": 0, "data": { text: 1 } })),
        Reply::new(200, text).cut_after(text.len() - 1),
    ]
}

#[tokio::test]
async fn error_text_is_one_line() {
    for response in holding(ODD) {
        let error = failure(response).await;
        for text in shown(&error) {
            assert!(!text.contains(is_odd), "{text:?}");
        }
        for violation in error.violations() {
            assert!(!(violation.field.contains(is_odd) || violation.description.contains(is_odd)), "{violation:?}");
        }
        let detail = error.detail().map(|detail| serde_json::to_value(detail).unwrap().to_string());
        assert!(!detail.is_some_and(|detail| detail.contains(is_odd)), "{error}");
        assert_eq!(error.log_id(), None);
    }
}

#[tokio::test]
async fn error_text_is_bounded() {
    // A character of three bytes, and one that is written as six characters.
    for response in holding(&"组\u{202e}".repeat(20_000)) {
        let error = failure(response).await;
        for text in shown(&error) {
            assert!(text.chars().count() < 20_000, "{} characters: {:.300}", text.chars().count(), text);
        }
        let detail = format!("{error:#?}");
        assert!(detail.chars().count() < 300_000, "{} characters", detail.chars().count());
    }
}

#[tokio::test]
async fn token_endpoint_text_is_one_bounded_line() {
    for text in [ODD.to_owned(), "x".repeat(100_000)] {
        for body in [json!({ "code": 7, "msg": text }), json!({ "code": text }), json!(text)] {
            let server = Server::with_handler(move |_| Reply::json(400, &body)).await;
            let error = app_client(&server).get_user_group().group_id("g1").send().await.unwrap_err();
            for text in shown(&error) {
                assert!(!text.contains(is_odd) && text.len() < 5_000, "{text:?}");
            }
        }
    }
}

#[tokio::test]
async fn log_id_needs_its_form() {
    for (headers, log_id) in [
        (&[("x-tt-logid", "2026112013F0A8C6E2B1"), ("x-request-id", "b")][..], Some("2026112013F0A8C6E2B1")),
        (&[("x-tt-logid", "Bearer 12345678"), ("x-request-id", "0f8e-4b1d_c.7")], Some("0f8e-4b1d_c.7")),
        (&[("x-tt-logid", ""), ("x-request-id", "b")], Some("b")),
        (&[("x-tt-logid", "a b"), ("x-request-id", "{\"app_id\":\"cli\"}")], None),
        (&[("x-tt-logid", &"x".repeat(129))], None),
        (&[("x-tt-logid", &"x".repeat(128))], Some(&*"x".repeat(128))),
    ] {
        let with =
            |response: Reply| headers.iter().fold(response, |response, (name, value)| response.header(name, value));
        let error = failure(with(Reply::error(400, 42002))).await;
        assert_eq!(error.log_id(), log_id);
        assert_eq!(failure(with(Reply::new(502, "<html>"))).await.log_id(), log_id);
        assert_eq!(failure(with(Reply::new(200, "{").cut_after(0))).await.log_id(), log_id);
        let server = Server::with_script([with(Reply::ok(json!({ "group": { "id": "g1" } })))]).await;
        assert_eq!(client(&server).get_user_group().group_id("g1").send().await.unwrap().log_id(), log_id);
    }
    let in_body = json!({ "code": 7, "error": { "log_id": "a b", "logid": "in-body" } });
    assert_eq!(failure(Reply::json(400, &in_body)).await.log_id(), Some("in-body"));
}

#[tokio::test]
async fn log_id_never_repeats_a_secret() {
    let (half, group) = (TOKEN[..10].to_owned(), Reply::ok(json!({ "group": { "id": "g1" } })));
    for id in [TOKEN.to_owned(), format!("x-{TOKEN}.y"), format!("cut-{half}")] {
        for response in [group.clone(), Reply::error(400, 7), Reply::new(502, ""), group.clone().cut_after(9)] {
            let server = Server::with_script([response.header("x-tt-logid", &id).header("x-request-id", "b")]).await;
            let result = client(&server).get_user_group().group_id("g1").send().await;
            let log_id = result.as_ref().map_or_else(Error::log_id, |response| response.log_id());
            assert_eq!(log_id, Some("b"), "{result:?}");
        }
    }
    for response in [Reply::error(400, 7), Reply::token("t-1", 7200).cut_after(9), Reply::new(502, "")] {
        let server = Server::with_handler(move |_| response.clone().header("x-request-id", APP_SECRET)).await;
        let client = builder(&server).app(APP_ID, APP_SECRET).build().unwrap();
        let error = client.get_user_group().group_id("g1").send().await.unwrap_err();
        assert_eq!(error.log_id(), None);
        assert!(shown(&error).iter().all(|text| !text.contains(APP_SECRET)), "{error:?}");
    }
}

#[tokio::test]
async fn local_refusal_names_few_violations() {
    let server = Server::with_script([]).await;
    let call = client(&server);
    let body = |body: feishu_user_groups::types::builder::CreateUserGroupBody| {
        body.name("x".repeat(2_000_000)).group_id("\u{202e}\n".repeat(1_000_000)).description("y".repeat(1_000_000))
    };
    let error = call.create_user_group().body_map(body).send().await.unwrap_err();
    assert!(error.violations().len() >= 3 && error.to_string().len() < 2_000, "{error}");
    assert!(!error.to_string().contains(is_odd) && format!("{error:?}").len() < 4_000);
}

#[tokio::test]
async fn debug_ends_with_what_to_do() {
    let error = failure(Reply::error(400, 42002).header("x-tt-logid", "log-1")).await;
    let debug = format!("{error:?}");
    assert_eq!(debug, format!("Error {{ kind: Service, delivery: Rejected }}: {error}"));
    assert!(debug.contains("Check the group id") && debug.ends_with("log id log-1"), "{debug}");
    for error in [failure(Reply::hang_up()).await, failure(Reply::new(502, "<html>")).await] {
        assert!(format!("{error:?}").ends_with(&error.to_string()), "{error:?}");
        assert!(format!("{error:#?}").ends_with(&error.to_string()), "{error:#?}");
    }
}

//! What an error keeps of a failure's `data`: all of it or nothing, without the access token.

use crate::support::{Reply, Server, TOKEN, client};
use feishu_user_groups::Error;
use serde_json::{Value, json};

async fn failure_of(response: Reply) -> Error {
    let server = Server::with_script([response]).await;
    client(&server).get_user_group().group_id("g1").send().await.unwrap_err()
}

async fn failure_with(data: &Value) -> Error {
    failure_of(Reply::json(400, &json!({ "code": 42002, "msg": "m", "data": data }))).await
}

/// As many results as a batch may have members, and more.
fn results(count: usize) -> Value {
    let result =
        |number| json!({ "member_id": format!("ou_{number:032}"), "member_id_type": "open_id", "code": 42005 });
    json!({ "results": (0..count).map(result).collect::<Vec<_>>() })
}

#[tokio::test]
async fn data_of_failure_kept() {
    for data in [results(100), json!([1.5, "a\n\u{202e}组", null, true]), json!({}), json!("text"), json!(7)] {
        assert_eq!(failure_with(&data).await.data(), Some(&data));
        // Some gateways send failures with HTTP 200.
        let error = failure_of(Reply::json(200, &json!({ "code": 42002, "data": data }))).await;
        assert_eq!(error.data(), Some(&data));
    }
    assert_eq!(failure_with(&Value::Null).await.data(), None);
    assert_eq!(failure_of(Reply::error(400, 42002)).await.data(), None);
    assert_eq!(failure_of(Reply::new(502, r#"{"data":{"a":1}}"#)).await.data(), None);
}

#[tokio::test]
async fn large_data_left_out() {
    let nested = (0..200).fold(json!(1), |inner, _| json!([inner]));
    for data in [results(1_000), json!(vec![0; 2_001]), json!("x".repeat(64 * 1024)), nested] {
        let error = failure_with(&data).await;
        assert_eq!((error.data(), error.code()), (None, Some(42002)), "{error}");
    }
    let whole = json!(vec![0; 2_000]);
    assert_eq!(failure_with(&whole).await.data(), Some(&whole));
}

#[tokio::test]
async fn malformed_data_left_out() {
    for data in ["{\"a\" 1}", "[1 2]", "{\"a\":}"] {
        let error = failure_of(Reply::new(400, format!(r#"{{"code":42002,"data":{data},"msg":"m"}}"#))).await;
        assert_eq!((error.data(), error.code()), (None, Some(42002)), "{data}: {error}");
    }
    // What can be read in one way only is read: the last of two members, a number out of range.
    let odd = failure_of(Reply::new(400, r#"{"code":42002,"data":{"a":1,"a":2,"b":1e999}}"#)).await;
    assert_eq!(odd.data(), Some(&json!({ "a": 2, "b": null })));
}

#[tokio::test]
async fn data_hides_access_token() {
    let escaped: String = TOKEN.chars().map(|character| format!("\\u{:04x}", u32::from(character))).collect();
    for token in [TOKEN, &escaped] {
        let body = format!(r#"{{"code":42002,"data":{{"Bearer {token}":["{token}"]}}}}"#);
        let error = failure_of(Reply::new(400, body)).await;
        assert_eq!(error.data(), Some(&json!({ "Bearer ***": ["***"] })));
        assert!(!format!("{error:#?}").contains(TOKEN));
    }
}

#[tokio::test]
async fn data_shown_in_part() {
    let error = failure_with(&json!({ "first": "Ada", "second": "x\n\u{202e}".repeat(1_000) })).await;
    assert!(!format!("{error} {error:?}").contains("Ada"), "{error:?}");
    let every_part = format!("{error:#?}");
    assert!(every_part.contains("Ada") && every_part.chars().count() < 4_000, "{every_part}");
    assert!(!every_part.contains('\u{202e}'));
}

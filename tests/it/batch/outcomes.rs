//! Which items succeeded, needed nothing, failed, or have no result.

use super::{add, added, assert_lists, lists, lists_of_error};
use crate::support::{Reply, Server, client};
use feishu_user_groups::operation::BATCH_ADD_USER_GROUP_MEMBERS;
use feishu_user_groups::{Delivery, ErrorKind};
use serde_json::{Value, json};
#[tokio::test]
async fn documented_example_is_done() {
    let batch = added(&["u287xj12"], json!([{ "member_id": "u287xj12", "code": 0 }])).await.unwrap();
    assert_eq!((batch.status(), batch.log_id()), (200, Some("log-1")));
    assert_lists(lists(&batch), [&["u287xj12"], &[], &[], &[]], &Value::Null);
    let response = batch.into_result().unwrap();
    assert_eq!(response.log_id(), Some("log-1"));
    assert_eq!(response.into_inner().results.unwrap()[0].member_id.as_deref(), Some("u287xj12"));
}

#[tokio::test]
async fn member_already_there_is_no_failure() {
    let results = json!([{ "member_id": "u1", "code": 42005 }, { "member_id": "u2", "code": 0 }]);
    let batch = added(&["u1", "u2"], results.clone()).await.unwrap();
    assert_lists(lists(&batch), [&["u2"], &["u1"], &[], &[]], &results);
    assert!(batch.into_result().is_ok());
}

#[tokio::test]
async fn every_other_documented_code_is_a_failure() {
    for row in BATCH_ADD_USER_GROUP_MEMBERS.errors.iter().filter(|row| row.code != 42005) {
        let batch = added(&["u1"], json!([{ "member_id": "u1", "code": row.code }])).await.unwrap();
        let item = batch.failed().next().unwrap();
        assert_eq!((item.id(), item.code(), item.known_code()), (Some("u1"), Some(row.code), Some(row.name)));
        assert_eq!(item.advice(), Some(row.name.advice()));
        let line = item.to_string();
        assert!(line.starts_with(&format!("u1: {} {}: ", row.code, row.name.name())), "{line}");
        assert_eq!(batch.into_result().unwrap_err().kind(), ErrorKind::PartialFailure);
    }
    let batch = added(&["u1"], json!([{ "member_id": "u1", "code": 123_456 }])).await.unwrap();
    let item = batch.failed().next().unwrap();
    assert_eq!((item.code(), item.known_code(), item.advice()), (Some(123_456), None, None));
    assert_eq!(item.to_string(), "u1: code 123456");
}

#[tokio::test]
async fn odd_results_are_no_success() {
    let item = |code: Value| json!([{ "member_id": "u1", "code": code }]);
    let done: [&[&str]; 4] = [&["u1"], &[], &[], &[]];
    let already: [&[&str]; 4] = [&[], &["u1"], &[], &[]];
    let failed: [&[&str]; 4] = [&[], &[], &["u1"], &[]];
    let unnamed: [&[&str]; 4] = [&[], &[], &["?"], &["u1"]];
    let silent: [&[&str]; 4] = [&[], &[], &[], &["u1"]];
    for (results, expected) in [
        (item(json!("0")), done),
        (item(json!(0.0)), done),
        (item(json!("42005")), already),
        (item(json!(42005.0)), already),
        (item(json!(null)), failed),
        (item(json!("")), failed),
        (item(json!("many")), failed),
        (item(json!(0.5)), failed),
        (item(json!(false)), failed),
        (item(json!([0])), failed),
        (item(json!({ "code": 0 })), failed),
        (json!([{ "member_id": "u1" }]), failed),
        (json!([{ "code": 0 }]), unnamed),
        (json!([{ "member_id": "", "code": 0 }]), unnamed),
        (json!([{ "member_id": [], "code": 42005 }]), unnamed),
        (json!([{}]), unnamed),
        (json!([null]), unnamed),
        (json!(["u1"]), unnamed),
        (json!([["u1", 0]]), unnamed),
        (json!([true]), unnamed),
        (json!([7]), unnamed),
        (json!([-0.5]), unnamed),
        (json!([]), silent),
        (json!(null), silent),
        // Another one is done, and this one is not known.
        (json!([{ "member_id": "u2", "code": 0 }]), [&["u2"], &[], &[], &["u1"]]),
        (json!([{ "member_id": "u1", "code": 0 }, { "member_id": "u1", "code": 42006 }]), [&["u1"], &[], &["u1"], &[]]),
        (json!([{ "member_id": "u1", "code": 0 }, null]), [&["u1"], &[], &["?"], &[]]),
    ] {
        let batch = added(&["u1"], results.clone()).await.unwrap();
        assert_lists(lists(&batch), expected, &results);
        let is_complete = expected[2].is_empty() && expected[3].is_empty();
        match batch.into_result() {
            Ok(_) => assert!(is_complete, "{results}"),
            Err(error) => {
                assert!(!is_complete, "{results}");
                assert_lists(lists_of_error(&error), expected, &results);
            }
        }
    }
}

#[tokio::test]
async fn numeric_id_is_the_one_sent() {
    let batch = added(&["7"], json!([{ "member_id": 7, "code": 0 }])).await.unwrap();
    assert_lists(lists(&batch), [&["7"], &[], &[], &[]], &Value::Null);
    assert!(batch.into_result().is_ok());
}

#[tokio::test]
async fn response_without_list_is_no_success() {
    let batch = Server::with_script([Reply::ok(json!({}))]).await;
    let batch = add(&client(&batch), &["u1", "u2", "u1"]).await.unwrap();
    assert_lists(lists(&batch), [&[], &[], &[], &["u1", "u2"]], &Value::Null);
    let error = batch.into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PartialFailure);
    assert!(error.to_string().contains("the response has no readable results"), "{error}");
    for body in
        [r#"{"code":0,"msg":"ok"}"#, r#"{"code":0,"data":{"results":{}}}"#, r#"{"code":0,"data":{"results":"u1"}}"#]
    {
        let server = Server::with_script([Reply::new(200, body)]).await;
        let error = add(&client(&server), &["u1"]).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidResponse, Delivery::Unknown), "{error}");
    }
}

/// An id that names nobody is no success, even if the service repeats it.
#[tokio::test]
async fn blank_id_is_never_done() {
    for id in ["", " ", "\u{3000}"] {
        let batch = added(&["u1", id], json!([{ "member_id": "u1", "code": 0 }, { "member_id": id, "code": 0 }])).await;
        let error = batch.unwrap().into_result().unwrap_err();
        assert_eq!((error.kind(), error.failed().count()), (ErrorKind::PartialFailure, 1), "{id:?}");
    }
}

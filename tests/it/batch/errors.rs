//! What an error of a batch holds and shows.

use super::{add, added, assert_lists, lists_of_error, members, partly_removed, remove};
use crate::support::{Reply, Server, TOKEN, client};
use feishu_user_groups::operation::BATCH_REMOVE_USER_GROUP_MEMBERS;
use feishu_user_groups::telemetry::{CallEvent, Observer};
use feishu_user_groups::{Delivery, Error, ErrorKind, RetryPolicy};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
#[tokio::test]
async fn into_result_error_holds_all_lists() {
    let results = json!([
        { "member_id": "u1", "code": 0 },
        { "member_id": "u2", "code": 42005 },
        { "member_id": "u3", "code": 42006 },
        { "member_id": "u4", "code": 98765 },
        { "member_id": "u5" },
    ]);
    let batch = added(&["u1", "u2", "u3", "u4", "u5", "u6"], results.clone()).await.unwrap();
    let error = batch.into_result().unwrap_err();
    assert_lists(lists_of_error(&error), [&["u1"], &["u2"], &["u3", "u4", "u5"], &["u6"]], &results);
    assert_eq!((error.kind(), error.operation()), (ErrorKind::PartialFailure, Some("batch_add_user_group_members")));
    assert_eq!((error.status(), error.code(), error.log_id()), (Some(200), None, Some("log-1")));
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    assert_eq!((error.delivery(), error.may_have_been_applied()), (Delivery::Unknown, true));
    let resigned = error.failed().next().unwrap();
    let (name, advice) = (resigned.known_code().unwrap().name(), resigned.advice().unwrap().trim_end_matches('.'));
    let expected = format!(
        "batch_add_user_group_members: 3 of 6 items failed, 1 without a result; u3: 42006 {name}: {advice}; \
         u4: code 98765; u5: no code; HTTP 200; log id log-1"
    );
    assert_eq!(error.to_string(), expected);
    assert!(format!("{error:?}").ends_with(&expected), "{error:?}");
    assert!(format!("{error:#?}").contains("3 of 6 items failed"), "{error:#?}");
}

#[tokio::test]
async fn failed_removal_holds_the_results_of_its_data() {
    let results =
        json!([{ "member_id": "u1", "code": 0 }, { "member_id": "u2", "code": "41073" }, { "code": 0 }, null]);
    for name in ["results", "Results"] {
        let error = partly_removed(&["u1", "u2", "u3"], json!({ name: results })).await;
        assert_lists(lists_of_error(&error), [&["u1"], &[], &["u2", "?", "?"], &["u3"]], &results);
        assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::PartialFailure, Some(40022), Some(400)));
        assert_eq!((error.delivery(), error.is_retryable()), (Delivery::Unknown, false));
        assert!(error.known_code().is_some() && !error.is_not_found() && !error.is_permission_denied());
        let failed = error.failed().next().unwrap();
        assert_eq!(failed.known_code(), BATCH_REMOVE_USER_GROUP_MEMBERS.known_code(41073));
        let line = error.to_string();
        assert!(
            line.contains("(partial failed, see Results field for more details); 3 of 5 items failed, 1 without"),
            "{line}"
        );
        assert!(line.contains("; u2: 41073 ") && line.contains("; an item without id: code 0; "), "{line}");
        assert_eq!(error.data().unwrap()[name], results);
    }
}

#[tokio::test]
async fn failed_removal_without_results_says_so() {
    for data in [json!(null), json!({}), json!([]), json!("u1"), json!({ "results": null }), json!({ "results": {} })] {
        let error = partly_removed(&["u1", "u2"], data.clone()).await;
        assert_eq!((error.kind(), error.code()), (ErrorKind::PartialFailure, Some(40022)), "{data}");
        assert_lists(lists_of_error(&error), [&[], &[], &[], &["u1", "u2"]], &data);
        assert!(error.to_string().contains("; the response has no readable results: "), "{error}");
    }
}

#[tokio::test]
async fn other_failures_of_a_batch_have_no_results() {
    let results = json!({ "results": [{ "member_id": "u1", "code": 41073 }] });
    for (status, code) in [(400, 41073), (403, 42009), (500, 40003), (400, 98765)] {
        let body = json!({ "code": code, "msg": "as scripted", "data": results });
        let server = Server::with_script([Reply::json(status, &body), Reply::json(status, &body)]).await;
        let client = client(&server);
        let errors = [add(&client, &["u1"]).await.unwrap_err(), remove(&client, &["u1"]).await.unwrap_err()];
        for error in errors {
            assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some(code)), "{error}");
            assert_lists(lists_of_error(&error), [&[], &[], &[], &[]], &results);
        }
    }
}

#[tokio::test]
async fn partial_failure_is_not_retried() {
    let body = json!({ "code": 40022, "msg": "partial failed" });
    let server = Server::with_handler(move |_| Reply::json(400, &body)).await;
    let patient = client(&server).with_retry_policy(RetryPolicy::new().initial_backoff(Duration::ZERO));
    let error = remove(&patient, &["u1"]).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.received().len()), (ErrorKind::PartialFailure, 1, 1));
}

#[tokio::test]
async fn raw_call_returns_the_failure_as_it_is() {
    let body = json!({ "code": 40022, "msg": "partial failed", "data": { "results": [{ "member_id": "u1" }] } });
    let server = Server::with_script([Reply::json(400, &body)]).await;
    let (client, members) = (client(&server), members(&["u1"]));
    let call = client.batch_remove_user_group_members().group_id("g1").body_map(|body| body.members(members));
    assert_eq!(call.send_raw().await.unwrap().into_inner(), body);
}

#[tokio::test]
async fn observer_sees_the_kind_of_a_failed_batch() {
    #[derive(Default)]
    struct Kinds(Mutex<Vec<Option<ErrorKind>>>);
    impl Observer for Kinds {
        fn on_call(&self, call: &CallEvent<'_>) {
            self.0.lock().unwrap().push(call.error.map(Error::kind));
        }
    }
    let failed = json!({ "results": [{ "member_id": "u1", "code": 42006 }] });
    let server = Server::with_script([Reply::error(400, 40022), Reply::ok(failed)]).await;
    let kinds = Arc::new(Kinds::default());
    let client = crate::support::builder(&server).tenant_token(TOKEN).observer(Arc::clone(&kinds)).build().unwrap();
    remove(&client, &["u1"]).await.unwrap_err();
    add(&client, &["u1"]).await.unwrap().into_result().unwrap_err();
    // The service accepted the second call; whether its items matter is for the caller to say.
    assert_eq!(*kinds.0.lock().unwrap(), [Some(ErrorKind::PartialFailure), None]);
}

#[tokio::test]
async fn line_of_an_error_is_bounded_and_readable() {
    let ids: Vec<String> = (0..100).map(|n| format!("{n}\u{202E}\n{}", "x".repeat(500))).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let results = Value::from_iter(ids.iter().map(|id| json!({ "member_id": id, "code": 42006 })));
    let added = added(&ids, results.clone()).await.unwrap().into_result().unwrap_err();
    let removed = partly_removed(&ids[..50], json!({ "results": &results.as_array().unwrap()[..50] })).await;
    for (error, count) in [(added, 100), (removed, 50)] {
        assert_eq!(error.failed().count(), count, "every item is listed, with its whole id");
        assert!(error.failed().zip(&ids).all(|(item, id)| item.id() == Some(id)));
        let line = error.to_string();
        assert!(line.contains(&format!("{count} of {count} items failed; 0")), "{line}");
        assert!(line.contains(&format!("; and {} more", count - 8)), "{line}");
        assert!(line.chars().count() < 3_000 && !line.contains(['\n', '\u{202E}']), "{line}");
        let item = error.failed().next().unwrap().to_string();
        assert!(item.chars().count() < 300 && !item.contains(['\n', '\u{202E}']), "{item}");
    }
}

#[tokio::test]
async fn line_of_an_error_shows_no_text_of_the_service() {
    let results = json!([{ "member_id": TOKEN, "code": 42006 }]);
    let added = added(&["u1"], results.clone()).await.unwrap().into_result().unwrap_err();
    let removed = partly_removed(&["u1"], json!({ "results": results })).await;
    for error in [added, removed] {
        assert!(error.to_string().contains("; an item that was not sent: "), "{error}");
        assert!(!format!("{error} {error:?} {error:#?}").contains(TOKEN), "{error:#?}");
        let item = error.failed().next().unwrap();
        assert!(!format!("{item} {item:?}").contains(TOKEN), "{item}");
    }
}

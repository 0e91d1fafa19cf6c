//! Batches: which items count as done, whatever the service says about them, and what an error holds.

use crate::property;
use crate::support::{Reply, Server, TOKEN, client};
use feishu_user_groups::operation::{BATCH_ADD_USER_GROUP_MEMBERS, BATCH_REMOVE_USER_GROUP_MEMBERS};
use feishu_user_groups::telemetry::{CallEvent, Observer};
use feishu_user_groups::types::{BatchAddUserGroupMembersData, MemberReference};
use feishu_user_groups::{BatchResponse, Client, Delivery, Error, ErrorKind, Response, RetryPolicy};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn members(ids: &[&str]) -> Vec<MemberReference> {
    let member = |id: &&str| MemberReference::builder().member_id(*id).member_type("user").member_id_type("user_id");
    ids.iter().map(|id| member(id).try_into().unwrap()).collect()
}

async fn add(client: &Client, ids: &[&str]) -> Result<BatchResponse<BatchAddUserGroupMembersData>, Error> {
    let members = members(ids);
    client.batch_add_user_group_members().group_id("g1").body_map(|body| body.members(members)).send().await
}

async fn remove(client: &Client, ids: &[&str]) -> Result<Response<()>, Error> {
    let members = members(ids);
    client.batch_remove_user_group_members().group_id("g1").body_map(|body| body.members(members)).send().await
}

/// The response of a batch with these `results` in its data.
async fn added(ids: &[&str], results: Value) -> Result<BatchResponse<BatchAddUserGroupMembersData>, Error> {
    let server = Server::with_script([Reply::ok(json!({ "results": results })).header("x-tt-logid", "log-1")]).await;
    add(&client(&server), ids).await
}

/// The error of a removal whose failure has this `data`.
async fn partly_removed(ids: &[&str], data: Value) -> Error {
    let body = json!({ "code": 40022, "msg": "partial failed, see Results field for more details", "data": data });
    let server = Server::with_script([Reply::json(400, &body)]).await;
    remove(&client(&server), ids).await.unwrap_err()
}

/// Ids of the items that succeeded, needed nothing, failed (`?` without an id), and have no result.
type Lists = [Vec<String>; 4];

fn lists(batch: &BatchResponse<BatchAddUserGroupMembersData>) -> Lists {
    let ids = |id: Option<&str>| id.unwrap_or("?").to_owned();
    [
        batch.succeeded().map(|item| ids(item.id())).collect(),
        batch.already().map(|item| ids(item.id())).collect(),
        batch.failed().map(|item| ids(item.id())).collect(),
        batch.unreported().into_iter().map(str::to_owned).collect(),
    ]
}

fn lists_of_error(error: &Error) -> Lists {
    let ids = |id: Option<&str>| id.unwrap_or("?").to_owned();
    [
        error.succeeded().map(|item| ids(item.id())).collect(),
        error.already().map(|item| ids(item.id())).collect(),
        error.failed().map(|item| ids(item.id())).collect(),
        error.unreported().to_vec(),
    ]
}

#[track_caller]
fn assert_lists(found: Lists, expected: [&[&str]; 4], case: &Value) {
    assert_eq!(found, expected.map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>()), "{case}");
}

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
    assert!(error.to_string().contains("the response does not say which items failed"), "{error}");
    for body in
        [r#"{"code":0,"msg":"ok"}"#, r#"{"code":0,"data":{"results":{}}}"#, r#"{"code":0,"data":{"results":"u1"}}"#]
    {
        let server = Server::with_script([Reply::new(200, body)]).await;
        let error = add(&client(&server), &["u1"]).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidResponse, Delivery::Unknown), "{error}");
    }
}

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
        "batch_add_user_group_members: 3 of 6 items failed, 1 have no result; u3: 42006 {name}: {advice}; \
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
            line.contains("(partial failed, see Results field for more details); 3 of 5 items failed, 1 have"),
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
        assert!(error.to_string().contains("; the response does not say which items failed; "), "{error}");
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

fn any_result() -> impl Strategy<Value = Value> {
    let id = prop_oneof![
        (0..4_u8).prop_map(|n| json!(format!("u{n}"))),
        Just(json!(null)),
        Just(json!("")),
        Just(json!(1)),
        Just(json!({})),
    ];
    let code = prop_oneof![
        prop::sample::select(vec![
            json!(0),
            json!("0"),
            json!(42005),
            json!(42006),
            json!(null),
            json!("x"),
            json!([])
        ]),
        any::<i64>().prop_map(|code| json!(code)),
        any::<f64>().prop_map(|code| json!(code)),
    ];
    let object = (prop::option::of(id), prop::option::of(code)).prop_map(|(id, code)| {
        let members = [("member_id", id), ("code", code), ("other", Some(json!([{}])))];
        Value::from_iter(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))))
    });
    prop_oneof![6 => object, 1 => Just(json!(null)), 1 => any::<u8>().prop_map(|n| json!(n)), 1 => Just(json!(["u1", 0]))]
}

/// A client whose batches all have the same results: those of an addition in its success, those of a removal in its
/// failure.
async fn with_results(results: Arc<Mutex<Value>>) -> (Server, Client) {
    let server = Server::with_handler(move |request| {
        let data = json!({ "results": *results.lock().unwrap() });
        match request.target.ends_with("/batch_add") {
            true => Reply::ok(data),
            false => Reply::json(400, &json!({ "code": 40022, "msg": "partial failed", "data": data })),
        }
    });
    let server = server.await;
    let client = client(&server);
    (server, client)
}

#[test]
fn any_results_are_sorted_without_loss() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let results = Arc::new(Mutex::new(Value::Null));
    let (_server, client) = runtime.block_on(with_results(Arc::clone(&results)));
    let done = [json!(0), json!("0"), json!(0.0), json!(-0.0)];
    let already = [json!(42005), json!("42005")];
    let cases = (prop::collection::vec(any_result(), 0..6), prop::collection::vec(0..4_u8, 1..6));
    proptest!(property::config(256), |((given, sent) in cases)| {
        let sent: Vec<String> = sent.iter().map(|n| format!("u{n}")).collect();
        let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
        *results.lock().unwrap() = json!(given);
        let batch = runtime.block_on(add(&client, &sent)).unwrap();
        let found = lists(&batch);
        let [succeeded, needless, failed, unreported] = &found;
        prop_assert_eq!(succeeded.len() + needless.len() + failed.len(), given.len());
        for (ids, codes) in [(succeeded, &done[..]), (needless, &already[..])] {
            for id in ids {
                let says_so = |result: &Value| text(&result["member_id"]) == *id && codes.contains(&result["code"]);
                prop_assert!(given.iter().any(says_so), "{} {:?}", id, given);
            }
        }
        for id in &sent {
            let is_listed = [succeeded, needless, failed].iter().any(|list| list.iter().any(|listed| listed == id));
            prop_assert!(is_listed != unreported.iter().any(|listed| listed == id), "{} {:?}", id, given);
        }
        // A failure whose data has the same results says the same, but that no code of it means that nothing was to do.
        let [also_succeeded, none, also_failed, also_unreported] =
            lists_of_error(&runtime.block_on(remove(&client, &sent)).unwrap_err());
        prop_assert_eq!((succeeded, unreported), (&also_succeeded, &also_unreported));
        prop_assert_eq!((needless.len() + failed.len(), none.len()), (also_failed.len(), 0));
        let is_complete = failed.is_empty() && unreported.is_empty();
        match batch.into_result() {
            Ok(_) => prop_assert!(is_complete),
            Err(error) => {
                prop_assert!(!is_complete);
                prop_assert_eq!(lists_of_error(&error), found);
            }
        }
    });
}

/// An id as the client reads it: a number is its digits.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

//! Whatever the results are, every item is in exactly the list that they allow.

use super::{add, lists, lists_of_error, remove};
use crate::property;
use crate::support::{Reply, Server, client};
use feishu_user_groups::Client;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

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

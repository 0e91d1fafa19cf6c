//! The journal, expectations on it, the clock, and clients of the simulator.

use std::time::Duration;

use feishu_user_groups::Client;
use feishu_user_groups::simulator::{App, Expected, Group, Simulator};
use serde_json::json;

use super::caller::{Caller, LIST};

async fn with_groups() -> (Simulator, Client) {
    let builder = Simulator::builder().with_group(Group::new("g1", "Design")).with_group(Group::new("a b", "Legal"));
    let simulator = builder.start().await.unwrap();
    let client = simulator.client().unwrap();
    (simulator, client)
}

async fn rename(client: &Client, id: &str, name: &str) {
    client.update_user_group().group_id(id).body_map(|body| body.name(name.to_owned())).send().await.unwrap();
}

fn unmet(simulator: &Simulator, expected: &Expected) -> String {
    let error = simulator.expect(expected).unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    error.to_string()
}

#[tokio::test]
async fn expected_requests_are_returned() {
    let (simulator, client) = with_groups().await;
    rename(&client, "a b", "Legal 2").await;
    let update = Expected::call("update_user_group");
    let expected = update.clone().path("group_id", "a b").body(json!({ "name": "Legal 2" })).code(0).times(1);
    let [request] = &simulator.expect(&expected).unwrap()[..] else { panic!("not one request") };
    assert_eq!(request.json().unwrap(), json!({ "name": "Legal 2" }));
    assert_eq!(request.response.as_ref().unwrap().json().unwrap()["code"], 0);
    assert_eq!(simulator.expect(&Expected::call("tenant_access_token_internal")).unwrap().len(), 1);
    simulator.expect(&Expected::call("create_user_group").times(0)).unwrap();
    simulator.clear_requests();
    simulator.expect(&update.times(0)).unwrap();
}

#[tokio::test]
async fn nearest_request_and_difference_are_shown() {
    let (simulator, client) = with_groups().await;
    rename(&client, "a b", "Legal 2").await;
    rename(&client, "g1", "Design 2").await;
    let expected = Expected::call("update_user_group").path("group_id", "g1");
    let expected =
        expected.query("user_id_type", "open_id").body(json!({ "name": "Sales", "description": "d" })).code(0);
    assert_eq!(
        unmet(&simulator, &expected),
        "update_user_group: expected at least one request; as expected were 0\n\
         the nearest of 2, number 2: PATCH /open-apis/contact/v3/group/g1\n  \
         query user_id_type: expected \"open_id\", was absent\n  \
         body.name: expected \"Sales\", was \"Design 2\"\n  \
         body.description: expected \"d\", was absent"
    );
    let code = unmet(&simulator, &Expected::call("update_user_group").code(42002).times(1));
    assert!(code.ends_with("\n  code: expected 42002, was 0"), "{code}");
}

#[tokio::test]
async fn missing_requests_name_what_was_made() {
    let (simulator, client) = with_groups().await;
    let expected = Expected::call("create_user_group");
    let none = "create_user_group: expected at least one request; as expected were 0\nno request was made at all";
    assert_eq!(unmet(&simulator, &expected), none);
    rename(&client, "g1", "Design 2").await;
    assert_eq!(
        unmet(&simulator, &expected.times(2)),
        "create_user_group: expected 2 requests; as expected were 0\n\
         requests were made of: tenant_access_token_internal (1), update_user_group (1)"
    );
    let too_many = unmet(&simulator, &Expected::call("update_user_group").times(0));
    assert_eq!(too_many, "update_user_group: expected 0 requests; as expected were 1");
    let unknown = unmet(&simulator, &Expected::call("rename_group"));
    assert!(unknown.starts_with("there is no operation `rename_group`; there are "), "{unknown}");
}

#[tokio::test]
async fn unknown_paths_have_no_operation() {
    let caller = Caller::new().await;
    caller.get("/nowhere").await;
    let request = caller.simulator.requests().pop().unwrap();
    assert_eq!((request.operation, request.path_parameter("group_id")), (None, None));
    assert_eq!(request.response.unwrap().status, 404);
}

#[tokio::test]
async fn small_journal_keeps_the_latest() {
    let caller = Caller::of(Simulator::builder().journal_bytes(20_000).start().await.unwrap()).await;
    for size in 1..=60 {
        caller.get(&format!("{LIST}?page_size={size}")).await.data();
    }
    let requests = caller.simulator.requests();
    assert!((5..60).contains(&requests.len()), "{}", requests.len());
    assert_eq!(requests.last().unwrap().query("page_size"), Some("60"));
}

#[tokio::test]
async fn moved_clock_expires_tokens_and_refills_limits() {
    let caller = Caller::of(Simulator::builder().enforce_rate_limits(true).start().await.unwrap()).await;
    for name in 0..100 {
        caller.create(json!({ "name": name.to_string() })).await.data();
    }
    caller.create(json!({ "name": "one more" })).await.assert_rejected(99991400);
    caller.simulator.advance(Duration::from_secs(61));
    caller.create(json!({ "name": "one more" })).await.data();
    caller.simulator.advance(Duration::from_secs(7200));
    caller.get(LIST).await.assert_rejected(99991663);
    assert_ne!(caller.fetch().await.0, caller.token);
}

#[tokio::test]
async fn client_is_of_the_first_app() {
    let store = App::store("cli_store", "s", "ticket");
    let builder = Simulator::builder().with_app(store).with_group_in("tenant-b", Group::new("g9", "Sales"));
    let simulator = builder.start().await.unwrap();
    let client = simulator.client().unwrap().for_tenant("tenant-b").unwrap();
    let group = client.get_user_group().group_id("g9").send().await.unwrap();
    assert_eq!(group.group.name.as_deref(), Some("Sales"));
}

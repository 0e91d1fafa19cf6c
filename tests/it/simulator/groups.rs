//! Creating, reading, updating and deleting user groups.

use feishu_user_groups::simulator::{Group, Simulator};
use serde_json::json;

use super::caller::{Caller, GROUP, LIST, WRITE, with_rejecting_groups};

#[tokio::test]
async fn group_created_updated_and_deleted() {
    let caller = Caller::new().await;
    let body = json!({ "name": "IT 外包组", "description": "IT服务人员的集合", "type": 1 });
    let created = caller.create(body).await.data();
    let id = created["group_id"].as_str().unwrap();
    assert!(id.starts_with('g'));
    assert_eq!(created.as_object().unwrap().len(), 1);

    let path = format!("{GROUP}/{id}?user_id_type=user_id&department_id_type=department_id");
    assert_eq!(
        caller.get(&path).await.data(),
        json!({ "group": {
            "id": id, "name": "IT 外包组", "description": "IT服务人员的集合",
            "member_user_count": 0, "member_department_count": 0, "type": 1,
        } })
    );

    // An update keeps the fields that it omits, and may repeat the group's own name.
    assert_eq!(caller.update(id, json!({ "name": "IT 外包组" })).await.data(), json!({}));
    caller.update(id, json!({ "description": "" })).await.data();
    let group = &caller.get(&format!("{GROUP}/{id}")).await.data()["group"];
    assert_eq!((&group["name"], &group["description"]), (&json!("IT 外包组"), &json!("")));

    assert_eq!(caller.delete(id).await.data(), json!({}));
    caller.delete(id).await.assert_rejected(42002);
    caller.get(&format!("{GROUP}/{id}")).await.assert_rejected(42002);
    caller.create(json!({ "name": "IT 外包组" })).await.data();
}

#[tokio::test]
async fn maximum_lengths_count_characters() {
    let caller = Caller::new().await;
    let body = json!({
        "name": "组".repeat(100), "description": "述".repeat(500), "group_id": "a1".repeat(32),
    });
    assert_eq!(caller.create(body).await.data()["group_id"], "a1".repeat(32));
    let path = format!("{WRITE}?client_token={}", "x".repeat(64));
    let ids = vec!["ou_1"; 10_000];
    let body = json!({ "group_id": "ABCDEFG", "scope_visible_setting": 0, "user_ids": ids });
    caller.call("POST", &path, &body.to_string()).await.data();
    assert_eq!(caller.simulator.performance_members("ABCDEFG").unwrap().len(), 10_000);
}

#[tokio::test]
async fn custom_id_addresses_its_group() {
    let caller = Caller::new().await;
    caller.create(json!({ "name": "a", "group_id": "g122817" })).await.data();
    caller.create(json!({ "name": "b" })).await.data();
    caller.get(&format!("{GROUP}/g122817")).await.data();
    let list = caller.get(LIST).await.data()["grouplist"].clone();
    assert_eq!(list[0]["id"], "g122817");
    assert_eq!(list[0]["group_id"], "g122817");
    assert!(list[1].get("group_id").is_none());
}

#[tokio::test]
async fn distinct_custom_id_is_not_found() {
    let group = Group::new("g193821", "IT")
        .custom_id("4ba51ab38648f9cd")
        .description("who may do what")
        .member("ou_1")
        .department("od_1")
        .scoped_to("od-4e6a");
    let simulator = Simulator::builder().with_group(group);
    let caller = Caller::of(simulator.start().await.unwrap()).await;
    assert_eq!(
        caller.get(LIST).await.data(),
        json!({
            "grouplist": [{
                "id": "g193821", "name": "IT", "description": "who may do what",
                "member_user_count": 1, "member_department_count": 1, "type": 1,
                "department_scope_list": ["od-4e6a"], "group_id": "4ba51ab38648f9cd",
            }],
            "has_more": false,
        })
    );
    caller.get(&format!("{GROUP}/4ba51ab38648f9cd")).await.assert_rejected(42002);
    let taken = json!({ "name": "n", "group_id": "4ba51ab38648f9cd" });
    caller.create(taken).await.assert_rejected(47005);
}

#[tokio::test]
async fn delete_requires_empty_group() {
    let caller = with_rejecting_groups().await;
    assert!(caller.simulator.add_member("g1", "ou_2"));
    assert!(!caller.simulator.add_member("unknown", "ou_2"));
    caller.delete("g1").await.assert_rejected(42017);
    assert!(caller.simulator.remove_member("g1", "ou_2"));
    caller.delete("g1").await.data();
}

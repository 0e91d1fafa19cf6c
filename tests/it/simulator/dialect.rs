//! The documents' shapes: those of the documents' own examples, and readable by the client.

use feishu_user_groups::simulator::{Dialect, Group, Simulator};
use serde_json::{Value, json};

use super::caller::{BELONG, Caller, GROUP, LIST, project};

async fn caller() -> Caller {
    let group = Group::new("g1", "Design").description("Draws").member("ou_1").department("D1");
    let builder = Simulator::builder().dialect(Dialect::Documents).with_group(group);
    Caller::of(builder.start().await.unwrap()).await
}

/// The names in an object, of its first item where it is a list.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(name, _)| *name);
            names.into_iter().map(|(name, value)| (name.clone(), shape(value))).collect()
        }
        Value::Array(items) => vec![items.first().map_or(Value::Null, shape)].into(),
        _ => Value::Null,
    }
}

/// The document's example of a response.
fn example(operation: &str) -> Value {
    let path = project().join("spec/documents/contact-user-group.json");
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let operations = document["operations"].as_array().unwrap();
    let found = operations.iter().find(|found| found["name"] == operation).unwrap();
    let mut examples = found["examples"].as_array().unwrap().iter();
    examples.find(|example| example["kind"] == "response").unwrap()["value"].clone()
}

#[tokio::test]
async fn responses_have_the_shapes_of_the_documents() {
    let caller = caller().await;
    for (operation, reply) in [
        ("CreateUserGroupAsync", caller.create(json!({ "name": "New", "group_id": "new" })).await),
        ("UpdateUserGroupAsync", caller.update("new", json!({ "name": "Newer" })).await),
        ("GetUserGroupInfoByIdAsync", caller.get(&format!("{GROUP}/g1")).await),
        ("GetUserGroupsAsync", caller.get(&format!("{LIST}?page_size=1")).await),
        ("DeleteUserGroupByIdAsync", caller.delete("new").await),
    ] {
        assert_eq!(shape(&reply.json()), shape(&example(operation)), "{operation}");
    }
    let of_member = caller.get(&format!("{BELONG}?member_id=ou_1")).await.json();
    let mut expected = shape(&example("GetUserBelongGroupsAsync"));
    // The document's example has a token on its last page.
    expected["data"].as_object_mut().unwrap().remove("page_token");
    assert_eq!(shape(&of_member), expected);
    assert_eq!(of_member["data"]["groups"][0]["member_count"], 2);
}

#[tokio::test]
async fn client_reads_the_documents_shapes() {
    let caller = caller().await;
    let client = caller.simulator.client().unwrap();
    let group = client.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!((group.group.id(), group.group.name.as_deref()), (Some("g1"), Some("Design")));
    let listed = client.list_user_groups().pages().try_next().await.unwrap().unwrap();
    assert_eq!(listed.items[0].id(), Some("g1"));
    let of_member = client.list_member_user_groups().member_id("ou_1").pages().try_next().await.unwrap().unwrap();
    assert_eq!(of_member.items[0].name.as_deref(), Some("Design"));
    client.update_user_group().group_id("g1").body_map(|body| body.name("Design 2")).send().await.unwrap();
}

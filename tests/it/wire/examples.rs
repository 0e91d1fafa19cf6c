//! Every JSON example of the documents and of the service survives a round trip through the
//! generated types: no field is lost and none is added.

use crate::facts::{DocumentedOperation, documented_operations, service};
use feishu_user_groups::operation;
use feishu_user_groups::types::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// One example and the operation that it belongs to.
struct Example {
    operation: String,
    kind: String,
    value: Value,
    place: String,
}

fn document_examples() -> Vec<Example> {
    let examples = |DocumentedOperation { operation, title, facts }: DocumentedOperation| {
        let operation =
            operation.unwrap_or_else(|| panic!("{title}: no operation of the spec has it as its x-feishu-source"));
        let examples = facts["examples"].as_array().unwrap().clone();
        examples.into_iter().map(move |example| Example {
            operation: operation.clone(),
            kind: example["kind"].as_str().unwrap().to_owned(),
            value: example["value"].clone(),
            place: format!("{title}, {} in line {}", example["source"], example["line"]),
        })
    };
    documented_operations().into_iter().flat_map(examples).collect()
}

fn service_examples() -> Vec<Example> {
    let examples = |id: &str| {
        let examples = service(id)["examples"].as_object().unwrap().clone();
        let (operation, place) = (id.to_owned(), format!("spec/service/{id}.json"));
        examples.into_iter().map(move |(kind, value)| Example {
            operation: operation.clone(),
            kind,
            value,
            place: place.clone(),
        })
    };
    operation::ALL.iter().flat_map(|operation| examples(operation.id)).collect()
}

fn through<T: DeserializeOwned + Serialize>(value: &Value) -> Value {
    let typed: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    serde_json::to_value(typed).unwrap()
}

/// A response whose payload was decoded and encoded.
fn data<T: DeserializeOwned + Serialize>(response: &Value) -> Value {
    let mut response = response.clone();
    response["data"] = through::<T>(&response["data"]);
    response
}

/// A response without data; `{}` says the same.
fn no_data(response: &Value) -> Value {
    let mut response = response.clone();
    if let Some(data) = response.get_mut("data") {
        *data = json!({});
    }
    response
}

/// The value after a round trip through the type of its operation.
fn round_trip(example: &Example) -> Value {
    let passage: fn(&Value) -> Value = match (example.operation.as_str(), example.kind.as_str()) {
        ("create_user_group", "request") => through::<CreateUserGroupBody>,
        ("update_user_group", "request") => through::<UpdateUserGroupBody>,
        ("write_performance_group_members", "request") => through::<WritePerformanceGroupMembersBody>,
        ("add_user_group_member", "request") => through::<AddUserGroupMemberBody>,
        ("batch_add_user_group_members", "request") => through::<BatchAddUserGroupMembersBody>,
        ("remove_user_group_member", "request") => through::<RemoveUserGroupMemberBody>,
        ("batch_remove_user_group_members", "request") => through::<BatchRemoveUserGroupMembersBody>,
        ("find_user_ids", "request") => through::<FindUserIdsBody>,
        // The other operations have no body, so no example may have one.
        (_, "request") => |_| Value::Null,
        ("create_user_group", "response") => data::<CreateUserGroupData>,
        ("get_user_group", "response") => data::<GetUserGroupData>,
        ("list_user_groups", "response") => data::<ListUserGroupsData>,
        ("list_member_user_groups", "response") => data::<ListMemberUserGroupsData>,
        ("write_performance_group_members", "response") => data::<WritePerformanceGroupMembersData>,
        ("batch_add_user_group_members", "response") => data::<BatchAddUserGroupMembersData>,
        ("list_user_group_members", "response") => data::<ListUserGroupMembersData>,
        ("find_user_ids", "response") => data::<FindUserIdsData>,
        // The other operations return nothing but success, so no example may have data.
        (_, "response") => no_data,
        (operation, kind) => panic!("no type for a {kind} of {operation}; add it here"),
    };
    passage(&example.value)
}

#[track_caller]
fn assert_all_round_trip(examples: &[Example]) {
    for operation in operation::ALL {
        let is_answer = |example: &Example| example.operation == operation.id && example.kind == "response";
        assert!(examples.iter().any(is_answer), "{} has no example of its response", operation.id);
    }
    for example in examples {
        assert_eq!(round_trip(example), example.value, "{}", example.place);
    }
}

#[test]
fn document_samples_round_trip() {
    let examples = document_examples();
    assert_all_round_trip(&examples);
    // A response of each operation, a request of most, a call of seven in C#, and seven more forms of one.
    assert!(examples.len() >= 32, "{} examples are fewer than the documents had", examples.len());
}

#[test]
fn service_samples_round_trip() {
    let examples = service_examples();
    assert_all_round_trip(&examples);
    assert!(examples.len() >= 21, "{} examples are fewer than the service had", examples.len());
}

/// The payload of an operation in its example responses, of the document and of the service's reference.
fn payloads<T: DeserializeOwned>(operation: &str) -> Vec<T> {
    let examples = document_examples().into_iter().chain(service_examples());
    let responses = examples.filter(|example| example.operation == operation && example.kind == "response");
    responses.map(|example| serde_json::from_value(example.value["data"].clone()).unwrap()).collect()
}

fn name_and_description(group: &UserGroup) -> (Option<&str>, Option<&str>) {
    (group.id(), group.name.as_deref())
}

#[test]
fn get_shapes_yield_id_and_name() {
    let [document, service] = &payloads::<GetUserGroupData>("get_user_group")[..] else { panic!("two examples") };
    assert_eq!(name_and_description(&document.group), (Some("group_123456"), Some("测试用户组")));
    assert_eq!(name_and_description(&service.group), (Some("g193821"), Some("IT 外包组")));
}

#[test]
fn list_shapes_yield_ids_and_names() {
    let payloads = payloads::<ListUserGroupsData>("list_user_groups");
    let items: Vec<_> = payloads.into_iter().map(|payload| payload.into_items()).collect();
    let groups: Vec<_> = items.iter().map(|items| items.iter().map(name_and_description).collect::<Vec<_>>()).collect();
    let (document, service) = ((Some("group_123456"), Some("测试用户组")), (Some("g193821"), Some("IT 外包组")));
    assert_eq!(groups, [[document], [service]]);
}

#[test]
fn member_list_shapes_yield_ids() {
    let payloads = payloads::<ListMemberUserGroupsData>("list_member_user_groups");
    let items: Vec<_> = payloads.into_iter().map(|payload| payload.into_items()).collect();
    let groups: Vec<_> = items.iter().map(|items| items.iter().map(name_and_description).collect::<Vec<_>>()).collect();
    assert_eq!(groups, [[(Some("group_123456"), Some("研发部门"))], [(Some("og-1455998e138698e1386"), None)]]);
}

#[test]
fn both_group_shapes_read_alike() {
    let document = json!({ "group_id": "g1", "name": "R&D", "type": 1, "member_count": 3 });
    let service = json!({ "id": "g1", "name": "R&D", "type": 1, "member_user_count": 3, "group_id": "of-the-tenant" });
    let pages = [json!({ "groups": [document] }), json!({ "grouplist": [service] })];
    for page in &pages {
        let items = serde_json::from_value::<ListUserGroupsData>(page.clone()).unwrap().into_items();
        assert_eq!(items.iter().map(name_and_description).collect::<Vec<_>>(), [(Some("g1"), Some("R&D"))]);
    }
    for page in [
        json!({ "groups": [document] }),
        json!({ "group_list": ["g1"] }),
        json!({ "group_list": null, "groups": [document] }),
    ] {
        let items = serde_json::from_value::<ListMemberUserGroupsData>(page).unwrap().into_items();
        assert_eq!(items.iter().map(UserGroup::id).collect::<Vec<_>>(), [Some("g1")]);
    }
}

#[test]
fn create_shapes_yield_group_id() {
    let ids: Vec<_> = payloads::<CreateUserGroupData>("create_user_group");
    let ids: Vec<_> = ids.iter().map(|payload| payload.group_id.as_str()).collect();
    assert_eq!(ids, ["group_123456", "g122817"]);
}

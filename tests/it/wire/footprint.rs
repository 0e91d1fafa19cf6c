//! The future of a call is one pointer for every operation: it is cheap to move, and any executor accepts it.
//!
//! A test next to `ResponseFuture` limits the size of the state behind the pointer.

use crate::support::{Reply, Server, client};
use feishu_user_groups::types::{BatchAddUserGroupMembersData, GetUserGroupData, UserGroup, builder as body};
use feishu_user_groups::{
    AppTicket, BatchFuture, BatchResponse, Client, ClientBuilder, Error, ErrorCode, ErrorKind, Items, Page, Pages,
    Response, ResponseFuture, RetryPolicy, Secret, Throttle, UserToken, Violation, builder,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use syn::{Item, ItemMod};

const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));
/// The largest size of a future or listing that a caller holds, in bytes.
const LARGEST: usize = 32;

const fn shared_between_threads<T: Send + Sync + 'static>() {}
const fn sent_to_another_thread<T: Send + Unpin + 'static>() {}

/// Asserts that each type can be shared between threads; evaluates to their names.
macro_rules! shared {
    ($module:ident { $($name:ident $(<$lifetime:lifetime>)?),* $(,)? }) => {{
        $(const { shared_between_threads::<$module::$name $(<$lifetime>)?>() };)*
        BTreeSet::from([$(stringify!($name).to_owned()),*])
    }};
}

const _: () = {
    shared_between_threads::<Client>();
    shared_between_threads::<ClientBuilder>();
    shared_between_threads::<Error>();
    shared_between_threads::<ErrorKind>();
    shared_between_threads::<ErrorCode>();
    shared_between_threads::<Violation>();
    shared_between_threads::<Secret>();
    shared_between_threads::<AppTicket>();
    shared_between_threads::<UserToken>();
    shared_between_threads::<RetryPolicy>();
    shared_between_threads::<Throttle>();
    shared_between_threads::<Response<GetUserGroupData>>();
    shared_between_threads::<Response<Value>>();
    shared_between_threads::<BatchResponse<BatchAddUserGroupMembersData>>();
    shared_between_threads::<Page<UserGroup>>();
    // A future or a stream is polled by one thread at a time.
    sent_to_another_thread::<ResponseFuture<GetUserGroupData>>();
    sent_to_another_thread::<ResponseFuture<Value>>();
    sent_to_another_thread::<BatchFuture<BatchAddUserGroupMembersData>>();
    sent_to_another_thread::<Pages<UserGroup>>();
    sent_to_another_thread::<Items<UserGroup>>();
};

#[test]
fn every_builder_is_shared_between_threads() {
    let operations = shared!(builder {
        AddUserGroupMember<'static>,
        BatchAddUserGroupMembers<'static>,
        BatchRemoveUserGroupMembers<'static>,
        CreateUserGroup<'static>,
        DeleteUserGroup<'static>,
        FindUserIds<'static>,
        GetUserGroup<'static>,
        ListMemberUserGroups<'static>,
        ListUserGroupMembers<'static>,
        ListUserGroups<'static>,
        RemoveUserGroupMember<'static>,
        UpdateUserGroup<'static>,
        WritePerformanceGroupMembers<'static>,
    });
    let bodies = shared!(body {
        AddUserGroupMemberBody,
        BatchAddUserGroupMembersBody,
        BatchRemoveUserGroupMembersBody,
        CreateUserGroupBody,
        FindUserIdsBody,
        MemberReference,
        RemoveUserGroupMemberBody,
        UpdateUserGroupBody,
        WritePerformanceGroupMembersBody,
    });
    let generated = syn::parse_file(GENERATED).unwrap().items;
    assert_eq!(structs(module(&generated, "builder")), operations, "name every builder above");
    assert_eq!(structs(module(module(&generated, "types"), "builder")), bodies, "name every builder above");
}

fn module<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no module `{name}` in the generated code"))
}

fn structs(items: &[Item]) -> BTreeSet<String> {
    let names = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        _ => None,
    });
    names.collect()
}

#[test]
fn futures_of_calls_and_pages_are_small() {
    let client = Client::builder().tenant_token("t-tests").build().unwrap();
    let mut pages = client.list_user_groups().pages();
    let mut items = client.list_user_groups().stream();
    let sizes = [
        size_of::<ResponseFuture<GetUserGroupData>>(),
        size_of::<ResponseFuture<Value>>(),
        size_of::<BatchFuture<BatchAddUserGroupMembersData>>(),
        size_of_val(&pages),
        size_of_val(&pages.try_next()),
        size_of_val(&items.try_next()),
    ];
    assert!(sizes.iter().all(|size| *size <= LARGEST), "{sizes:?}");
}

#[tokio::test]
async fn call_outlives_its_client() {
    let server = Server::with_script([Reply::ok(json!({ "group": { "id": "g1" } }))]).await;
    let client = client(&server);
    let call = client.get_user_group().group_id("g1").send();
    drop(client);
    assert_eq!(tokio::spawn(call).await.unwrap().unwrap().group.id(), Some("g1"));
}

#[tokio::test]
async fn nothing_sent_before_the_first_poll() {
    let server = Server::with_script([Reply::ok(json!({ "group": { "id": "second" } }))]).await;
    let client = client(&server);
    let (first, raw) = (client.get_user_group().group_id("first"), client.get_user_group().group_id("raw"));
    let (first, raw) = (first.send(), raw.send_raw());
    // If they were sent, the server would have received them before this one.
    client.get_user_group().group_id("second").send().await.unwrap();
    drop((first, raw));
    let paths: Vec<_> = server.received().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(paths, ["/open-apis/contact/v3/group/second"]);
}

#[tokio::test]
async fn invalid_arguments_fail_when_awaited() {
    let client = Client::builder().tenant_token("t-tests").build().unwrap();
    let (send, raw) = (client.get_user_group().send(), client.get_user_group().send_raw());
    assert_eq!(send.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(raw.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

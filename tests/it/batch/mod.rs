//! Batches: which items count as done, whatever the service says about them, and what an error holds.

mod any_results;
mod errors;
mod outcomes;

use crate::support::{Reply, Server, client};
use feishu_user_groups::types::{BatchAddUserGroupMembersData, MemberReference};
use feishu_user_groups::{BatchResponse, Client, Error, Response};
use serde_json::{Value, json};

fn members(ids: &[&str]) -> Vec<MemberReference> {
    ids.iter().map(|id| MemberReference::new(*id, "user", "user_id")).collect()
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

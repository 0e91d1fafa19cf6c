//! A call is retried only if that is safe, and only a few times; the error says what the client could not repair.

mod already_applied;
mod bounds;
mod faults;
mod token_fetches;

use crate::support::{Reply, Server, builder};
use feishu_user_groups::{Client, Error, RetryPolicy, Throttle};
use serde_json::json;
use std::time::Duration;

const QUICK: fn() -> RetryPolicy = || RetryPolicy::new().initial_backoff(Duration::from_millis(1));

fn client(server: &Server) -> Client {
    builder(server).tenant_token("t-tests").retry_policy(QUICK()).throttle(Throttle::off()).build().unwrap()
}

async fn get(server: &Server) -> Result<u32, Error> {
    client(server).get_user_group().group_id("g1").send().await.map(|response| response.attempts())
}

async fn create(server: &Server) -> Result<u32, Error> {
    create_by(&client(server)).await
}

async fn create_by(client: &Client) -> Result<u32, Error> {
    client.create_user_group().body_map(|body| body.name("R&D")).send().await.map(|response| response.attempts())
}

async fn write(server: &Server) -> Result<u32, Error> {
    write_by(&client(server)).await
}

async fn write_by(client: &Client) -> Result<u32, Error> {
    let call = client
        .write_performance_group_members()
        .body_map(|body| body.group_id("G").scope_visible_setting(0).user_ids(["ou_1"]));
    call.send().await.map(|response| response.attempts())
}

fn found() -> Reply {
    Reply::ok(json!({ "group": { "id": "g1" } }))
}

fn created() -> Reply {
    Reply::ok(json!({ "group_id": "g1" }))
}

fn written() -> Reply {
    Reply::ok(json!({ "data": { "success_user_ids": ["ou_1"] } }))
}

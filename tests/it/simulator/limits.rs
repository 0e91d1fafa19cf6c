//! Rate limits of the simulator.

use std::time::Duration;

use feishu_user_groups::simulator::Simulator;
use serde_json::json;

use super::caller::{Caller, assert_is_fact};

#[tokio::test]
async fn documented_rates_apply_when_enforced() {
    let limited = Simulator::builder().enforce_rate_limits(true);
    let caller = Caller::of(limited.start().await.unwrap()).await;
    for number in 0..20 {
        caller.write(&number.to_string(), "ABCDEFG", &[]).await.data();
    }
    let reply = caller.write("20", "ABCDEFG", &[]).await;
    assert_is_fact(&reply, "write_performance_group_members", 99991400);
    assert_eq!(reply.headers["x-ogw-ratelimit-limit"], "20");
    let reset: u64 = reply.headers["x-ogw-ratelimit-reset"].parse().unwrap();
    assert!((1..=60).contains(&reset), "{reset}");
    // After the wait in the header the call is admitted.
    caller.elapse(Duration::from_secs(reset)).await;
    caller.write("20", "ABCDEFG", &[]).await.data();
    // Each operation has its own limit; token endpoints have none.
    caller.create(json!({ "name": "n" })).await.data();
    for _ in 0..30 {
        caller.fetch().await;
    }
}

#[tokio::test]
async fn enforcement_is_off_by_default() {
    let caller = Caller::new().await;
    for number in 0..25 {
        caller.write(&number.to_string(), "ABCDEFG", &[]).await.data();
    }
}

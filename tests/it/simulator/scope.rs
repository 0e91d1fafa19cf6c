//! The contact scope of the app: what is outside it is left out of every listing.
//!
//! `refusals` has the calls that are rejected.

use serde_json::json;

use super::caller::{BELONG, LIST, with_narrow_scope};

#[tokio::test]
async fn listings_leave_out_what_is_outside() {
    let caller = with_narrow_scope().await;
    let groups = caller.get(LIST).await.data()["grouplist"].clone();
    let ids: Vec<_> = groups.as_array().unwrap().iter().map(|group| group["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["g1", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"]);
    let groups = caller.get(&format!("{BELONG}?member_id=ou_lisi&page_size=2")).await.data();
    assert_eq!(groups["group_list"], json!(["g1", "dynamic"]));
    assert_eq!(caller.members("f0", "").await.member_ids(), ["ou_lisi", "ou_7dab"]);
    assert_eq!(caller.members("g1", "?member_type=department").await.member_ids(), ["od-D1"]);
}

#[tokio::test]
async fn members_outside_scope_are_counted() {
    let caller = with_narrow_scope().await;
    assert_eq!(caller.member_counts("f0").await, (3, 0));
    for open_id in ["ou_lisi", "ou_7dab"] {
        caller.remove("f0", open_id).await.data();
    }
    // The group looks empty to the app.
    assert!(caller.members("f0", "").await.member_ids().is_empty());
    caller.delete("f0").await.assert_rejected(42017);
}

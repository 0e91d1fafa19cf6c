//! The two listings, their pages and page tokens.

use feishu_user_groups::simulator::{Group, ListingEnd, Simulator};
use serde_json::json;

use super::caller::{BELONG, Caller, LIST, encoded, with_rejecting_groups};

async fn with_groups(end: ListingEnd, count: usize) -> Caller {
    let mut builder = Simulator::builder().listing_end(end);
    for number in 0..count {
        let group = Group::new(format!("g{number}"), format!("group {number}"));
        builder = builder.with_group(group.member("ou_1"));
    }
    let dynamic = Group::new("d1", "dynamic").dynamic().member("ou_1");
    Caller::of(builder.with_group(dynamic).start().await.unwrap()).await
}

#[tokio::test]
async fn page_tokens_lead_to_all_groups() {
    let caller = with_groups(ListingEnd::Absent, 5).await;
    let (mut ids, mut path) = (Vec::new(), format!("{LIST}?page_size=2"));
    loop {
        let data = caller.get(&path).await.data();
        for group in data["grouplist"].as_array().unwrap() {
            ids.push(group["id"].as_str().unwrap().to_owned());
        }
        if data["has_more"] == false {
            assert!(data.get("page_token").is_none());
            break;
        }
        path = format!("{LIST}?page_size=2&page_token={}", encoded(&data["page_token"]));
    }
    assert_eq!(ids, ["g0", "g1", "g2", "g3", "g4"]);
}

#[tokio::test]
async fn full_last_page_has_no_more() {
    let caller = with_groups(ListingEnd::Absent, 4).await;
    let first = caller.get(&format!("{LIST}?page_size=2")).await.data();
    let path = format!("{LIST}?page_size=2&page_token={}", encoded(&first["page_token"]));
    assert_eq!(caller.get(&path).await.data()["has_more"], false);
}

#[tokio::test]
async fn page_sizes_follow_the_service() {
    let caller = with_groups(ListingEnd::Absent, 501).await;
    let data = caller.get(LIST).await.data();
    assert_eq!(data["grouplist"].as_array().unwrap().len(), 50);
    let data = caller.get(&format!("{LIST}?page_size=100&page_token=")).await.data();
    assert_eq!(data["grouplist"].as_array().unwrap().len(), 100);
    let data = caller.get(&format!("{BELONG}?member_id=ou_1")).await.data();
    assert_eq!(data["group_list"].as_array().unwrap().len(), 500);
    let data = caller.get(&format!("{BELONG}?member_id=ou_1&page_size=1000")).await.data();
    assert_eq!(data["group_list"].as_array().unwrap().len(), 502);
}

#[tokio::test]
async fn type_filter_is_applied() {
    let caller = with_groups(ListingEnd::Absent, 1).await;
    let data = caller.get(&format!("{LIST}?type=2")).await.data();
    assert_eq!(data["grouplist"][0]["id"], "d1");
    assert_eq!(data["grouplist"][0]["type"], 2);
    for (query, expected) in [("", json!(["g0", "d1"])), ("&group_type=1", json!(["g0"]))] {
        let data = caller.get(&format!("{BELONG}?member_id=ou_1{query}")).await.data();
        assert_eq!(data["group_list"], expected);
    }
    let data = caller.get(&format!("{BELONG}?member_id=ou_2")).await.data();
    assert_eq!(data, json!({ "group_list": [], "has_more": false }));
}

#[tokio::test]
async fn foreign_or_raw_page_token_rejected() {
    let caller = with_groups(ListingEnd::Absent, 3).await;
    let data = caller.get(&format!("{LIST}?page_size=1")).await.data();
    let raw = data["page_token"].as_str().unwrap();
    let token = encoded(&data["page_token"]);
    caller.get(&format!("{LIST}?page_token={token}")).await.data();
    caller.get(&format!("{LIST}?page_token={raw}")).await.assert_rejected(40012);
    caller.get(&format!("{LIST}?type=2&page_token={token}")).await.assert_rejected(40012);
    let other = format!("{BELONG}?member_id=ou_1&page_token={token}");
    caller.get(&other).await.assert_rejected(40012);

    let data = caller.get(&format!("{BELONG}?member_id=ou_1&page_size=1")).await.data();
    let token = encoded(&data["page_token"]);
    let path = format!("{BELONG}?member_id=ou_1&page_token={token}");
    assert_eq!(caller.get(&path).await.data()["group_list"], json!(["g1", "g2", "d1"]));
    let other = format!("{BELONG}?member_id=ou_2&page_token={token}");
    caller.get(&other).await.assert_rejected(40012);
}

#[tokio::test]
async fn changes_do_not_shift_pages() {
    let caller = with_rejecting_groups().await;
    for number in 0..3 {
        caller.create(json!({ "name": format!("new {number}") })).await.data();
    }
    let first = caller.get(&format!("{LIST}?page_size=2")).await.data();
    caller.delete("g1").await.data();
    let path = format!("{LIST}?page_token={}", encoded(&first["page_token"]));
    let rest = caller.get(&path).await.data();
    assert_eq!(rest["grouplist"].as_array().unwrap().len(), 3);
    assert_eq!(rest["grouplist"][0]["name"], "new 0");
}

#[tokio::test]
async fn listing_end_is_configurable() {
    let caller = with_groups(ListingEnd::Empty, 1).await;
    let data = caller.get(LIST).await.data();
    assert_eq!((&data["has_more"], &data["page_token"]), (&json!(false), &json!("")));

    let caller = with_groups(ListingEnd::Stale, 1).await;
    let data = caller.get(LIST).await.data();
    assert_eq!(data["has_more"], false);
    let path = format!("{LIST}?page_token={}", encoded(&data["page_token"]));
    let data = caller.get(&path).await.data();
    assert_eq!((&data["has_more"], &data["grouplist"]), (&json!(false), &json!([])));
}

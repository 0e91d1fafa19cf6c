//! Finding people by email and phone number.

use feishu_user_groups::simulator::Simulator;
use serde_json::{Value, json};

use super::caller::{Caller, FIND, with_narrow_scope};

async fn find(caller: &Caller, query: &str, body: Value) -> Value {
    caller.call("POST", &format!("{FIND}{query}"), &body.to_string()).await.data()["user_list"].clone()
}

fn status(resigned: bool) -> Value {
    json!({
        "is_frozen": false, "is_resigned": resigned, "is_activated": !resigned, "is_exited": false, "is_unjoin": false,
    })
}

#[tokio::test]
async fn people_are_found_by_email_and_phone() {
    let caller = with_narrow_scope().await;
    let body =
        json!({ "emails": ["li.si@example.com", "nobody@example.com"], "mobiles": ["+441632960961", "13099999999"] });
    assert_eq!(
        find(&caller, "", body).await,
        json!([
            { "user_id": "ou_lisi", "email": "li.si@example.com", "status": status(false) },
            { "email": "nobody@example.com" },
            { "user_id": "ou_7dab", "mobile": "+441632960961", "status": status(false) },
            { "mobile": "13099999999" },
        ])
    );
}

#[tokio::test]
async fn found_ids_are_of_the_type_asked_for() {
    let caller = with_narrow_scope().await;
    for (id_type, id) in [("open_id", "ou_7dab"), ("union_id", "on_cad4"), ("user_id", "wang")] {
        let body = json!({ "mobiles": ["+441632960961"] });
        let found = find(&caller, &format!("?user_id_type={id_type}"), body).await;
        assert_eq!(found[0]["user_id"], id);
    }
}

#[tokio::test]
async fn null_list_finds_nobody() {
    let caller = with_narrow_scope().await;
    let found = find(&caller, "", json!({ "emails": null, "mobiles": ["13099999999"] })).await;
    assert_eq!(found, json!([{ "mobile": "13099999999" }]));
}

#[tokio::test]
async fn resigned_people_are_found_on_request() {
    let caller = with_narrow_scope().await;
    let found = find(&caller, "", json!({ "emails": ["left@example.com"] })).await;
    assert_eq!(found, json!([{ "email": "left@example.com" }]));
    let found = find(&caller, "", json!({ "emails": ["left@example.com"], "include_resigned": true })).await;
    assert_eq!(found, json!([{ "user_id": "ou_left", "email": "left@example.com", "status": status(true) }]));
}

#[tokio::test]
async fn people_outside_scope_are_not_found() {
    let caller = with_narrow_scope().await;
    let found = find(&caller, "", json!({ "emails": ["hidden@example.com"] })).await;
    assert_eq!(found, json!([{ "email": "hidden@example.com" }]));
}

#[tokio::test]
async fn fifty_of_each_are_looked_up() {
    let caller = Caller::of(Simulator::start().await.unwrap()).await;
    let body = json!({ "emails": vec!["a@example.com"; 50], "mobiles": vec!["13011111111"; 50] });
    assert_eq!(find(&caller, "", body).await.as_array().unwrap().len(), 100);
}

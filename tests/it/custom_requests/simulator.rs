//! The offline service treats a request as it treats a call of the generated operation.

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Simulator};
use feishu_user_groups::types::GetUserGroupData;
use feishu_user_groups::{Client, Method};
use serde_json::{Value, json};

const GROUP: &str = "/open-apis/contact/v3/group/{group_id}";

#[tokio::test]
async fn simulator_serves_custom_requests() {
    let simulator = Simulator::builder().with_group(Group::new("g1", "Design")).start().await.unwrap();
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).build().unwrap();
    let rename = client.request(Method::PATCH, GROUP).path("group_id", "g1").json(&json!({ "name": "Art" }));
    rename.send::<()>().await.unwrap();
    let found = client.request(Method::GET, GROUP).path("group_id", "g1").send::<GetUserGroupData>().await.unwrap();
    assert_eq!(found.group.name.as_deref(), Some("Art"));
    let generated = client.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!(*generated, *found);
    let error = client.request(Method::GET, GROUP).path("group_id", "none").send::<Value>().await.unwrap_err();
    assert_eq!(error.code(), Some(42002), "{error}");
}

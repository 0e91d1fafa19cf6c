//! Writing the members of a performance group.

use serde_json::json;

use super::caller::{Caller, WRITE};

#[tokio::test]
async fn write_replaces_members_reports_missing() {
    let caller = Caller::new().await;
    assert_eq!(caller.simulator.performance_members("ABCDEFG"), Some(vec![]));
    assert_eq!(caller.simulator.performance_members("UNKNOWN"), None);
    caller.write("a", "ABCDEFG", &["ou_1", "ou_2"]).await.data();
    let data = caller.write("b", "ABCDEFG", &["ou_3", "ou_missing", "on_4"]).await.data();
    assert_eq!(
        data,
        json!({ "data": {
            "success_user_ids": ["ou_3"],
            "fail_user_datas": [
                { "user_id": "ou_missing", "fail_code": 1 },
                { "user_id": "on_4", "fail_code": 1 },
            ],
        } })
    );
    assert_eq!(caller.simulator.performance_members("ABCDEFG").unwrap(), ["ou_3"]);
    caller.write("c", "ABCDEFG", &[]).await.data();
    assert_eq!(caller.simulator.performance_members("ABCDEFG"), Some(vec![]));
}

#[tokio::test]
async fn each_user_id_type_is_accepted() {
    let caller = Caller::new().await;
    for (id_type, id) in
        [("open_id", "ou_1"), ("union_id", "on_1"), ("user_id", "4d7a3c6g"), ("people_admin_id", "7051")]
    {
        let path = format!("{WRITE}?client_token={id_type}&user_id_type={id_type}");
        let body = json!({ "group_id": "ABCDEFG", "scope_visible_setting": 1, "user_ids": [id] });
        let data = caller.call("POST", &path, &body.to_string()).await.data();
        assert_eq!(data["data"]["success_user_ids"], json!([id]));
    }
}

#[tokio::test]
async fn only_success_consumes_client_token() {
    let caller = Caller::new().await;
    assert!(caller.simulator.set_import_running("ABCDEFG", true));
    assert!(!caller.simulator.set_import_running("UNKNOWN", true));
    caller.write("one", "ABCDEFG", &["ou_1"]).await.assert_rejected(1580402);
    caller.simulator.set_import_running("ABCDEFG", false);
    caller.write("one", "ABCDEFG", &["ou_1"]).await.data();
    caller.write("one", "ABCDEFG", &["ou_2"]).await.assert_rejected(1580110);
    assert_eq!(caller.simulator.performance_members("ABCDEFG").unwrap(), ["ou_1"]);
    // An empty token is allowed, and also works for one write only.
    caller.write("", "ABCDEFG", &["ou_3"]).await.data();
    caller.write("", "ABCDEFG", &["ou_4"]).await.assert_rejected(1580110);
}

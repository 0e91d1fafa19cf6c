//! A request that violates a documented rule is rejected before it is sent. The error names the
//! parameter and the rule.

use crate::support::{Received, Reply, Server, client};
use feishu_user_groups::types::MemberReference;
use feishu_user_groups::types::builder::{self, WritePerformanceGroupMembersBody};
use feishu_user_groups::{Client, Error, ErrorKind};
use serde_json::json;
use std::collections::BTreeSet;

/// Makes a call that must send nothing; returns each invalid parameter and the rule it violates.
async fn violations<T>(call: impl AsyncFnOnce(Client) -> Result<T, Error>) -> Vec<(String, String)> {
    let server = Server::with_script([]).await;
    let error = call(client(&server)).await.err().expect("the call is refused");
    assert_eq!((error.kind(), error.attempts(), error.status()), (ErrorKind::InvalidRequest, 0, None));
    assert!(server.received().is_empty(), "nothing is sent");
    for violation in error.violations() {
        let text = format!("{} {}", violation.field, violation.description);
        assert!(error.to_string().contains(&text), "{error} does not tell that {text}");
    }
    error.violations().iter().map(|v| (v.field.clone(), v.description.clone())).collect()
}

/// Makes a valid call; returns the request that was sent.
async fn sent<T>(call: impl AsyncFnOnce(Client) -> Result<T, Error>) -> Received {
    let server = Server::with_script([Reply::json(200, &json!({ "code": 0 }))]).await;
    // Some calls fail on such a short response; only the request matters here.
    let _ = call(client(&server)).await;
    server.received().into_iter().next().expect("the call is sent")
}

/// A list of one violation.
fn one(name: &str, rule: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), rule.to_owned())]
}

async fn create(client: Client, name: &str) -> Result<(), Error> {
    client.create_user_group().body_map(|body| body.name(name)).send().await.map(drop)
}

async fn update(client: Client, name: &str) -> Result<(), Error> {
    client.update_user_group().group_id("g1").body_map(|body| body.name(name)).send().await.map(drop)
}

#[tokio::test]
async fn name_length_is_limited() {
    let long = "x".repeat(101);
    for (name, rule) in [("", "must not be empty"), (&*long, "must have at most 100 characters and has 101")] {
        assert_eq!(violations(async |client| create(client, name).await).await, one("name", rule));
        assert_eq!(violations(async |client| update(client, name).await).await, one("name", rule));
    }
}

#[tokio::test]
async fn length_counts_characters_not_bytes() {
    // Three and four bytes each.
    for name in ["组".repeat(100), "🙂".repeat(100), "x".repeat(100), "x".to_owned()] {
        assert_eq!(sent(async |client| create(client, &name).await).await.json(), json!({ "name": name }));
        assert_eq!(sent(async |client| update(client, &name).await).await.json(), json!({ "name": name }));
    }
    let name = "组".repeat(101);
    let rule = "must have at most 100 characters and has 101";
    assert_eq!(violations(async |client| create(client, &name).await).await, one("name", rule));
}

#[tokio::test]
async fn description_length_is_limited() {
    let create = async |client: Client, text: &str| {
        client.create_user_group().body_map(|body| body.name("R&D").description(text)).send().await
    };
    let update = async |client: Client, text: &str| {
        client.update_user_group().group_id("g1").body_map(|body| body.description(text)).send().await
    };
    let (long, fits) = ("组".repeat(501), "组".repeat(500));
    let rule = one("description", "must have at most 500 characters and has 501");
    assert_eq!(violations(async |client| create(client, &long).await).await, rule);
    assert_eq!(violations(async |client| update(client, &long).await).await, rule);
    for text in [fits.as_str(), ""] {
        assert_eq!(sent(async |client| create(client, text).await).await.json()["description"], text);
        assert_eq!(sent(async |client| update(client, text).await).await.json(), json!({ "description": text }));
    }
}

#[tokio::test]
async fn group_id_must_be_path_segment() {
    let segment = "must be one segment of a path: not empty, no slash, not . or ..";
    let long = "g".repeat(65);
    for (id, rule) in [
        ("", "must not be empty"),
        ("a/b", segment),
        ("/", segment),
        ("../g1", segment),
        (".", segment),
        ("..", segment),
        ("a\\b", segment),
        ("\\", segment),
        (&*long, "must have at most 64 characters and has 65"),
    ] {
        let rule = one("group_id", rule);
        assert_eq!(violations(async |client| client.get_user_group().group_id(id).send().await).await, rule);
        assert_eq!(violations(async |client| client.delete_user_group().group_id(id).send().await).await, rule);
        let update = async |client: Client| {
            client.update_user_group().group_id(id).body_map(|body| body.name("R&D")).send().await
        };
        assert_eq!(violations(update).await, rule);
    }
}

#[tokio::test]
async fn unusual_group_id_is_escaped() {
    let long = "组".repeat(64);
    for id in ["50%", "a b", "a?b", "a#c", "%2e%2e", "%2F", "...", ".g", "组", "a:b@c", &long] {
        let request = sent(async |client| client.get_user_group().group_id(id).send().await).await;
        let segment = request.target.strip_prefix("/open-apis/contact/v3/group/").unwrap();
        assert!(!segment.contains(['/', '?', '#', ' ']), "{segment}");
        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8().unwrap();
        assert_eq!(decoded, id);
    }
}

#[tokio::test]
async fn custom_group_id_must_be_alphanumeric() {
    let create = async |client: Client, id: &str| {
        client.create_user_group().body_map(|body| body.name("R&D").group_id(id)).send().await
    };
    for (id, other) in [("a-b", "'-'"), ("a b", "' '"), ("组", "'组'"), ("a.b", "'.'"), ("../x", "'.'"), ("é", "'é'")]
    {
        let rule = format!("must match ^[0-9A-Za-z]*$ and contains {other}");
        assert_eq!(violations(async |client| create(client, id).await).await, one("group_id", &rule));
    }
    let long = "g".repeat(65);
    let rule = "must have at most 64 characters and has 65";
    assert_eq!(violations(async |client| create(client, &long).await).await, one("group_id", rule));
    for id in ["g122817", "AZaz09", &long[1..], ""] {
        assert_eq!(sent(async |client| create(client, id).await).await.json()["group_id"], id);
    }
}

#[tokio::test]
async fn page_size_is_limited() {
    let list = async |client: Client, size: i64| client.list_user_groups().page_size(size).send().await;
    let member = async |client: Client, size: i64| {
        client.list_member_user_groups().member_id("ou_1").page_size(size).send().await
    };
    for size in [i64::MIN, -1, 0, 101, 1000, i64::MAX] {
        assert_eq!(violations(async |client| list(client, size).await).await, one("page_size", "must be 1 to 100"));
    }
    for size in [-1, 0, 1001] {
        assert_eq!(violations(async |client| member(client, size).await).await, one("page_size", "must be 1 to 1000"));
    }
    for size in [1, 100] {
        let query = sent(async |client| list(client, size).await).await.query();
        assert_eq!(query, [("page_size".to_owned(), size.to_string())]);
    }
    for size in [1, 1000] {
        let query = sent(async |client| member(client, size).await).await.query();
        assert_eq!(query[1], ("page_size".to_owned(), size.to_string()));
    }
}

#[tokio::test]
async fn unlisted_value_is_rejected() {
    let user = "must be one of open_id, union_id, user_id";
    let kind = "must be one of 1, 2";
    let found =
        violations(async |c: Client| c.get_user_group().group_id("g1").user_id_type("email").send().await).await;
    assert_eq!(found, one("user_id_type", user));
    let found =
        violations(async |c: Client| c.get_user_group().group_id("g1").department_id_type("").send().await).await;
    assert_eq!(found, one("department_id_type", "must be one of open_department_id, department_id"));
    let found = violations(async |c: Client| c.list_user_groups().type_(3).send().await).await;
    assert_eq!(found, one("type", kind));
    let found =
        violations(async |c: Client| c.list_member_user_groups().member_id("m").group_type(0).send().await).await;
    assert_eq!(found, one("group_type", kind));
    let found =
        violations(async |c: Client| c.list_member_user_groups().member_id("m").member_id_type("OPEN_ID").send().await)
            .await;
    assert_eq!(found, one("member_id_type", user));
    let found =
        violations(async |c: Client| c.create_user_group().body_map(|b| b.name("R&D").type_(7)).send().await).await;
    assert_eq!(found, one("type", kind));
}

/// A valid write.
fn members(body: WritePerformanceGroupMembersBody) -> WritePerformanceGroupMembersBody {
    body.group_id("ABCDEFG").scope_visible_setting(1).user_ids(["ou_1"])
}

#[tokio::test]
async fn performance_write_rules_are_checked() {
    let write = async |client: Client, body: fn(_) -> WritePerformanceGroupMembersBody| {
        client.write_performance_group_members().body_map(|b| body(members(b))).send().await
    };
    let found = violations(async |client| write(client, |b| b.scope_visible_setting(2)).await).await;
    assert_eq!(found, one("scope_visible_setting", "must be one of 0, 1"));
    let found = violations(async |client| write(client, |b| b.group_id("g".repeat(129))).await).await;
    assert_eq!(found, one("group_id", "must have at most 128 characters and has 129"));
    let call =
        async |c: Client| c.write_performance_group_members().body_map(members).user_id_type("people").send().await;
    let rule = "must be one of open_id, union_id, user_id, people_admin_id";
    assert_eq!(violations(call).await, one("user_id_type", rule));
}

#[tokio::test]
async fn oversized_performance_write_is_rejected() {
    let write = async |client: Client, count: usize| {
        let ids = (0..count).map(|number| format!("ou_{number}"));
        client.write_performance_group_members().body_map(|body| members(body).user_ids(ids)).send().await
    };
    let found = violations(async |client| write(client, 10_001).await).await;
    assert_eq!(found, one("user_ids", "must have 0 to 10000 items and has 10001"));
    for count in [0, 10_000] {
        let request = sent(async |client| write(client, count).await).await;
        assert_eq!(request.json()["user_ids"].as_array().map(Vec::len), Some(count));
    }
}

/// A user of a batch.
fn user(id: String) -> builder::MemberReference {
    MemberReference::builder().member_type("user").member_id_type("open_id").member_id(id)
}

async fn add(client: Client, members: Vec<builder::MemberReference>) -> Result<(), Error> {
    let call = client.batch_add_user_group_members().group_id("g1").body_map(|body| body.members(members));
    call.send().await.map(drop)
}

#[tokio::test]
async fn batch_size_is_limited() {
    let users = |count: usize| (0..count).map(|number| user(format!("ou_{number}"))).collect::<Vec<_>>();
    for count in [0, 101] {
        let rule = format!("must have 1 to 100 items and has {count}");
        assert_eq!(violations(async |client| add(client, users(count)).await).await, one("members", &rule));
    }
    for count in [1, 100] {
        let request = sent(async |client| add(client, users(count)).await).await;
        assert_eq!(request.json()["members"].as_array().map(Vec::len), Some(count));
    }
}

#[tokio::test]
async fn unusable_member_of_batch_is_rejected() {
    let incomplete = MemberReference::builder().member_type("user").member_id("ou_1");
    let found = violations(async |client| add(client, vec![user("ou_2".into()), incomplete]).await).await;
    assert_eq!(found, one("members", "an item cannot be used: member_id_type is required and was not set"));
    let found = violations(async |client| add(client, vec![user("ou_1".into()).member_type("department")]).await).await;
    assert_eq!(found, one("members.member_type", "must be one of user"));
}

#[tokio::test]
async fn find_takes_fifty_of_each() {
    let find = async |client: Client, emails: usize, mobiles: usize| {
        let texts = |count: usize| (0..count).map(|number| number.to_string());
        let call = client.find_user_ids().body_map(|body| body.emails(texts(emails)).mobiles(texts(mobiles)));
        call.send().await.map(drop)
    };
    let rule = "must have 0 to 50 items and has 51";
    assert_eq!(violations(async |client| find(client, 51, 50).await).await, one("emails", rule));
    assert_eq!(violations(async |client| find(client, 50, 51).await).await, one("mobiles", rule));
    let request = sent(async |client| find(client, 50, 50).await).await;
    assert_eq!(request.json()["mobiles"].as_array().map(Vec::len), Some(50));
}

#[tokio::test]
async fn client_token_length_is_limited() {
    let write = async |client: Client, token: &str| {
        client.write_performance_group_members().client_token(token).body_map(members).send().await
    };
    let long = "组".repeat(65);
    let rule = one("client_token", "must have at most 64 characters and has 65");
    assert_eq!(violations(async |client| write(client, &long).await).await, rule);
    let token = "组".repeat(64);
    let query = sent(async |client| write(client, &token).await).await.query();
    assert_eq!(query, [("client_token".to_owned(), token)]);
}

#[tokio::test]
async fn client_token_generated_per_call() {
    let mut made = BTreeSet::new();
    for _ in 0..20 {
        let call = async |client: Client| client.write_performance_group_members().body_map(members).send().await;
        let [(name, value)] = <[_; 1]>::try_from(sent(call).await.query()).unwrap();
        assert_eq!(name, "client_token");
        assert!(value.len() == 32 && value.bytes().all(|digit| digit.is_ascii_hexdigit()), "{value}");
        made.insert(value);
    }
    assert_eq!(made.len(), 20);
}

#[tokio::test]
async fn missing_required_fields_are_rejected() {
    let rule = "is required and was not set";
    assert_eq!(violations(async |c: Client| c.get_user_group().send().await).await, one("group_id", rule));
    assert_eq!(violations(async |c: Client| c.delete_user_group().send().await).await, one("group_id", rule));
    assert_eq!(violations(async |c: Client| c.list_member_user_groups().send().await).await, one("member_id", rule));
    assert_eq!(violations(async |c: Client| c.create_user_group().send().await).await, one("name", rule));
    let found = violations(async |c: Client| c.write_performance_group_members().send().await).await;
    let all = ["group_id", "scope_visible_setting", "user_ids"].map(|name| (name.to_owned(), rule.to_owned()));
    assert_eq!(found, all);
}

#[tokio::test]
async fn all_violations_are_reported_together() {
    let call = async |client: Client| {
        let long = "组".repeat(501);
        let body = |body: feishu_user_groups::types::builder::CreateUserGroupBody| {
            body.name("").description(long).type_(9).group_id("a-b")
        };
        client.create_user_group().user_id_type("email").department_id_type("d").body_map(body).send().await
    };
    let names: Vec<_> = violations(call).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["user_id_type", "department_id_type", "name", "description", "type", "group_id"]);
    let call = async |client: Client| {
        let body = |body: feishu_user_groups::types::builder::CreateUserGroupBody| body.group_id("a-b");
        client.create_user_group().user_id_type("email").body_map(body).send().await
    };
    let names: Vec<_> = violations(call).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["user_id_type", "name", "group_id"]);
}

#[tokio::test]
async fn one_violation_reported_per_parameter() {
    let id = "/".repeat(65);
    let found = violations(async |client| client.get_user_group().group_id(&id).send().await).await;
    assert_eq!(found, one("group_id", "must have at most 64 characters and has 65"));
}

#[tokio::test]
async fn error_is_one_line_value_truncated() {
    let server = Server::with_script([]).await;
    let name = format!("line one\n{}", "x".repeat(10_000));
    let error = create(client(&server), &name).await.unwrap_err();
    let line = "create_user_group: not sent: name must have at most 100 characters and has 10009";
    assert_eq!((error.to_string().as_str(), error.operation()), (line, Some("create_user_group")));
    assert_eq!(error.violations()[0].value.chars().count(), 81);
    assert!(error.violations()[0].value.starts_with("line one"));
}

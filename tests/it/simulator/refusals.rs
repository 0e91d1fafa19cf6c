//! Every rejection of the operations, compared with the facts.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::caller::{
    BELONG, Caller, FIND, GROUP, LIST, WRITE, assert_is_fact, batch, facts, member, members_of, project,
    with_narrow_scope, with_rejecting_groups,
};

/// A request and the code of its response.
struct Case(&'static str, String, String, u32);

/// Calls that are rejected, by operation. The simulator has the
/// groups `g1` (named `R&D`) and `full` (with a member).
fn rejections() -> Vec<(&'static str, Vec<Case>)> {
    let at = |id: &str| format!("{GROUP}/{id}");
    let create = |body: Value, code| Case("POST", GROUP.to_owned(), body.to_string(), code);
    let update = |body: Value, code| Case("PATCH", at("g1"), body.to_string(), code);
    let get = |path: String, code| Case("GET", path, String::new(), code);
    let write = |query: &str, body: Value, code| Case("POST", format!("{WRITE}{query}"), body.to_string(), code);
    let members = |group: &str| json!({ "group_id": group, "scope_visible_setting": 1, "user_ids": [] });
    let without = |field: &str| {
        let mut body = members("ABCDEFG");
        body.as_object_mut().unwrap().remove(field);
        body
    };
    let with = |field: &str, value: Value| {
        let mut body = members("ABCDEFG");
        body[field] = value;
        body
    };
    vec![
        (
            "create_user_group",
            vec![
                create(json!({}), 42001),
                create(json!({ "name": "" }), 42001),
                create(json!({ "name": null }), 40001),
                create(json!({ "name": "n", "description": null }), 40001),
                create(json!({ "name": 7 }), 40001),
                create(json!([]), 40001),
                Case("POST", GROUP.into(), "{\"name\":".into(), 40001),
                Case("POST", GROUP.into(), String::new(), 40001),
                create(json!({ "name": "组".repeat(101) }), 42013),
                create(json!({ "name": "n", "description": "述".repeat(501) }), 42014),
                create(json!({ "name": "n", "type": 2 }), 42024),
                create(json!({ "name": "n", "type": 3 }), 42003),
                create(json!({ "name": "n", "type": "1" }), 40001),
                create(json!({ "name": "n", "group_id": "a".repeat(65) }), 42002),
                create(json!({ "name": "n", "group_id": "with-dash" }), 42002),
                create(json!({ "name": "n", "group_id": "组" }), 42002),
                create(json!({ "name": "n", "group_id": "g1" }), 47005),
                create(json!({ "name": "R&D" }), 47009),
                Case("POST", format!("{GROUP}?user_id_type=email"), "{}".into(), 40001),
                Case("POST", format!("{GROUP}?department_id_type=x"), "{}".into(), 40001),
            ],
        ),
        (
            "update_user_group",
            vec![
                Case("PATCH", at("unknown"), "{}".into(), 42002),
                Case("PATCH", at("g1"), "nonsense".into(), 40001),
                update(json!({ "name": "" }), 40001),
                update(json!({ "name": null }), 40001),
                update(json!({ "description": null }), 40001),
                update(json!({ "name": "组".repeat(101) }), 42013),
                update(json!({ "description": "述".repeat(501) }), 42014),
                update(json!({ "name": "full" }), 47009),
                Case("PATCH", at("g1?user_id_type=x"), "{}".into(), 40001),
                Case("PATCH", at("g1?department_id_type=x"), "{}".into(), 40001),
            ],
        ),
        (
            "get_user_group",
            vec![
                get(at("unknown"), 42002),
                get(at("g1%2Fg1"), 42002),
                get(at("g1?user_id_type=x"), 40001),
                get(at("g1?department_id_type=x"), 40001),
            ],
        ),
        (
            "list_user_groups",
            vec![
                get(format!("{LIST}?page_size=0"), 40011),
                get(format!("{LIST}?page_size=101"), 40011),
                get(format!("{LIST}?page_size=-1"), 40011),
                get(format!("{LIST}?page_size=many"), 40011),
                get(format!("{LIST}?page_token=made-up"), 40012),
                get(format!("{LIST}?type=3"), 40001),
            ],
        ),
        (
            "list_member_user_groups",
            vec![
                get(BELONG.to_owned(), 41073),
                get(format!("{BELONG}?member_id="), 41073),
                get(format!("{BELONG}?member_id=ou_missing"), 41073),
                get(format!("{BELONG}?member_id=on_1"), 41073),
                get(format!("{BELONG}?member_id=ou_1&member_id_type=email"), 41071),
                get(format!("{BELONG}?member_id=ou_1&group_type=3"), 40001),
                get(format!("{BELONG}?member_id=ou_1&page_size=1001"), 40011),
                get(format!("{BELONG}?member_id=ou_1&page_size=0"), 40011),
                get(format!("{BELONG}?member_id=ou_1&page_token=AQD9/1%2B0=="), 40012),
            ],
        ),
        (
            "delete_user_group",
            vec![Case("DELETE", at("unknown"), String::new(), 42002), Case("DELETE", at("full"), String::new(), 42017)],
        ),
        (
            "list_user_group_members",
            vec![
                get(members_of("unknown", "simplelist"), 42002),
                get(members_of("g1", "simplelist?page_size=101"), 40011),
                get(members_of("g1", "simplelist?page_size=0"), 40011),
                get(members_of("g1", "simplelist?page_token=made-up"), 40012),
                get(members_of("g1", "simplelist?member_type=group"), 41074),
                get(members_of("g1", "simplelist?member_id_type=email"), 41071),
                get(members_of("g1", "simplelist?member_id_type=department_id"), 41072),
                get(members_of("g1", "simplelist?member_id_type=user_id&member_type=department"), 41072),
            ],
        ),
        ("add_user_group_member", single("add")),
        ("remove_user_group_member", single("remove")),
        ("batch_add_user_group_members", several("batch_add", 41071)),
        ("batch_remove_user_group_members", several("batch_remove", 40001)),
        (
            "find_user_ids",
            vec![
                find("", json!({})),
                find("", json!({ "emails": [], "mobiles": [] })),
                find("", json!({ "emails": vec!["a@example.com"; 51] })),
                find("", json!({ "mobiles": vec!["13011111111"; 51] })),
                find("", json!({ "emails": "a@example.com" })),
                find("", json!({ "emails": null, "mobiles": null })),
                find("", json!({ "emails": ["a@example.com"], "include_resigned": "true" })),
                find("?user_id_type=email", json!({ "emails": ["a@example.com"] })),
            ],
        ),
        (
            "write_performance_group_members",
            vec![
                write("", members("ABCDEFG"), 1580102),
                write(&format!("?client_token={}", "x".repeat(65)), members("ABCDEFG"), 1580102),
                write("?client_token=a&user_id_type=x", members("ABCDEFG"), 1580102),
                write("?client_token=a", members("UNKNOWN"), 1580102),
                write("?client_token=a", members(&"G".repeat(129)), 1580102),
                write("?client_token=a", without("group_id"), 1580102),
                write("?client_token=a", without("user_ids"), 1580102),
                write("?client_token=a", without("scope_visible_setting"), 1580102),
                write("?client_token=a", with("scope_visible_setting", json!(2)), 1580102),
                write("?client_token=a", with("user_ids", json!([1])), 1580102),
                write("?client_token=a", with("user_ids", json!(vec!["ou_1"; 10_001])), 1580403),
                write("?client_token=a", members("MANUAL"), 1580401),
                write("?client_token=a", members("BUSY"), 1580402),
                write("?client_token=spent", members("ABCDEFG"), 1580110),
                Case("POST", format!("{WRITE}?client_token=a"), "[".into(), 1580102),
            ],
        ),
    ]
}

/// A search for people that is rejected.
fn find(query: &str, body: Value) -> Case {
    Case("POST", format!("{FIND}{query}"), body.to_string(), 40001)
}

/// Rejected requests to add or remove one member.
fn single(operation: &str) -> Vec<Case> {
    let case = |group: &str, body: Value, code| Case("POST", members_of(group, operation), body.to_string(), code);
    let with = |field: &str, value: Value| {
        let mut body = member("open_id", "ou_1");
        body[field] = value;
        body
    };
    let without = |field: &str| {
        let mut body = member("open_id", "ou_1");
        body.as_object_mut().unwrap().remove(field);
        body
    };
    vec![
        case("unknown", member("open_id", "ou_1"), 42002),
        case("g1", json!([]), 40001),
        case("g1", with("member_id", json!(null)), 40001),
        case("g1", with("member_id", json!("ou_missing")), 41073),
        case("g1", with("member_id", json!("on_1")), 41073),
        case("g1", without("member_id"), 41073),
        case("g1", with("member_id_type", json!("email")), 41071),
        case("g1", with("member_id_type", json!("department_id")), 41071),
        case("g1", without("member_id_type"), 41071),
        case("g1", with("member_type", json!("group")), 41074),
        case("g1", with("member_type", json!("department")), 41074),
        case("g1", without("member_type"), 41074),
        case("g1", json!({ "member_type": "department", "member_id_type": "user_id", "member_id": "D1" }), 41072),
    ]
}

/// Batches that are rejected as a whole.
fn several(operation: &str, id_type_code: u32) -> Vec<Case> {
    let case = |group: &str, body: Value, code| Case("POST", members_of(group, operation), body.to_string(), code);
    let one = |member: Value| json!({ "members": [{ "member_type": "user", "member_id_type": "open_id", "member_id": "ou_1" }, member] });
    vec![
        case("unknown", batch(["ou_1"]), 42002),
        case("g1", json!({}), 40001),
        case("g1", json!({ "members": [] }), 40001),
        case("g1", batch(vec!["ou_1"; 101]), 40001),
        case("g1", json!({ "members": ["ou_1"] }), 40001),
        case("g1", one(json!({ "member_type": "user", "member_id_type": "open_id" })), 40001),
        case("g1", one(json!({ "member_id_type": "open_id", "member_id": "ou_2" })), 40001),
        case("g1", one(member("email", "a@example.com")), id_type_code),
        case("g1", one(json!({ "member_type": "user", "member_id": "ou_2" })), id_type_code),
        case(
            "g1",
            one(json!({ "member_type": "department", "member_id_type": "open_id", "member_id": "od-1" })),
            41074,
        ),
    ]
}

/// Calls that are rejected in a tenant of which the app sees a part.
fn rejections_in_narrow_scope() -> Vec<(&'static str, Vec<Case>)> {
    let change = |group: &str, operation: &str, body: Value, code| {
        Case("POST", members_of(group, operation), body.to_string(), code)
    };
    let department = |id: &str| json!({ "member_type": "department", "member_id_type": "open_id", "member_id": id });
    let at = |id: &str| format!("{GROUP}/{id}");
    let get = |path: String, code| Case("GET", path, String::new(), code);
    let single = |operation: &'static str| {
        vec![
            change("secret", operation, member("user_id", "lisi"), 42009),
            change("dynamic", operation, member("user_id", "lisi"), 42002),
            change("g1", operation, member("user_id", "hidden"), 41050),
            change("g1", operation, member("user_id", "unknown"), 41073),
            change("g1", operation, department("od-D1"), 41074),
            change("g1", operation, department("od-D2"), 40004),
        ]
    };
    let several = |operation: &'static str| {
        vec![
            change("secret", operation, batch(["ou_lisi"]), 42009),
            change("dynamic", operation, batch(["ou_lisi"]), 42002),
        ]
    };
    let mut adding = single("add");
    adding.extend([
        change("g1", "add", member("union_id", "on_lisi"), 42005),
        change("g1", "add", member("open_id", "ou_left"), 42006),
        change("g1", "add", member("open_id", "ou_7dab"), 42012),
    ]);
    let mut removing = several("batch_remove");
    removing.push(change("g1", "batch_remove", batch(["ou_hidden"]), 40022));
    vec![
        ("add_user_group_member", adding),
        ("remove_user_group_member", single("remove")),
        ("batch_add_user_group_members", several("batch_add")),
        ("batch_remove_user_group_members", removing),
        ("create_user_group", vec![Case("POST", GROUP.to_owned(), json!({ "name": "n" }).to_string(), 42010)]),
        ("update_user_group", vec![Case("PATCH", at("secret"), json!({ "name": "n" }).to_string(), 42009)]),
        (
            "delete_user_group",
            vec![Case("DELETE", at("secret"), String::new(), 42009), Case("DELETE", at("g1"), String::new(), 42017)],
        ),
        ("get_user_group", vec![get(at("secret"), 42002)]),
        ("list_user_group_members", vec![get(members_of("secret", "simplelist"), 42009)]),
        ("list_member_user_groups", vec![get(format!("{BELONG}?member_id=ou_hidden"), 41050)]),
    ]
}

async fn assert_rejected(caller: &Caller, rejections: Vec<(&'static str, Vec<Case>)>) {
    let before = caller.simulator.groups();
    for (operation, cases) in rejections {
        for Case(method, path, body, code) in cases {
            let reply = caller.call(method, &path, &body).await;
            assert_is_fact(&reply, operation, code);
        }
    }
    assert_eq!(caller.simulator.groups(), before);
}

#[tokio::test]
async fn narrow_scope_errors_match_facts() {
    assert_rejected(&with_narrow_scope().await, rejections_in_narrow_scope()).await;
}

#[tokio::test]
async fn errors_match_facts_and_change_nothing() {
    let caller = with_rejecting_groups().await;
    assert_rejected(&caller, rejections()).await;
    let members = caller.simulator.performance_members("ABCDEFG");
    assert_eq!(members.unwrap(), ["ou_kept"]);
}

/// Error codes are integers of five digits or more, without underscores.
#[test]
fn every_handler_code_is_tested() {
    let mut driven: BTreeSet<u32> = rejections()
        .iter()
        .chain(&rejections_in_narrow_scope())
        .flat_map(|(_, cases)| cases.iter().map(|case| case.3))
        .collect();
    // Other tests cover tokens, scopes and rate limits.
    let others = ["platform", "tokens/tenant_access_token_internal", "tokens/app_access_token_store"];
    let others = others.iter().flat_map(|file| facts(file)["errors"].as_array().unwrap().clone());
    let tested = others.map(|error| error["code"].as_u64().unwrap());
    driven.extend(tested.map(|code| u32::try_from(code).unwrap()));

    for entry in fs::read_dir(project().join("src/simulator")).unwrap() {
        let path = entry.unwrap().path();
        // The folders hold no handler.
        if path.is_dir() {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().filter(|line| !line.trim().starts_with("//"));
        for line in lines {
            for word in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
                if word.len() >= 5
                    && let Ok(number) = word.parse::<u32>()
                {
                    assert!(driven.contains(&number), "{number} in {}", path.display());
                }
            }
        }
    }
}

//! Seeds: what a file sets up, what is wrong in one, and reading and replacing the state.

use feishu_user_groups::simulator::{
    APP_ID, APP_SECRET, App, Group, PerformanceGroup, Person, Seed, Simulator, USER_TOKEN,
};
use feishu_user_groups::{AppTicket, Client};
use serde_json::json;

use super::caller::{Caller, FIND, GROUP, LIST, assert_is_fact, members_of};

const WHOLE: &str = r#"
apps:
  - { id: cli_sync, secret: sync-secret, type: custom, withheld_scopes: ["contact:group"] }
  - { id: cli_store, secret: store-secret, type: store, ticket: store-ticket }
user_tokens: [u-lisi]
withheld_scopes: ["performance:performance"]
people:
  - { user_id: lisi, open_id: ou_7dab, union_id: on_cad4, email: li.si@example.com, mobile: "13011111111" }
  - { user_id: left, resigned: true }
  - { user_id: boss, outside_contact_scope: true }
departments:
  - { department_id: D096, open_department_id: od-4e6a }
groups:
  - id: g1
    name: Design
    custom_id: design
    description: Draws
    members: [lisi, on_left]
    departments: [D096]
    department_scope: [D096]
  - { id: g2, name: Everybody, dynamic: true, outside_contact_scope: true }
performance_groups:
  - { id: P1, members: [ou_7dab], import_running: true }
  - { id: P2, manual: true }
tenants:
  tenant-b:
    groups: [{ id: g9, name: Sales, members: [ou_1] }]
"#;

async fn start(seed: &str) -> Simulator {
    Simulator::builder().seed(Seed::from_yaml(seed).unwrap()).start().await.unwrap()
}

fn client(simulator: &Simulator, id: &str, secret: &str) -> Client {
    Client::builder().base_url(simulator.url()).app(id, secret).build().unwrap()
}

#[tokio::test]
async fn file_sets_up_people_and_groups() {
    let simulator = start(WHOLE).await;
    let [design, everybody] = &simulator.groups()[..] else { panic!("not two groups") };
    assert_eq!(design.member_user_ids, ["ou_7dab", "ou_left"]);
    assert_eq!(design.member_department_ids, ["od-4e6a"]);
    assert!(everybody.dynamic && !everybody.in_contact_scope);
    assert_eq!(simulator.performance_members("P1").unwrap(), ["ou_7dab"]);

    let client = client(&simulator, "cli_sync", "sync-secret");
    let find = client.find_user_ids().body_map(|body| body.emails(["li.si@example.com"])).send().await.unwrap();
    assert_eq!(find.user_list.as_ref().unwrap()[0].user_id.as_deref(), Some("ou_7dab"));
    let error = client.delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(99991672), "{error}");
}

#[tokio::test]
async fn file_sets_up_apps_and_tokens() {
    let simulator = start(WHOLE).await;
    let store = Client::builder().base_url(simulator.url());
    let store = store.store_app("cli_store", "store-secret", AppTicket::new("store-ticket")).build().unwrap();
    let group = store.for_tenant("tenant-b").unwrap().get_user_group().group_id("g9").send().await.unwrap();
    assert_eq!(group.group.name.as_deref(), Some("Sales"));
    // Each app has one type.
    let error =
        client(&simulator, "cli_store", "store-secret").get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(10003));

    let sync = client(&simulator, "cli_sync", "sync-secret");
    assert!(sync.with_user_token("u-lisi").get_user_group().group_id("g1").send().await.is_ok());
    let error = sync.with_user_token(USER_TOKEN).get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(error.code(), Some(99991668));
}

#[tokio::test]
async fn empty_file_is_new_simulator() {
    let seed = Seed::from_yaml("{}").unwrap();
    assert_eq!(seed.to_json(), Seed::default().to_json());
    let caller = Caller::of(Simulator::builder().seed(seed).start().await.unwrap()).await;
    caller.create(json!({ "name": "n" })).await.data();
}

#[test]
fn mistakes_name_field_line_and_reason() {
    for (yaml, line, message) in [
        ("groups:\n- id: g1\n  name: 7", 3, "line 3: groups[0].name: must be a string: put it in quotes"),
        ("groups:\n- id: g1", 2, "line 2: groups[0].name: missing"),
        ("groups:\n- id: ''", 2, "line 2: groups[0].id: must not be empty"),
        ("people: lisi", 1, "line 1: people: must be a list"),
        ("people: [lisi]", 1, "line 1: people[0]: must be an object"),
        ("people:\n- user_id: a\n  resigned: no", 3, "line 3: people[0].resigned: must be true or false"),
        (
            "apps:\n- { id: a, secret: b, type: isv }",
            2,
            "line 2: apps[0].type: must be custom or store; without it the app is either",
        ),
        ("apps:\n- { id: a, secret: b, type: store }", 2, "line 2: apps[0].ticket: missing"),
        ("user_tokens: [t-1]", 1, "line 1: user_tokens[0]: must be a string that starts with `u-`"),
        (
            "\ntenants: { a/b: { group: [] } }",
            2,
            "line 2: tenants.a/b.group: there is no such field; the fields are people, departments, groups, performance_groups",
        ),
        (
            "tenants:\n  simulator-tenant: {}",
            2,
            "line 2: tenants.simulator-tenant: the home tenant's parts belong to the top of the file",
        ),
        ("a: 1\na: 2", 2, "line 2: duplicate key `a`; keep one of them"),
        ("- 1", 1, "line 1: must be an object"),
    ] {
        let error = Seed::from_yaml(yaml).unwrap_err();
        assert_eq!((error.line(), &*error.to_string()), (Some(line), message), "{yaml}");
    }
}

#[test]
fn deep_file_is_rejected() {
    for text in ["[".repeat(200), "{a: ".repeat(200), "- ".repeat(10_000)] {
        let error = Seed::from_yaml(&text).unwrap_err();
        assert!(error.reason().contains("nested too deeply"), "{error}");
    }
}

#[tokio::test]
async fn contradictions_name_the_field() {
    for (seed, field, reason) in [
        (
            json!({ "people": [{ "user_id": "a" }, { "user_id": "a" }] }),
            "people[1].open_id",
            "`ou_a` is taken by another person",
        ),
        (
            json!({ "people": [{ "user_id": "a", "email": "e" }, { "user_id": "b", "email": "e" }] }),
            "people[1].email",
            "`e` is taken by another person",
        ),
        (
            json!({ "departments": [{ "department_id": "a" }, { "department_id": "b", "open_department_id": "od-a" }] }),
            "departments[1].open_department_id",
            "`od-a` is taken by another department",
        ),
        (
            json!({ "groups": [{ "id": "a", "name": "n" }, { "id": "b", "name": "n" }] }),
            "groups[1].name",
            "`n` is taken by another group",
        ),
        (
            json!({ "people": [{ "user_id": "a" }], "groups": [{ "id": "a", "name": "n", "members": ["a", "b"] }] }),
            "groups[0].members[1]",
            "there is no person `b`",
        ),
        (
            json!({ "tenants": { "t": { "performance_groups": [{ "id": "P" }, { "id": "P" }] } } }),
            "tenants.t.performance_groups[1].id",
            "`P` is taken by another performance group",
        ),
        (
            json!({ "apps": [{ "id": "a", "secret": "s" }, { "id": "a", "secret": "t" }] }),
            "apps[1].id",
            "`a` is taken by another app",
        ),
    ] {
        let seed = Seed::from_json(&seed).unwrap();
        let error = Simulator::builder().seed(seed.clone()).start().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), format!("{field}: {reason}"));
        let simulator = Simulator::builder().with_group(Group::new("g1", "n")).start().await.unwrap();
        let error = simulator.replace_state(&seed).unwrap_err();
        assert_eq!((error.field(), error.reason()), (field.to_owned(), reason));
        assert_eq!(simulator.groups().len(), 1, "nothing changes");
    }
}

#[tokio::test]
async fn state_makes_equal_simulator() {
    let caller = Caller::of(start("people: [{ user_id: lisi, email: e@example.com }, { user_id: wang }]").await).await;
    caller.create(json!({ "name": "Design", "group_id": "g1", "description": "Draws" })).await.data();
    caller.add("g1", "ou_wang").await.data();
    caller.write("token", "ABCDEFG", &["ou_lisi"]).await.data();
    let state = caller.simulator.state();

    let copy = Caller::of(Simulator::builder().seed(state.clone()).start().await.unwrap()).await;
    assert_eq!(copy.simulator.state().to_json(), state.to_json());
    assert_eq!(copy.members("g1", "").await.member_ids(), ["ou_wang"]);
    assert_eq!(copy.simulator.performance_members("ABCDEFG").unwrap(), ["ou_lisi"]);
    let found = copy.call("POST", FIND, r#"{"emails":["e@example.com"]}"#).await.data();
    assert_eq!(found["user_list"][0]["user_id"], "ou_lisi");
    copy.add("g1", "ou_zhao").await.assert_rejected(41073);
}

#[tokio::test]
async fn replaced_state_keeps_tokens_of_its_apps() {
    let builder = Simulator::builder().with_app(App::custom("cli_a", "a")).with_app(App::custom("cli_b", "b"));
    let simulator = builder.start().await.unwrap();
    let (a, b) = (client(&simulator, "cli_a", "a"), client(&simulator, "cli_b", "b"));
    for client in [&a, &b] {
        client.list_user_groups().send().await.unwrap();
    }
    let seed = json!({ "apps": [{ "id": "cli_a", "secret": "a" }], "groups": [{ "id": "g1", "name": "n" }] });
    simulator.replace_state(&Seed::from_json(&seed).unwrap()).unwrap();
    assert_eq!(a.get_user_group().group_id("g1").send().await.unwrap().group.name.as_deref(), Some("n"));
    assert_eq!(simulator.token_fetches(), 2);
    assert_eq!(b.get_user_group().group_id("g1").send().await.unwrap_err().code(), Some(10003));
}

#[tokio::test]
async fn reset_returns_to_start() {
    let builder = Simulator::builder().with_person(Person::new("lisi"));
    let builder = builder.with_performance_group(PerformanceGroup::new("P1").member("lisi"));
    let caller = Caller::of(builder.with_group(Group::new("g1", "n")).start().await.unwrap()).await;
    let before = caller.simulator.state().to_json();
    caller.delete("g1").await.data();
    caller.write("token", "P1", &[]).await.data();
    caller.simulator.reset();
    assert_eq!(caller.simulator.state().to_json(), before);
    assert_eq!((caller.simulator.requests().len(), caller.simulator.token_fetches()), (0, 0));
    assert_is_fact(&caller.get(LIST).await, "list_user_groups", 99991663);
    let fresh = caller.fetch().await.0;
    let reply = caller.raw("GET", &members_of("g1", "simplelist"), Some(&format!("Bearer {fresh}")), "").await;
    assert_eq!(reply.code(), 0);
}

#[test]
fn invented_tenant_follows_its_number() {
    let groups = |number| Seed::invented(number).to_json()["groups"].clone();
    assert_eq!(groups(7), groups(7));
    assert_ne!(groups(7), groups(8));
    assert_eq!(Seed::invented(7).to_json()["people"], Seed::invented(8).to_json()["people"]);
}

#[test]
fn debug_of_seed_hides_secrets() {
    let shown = format!("{:?}", Seed::from_yaml(WHOLE).unwrap());
    for secret in ["sync-secret", "store-secret", "store-ticket", "u-lisi"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("cli_sync"));
}

#[tokio::test]
async fn scopes_are_withheld_from_one_app() {
    let builder = Simulator::builder().with_app(App::custom("cli_a", "a").without_scope("contact:group"));
    let simulator = builder.with_app(App::custom("cli_b", "b")).start().await.unwrap();
    let create = |id, secret| client(&simulator, id, secret).create_user_group().body_map(|body| body.name("n")).send();
    assert_eq!(create("cli_a", "a").await.unwrap_err().code(), Some(99991672));
    create("cli_b", "b").await.unwrap();
}

#[tokio::test]
async fn listed_apps_replace_the_default() {
    let simulator = Simulator::builder().with_app(App::custom("cli_a", "a")).start().await.unwrap();
    let error = client(&simulator, APP_ID, APP_SECRET).list_user_groups().send().await.unwrap_err();
    assert_eq!(error.code(), Some(10003));
    assert!(simulator.requests().iter().all(|request| request.path != GROUP));
}

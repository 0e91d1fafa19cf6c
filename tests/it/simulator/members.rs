//! Adding, removing and listing the members of a user group.

use feishu_user_groups::simulator::{Department, Group, Person, Simulator};
use serde_json::{Value, json};

use super::caller::{BELONG, Caller, LIST, assert_is_fact, batch, encoded, member, with_narrow_scope};

async fn with(group: Group) -> Caller {
    Caller::of(Simulator::builder().with_group(group).start().await.unwrap()).await
}

fn results(codes: &[(&str, u32)]) -> Value {
    codes.iter().map(|(id, code)| json!({ "member_id": id, "code": code })).collect()
}

#[tokio::test]
async fn group_is_filled_emptied_and_deleted() {
    let caller = with(Group::new("g1", "R&D")).await;
    assert_eq!(caller.change_members("g1", "add", member("open_id", "ou_1")).await.data(), json!({}));
    caller.change_members("g1", "add", member("union_id", "on_2")).await.data();
    caller.change_members("g1", "add", member("user_id", "3")).await.data();
    assert_eq!(caller.member_counts("g1").await, (3, 0));
    assert_eq!(caller.get(LIST).await.data()["grouplist"][0]["member_user_count"], 3);
    assert_eq!(
        caller.members("g1", "").await.data(),
        json!({
            "memberlist": [
                { "member_id": "ou_1", "member_type": "user" },
                { "member_id": "ou_2", "member_type": "user" },
                { "member_id": "ou_3", "member_type": "user" },
            ],
            "has_more": false,
        })
    );
    assert_eq!(caller.members("g1", "?member_id_type=union_id").await.member_ids(), ["on_1", "on_2", "on_3"]);
    assert_eq!(caller.members("g1", "?member_id_type=user_id").await.member_ids(), ["1", "2", "3"]);
    for query in ["member_id=ou_3", "member_id=on_3&member_id_type=union_id", "member_id=3&member_id_type=user_id"] {
        let groups = caller.get(&format!("{BELONG}?{query}")).await.data();
        assert_eq!(groups["group_list"], json!(["g1"]), "{query}");
    }
    // A member added under one id is the same member under another.
    let again = caller.change_members("g1", "add", member("union_id", "on_1")).await;
    assert_is_fact(&again, "add_user_group_member", 42005);
    caller.delete("g1").await.assert_rejected(42017);
    for id in ["1", "2", "3"] {
        assert_eq!(caller.change_members("g1", "remove", member("user_id", id)).await.data(), json!({}));
    }
    assert_eq!(caller.get(&format!("{BELONG}?member_id=ou_3")).await.data()["group_list"], json!([]));
    caller.delete("g1").await.data();
}

#[tokio::test]
async fn removing_twice_succeeds() {
    let caller = with(Group::new("g1", "R&D").member("ou_1")).await;
    for _ in 0..2 {
        caller.remove("g1", "ou_1").await.data();
        caller.change_members("g1", "batch_remove", batch(["ou_1", "ou_1"])).await.data();
    }
    assert_eq!(caller.member_counts("g1").await, (0, 0));
}

#[tokio::test]
async fn batch_add_has_code_for_each_member() {
    let people = ["lisi", "wang"].map(Person::new).into_iter();
    let people = people.chain([Person::new("left").resigned(), Person::new("hidden").outside_contact_scope()]);
    let builder = people.fold(Simulator::builder(), |builder, person| builder.with_person(person));
    let caller = Caller::of(builder.with_group(Group::new("g1", "R&D").member("lisi")).start().await.unwrap()).await;
    let body = batch(["ou_wang", "ou_lisi", "ou_left", "ou_hidden", "ou_unknown", "", "ou_wang"]);
    let data = caller.change_members("g1", "batch_add", body).await.data();
    assert_eq!(
        data["results"],
        results(&[
            ("ou_wang", 0),
            ("ou_lisi", 42005),
            ("ou_left", 42006),
            ("ou_hidden", 41050),
            ("ou_unknown", 41073),
            ("", 41073),
            ("ou_wang", 42005),
        ])
    );
    assert_eq!(caller.members("g1", "").await.member_ids(), ["ou_lisi", "ou_wang"]);
}

#[tokio::test]
async fn batch_remove_fails_with_results_and_removes_others() {
    let caller = with(Group::new("g1", "R&D").members(["ou_1", "ou_2", "ou_3"])).await;
    let reply = caller.change_members("g1", "batch_remove", batch(["ou_1", "ou_missing", "ou_4", "ou_3"])).await;
    assert_is_fact(&reply, "batch_remove_user_group_members", 40022);
    let expected = results(&[("ou_1", 0), ("ou_missing", 41073), ("ou_4", 0), ("ou_3", 0)]);
    assert_eq!(reply.json()["data"], json!({ "results": expected }));
    assert_eq!(caller.members("g1", "").await.member_ids(), ["ou_2"]);
    assert_eq!(caller.change_members("g1", "batch_remove", batch(["ou_2"])).await.data(), json!({}));
}

#[tokio::test]
async fn group_has_at_most_100_000_members() {
    let caller = with(Group::new("g1", "all").members((1..100_000).map(|number| format!("ou_{number}")))).await;
    let data = caller.change_members("g1", "batch_add", batch(["ou_last", "ou_late", "ou_7"])).await.data();
    assert_eq!(data["results"], results(&[("ou_last", 0), ("ou_late", 42012), ("ou_7", 42005)]));
    assert_is_fact(&caller.add("g1", "ou_late").await, "add_user_group_member", 42012);
    assert_eq!(caller.member_counts("g1").await, (100_000, 0));
    caller.remove("g1", "ou_7").await.data();
    caller.add("g1", "ou_late").await.data();
}

#[tokio::test]
async fn tenant_has_ten_memberships_per_person() {
    let people = ["a", "b"].map(Person::new).into_iter().chain([Person::new("left").resigned()]);
    let mut builder = people.fold(Simulator::builder(), |builder, person| builder.with_person(person));
    for number in 0..11 {
        builder = builder.with_group(Group::new(format!("g{number}"), format!("group {number}")));
    }
    // Members of dynamic groups do not count.
    builder = builder.with_group(Group::new("rule", "rule").dynamic().members(["a", "b"]));
    let caller = Caller::of(builder.start().await.unwrap()).await;
    for number in 0..10 {
        let data = caller.change_members(&format!("g{number}"), "batch_add", batch(["ou_a", "ou_b"])).await.data();
        assert_eq!(data["results"], results(&[("ou_a", 0), ("ou_b", 0)]));
    }
    caller.add("g10", "ou_a").await.assert_rejected(42012);
    caller.remove("g0", "ou_b").await.data();
    caller.add("g10", "ou_a").await.data();
    caller.add("g10", "ou_b").await.assert_rejected(42012);
}

#[tokio::test]
async fn member_pages_survive_changes() {
    let caller = with(Group::new("g1", "R&D").members((0..120).map(|number| format!("ou_{number}")))).await;
    let first = caller.members("g1", "").await;
    assert_eq!(first.member_ids().len(), 50);
    for id in ["ou_3", "ou_49", "ou_50", "ou_119"] {
        caller.remove("g1", id).await.data();
    }
    caller.add("g1", "ou_new").await.data();
    let token = encoded(&first.data()["page_token"]);
    let second = caller.members("g1", &format!("?page_size=100&page_token={token}")).await;
    let expected = (51..119).map(|number| format!("ou_{number}")).chain(["ou_new".to_owned()]);
    assert_eq!(second.member_ids(), expected.collect::<Vec<_>>());
    assert_eq!(second.data()["has_more"], false);
}

#[tokio::test]
async fn member_page_token_is_for_one_query() {
    let groups = ["g1", "g2"].map(|id| Group::new(id, id).members(["ou_1", "ou_2"]).department("od-1"));
    let builder = groups.into_iter().fold(Simulator::builder(), |builder, group| builder.with_group(group));
    let caller = Caller::of(builder.start().await.unwrap()).await;
    let first = caller.members("g1", "?page_size=1").await.data();
    let token = encoded(&first["page_token"]);
    for (group, query) in [("g2", ""), ("g1", "&member_id_type=user_id"), ("g1", "&member_type=department")] {
        let reply = caller.members(group, &format!("?page_token={token}{query}")).await;
        assert_is_fact(&reply, "list_user_group_members", 40012);
    }
    assert_eq!(caller.members("g1", &format!("?page_token={token}")).await.member_ids(), ["ou_2"]);
}

#[tokio::test]
async fn department_members_are_listed() {
    let caller = with(Group::new("g1", "R&D").member("ou_1").department("D1").department("od-D2")).await;
    assert_eq!(caller.member_counts("g1").await, (1, 2));
    assert_eq!(
        caller.members("g1", "?member_type=department&page_size=1").await.data()["memberlist"],
        json!([{ "member_id": "od-D1", "member_type": "department" }])
    );
    let query = "?member_type=department&member_id_type=department_id";
    assert_eq!(caller.members("g1", query).await.member_ids(), ["D1", "D2"]);
    assert_eq!(caller.members("g1", "?member_type=user").await.member_ids(), ["ou_1"]);
    // A department is a member as well.
    caller.remove("g1", "ou_1").await.data();
    caller.delete("g1").await.assert_rejected(42017);
}

#[tokio::test]
async fn dynamic_group_is_listed_but_not_changed() {
    let caller = with(Group::new("d1", "rule").dynamic().member("ou_1")).await;
    assert_eq!(caller.members("d1", "").await.member_ids(), ["ou_1"]);
    assert_is_fact(&caller.remove("d1", "ou_1").await, "remove_user_group_member", 42002);
}

#[tokio::test]
async fn resigned_member_can_be_removed() {
    let builder = Simulator::builder().with_person(Person::new("left").resigned());
    let caller = Caller::of(builder.with_group(Group::new("g1", "R&D").member("left")).start().await.unwrap()).await;
    assert_eq!(caller.members("g1", "").await.member_ids(), ["ou_left"]);
    caller.remove("g1", "ou_left").await.data();
    caller.add("g1", "ou_left").await.assert_rejected(42006);
    let missing = caller.write("a", "ABCDEFG", &["ou_left"]).await.data();
    assert_eq!(missing["data"]["success_user_ids"], json!([]));
}

#[tokio::test]
async fn wrong_seeds_fail_at_start() {
    let group = |id: &str, name: &str| Group::new(id, name);
    let person = Person::new;
    let home = Simulator::builder;
    for (builder, culprit) in [
        (home().with_group(group("g1", "a")).with_group(group("g1", "b")), "g1"),
        (home().with_group(group("g1", "a")).with_group(group("g2", "b").custom_id("g1")), "g1"),
        (home().with_group(group("g1", "same")).with_group(group("g2", "same")), "same"),
        (home().with_person(person("a")).with_person(person("b").union_id("on_a")), "on_a"),
        (home().with_person(person("a").email("x@y")).with_person(person("b").email("x@y")), "x@y"),
        (home().with_person(person("a").mobile("+1")).with_person(person("b").mobile("+1")), "+1"),
        (home().with_department(Department::new("D")).with_department(Department::new("D")), "D"),
        (home().with_person(person("a")).with_group(group("g1", "a").member("b")), "`b`"),
        (home().with_group(group("g1", "a").member("ou_missing")), "ou_missing"),
        (home().with_department(Department::new("D")).with_group(group("g1", "a").department("E")), "`E`"),
    ] {
        let error = builder.start().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains(culprit), "{error}");
    }
    // Tenants are separate.
    home().with_person(person("a")).with_person_in("other", person("a")).start().await.unwrap();
}

#[tokio::test]
async fn tests_change_members_by_any_id() {
    let caller = with_narrow_scope().await;
    let (simulator, members) =
        (&caller.simulator, |caller: &Caller| caller.simulator.groups()[0].member_user_ids.clone());
    assert!(simulator.add_member("g1", "on_cad4") && simulator.add_member("g1", "left"));
    assert!(!simulator.add_member("g1", "unknown") && !simulator.add_member("unknown", "lisi"));
    assert_eq!(members(&caller), ["ou_lisi", "ou_7dab", "ou_left"]);
    assert!(simulator.remove_member("g1", "ou_7dab"));
    assert_eq!(members(&caller), ["ou_lisi", "ou_left"]);
}

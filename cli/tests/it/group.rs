//! `group`: what it changes, and what it refuses to.

use crate::support::{Ran, Service, ids, proxy, tenant};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Department, Fault, FaultKind, Group, Person};

#[test]
fn life_of_a_group() {
    let service = Service::with_members(0..3);
    let created = service.run(&["group", "create", "Legal", "--id", "legal", "-y", "-o", "json"]).exits(0);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    service.run(&["group", "update", &id, "--description", "reads", "--yes"]).exits(0).says("changed");
    let group = service.run(&["group", "get", &id, "-o", "json"]).exits(0).json();
    assert_eq!((&group["name"], &group["description"]), (&"Legal".into(), &"reads".into()));
    service.run(&["group", "delete", &id, "--yes"]).exits(0).says("deleted");
    service.run(&["group", "get", &id]).exits(2).says("42002");
}

#[test]
fn nothing_changes_without_yes() {
    let service = Service::with_members(0..3);
    for words in [
        &["group", "create", "x"][..],
        &["group", "update", "g1", "--name", "x"],
        &["group", "delete", "g1", "--drain"],
        &["member", "add", "g1", "ou_p9"],
        &["member", "remove", "g1", "ou_p1"],
    ] {
        service.run(words).exits(5).says("add --yes to confirm it");
    }
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn dry_run_prints_requests() {
    let service = Service::with_members(0..150);
    let requests = service.run(&["group", "delete", "g1", "--drain", "--dry-run", "-o", "json"]).exits(0).json();
    let requests = requests.as_array().unwrap();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0]["path"], "/open-apis/contact/v3/group/g1/member/batch_remove");
    assert_eq!(requests[0]["body"]["members"].as_array().unwrap().len(), 100);
    assert_eq!(
        (&requests[2]["method"], &requests[2]["path"]),
        (&"DELETE".into(), &"/open-apis/contact/v3/group/g1".into())
    );
    let create = service.run(&["group", "create", "x", "--dry-run", "-o", "json"]).exits(0).json();
    assert_eq!(create[0]["body"], serde_json::json!({ "name": "x" }));
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn drain_empties_before_deleting() {
    let service = Service::with_members(0..120);
    service.run(&["group", "delete", "g1", "--yes"]).exits(5).says("has 120 members").says("--drain");
    assert_eq!(service.changes(), [""; 0]);
    service.run(&["group", "delete", "g1", "--drain", "--yes"]).exits(0).says("120 removed").says("g1: deleted");
    assert!(service.simulator.groups().is_empty());
}

#[test]
fn drain_names_what_it_cannot_remove() {
    let group = Group::new("g1", "R&D").members(ids(0..3)).department("D1");
    let service = Service::start(tenant().with_department(Department::new("D1")).with_group(group));
    service.run(&["group", "delete", "g1", "--drain", "--yes"]).exits(5).says("od-D1").says("admin console");
    assert_eq!(service.members().len(), 3);
}

#[test]
fn hidden_members_keep_a_group() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let group = Group::new("g1", "R&D").members(ids(0..3)).member("ou_hidden");
    let service = Service::start(tenant().with_person(hidden).with_group(group));
    let ran = service.run(&["group", "delete", "g1", "--drain", "--yes"]).exits(5);
    ran.says("3 members were listed, and the group reports 4").says("contact scope");
    assert_eq!(service.members().len(), 4);
}

#[test]
fn hidden_departments_keep_a_group() {
    let hidden = Department::new("D1").outside_contact_scope();
    let group = Group::new("g1", "R&D").members(ids(0..3)).department("D1");
    let service = Service::start(tenant().with_department(hidden).with_group(group));
    for delete in [&["group", "delete", "g1", "--yes"][..], &["group", "delete", "g1", "--drain", "--yes"]] {
        let ran = service.run(delete).exits(5).says("0 departments were listed, and the group reports 1");
        ran.says("Nothing was changed");
    }
    assert_eq!(service.changes(), [""; 0]);
    service.run(&["member", "list", "g1"]).exits(1).says("0 departments were listed");
    let dump = service.run(&["dump", "-o", "json"]).exits(1).says("0 departments were listed");
    assert_eq!(dump.json()["complete"], false);
}

#[test]
fn hidden_member_keeps_a_group_that_looks_empty() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let service = Service::start(tenant().with_person(hidden).with_group(Group::new("g1", "R&D").member("hidden")));
    service.run(&["group", "delete", "g1", "--yes"]).exits(5).says("0 members were listed, and the group reports 1");
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn absent_count_keeps_members() {
    let mut service = Service::with_members(0..3);
    let group = r#"{"code":0,"msg":"success","data":{"group":{"id":"g1","name":"R&D","type":1}}}"#;
    service.url = proxy::instead(&service.url, move |request| {
        request.starts_with("GET /open-apis/contact/v3/group/g1 ").then(|| ("200 OK", group.to_owned()))
    });
    service.run(&["group", "delete", "g1", "--drain", "--yes"]).exits(5).says("does not report how many");
    let people = crate::support::list("absent_count", 0..2);
    service.run(&["sync", "apply", "g1", "--file", &people, "--yes"]).exits(5).says("does not report how many");
    assert_eq!(service.members().len(), 3);
}

#[test]
fn failed_deletion_reports_removals() {
    let mut service = Service::with_members(0..3);
    let rejection = r#"{"code":42009,"msg":"no group authority"}"#;
    service.url = proxy::rejecting(&service.url, "DELETE ", "", rejection);
    let ran = service.run(&["group", "delete", "g1", "--drain", "--yes", "-o", "json"]).exits(1).says("42009");
    assert_eq!((&ran.json()["removed"], &ran.json()["ok"]), (&3.into(), &false.into()));
    assert_eq!(service.members().len(), 0);
    service.run(&["group", "delete", "g1", "--yes"]).exits(3).says("42009");
}

#[test]
fn member_who_joins_meanwhile_keeps_a_group() {
    let service = Service::with_members(0..3);
    let direct = service.url.clone();
    let url = proxy::watching(&service.url, "/member/batch_remove", move || {
        let mut add = crate::support::bare(&["member", "add", "g1", "ou_p20", "--yes", "--base-url", &direct]);
        add.env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
        assert!(add.status().unwrap().success());
    });
    let mut delete = service.command(&["group", "delete", "g1", "--drain", "--yes"]);
    let ran = Ran::of(delete.env("FEISHU_BASE_URL", url).output().unwrap()).exits(1);
    ran.says("3 removed").says("members joined meanwhile (1)");
    assert_eq!(service.members(), ids([20]).into_iter().collect());
}

/// The response is lost, and the retry finds no group any more.
#[test]
fn lost_response_of_a_deletion() {
    let service = Service::with_members([]);
    service
        .simulator
        .add_fault(Fault::new(FaultKind::Drop { acted: true }).operation("delete_user_group").times(1))
        .unwrap();
    service.run(&["group", "delete", "g1", "--yes"]).exits(0).says("g1: deleted");
    assert!(service.simulator.groups().is_empty());
}

#[test]
fn groups_of_a_person_have_names() {
    let service = Service::start(
        tenant()
            .with_group(Group::new("g1", "R&D").members(ids(0..3)))
            .with_group(Group::new("g2", "Staff").dynamic().members(ids(0..9)))
            .with_group(Group::new("g3", "Legal")),
    );
    let csv = |words: &[&str]| {
        let ran = service.run(&[&["group", "of"], words, &["-o", "csv"]].concat()).exits(0);
        ran.out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = ["g1,,R&D,normal,3,0,", "g2,,Staff,dynamic,9,0,"];
    assert_eq!(csv(&["ou_p1"]), expected);
    assert_eq!(csv(&["p1@example.com", "--email"]), expected);
    assert_eq!(csv(&["13000000001", "--phone"]), expected);
    assert_eq!(csv(&["p1", "--id-type", "user_id"]), expected);
    let ran =
        service.run(&["group", "of", "nobody@example.com", "--email"]).exits(2).says("nobody has nobody@example.com");
    assert!(
        !ran.err.contains("line") && !ran.err.contains("file") && !ran.err.contains("--skip-unknown"),
        "{}",
        ran.err
    );
}

//! `sync`: the group ends with the members of the file, or nothing was removed.

use crate::support::{Ran, Service, file, ids, list, tenant};
use feishu_user_groups::simulator::{Department, Group, Person};
use serde_json::Value;
use std::collections::BTreeSet;

fn set(numbers: impl IntoIterator<Item = u32>) -> BTreeSet<String> {
    ids(numbers).into_iter().collect()
}

#[test]
fn plan_changes_nothing() {
    let service = Service::with_members(0..8);
    let people = file("plan.csv", &format!("open_id,name\n{}", ids(2..10).map_join(",x\n")));
    let ran = service.run(&["sync", "plan", "g1", "--file", &people, "-o", "json"]).exits(0);
    let plan = ran.json();
    assert_eq!((&plan["add"], &plan["remove"], &plan["keep"]), (&2.into(), &2.into(), &6.into()));
    assert_eq!(plan["people"][0], serde_json::json!({ "id": "ou_p8", "action": "add", "line": 8, "name": null }));
    ran.says("2 people are added to the group \"R&D\" (g1) and 2 of 8 members removed; 6 stay");
    assert_eq!(service.changes(), [""; 0]);
}

/// Lines of ids with something after each.
trait MapJoin {
    fn map_join(self, end: &str) -> String;
}

impl MapJoin for Vec<String> {
    fn map_join(self, end: &str) -> String {
        self.into_iter().map(|id| id + end).collect()
    }
}

#[test]
fn apply_ends_in_the_file() {
    let service = Service::with_members(0..120);
    let people = list("apply", 10..150);
    let people = file("apply2", &std::fs::read_to_string(people).unwrap().replace("ou_p99\n", ""));
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes", "--max-removals", "11"];
    service.run(&apply).exits(0).says("g1: 30 added, 11 removed, 109 unchanged");
    let wanted: BTreeSet<_> = set((10..150).filter(|number| *number != 99));
    assert_eq!(service.members(), wanted);
    let changes = service.changes().len();
    service.run(&apply).exits(0).says("g1: 139 unchanged");
    assert_eq!(service.changes().len(), changes);
}

#[test]
fn ceiling_refuses_with_figures() {
    let service = Service::with_members(0..8);
    let people = list("ceiling", 3..8);
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes"];
    let ran = service.run(&apply).exits(5).says("3 of 8 members would be removed, and the ceiling of 25% allows 2");
    ran.says("Nothing was changed");
    assert_eq!(service.members(), set(0..8));
    service.run(&[&apply[..], &["--max-removals", "3"]].concat()).exits(0);
    assert_eq!(service.members(), set(3..8));
}

#[test]
fn empty_file_never_empties_a_group() {
    let service = Service::with_members(0..1);
    for content in ["", "open_id\n"] {
        let people = file("nobody.csv", content);
        let apply = ["sync", "apply", "g1", "--file", &people, "--yes", "--max-removals", "100%"];
        service.run(&apply).exits(5).says("the file names nobody");
    }
    assert_eq!(service.members(), set(0..1));
}

#[test]
fn hidden_members_stop_removals_only() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let group = Group::new("g1", "R&D").members(ids(0..8)).member("hidden");
    let service = Service::start(tenant().with_person(hidden).with_group(group));
    let people = list("hidden", 1..10);
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes"];
    service.run(&apply).exits(5).says("8 members were listed, and the group reports 9").says("--keep-others");
    service.run(&[&apply[..], &["--keep-others"]].concat()).exits(0).says("2 added");
    assert_eq!(service.members().len(), 11);
}

#[test]
fn dynamic_groups_and_departments_stay() {
    let service = Service::start(
        tenant()
            .with_department(Department::new("D1"))
            .with_group(Group::new("g1", "R&D").members(ids(0..4)).department("D1"))
            .with_group(Group::new("g2", "Staff").dynamic().members(ids(0..4))),
    );
    let people = list("dynamic", 0..5);
    service.run(&["sync", "apply", "g2", "--file", &people, "--yes"]).exits(5).says("the group is dynamic");
    service
        .run(&["sync", "apply", "g1", "--file", &people, "--yes"])
        .exits(0)
        .says("1 department is a member, which no call changes: it stays");
}

#[test]
fn confirmation_shows_figures() {
    let service = Service::with_members(0..8);
    let ran = service.run(&["sync", "apply", "g1", "--file", &list("confirm", 1..10)]).exits(5);
    ran.says("2 people are added to the group \"R&D\" (g1) and 1 of 8 members removed; 7 stay. Nothing was changed: add --yes");
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn report_carries_the_files_columns() {
    let service = Service::with_members(0..4);
    let people = file(
        "carry.csv",
        "name,email,code\nA,p1@example.com,7\nB,p2@example.com,8\nC,p3@example.com,9\nD,p99@example.com,1\nE,p5@example.com,2\n",
    );
    let ran = service.run(&["sync", "apply", "g1", "--file", &people, "-y"]).exits(2);
    ran.says("line 5: nobody has p99@example.com");
    let ask = ["sync", "apply", "g1", "--file", &people, "--skip-unknown"];
    service.run(&ask).exits(5).says("left out: line 5: nobody has p99@example.com\nerror: 1 person is added");
    let target = file("report.csv", "");
    let args = ["sync", "apply", "g1", "--file", &people, "-y", "--skip-unknown", "--report", &target, "-o", "jsonl"];
    let ran = service.run(&args).exits(0);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&lines[0]["outcome"], &lines[0]["file.name"], &lines[0]["file.code"]),
        (&"added".into(), &"E".into(), &"2".into())
    );
    let report = std::fs::read_to_string(target).unwrap();
    assert!(
        report
            .starts_with("id,outcome,code,advice,line,name,file.name,file.code\nou_p5,added,,,6,p5@example.com,E,2\n"),
        "{report}"
    );
    assert_eq!(report.lines().count(), 7);
}

#[test]
fn somebody_who_cannot_be_added() {
    let service = Service::with_members(0..4);
    let people = list("resigned", [0, 1, 2, 98, 99]);
    let ran = service.run(&["sync", "apply", "g1", "--file", &people, "-y", "-o", "json"]).exits(1);
    let report = ran.json();
    assert_eq!((&report["added"], &report["removed"], &report["failed"]), (&1.into(), &1.into(), &1.into()));
    assert!(ran.out.contains("42006"));
    assert_eq!(service.members(), set([0, 1, 2, 98]));
}

#[test]
fn dry_run_prints_requests() {
    let service = Service::with_members(0..4);
    let args = ["sync", "apply", "g1", "--file", &list("dry", 1..6), "--dry-run", "-o", "json"];
    let requests = service.run(&args).exits(0).json();
    assert_eq!(requests[0]["body"]["members"][1]["member_id"], "ou_p5");
    assert_eq!(requests[1]["path"], "/open-apis/contact/v3/group/g1/member/batch_remove");
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn list_from_standard_input() {
    let service = Service::with_members(0..4);
    let path = list("stdin", 0..5);
    let mut command = service.command(&["sync", "apply", "g1", "--file", "-", "--yes"]);
    let ran = Ran::of(command.stdin(std::fs::File::open(path).unwrap()).output().unwrap());
    ran.exits(0).says("1 added");
}

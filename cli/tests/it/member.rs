//! `member`: people by name, one report for each.

use crate::support::{Service, file, ids, tenant};
use feishu_user_groups::simulator::{Department, Group, Person};

#[test]
fn lists_users_and_departments() {
    let group = Group::new("g1", "R&D").members(ids(0..2)).department("D1");
    let service = Service::start(tenant().with_department(Department::new("D1")).with_group(group));
    let csv = |words: &[&str]| service.run(&[&["member", "list", "g1", "-o", "csv"], words].concat()).exits(0).out;
    assert_eq!(csv(&[]), "open_id,type\nou_p0,user\nou_p1,user\nod-D1,department\n");
    assert_eq!(csv(&["--id-type", "user_id"]), "user_id,type\np0,user\np1,user\nod-D1,department\n");
}

#[test]
fn adds_by_every_name() {
    let service = Service::with_members(0..2);
    service.run(&["member", "add", "g1", "ou_p1", "ou_p2", "-y"]).exits(0).says("g1: 1 added, 1 already there");
    service.run(&["member", "add", "g1", "--email", "p3@example.com", "-y"]).exits(0);
    service.run(&["member", "add", "g1", "--mobile", "130 0000-0004", "-y"]).exits(0);
    service.run(&["member", "add", "g1", "--id-type", "union_id", "on_p5", "-y"]).exits(0);
    let people = file("people.csv", "email,mobile\nP6@example.com,\n,+8613000000007\n");
    service.run(&["member", "add", "g1", "--file", &people, "-y"]).exits(2).says("line 2: nobody has P6@example.com");
    let people = file("people2.csv", "email,mobile\np6@example.com,\n,13000000007\n");
    service.run(&["member", "add", "g1", "--file", &people, "-y"]).exits(0);
    assert_eq!(service.members(), ids(0..8).into_iter().collect());
}

#[test]
fn failures_named_one_by_one() {
    let outside = Person::new("outside").outside_contact_scope();
    let service = Service::start(tenant().with_person(outside).with_group(Group::new("g1", "R&D")));
    let people = ["ou_p1", "ou_p99", "ou_outside", "ou_nobody"];
    let ran = service.run(&[&["member", "add", "g1", "-y", "-o", "json"], &people[..]].concat()).exits(1);
    let report = ran.json();
    assert_eq!((&report["ok"], &report["added"], &report["failed"]), (&false.into(), &1.into(), &3.into()));
    let codes: Vec<_> = report["people"].as_array().unwrap().iter().map(|person| person["code"].as_i64()).collect();
    assert_eq!(codes, [None, Some(42006), Some(41050), Some(41073)]);
    assert!(report["people"][2]["advice"].as_str().unwrap().contains("contact scope"), "{report}");
    assert_eq!(service.members(), ids([1]).into_iter().collect());
}

#[test]
fn removal_of_one_outside_the_scope() {
    let outside = Person::new("outside").outside_contact_scope();
    let group = Group::new("g1", "R&D").members(ids(0..3)).member("outside");
    let service = Service::start(tenant().with_person(outside).with_group(group));
    let ran = service.run(&["member", "remove", "g1", "ou_p0", "ou_outside", "-y", "-o", "csv"]).exits(1);
    assert!(ran.out.contains("ou_p0,removed,,,1,\nou_outside,failed,41050,"), "{}", ran.out);
    assert_eq!(service.members().len(), 3);
    service.run(&["member", "list", "g1"]).exits(1).says("2 members were listed, and the group reports 3");
}

#[test]
fn group_outside_the_scope() {
    let service = Service::start(tenant().with_group(Group::new("g1", "R&D").outside_contact_scope()));
    service.run(&["member", "add", "g1", "ou_p1", "-y"]).exits(3).says("42009").says("contact scope");
}

#[test]
fn unknown_people_stop_the_run() {
    let service = Service::with_members(0..2);
    let people = file("unknown.csv", "email,dept\np3@example.com,a\nx@example.com,b\ny@example.com,c\n");
    let add = ["member", "add", "g1", "--file", &people, "-y", "-o", "csv"];
    let ran = service.run(&add).exits(2).says("line 3: nobody has x@example.com");
    ran.says("line 4: nobody has y@example.com").says("--skip-unknown");
    assert_eq!(service.changes(), [""; 0]);
    let ran = service.run(&[&add[..], &["--skip-unknown"]].concat()).exits(0);
    assert_eq!(
        ran.out,
        "id,outcome,code,advice,line,name,file.dept\n\
         ou_p3,added,,,2,p3@example.com,a\n,not_found,,,3,x@example.com,b\n,not_found,,,4,y@example.com,c\n"
    );
}

#[test]
fn nobody_found_changes_nothing() {
    let service = Service::with_members(0..2);
    let people = file("none_found.csv", "email\nx@example.com\n");
    for verb in ["add", "remove"] {
        let ran = service.run(&["member", verb, "g1", "--file", &people, "--skip-unknown", "-y"]).exits(2);
        ran.says("nobody of the file was found").says("Nothing was changed");
    }
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn malformed_line_removes_nobody() {
    let service = Service::with_members(0..4);
    let people = file("malformed", "ou_p0\nou_p1,\nou_p2;ou_p3\n");
    let apply = ["sync", "apply", "g1", "--file", &people, "--max-removals", "100%", "--yes"];
    service.run(&apply).exits(2).says("malformed:2: ").says("malformed:3: ").says("Nothing was sent");
    assert_eq!((service.members().len(), service.simulator.requests().len()), (4, 0));
}

#[test]
fn bad_input_sends_nothing() {
    let service = Service::with_members(0..2);
    let run = |words: &[&str]| service.run(&[&["member", "add", "g1", "-y"], words].concat()).exits(2);
    run(&["on_1"]).says("arguments:1: \"on_1\" is no open_id");
    run(&["--file", &file("empty.csv", "email\n")]).says("names nobody");
    run(&["--file", "/"]).says("is a directory");
    run(&["--file", &file("mail.csv", "mail\np1@example.com\n")]).says("Nothing was sent");
    run(&["ou_p1", "--file", "x"]).says("cannot be used with");
    assert_eq!(service.simulator.requests().len(), 0);
}

#[test]
fn two_rows_of_one_person() {
    let service = Service::with_members(0..2);
    let people = file("twice.csv", "email,mobile\np3@example.com,\n,13000000003\np4@example.com,13000000005\n");
    let ran = service.run(&["member", "add", "g1", "--file", &people, "-y"]).exits(2);
    ran.says("line 3: 13000000003 and line 2 are the same person, ou_p3").says("line 4: the email is that of ou_p4");
}

//! `doctor`: it names what is missing, and changes nothing.

use crate::support::{Ran, Service, ids, tenant};
use feishu_user_groups::simulator::{Department, Group, Person};
use serde_json::Value;

fn failed(ran: &Ran) -> Vec<(String, String)> {
    let checks: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(checks.len() > 3, "{ran:?}");
    let failed = checks.into_iter().filter(|check| check["ok"] == false);
    failed
        .map(|check| (check["check"].as_str().unwrap().to_owned(), check["advice"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn all_well() {
    let service = Service::with_members(0..3);
    let ran = service.run(&["doctor", "-o", "jsonl"]).exits(0);
    assert_eq!(failed(&ran), []);
    assert_eq!(service.members().len(), 3);
}

#[test]
fn missing_scopes_named() {
    for (scope, check) in [
        ("contact:group", "change groups and members"),
        ("contact:user.id:readonly", "find people by email or mobile number"),
    ] {
        let service = Service::start(tenant().without_scope(scope));
        let ran = service.run(&["doctor", "-o", "jsonl"]).exits(3);
        let failed = failed(&ran);
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert!(failed[0].0 == check && failed[0].1.contains(scope), "{failed:?}");
    }
}

/// Who keeps no performance groups needs no scope for them.
#[test]
fn performance_scope_shown_only() {
    let scope = "performance:semester_activity:write";
    let service = Service::start(tenant().without_scope(scope));
    let failed = failed(&service.run(&["doctor", "-o", "jsonl"]).exits(0));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].0 == "write performance groups" && failed[0].1.contains(scope), "{failed:?}");
}

#[test]
fn narrow_contact_scope_shown() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let group = Group::new("g1", "R&D").members(ids(0..3)).member("hidden");
    let service = Service::start(tenant().with_person(hidden).with_group(group));
    let failed = failed(&service.run(&["doctor", "-o", "jsonl"]).exits(3));
    assert!(failed[0].0 == "see all members of g1" && failed[0].1.contains("widen"), "{failed:?}");
}

#[test]
fn wrong_secret_ends_the_checks() {
    let service = Service::with_members(0..3);
    let ran = Ran::of(service.command(&["doctor", "-o", "csv"]).env("FEISHU_APP_SECRET", "hush").output().unwrap());
    assert_eq!(ran.exits(3).out.lines().count(), 2);
}

#[test]
fn hidden_departments_shown() {
    let hidden = Department::new("D1").outside_contact_scope();
    let service = Service::start(tenant().with_department(hidden).with_group(Group::new("g1", "R&D").department("D1")));
    let failed = failed(&service.run(&["doctor", "-o", "jsonl"]).exits(3));
    assert!(failed[0].0 == "see all members of g1" && failed[0].1.contains("departments"), "{failed:?}");
}

//! What a manifest must not do: remove or delete without evidence, beyond the ceiling, or over the change of another.

use super::{entry, groups, manifest, set, three_groups};
use crate::support::{Ran, Service, file, ids, killed_at, proxy, tenant};
use feishu_user_groups::simulator::{Builder, Fault, FaultKind, Group, Person};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn ceiling_holds_for_each_group_and_for_all() {
    let service = Service::start(three_groups());
    let path = manifest("ceiling.yaml", [entry("R&D", 0..5), entry("Legal", 10..18)]);
    let apply = ["sync", "apply", "--manifest", &path, "--yes"];
    let ran = service.run(&apply).exits(5).says("Nothing was changed");
    ran.says("the group \"R&D\" (g1): 3 of 8 members would be removed, and the ceiling of 25% allows 2");

    // One of each is allowed, and four of eight are not.
    let pairs =
        (0..4).map(|pair| Group::new(format!("x{pair}"), format!("Pair {pair}")).members(ids([pair, pair + 50])));
    let service = Service::start(pairs.fold(tenant(), Builder::with_group));
    let path = manifest("pairs.yaml", (0..4).map(|pair| entry(&format!("Pair {pair}"), [pair])));
    let apply = ["sync", "apply", "--manifest", &path, "--yes"];
    let ran = service.run(&apply).exits(5).says("4 of 8 members of all groups would be removed");
    ran.says("the ceiling of 25% allows 2").says("--max-removals 4");
    assert_eq!(service.changes(), [""; 0]);
    service.run(&[&apply[..], &["--max-removals", "4"]].concat()).exits(0).says("4 removed");
}

#[test]
fn missing_groups_deleted_on_request_only() {
    let service = Service::start(three_groups());
    let path = manifest("extra.yaml", [entry("R&D", 0..8), entry("Legal", 10..18)]);
    let apply = ["sync", "apply", "--manifest", &path, "--yes"];
    service.run(&apply).exits(0).says("manifest: 16 unchanged");
    let delete = [&apply[..], &["--delete-missing"]].concat();
    let asked = ["sync", "apply", "--manifest", &path, "--delete-missing"];
    let ran = service.run(&asked).exits(5).says("deletes the group \"Old\" (g3) with 1 member\n");
    ran.says(
        "0 groups are created, 0 changed and 1 deleted; 0 people are added and 1 of 17 members removed in 1 group",
    );
    service.run(&delete).exits(0).says("manifest: 1 removed, 16 unchanged, 1 deleted");
    assert_eq!(groups(&service).into_keys().collect::<Vec<_>>(), ["Legal", "R&D"]);
}

#[test]
fn deletions_keep_to_the_ceiling() {
    let service = Service::start(three_groups());
    let path = manifest("few.yaml", [entry("Old", 20..21)]);
    let apply = ["sync", "apply", "--manifest", &path, "--yes", "--delete-missing"];
    let ran = service
        .run(&apply)
        .exits(5)
        .says("16 of 17 members of all groups would be removed, those of deleted groups included");
    ran.says("2 of 3 groups would be deleted, and the ceiling of 25% allows 1");
    let none = manifest("none.yaml", []);
    let all = ["sync", "apply", "--manifest", &none, "--yes", "--delete-missing", "--max-removals", "100%"];
    service.run(&all).exits(5).says("the manifest has no group, which would delete 3 groups");
    assert_eq!(service.changes(), [""; 0]);
    service.run(&[&apply[..], &["--max-removals", "16"]].concat()).exits(0);
    assert_eq!(groups(&service).into_keys().collect::<Vec<_>>(), ["Old"]);
}

#[test]
fn incomplete_read_removes_and_deletes_nothing() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let builder =
        three_groups().with_person(hidden).with_group(Group::new("g4", "Open").members(ids(0..3)).member("hidden"));
    let service = Service::start(builder);
    let whole = [entry("R&D", 1..8), entry("Legal", 10..18), entry("Old", 20..21)];
    let path = manifest("gap.yaml", whole.iter().cloned().chain([entry("Open", 0..4)]));
    let apply = ["sync", "apply", "--manifest", &path, "--yes"];
    let ran = service
        .run(&apply)
        .exits(5)
        .says("1 member would be removed and 0 groups deleted, but not everything was read");
    ran.says("the group \"Open\" (g4): 3 members were listed, and the group reports 4");
    // Nothing is removed, and the group would be deleted.
    let path = manifest("gap-deletes.yaml", [entry("R&D", 0..8), entry("Legal", 10..18), entry("Old", 20..21)]);
    let ran = service.run(&["sync", "apply", "--manifest", &path, "--yes", "--delete-missing"]).exits(5);
    ran.says("1 group deleted, but not everything was read");
    assert_eq!(service.changes(), [""; 0]);
    let path = manifest("gap-adds.yaml", [entry("R&D", 1..8), entry("Open", 0..4)]);
    let adds = ["sync", "apply", "--manifest", &path, "--yes", "--keep-others"];
    service.run(&adds).exits(0).says("warning: a list may be incomplete");
}

#[test]
fn incomplete_manifest_only_adds() {
    let service = Service::start(three_groups());
    let text = |members| json!({ "complete": false, "groups": [{ "name": "R&D", "users": ids(members) }] }).to_string();
    let path = file("holes.yaml", &text(1..9));
    let apply = ["sync", "apply", "--manifest", &path, "--yes"];
    service.run(&apply).exits(5).says("the manifest says `complete: false`");
    assert_eq!(service.changes(), [""; 0]);
    file("holes.yaml", &text(0..9));
    service.run(&apply).exits(0).says("1 added");
}

#[test]
fn failed_group_stops_deletions_only() {
    let mut service = Service::start(three_groups());
    let direct = service.url.clone();
    let rejection = r#"{"code":42014,"msg":"group description exceed limit"}"#;
    service.url = proxy::rejecting(&direct, "POST /open-apis/contact/v3/group", "\"New\"", rejection);
    let path = manifest("failed.yaml", [entry("New", 0..2), entry("R&D", 0..9), entry("Legal", 10..18)]);
    let apply = ["sync", "apply", "--manifest", &path, "--yes", "--delete-missing", "-o", "json"];
    let report = service.run(&apply).exits(1).json();
    let outcomes: BTreeSet<String> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["outcome"] != "unchanged")
        .map(|row| {
            format!(
                "{} {} {}",
                row["group_name"].as_str().unwrap(),
                row["subject"].as_str().unwrap(),
                row["outcome"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        "New group failed",
        "New user not_attempted",
        "R&D user added",
        "Old group not_attempted",
        "Old user not_attempted",
    ];
    assert_eq!(outcomes, expected.map(str::to_owned).into());
    assert_eq!(groups(&service)["R&D"], set(0..9));
    assert_eq!(groups(&service)["Old"], set(20..21));
}

#[test]
fn missing_scope_stops_all_groups() {
    let service = Service::start(three_groups().without_scope("contact:group"));
    let path = manifest("scope.yaml", [entry("R&D", 0..9), entry("Legal", 10..19)]);
    let ran = service.run(&["sync", "apply", "--manifest", &path, "--yes", "-o", "json"]).exits(3);
    let report = ran.json();
    assert_eq!((&report["failed"], &report["not_attempted"]), (&1.into(), &1.into()));
    ran.says("contact:group");
}

#[test]
fn change_by_another_stops_that_group() {
    let service = Service::start(three_groups());
    let direct = service.url.clone();
    let path = manifest("drift.yaml", [entry("R&D", 1..9), entry("Legal", 11..19)]);
    let mut command = service.command(&["sync", "apply", "--manifest", &path, "--yes"]);
    let url = proxy::watching(&service.url, "/group/g1/member/batch_add", move || {
        let add = ["member", "add", "g1", "ou_p20", "--yes", "--base-url", &direct];
        let mut add = crate::support::bare(&add);
        add.env("FEISHU_APP_ID", feishu_user_groups::simulator::APP_ID);
        add.env("FEISHU_APP_SECRET", feishu_user_groups::simulator::APP_SECRET);
        assert!(add.status().unwrap().success());
    });
    let ran = Ran::of(command.env("FEISHU_BASE_URL", url).output().unwrap()).exits(1);
    ran.says("somebody else changed the group");
    assert_eq!(groups(&service)["R&D"], set((0..9).chain([20])));
    assert_eq!(groups(&service)["Legal"], set(11..19));
}

/// Killed at each request of a run in turn, before or after the service acted on it, and then run again.
#[test]
fn killed_at_each_request_and_run_again() {
    let new = json!({ "name": "New", "description": "x", "users": ids(30..33) });
    let renamed = json!({ "id": "g2", "name": "Law", "users": ids(11..19) });
    let path = manifest("kill.yaml", [new, renamed, entry("R&D", 1..9)]);
    let apply = ["sync", "apply", "--manifest", &path, "--delete-missing", "--max-removals", "50%", "--yes"];
    for is_served in [false, true] {
        let mut kills = 0;
        loop {
            let (service, was_killed) = killed_at(kills + 1, is_served, three_groups(), &apply);
            let expected = [("Law", set(11..19)), ("New", set(30..33)), ("R&D", set(1..9))];
            let expected = expected.map(|(name, members)| (name.to_owned(), members)).into();
            assert_eq!(groups(&service), expected, "killed at request {}", kills + 1);
            if !was_killed {
                break;
            }
            kills += 1;
        }
        // Token, two listings, reads, creation, update, four additions and removals with their checks, deletion.
        assert!(kills >= 15, "{kills} requests");
    }
}

#[test]
fn lost_response_creates_one_group() {
    let lost = Fault::new(FaultKind::Drop { acted: true }).operation("create_user_group").times(1);
    let service = Service::start(three_groups().with_fault(lost));
    let path = manifest("lost.yaml", [entry("New", 0..2)]);
    service.run(&["sync", "apply", "--manifest", &path, "--yes"]).exits(0).says("1 created");
    assert_eq!(service.changes().iter().filter(|path| path.ends_with("/v3/group")).count(), 1);
    assert_eq!(groups(&service)["New"], set(0..2));
}

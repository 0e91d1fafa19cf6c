//! Runs that fail on the way: requests that are lost, processes that are killed, others who change the same group.

use crate::support::{Ran, Service, ids, list, proxy, tenant};
use feishu_user_groups::simulator::Group;
use serde_json::Value;
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

/// People whom a request for removal named.
fn removed(service: &Service) -> BTreeSet<String> {
    let requests = service.simulator.requests().into_iter();
    let bodies = requests.filter(|request| request.path.ends_with("/batch_remove"));
    bodies
        .flat_map(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let members = body["members"].as_array().unwrap().clone();
            members.into_iter().map(|member| member["member_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect()
}

/// A tenant in which everybody exists, with a group of a thousand.
fn large() -> Service {
    Service::start(
        feishu_user_groups::simulator::Simulator::builder().with_group(Group::new("g1", "R&D").members(ids(0..1000))),
    )
}

#[test]
fn a_fifth_of_requests_fails() {
    let mut service = large();
    service.url = proxy::start(&service.url, 7);
    let people = list("fifth", 100..1100);
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes", "-o", "json"];
    let wanted: BTreeSet<_> = ids(100..1100).into_iter().collect();
    let ran = service.run(&apply).exits(0);
    assert_eq!((&ran.json()["removed"], &ran.json()["unchanged"]), (&100.into(), &900.into()));
    assert_eq!(service.members(), wanted);
    assert!(removed(&service).is_disjoint(&wanted));
}

#[test]
fn killed_and_run_again() {
    let service = large();
    let people = list("killed", 100..1100);
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes"];
    let wanted: BTreeSet<_> = ids(100..1100).into_iter().collect();
    for moment in 0..10 {
        let mut command = service.command(&apply);
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        // Whatever the moment hits: the assertions hold at every one.
        thread::sleep(Duration::from_millis(moment * 37));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    service.run(&apply).exits(0);
    assert_eq!(service.members(), wanted);
    assert!(removed(&service).is_disjoint(&wanted));
}

#[test]
fn change_by_another_stops_removals() {
    let service = Service::with_members(0..8);
    // Requests of the service are recorded, so the other change is made as soon as the first addition was seen.
    let mut command = service.command(&["sync", "apply", "g1", "--file", &list("drift", 1..10), "--yes"]);
    let url = proxy::watching(&service.url, "/member/batch_add", {
        let client = service.url.clone();
        move || add_by_another(&client)
    });
    let ran = Ran::of(command.env("FEISHU_BASE_URL", url).output().unwrap()).exits(5);
    ran.says("somebody else changed the group").says("1 members were added and 0 removed").says("1 not attempted");
    let expected: BTreeSet<_> = ids((0..10).chain([20])).into_iter().collect();
    assert_eq!(service.members(), expected);
}

/// Another administrator adds person 20.
fn add_by_another(url: &str) {
    let service = crate::support::bare(&["member", "add", "g1", "ou_p20", "--yes", "--base-url", url])
        .env("FEISHU_APP_ID", feishu_user_groups::simulator::APP_ID)
        .env("FEISHU_APP_SECRET", feishu_user_groups::simulator::APP_SECRET)
        .output()
        .unwrap();
    Ran::of(service).exits(0);
}

/// The documents list codes of one member as failures of the whole batch, too.
#[test]
fn batch_rejected_for_one_member() {
    let mut service = Service::with_members(0..2);
    let rejection = r#"{"code":41050,"msg":"no user authority error"}"#;
    service.url = proxy::rejecting(&service.url, "/member/batch_add", "ou_p7\"", rejection);
    let ran = service.run(&["member", "add", "g1", "ou_p5", "ou_p6", "ou_p7", "ou_p8", "--yes", "-o", "json"]).exits(1);
    let report = ran.json();
    assert_eq!((&report["added"], &report["failed"]), (&3.into(), &1.into()));
    assert_eq!((&report["people"][2]["id"], &report["people"][2]["code"]), (&"ou_p7".into(), &41050.into()));
    assert_eq!(service.members(), ids([0, 1, 5, 6, 8]).into_iter().collect());
}

#[test]
fn missing_scope_stops_the_run() {
    let service = Service::start(tenant().with_group(Group::new("g1", "R&D")).without_scope("contact:group"));
    let people = list("scope", 0..98);
    let ran = service.run(&["sync", "apply", "g1", "--file", &people, "--yes", "-o", "json"]).exits(3);
    let report = ran.json();
    assert_eq!((&report["ok"], &report["failed"]), (&false.into(), &98.into()));
    ran.says("stopped: ").says("contact:group");
}

//! Runs that fail on the way: requests that are lost, processes that are killed, others who change the same group.

use crate::support::{Ran, Service, ids, killed_at, list, proxy, tenant};
use feishu_user_groups::simulator::{Builder, Fault, FaultKind, Group, Simulator};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// A tenant in which everybody exists, with a group of this many members.
fn of_everybody(members: u32) -> Builder {
    Simulator::builder().with_group(Group::new("g1", "R&D").members(ids(0..members)))
}

#[test]
fn a_fifth_of_requests_fails() {
    // The request is lost, the response is lost, or a gateway responds instead.
    let kinds =
        [FaultKind::Drop { acted: false }, FaultKind::Drop { acted: true }, FaultKind::BadGateway { acted: false }];
    let builder = kinds
        .into_iter()
        .fold(of_everybody(1000), |builder, kind| builder.with_fault(Fault::new(kind).share(1.0 / 15.0)));
    let service = Service::start(builder.fault_seed(7));
    let people = list("fifth", 100..1100);
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes", "-o", "json"];
    let wanted: BTreeSet<_> = ids(100..1100).into_iter().collect();
    let ran = service.run(&apply).exits(0);
    assert_eq!((&ran.json()["removed"], &ran.json()["unchanged"]), (&100.into(), &900.into()));
    assert_eq!(service.members(), wanted);
    assert!(removed(&service).is_disjoint(&wanted));
    assert!(service.simulator.requests().iter().any(|request| request.fault.is_some()));
}

/// Killed at each request of a run in turn, before or after the service acted on it, and then run again.
#[test]
fn killed_at_each_request_and_run_again() {
    let people = list("killed", 120..270);
    let apply = ["sync", "apply", "g1", "--file", &people, "--max-removals", "100%", "--yes"];
    let wanted: BTreeSet<_> = ids(120..270).into_iter().collect();
    for is_served in [false, true] {
        // Two pages, two batches to add, a check of the plan, two batches to remove.
        let mut kills = 0;
        loop {
            let (service, was_killed) = killed_at(kills + 1, is_served, of_everybody(150), &apply);
            assert_eq!(service.members(), wanted, "killed at request {}", kills + 1);
            assert!(removed(&service).is_disjoint(&wanted), "killed at request {}", kills + 1);
            if !was_killed {
                break;
            }
            kills += 1;
        }
        assert!(kills >= 7, "{kills} requests");
    }
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
    ran.says("somebody else changed the group").says("members added: 1, removed: 0").says("1 not attempted");
    let expected: BTreeSet<_> = ids((0..10).chain([20])).into_iter().collect();
    assert_eq!(service.members(), expected);
}

/// A file whose new people are all rejected may be a wrong one, so its removals are not trusted either.
#[test]
fn failed_additions_stop_removals() {
    let service = Service::with_members(0..8);
    let people = list("none_added", (1..8).chain([99]));
    let ran = service.run(&["sync", "apply", "g1", "--file", &people, "--yes", "-o", "json"]).exits(5);
    let report = ran.json();
    assert_eq!((&report["failed"], &report["not_attempted"], &report["removed"]), (&1.into(), &1.into(), &0.into()));
    ran.says("stopped: nobody was removed: none of the additions succeeded (planned: 1)");
    assert!(removed(&service).is_empty());
    assert_eq!(service.members(), ids(0..8).into_iter().collect());
}

#[test]
fn one_failed_addition_leaves_removals() {
    let service = Service::with_members(0..8);
    let people = list("one_added", (1..8).chain([20, 99]));
    let ran = service.run(&["sync", "apply", "g1", "--file", &people, "--yes", "-o", "json"]).exits(1);
    assert_eq!((&ran.json()["failed"], &ran.json()["removed"]), (&1.into(), &1.into()));
    assert_eq!(service.members(), ids((1..8).chain([20])).into_iter().collect());
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

/// After a batch was rejected for one member, each person is sent alone; what stops batches stops these as well.
#[test]
fn people_sent_alone_stop_like_batches() {
    let member = r#"{"code":41050,"msg":"no user authority error"}"#;
    for (code, sent, exit) in [(99991672, 2, 3), (99999999, 4, 2), (41050, 91, 3)] {
        let mut service = Service::with_members(0..2);
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        service.url = proxy::instead(&service.url, move |request| {
            request.contains("/member/batch_add").then(|| match counted.fetch_add(1, Ordering::Relaxed) {
                0 => ("400 Bad Request", member.to_owned()),
                _ => ("400 Bad Request", format!(r#"{{"code":{code},"msg":"rejected"}}"#)),
            })
        });
        let people = list("alone", 5..95);
        let ran = service.run(&["member", "add", "g1", "--file", &people, "--yes", "-o", "json"]);
        assert_eq!(requests.load(Ordering::Relaxed), sent, "{code}: {}", ran.err);
        let report = ran.json();
        let left = report["failed"].as_u64().unwrap() + report["not_attempted"].as_u64().unwrap();
        assert_eq!((left, report["stopped"].is_null()), (90, code == 41050), "{report}");
        if code != 41050 {
            ran.exits(exit);
        }
    }
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

/// The service may have added everybody: that is more than "try again later".
#[test]
fn additions_without_result_are_partial() {
    let mut service = Service::start(of_everybody(0));
    service.url = proxy::instead(&service.url, |request| {
        request.contains("/member/batch_add").then(|| ("200 OK", "<html>login</html>".to_owned()))
    });
    let people = list("no_result", 0..250);
    let ran =
        service.run(&["member", "add", "g1", "--file", &people, "--yes", "-o", "json"]).exits(1).says("stopped: ");
    assert_eq!(ran.json()["unknown"], 250);
}

//! `performance write`: it replaces everybody, after a question.

use crate::support::{Service, file, list, tenant};
use feishu_user_groups::simulator::{Fault, FaultKind};

#[test]
fn replaces_after_a_confirmation() {
    let service = Service::start(tenant());
    let people = list("performance", 0..3);
    let write = ["performance", "write", "ABCDEFG", "--file", &people];
    service.run(&write).exits(5).says("REPLACES all members of the performance group ABCDEFG with 3 people");
    let dry = service.run(&[&write[..], &["--dry-run", "-o", "json"]].concat()).exits(0).json();
    assert_eq!(dry[0]["body"]["user_ids"][2], "ou_p2");
    assert!(dry[0]["path"].as_str().unwrap().ends_with("?user_id_type=open_id"), "{dry}");
    assert_eq!(service.simulator.performance_members("ABCDEFG").unwrap().len(), 0);
    service.run(&[&write[..], &["--yes"]].concat()).exits(0).says("ABCDEFG: 3 written");
    assert_eq!(service.simulator.performance_members("ABCDEFG").unwrap().len(), 3);
}

#[test]
fn nobody_is_refused() {
    let service = Service::start(tenant());
    let write = ["performance", "write", "ABCDEFG", "--file", &file("none.csv", "open_id\n"), "--yes"];
    service.run(&write).exits(5).says("names nobody");
}

#[test]
fn manual_group_rejected() {
    let service = Service::start(tenant());
    service.run(&["performance", "write", "MANUAL", "--file", &list("manual", 0..2), "--yes"]).exits(2).says("1580401");
}

#[test]
fn nobody_found_is_refused() {
    let service = Service::start(tenant().with_performance_group("ABCDEFG"));
    let people = file("nobody_found.csv", "email\nx@example.com\n");
    let write = ["performance", "write", "ABCDEFG", "--file", &people, "--skip-unknown", "--yes"];
    service.run(&write).exits(5).says("nobody of the file was found").says("Nothing was changed");
    let writes = service.simulator.requests().into_iter().filter(|request| request.path.contains("performance"));
    assert_eq!(writes.count(), 0);
}

/// The response of the first attempt is lost, and the service rejects the second as a repeat.
#[test]
fn lost_response_makes_everybody_unknown() {
    let lost = Fault::new(FaultKind::Drop { acted: true }).operation("write_performance_group_members").times(1);
    let service = Service::start(tenant().with_fault(lost));
    let people = list("lost", 0..3);
    let write = ["performance", "write", "ABCDEFG", "--file", &people, "--yes", "-o", "json"];
    let ran = service.run(&write).exits(1);
    assert_eq!((&ran.json()["unknown"], &ran.json()["ok"]), (&3.into(), &false.into()));
    assert_eq!(service.simulator.performance_members("ABCDEFG").unwrap().len(), 3);
}

#[test]
fn unknown_employee_has_code_and_advice() {
    let service = Service::start(tenant());
    let people = file("employee", "ou_p1\nou_nobody\n");
    let write = ["performance", "write", "ABCDEFG", "--file", &people, "--yes", "-o", "json"];
    let report = service.run(&write).exits(1).json();
    let failed = report["people"].as_array().unwrap().iter().find(|person| person["outcome"] == "failed").unwrap();
    assert_eq!((&failed["id"], &failed["code"]), (&"ou_nobody".into(), &1.into()));
    assert!(failed["advice"].as_str().unwrap().contains("no such employee"), "{failed}");
}

//! `performance write`: it replaces everybody, after a question.

use crate::support::{Service, file, list, tenant};

#[test]
fn replaces_after_a_confirmation() {
    let service = Service::start(tenant());
    let people = list("performance", 0..3);
    let write = ["performance", "write", "ABCDEFG", "--file", &people];
    service.run(&write).exits(5).says("REPLACES all members of the performance group ABCDEFG by 3 people");
    let dry = service.run(&[&write[..], &["--dry-run", "-o", "json"]].concat()).exits(0).json();
    assert_eq!(dry[0]["body"]["user_ids"][2], "ou_p2");
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

//! Ten thousand people while a fifth of all requests fail.

use crate::support::{Service, ids, list};
use crate::{removed, seed, tenant};
use feishu_user_groups::simulator::{Fault, FaultKind};
use std::collections::BTreeSet;
use std::time::Instant;

/// The request is lost, the response is lost, or a gateway responds instead: each to a fifteenth of all requests. A request
/// meets a fault only if it met none of those before, so their shares grow.
fn faults() -> [Fault; 3] {
    [
        Fault::new(FaultKind::Drop { acted: false }).share(1.0 / 15.0),
        Fault::new(FaultKind::Drop { acted: true }).share(1.0 / 14.0),
        Fault::new(FaultKind::BadGateway { acted: false }).share(1.0 / 13.0),
    ]
}

#[test]
#[ignore = "takes a minute; `cargo xtask sync-figures` runs it"]
fn faults_in_a_fifth_of_requests() {
    let people = list("figures_fifth", 1_000..11_000);
    let wanted: BTreeSet<_> = ids(1_000..11_000).into_iter().collect();
    let builder = faults().into_iter().fold(tenant(11_000, 10_000), |builder, fault| builder.with_fault(fault));
    let service = Service::start(builder.fault_seed(seed()));
    let begun = Instant::now();
    let ran = service.run(&["sync", "apply", "g1", "--file", &people, "--yes", "-o", "json"]);
    let seconds = begun.elapsed().as_secs_f64();
    let (report, members) = (ran.json(), service.members());
    let is_open = |outcome: &str| ["failed", "unknown", "not_attempted"].contains(&outcome);
    let entries = report["people"].as_array().unwrap().iter();
    let open = entries.filter(|entry| is_open(entry["outcome"].as_str().unwrap()));
    let left: BTreeSet<String> = open.map(|entry| entry["id"].as_str().unwrap().to_owned()).collect();
    let wrong: BTreeSet<String> = wanted.symmetric_difference(&members).cloned().collect();
    let unreported = wrong.difference(&left).count();
    assert_eq!(unreported, 0, "people who are wrong and not in the report");
    assert_eq!(ran.code == 0, left.is_empty(), "{}", ran.err);
    assert!(removed(&service).is_disjoint(&wanted));
    let requests = service.simulator.requests();
    let failed = requests.iter().filter(|request| request.fault.is_some()).count();
    println!(
        "faults: 10,000 people into a group of 10,000, 1,000 of them new; {failed} of {} requests failed: exit code {}, {} \
         added, {} already there, {} removed, {} left, {} wrong; {seconds:.0} s",
        requests.len(),
        ran.code,
        report["added"],
        report["already_there"],
        report["removed"],
        left.len(),
        wrong.len(),
    );
}

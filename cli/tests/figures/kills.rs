//! Fifty kills, each followed by the same command again.
//!
//! Most of a run's time is reading, and its changes take milliseconds: kills at random times alone would hardly ever meet
//! one. So a third of the kills come at a random time, a third while the command waits for the response to a random request,
//! and a third while it waits for that to a random removal. The service has acted on such a request or not, at random.

use crate::support::{Service, ids, killed_during, list};
use crate::{removed, seed, tenant};
use feishu_user_groups::simulator::{Builder, RecordedRequest};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

const KILLS: usize = 50;

/// The SIGKILL of a shell's `kill -9`.
const SIGKILL: i32 = 9;

fn builder() -> Builder {
    tenant(11_000, 10_000)
}

fn is_addition(request: &RecordedRequest) -> bool {
    request.path.ends_with("/batch_add")
}

fn is_removal(request: &RecordedRequest) -> bool {
    request.path.ends_with("/batch_remove")
}

/// Random numbers that a seed decides: Knuth's generator, of which the upper bits are used.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// From 1 to this number.
    fn up_to(&mut self, most: usize) -> u64 {
        u64::from(self.next()) % most as u64 + 1
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        f64::from(self.next()) / f64::from(u32::MAX)
    }
}

/// The service after a run that was killed at this time; `None` if it ended before.
fn killed_after(time: Duration, apply: &[&str]) -> Option<Service> {
    let service = Service::start(builder());
    let mut child = service.command(apply).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(time);
    // Fails if the run has ended.
    let _ = child.kill();
    (child.wait().unwrap().signal() == Some(SIGKILL)).then_some(service)
}

/// The service after a run that was killed while it waited for the response to this request; `None` if it ended before.
fn killed_at(counts: fn(&RecordedRequest) -> bool, number: u64, is_served: bool, apply: &[&str]) -> Option<Service> {
    let (service, was_killed) = killed_during(counts, number, is_served, builder(), apply);
    was_killed.then_some(service)
}

#[test]
#[ignore = "takes ten minutes; `cargo xtask sync-figures` runs it"]
fn kills_at_fifty_random_moments() {
    let people = list("figures_killed", 1_000..11_000);
    let apply = ["sync", "apply", "g1", "--file", &people, "--yes"];
    let wanted: BTreeSet<_> = ids(1_000..11_000).into_iter().collect();
    let undisturbed = Service::start(builder());
    let begun = Instant::now();
    undisturbed.run(&apply).exits(0);
    let (whole, requests) = (begun.elapsed(), undisturbed.simulator.requests());
    let removals = requests.iter().filter(|request| is_removal(request)).count();
    let (mut numbers, mut killed, mut ended, mut stages) = (Numbers(seed()), 0, 0, [0; 3]);
    while killed < KILLS {
        let (share, is_served) = (numbers.share(), numbers.next() % 2 == 0);
        let service = match killed % 3 {
            0 => killed_after(whole.mul_f64(share), &apply),
            1 => killed_at(|_| true, numbers.up_to(requests.len()), is_served, &apply),
            _ => killed_at(is_removal, numbers.up_to(removals), is_served, &apply),
        };
        let Some(service) = service else {
            ended += 1;
            continue;
        };
        killed += 1;
        let before = service.simulator.requests();
        let stage = match () {
            () if before.iter().any(is_removal) => 2,
            () if before.iter().any(is_addition) => 1,
            () => 0,
        };
        stages[stage] += 1;
        service.run(&apply).exits(0);
        assert_eq!(service.members(), wanted, "after kill {killed}");
        assert!(removed(&service).is_disjoint(&wanted), "after kill {killed}");
    }
    let [reading, additions, removing] = stages;
    println!(
        "kills: SIGKILL at {KILLS} random moments of a run of {} requests and {:.1} s, and the command again: the wanted members \
         each time, nobody removed who should stay; {reading} kills before the first change, {additions} from the first \
         addition on, {removing} from the first removal on; {ended} runs ended before their kill and do not count",
        requests.len(),
        whole.as_secs_f64(),
    );
}

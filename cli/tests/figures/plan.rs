//! The plan of a hundred thousand people: CPU time and memory of the command.

use crate::support::{Service, list};
use crate::tenant;
use serde_json::Value;
use std::io::Read;
use std::process::{Child, Stdio};
use std::thread::{self, sleep};
use std::time::Duration;

/// Bytes that the command may have in memory at once.
const MAX_BYTES: u64 = 150_000_000;

/// CPU time that planning may take besides reading the members.
const MAX_PLANNING: Duration = Duration::from_millis(500);

/// What the plan itself takes is what remains without the time of reading the same members, which `member list` does alone.
#[test]
#[ignore = "takes a minute; `cargo xtask sync-figures` runs it"]
fn plan_of_a_hundred_thousand() {
    let service = Service::start(tenant(125_000, 100_000));
    let people = list("figures_plan", 25_000..125_000);
    let (listed, ..) = measured_run(&service, &["member", "list", "g1", "-o", "json"]);
    let (whole, peak, out) = measured_run(&service, &["sync", "plan", "g1", "--file", &people, "-o", "json"]);
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&plan["add"], &plan["remove"], &plan["keep"]), (&25_000.into(), &25_000.into(), &75_000.into()));
    let planning = whole.saturating_sub(listed);
    println!(
        "plan: 100,000 people against 100,000 members: {:.2} s of CPU and {:.0} MB for the whole command, of which reading the \
         members takes {:.2} s",
        whole.as_secs_f64(),
        peak as f64 / 1e6,
        listed.as_secs_f64(),
    );
    assert!(peak < MAX_BYTES && planning < MAX_PLANNING, "{peak} bytes, {planning:?}");
}

/// Runs the command, and returns its CPU time, its most memory, and what it printed.
fn measured_run(service: &Service, args: &[&str]) -> (Duration, u64, String) {
    let mut child = service.command(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // The command waits if nobody reads what it prints.
    let (mut out, mut text) = (child.stdout.take().unwrap(), String::new());
    let reader = thread::spawn(move || out.read_to_string(&mut text).map(|_| text));
    let (cpu, peak) = measured(&child);
    assert!(child.wait().unwrap().success());
    (cpu, peak, reader.join().unwrap().unwrap())
}

/// CPU time and the most memory of a process, until it ends.
fn measured(child: &Child) -> (Duration, u64) {
    let folder = format!("/proc/{}", child.id());
    let mut peak = 0;
    loop {
        let status = std::fs::read_to_string(format!("{folder}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // A process that has ended has no memory any more, but still its times.
        let Some(kilobytes) = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()) else {
            break;
        };
        peak = peak.max(kilobytes * 1024);
        sleep(Duration::from_millis(5));
    }
    let stat = std::fs::read_to_string(format!("{folder}/stat")).unwrap();
    // The name, in parentheses, may have spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    (Duration::from_millis(ticks * 10), peak)
}

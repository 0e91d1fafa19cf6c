//! What a terminal shows while a response is awaited; nothing shows it elsewhere.

use crate::support::{Service, file, ids, list, on_a_terminal, tenant};
use feishu_user_groups::simulator::{Builder, Fault, FaultKind, Group, RecordedRequest, Simulator};
use std::io::{Read, Write};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What clears a line of a terminal.
const CLEAR: &str = "\x1b[2K";

/// A service that has this fault for one request: the one after `before` others that `counts` selects.
fn with_fault(builder: Builder, kind: FaultKind, before: usize, counts: fn(&RecordedRequest) -> bool) -> Service {
    let seen = AtomicUsize::new(0);
    let fault = Fault::new(kind).when(move |request| counts(request) && seen.fetch_add(1, Ordering::Relaxed) == before);
    Service::start(builder.with_fault(fault))
}

fn two_groups() -> Builder {
    let groups = [Group::new("g1", "R&D").members(ids(0..50)), Group::new("g2", "Staff").members(ids(0..1350))];
    groups.into_iter().fold(Simulator::builder(), Builder::with_group)
}

fn is_page_of_staff(request: &RecordedRequest) -> bool {
    request.path.contains("/g2/member/simplelist")
}

/// The terminal until it shows this text, and after an interruption then; the exit code must be that of one.
fn interrupted_at(service: &Service, line: &str, text: &str) -> (String, String) {
    let mut command = on_a_terminal(service, line);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut shown, mut byte) = (Vec::new(), [0]);
    while !shown.ends_with(text.as_bytes()) {
        let count = screen.read(&mut byte).unwrap();
        assert!(count == 1, "{line}: {text:?} is not in:\n{}", String::from_utf8_lossy(&shown));
        shown.push(byte[0]);
    }
    keyboard.write_all(b"\x03").unwrap();
    let mut rest = String::new();
    screen.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    (String::from_utf8(shown).unwrap(), rest)
}

#[test]
fn members_counted_while_they_are_read() {
    let people = list("progress", 0..1350);
    let manifest = file("progress.yaml", "groups: [{ name: Staff, users: [ou_p1] }]");
    let lines = [
        "member list g2".to_owned(),
        "dump".to_owned(),
        "group delete g2 --drain".to_owned(),
        format!("sync plan g2 --file {people}"),
        format!("sync plan --manifest {manifest}"),
    ];
    for line in lines {
        let service = with_fault(two_groups(), FaultKind::Stall { acted: false }, 12, is_page_of_staff);
        let (_, rest) = interrupted_at(&service, &line, "reading members of g2: 1,200");
        // The message stands in a line of its own.
        let message = rest.find("interrupted. Nothing was changed.").unwrap();
        assert!(rest[..message].ends_with(CLEAR), "{line}: {rest:?}");
    }
}

/// Members are read again before the first removal, be it one of a few; the bar is that of the changes then.
#[test]
fn members_counted_before_removals() {
    let people = list("progress-again", 1..1350);
    let service = with_fault(two_groups(), FaultKind::Stall { acted: false }, 14 + 3, is_page_of_staff);
    let line = format!("sync apply g2 --file {people} --yes");
    interrupted_at(&service, &line, "reading members of g2: 300 ░");
}

#[test]
fn people_counted_while_they_are_looked_up() {
    let emails: String = (0..90).map(|number| format!("p{number}@example.com\n")).collect();
    let people = file("progress-emails.csv", &format!("email\n{emails}"));
    let builder = tenant().with_group(Group::new("g1", "R&D"));
    let stall = FaultKind::Stall { acted: false };
    let service = with_fault(builder, stall, 1, |request| request.path.ends_with("/batch_get_id"));
    let (shown, _) = interrupted_at(&service, &format!("sync plan g1 --file {people}"), " 50/90");
    assert!(shown.contains("looking up"), "{shown}");
}

#[test]
fn slow_checks_are_shown() {
    let stall = FaultKind::Stall { acted: false };
    let service = with_fault(two_groups(), stall, 0, |request| request.path.ends_with("/batch_get_id"));
    interrupted_at(&service, "doctor", "checking");
    let service = with_fault(two_groups(), stall, 0, |request| request.path.ends_with("/g2/member/simplelist"));
    interrupted_at(&service, "doctor", "reading members of g2: 0");

    let service =
        with_fault(tenant().with_group(Group::new("g1", "R&D")), stall, 0, |request| request.method == "DELETE");
    interrupted_at(&service, "group delete g1 --yes", "deleting");
}

#[test]
fn nothing_left_after_slow_responses() {
    let slow = || with_fault(two_groups(), FaultKind::Slow(Duration::from_millis(900)), 12, is_page_of_staff);
    let output = on_a_terminal(&slow(), "member list g2 -o jsonl").output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let (progress, listing) = shown.split_once('{').unwrap();
    assert!(progress.contains("reading members of g2: 1,200") && progress.ends_with(CLEAR), "{progress:?}");
    assert_eq!(listing.lines().count(), 1350);

    let log = file("progress.log", "");
    let output = on_a_terminal(&slow(), &format!("member list g2 -o jsonl 2>{log}")).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with('{'), "{shown}");
    assert_eq!(std::fs::read_to_string(log).unwrap(), "");
}

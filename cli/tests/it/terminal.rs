//! Questions on a terminal, and an interruption there.

use crate::support::{Ran, Service, file, on_a_terminal};
use feishu_user_groups::simulator::APP_SECRET;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// Waits for the question, types this, and returns what the terminal showed after that, with the exit code.
fn reply(service: &Service, line: &str, keys: &[u8]) -> (i32, String) {
    reply_to(on_a_terminal(service, line), b"[y/N] ", keys)
}

fn reply_to(mut command: Command, question: &[u8], keys: &[u8]) -> (i32, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut shown, mut byte) = (Vec::new(), [0]);
    while !shown.ends_with(question) && screen.read(&mut byte).unwrap() == 1 {
        shown.push(byte[0]);
    }
    keyboard.write_all(keys).unwrap();
    let mut rest = String::new();
    screen.read_to_string(&mut rest).unwrap();
    (child.wait().unwrap().code().unwrap(), rest)
}

#[test]
fn question_waits_for_a_yes() {
    let service = Service::with_members(0..3);
    let (code, shown) = reply(&service, "member remove g1 ou_p0", b"n\n");
    assert!(code == 5 && shown.contains("not confirmed"), "{code}: {shown}");
    assert_eq!(service.members().len(), 3);
    let (code, shown) = reply(&service, "member remove g1 ou_p0", b"y\n");
    assert!(code == 0 && shown.contains("1 removed"), "{code}: {shown}");
}

#[test]
fn interruption_ends_a_question() {
    let service = Service::with_members(0..3);
    for line in ["member remove g1 ou_p0", "group delete g1 --drain"] {
        let (code, shown) = reply(&service, line, b"\x03");
        assert!(code == 130 && shown.contains("interrupted. Nothing was changed."), "{code}: {shown}");
    }
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn question_that_nobody_sees_is_not_asked() {
    let service = Service::with_members(0..3);
    let log = file("question.log", "");
    let output = on_a_terminal(&service, &format!("member remove g1 ou_p0 2>{log}")).output().unwrap();
    Ran::of(output).exits(5);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("add --yes to confirm it"), "{log}");
    assert_eq!(service.members().len(), 3);
}

#[test]
fn secret_typed_without_echo() {
    let service = Service::with_members(0..3);
    let type_keys = |keys: &str| {
        let mut command = on_a_terminal(&service, "group list");
        command.env_remove("FEISHU_APP_SECRET");
        reply_to(command, b"App secret: ", keys.as_bytes())
    };
    let (code, shown) = type_keys(&format!("{APP_SECRET}\n"));
    assert!(code == 0 && shown.contains("R&D") && !shown.contains(APP_SECRET), "{code}: {shown}");
    assert_eq!(type_keys("\x03").0, 130);
}

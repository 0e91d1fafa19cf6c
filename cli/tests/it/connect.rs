//! Credentials: where they come from, and that they stay secret.

use crate::support::{Ran, Service, bare, file, proxy};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET};

fn run(args: &[&str]) -> Ran {
    Ran::of(bare(args).output().unwrap())
}

#[test]
fn missing_credentials_named() {
    run(&["group", "list"]).exits(3).says("FEISHU_APP_ID").says("--simulator");
    run(&["group", "list", "--app-id", "cli_1"]).exits(3).says("FEISHU_APP_SECRET").says("--app-secret-file");
}

#[test]
fn secret_read_from_file() {
    let service = Service::with_members(0..3);
    let secret = file("secret", &format!("{APP_SECRET}\n"));
    let args = ["group", "list", "--base-url", &service.url, "--app-id", APP_ID, "--app-secret-file", &secret];
    let ran = run(&args).exits(0);
    assert!(ran.out.contains("R&D"));
    let empty = file("empty_secret", "\n");
    run(&["group", "list", "--app-id", APP_ID, "--app-secret-file", &empty]).exits(3).says("is empty");
}

#[test]
fn wrong_secret_not_shown() {
    let service = Service::with_members(0..3);
    let ran = Ran::of(service.command(&["group", "list"]).env("FEISHU_APP_SECRET", "hush-hush").output().unwrap());
    let ran = ran.exits(3);
    assert!(!ran.err.contains("hush") && !ran.out.contains("hush"), "{ran:?}");
}

#[test]
fn unreachable_service_is_not_bad_input() {
    // A port that was free a moment ago has no listener.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = bare(&["group", "list", "--base-url", &format!("http://{free}"), "--max-attempts", "1"]);
    command.env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
    Ran::of(command.output().unwrap()).exits(4);
}

#[test]
fn missing_scope_named() {
    let service = Service::start(crate::support::tenant().without_scope("contact:group:readonly"));
    service.run(&["group", "list"]).exits(3).says("contact:group:readonly").says("log id");
}

#[test]
fn plain_http_elsewhere_rejected() {
    let mut command = bare(&["group", "list", "--base-url", "http://example.com"]);
    command.env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
    Ran::of(command.output().unwrap()).exits(2).says("http");
}

/// A code says whether a person has to act, or a repeat helps.
#[test]
fn exit_code_follows_the_services_code() {
    for (code, exit) in [(99991403, 3), (99991672, 3), (42002, 2), (99999999, 2)] {
        let mut service = Service::with_members(0..1);
        service.url = proxy::instead(&service.url, move |request| {
            let body = format!(r#"{{"code":{code},"msg":"rejected"}}"#);
            request.starts_with("GET ").then_some(("400 Bad Request", body))
        });
        service.run(&["group", "get", "g1"]).exits(exit).says(&code.to_string());
    }
}

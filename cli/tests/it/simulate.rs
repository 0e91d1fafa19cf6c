//! `simulate`: one service for several commands, until it is interrupted.

use crate::support::{Ran, bare, file};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[cfg(unix)]
#[test]
fn commands_share_it_until_interrupted() {
    let mut service = bare(&["simulate", "--seed", "5"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let variables: Vec<(&str, &str)> =
        line.trim().trim_start_matches("export ").split(' ').map(|part| part.split_once('=').unwrap()).collect();
    let run = |args: &[&str]| Ran::of(bare(args).envs(variables.iter().copied()).output().unwrap()).exits(0);
    run(&["group", "create", "New", "--id", "new", "--yes"]);
    assert!(run(&["group", "list", "-o", "csv"]).out.contains("\nnew,,New,normal,0,0,"));

    let id = service.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(service.wait().unwrap().code(), Some(130));
}

/// A service that a test ends.
struct Started(std::process::Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn seed_file_faults_and_log() {
    let seed = "apps: [{ id: cli_a, secret: s }]\ngroups: [{ id: g1, name: Design, members: [ou_1] }]";
    let seed = file("seed.yaml", seed);
    let args = ["simulate", "--seed", &seed, "--fault", "list_user_groups:bad-gateway:1", "--log"];
    let mut service = Started(bare(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(service.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let variables: Vec<(&str, &str)> =
        line.trim().trim_start_matches("export ").split(' ').map(|part| part.split_once('=').unwrap()).collect();
    let run = bare(&["group", "list", "-o", "csv"]).envs(variables.iter().copied()).output().unwrap();
    assert!(Ran::of(run).exits(0).out.contains("\ng1,,Design,normal,1,0,"));

    service.0.kill().unwrap();
    let log: Vec<_> = BufReader::new(service.0.stderr.take().unwrap()).lines().map(Result::unwrap).collect();
    let path = "/open-apis/contact/v3/group/simplelist list_user_groups";
    assert_eq!(log[1], format!("GET {path} 502 fault bad-gateway"));
    assert_eq!(log[2], format!("GET {path} 200 code 0"));
}

#[test]
fn wrong_options_name_the_reason() {
    let seed = file("wrong-seed.yaml", "groups:\n  - id: g1\n");
    let run = |args: &[&str]| Ran::of(bare(args).output().unwrap()).exits(2);
    run(&["simulate", "--seed", &seed]).says("wrong-seed.yaml: line 2: groups[0].name: missing");
    run(&["simulate", "--seed", "/nowhere.yaml"]).says("/nowhere.yaml cannot be read");
    run(&["simulate", "--fault", "get_user_group:bad"]).says("kind: there is no kind `bad`");
    run(&["simulate", "--fault", "get_group:drop"]).says("operation: there is no operation `get_group`");
}

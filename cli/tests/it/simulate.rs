//! `simulate`: one service for several commands, until it is interrupted.

use crate::support::{Ran, bare};
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

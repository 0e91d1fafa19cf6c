//! Every form of output, from the offline service inside the command.

use crate::support::{Ran, Service, bare, file, ids, list};
use serde_json::Value;

fn run(form: &str, words: &[&str]) -> String {
    let args: Vec<&str> = ["--simulator=3", "--output", form].into_iter().chain(words.iter().copied()).collect();
    Ran::of(bare(&args).output().unwrap()).exits(0).out
}

#[test]
fn five_forms_of_one_listing() {
    let words = ["group", "list"];
    let json: Value = serde_json::from_str(&run("json", &words)).unwrap();
    let groups = json.as_array().unwrap();
    assert_eq!(
        groups.iter().map(|group| group["id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["design", "legal", "support", "oncall", "staff"]
    );
    assert_eq!(groups[4]["type"], "dynamic");
    assert_eq!(groups[1]["departments"], 1);
    let lines: Vec<Value> = run("jsonl", &words).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&lines, groups);
    let csv = run("csv", &words);
    assert!(csv.starts_with("id,custom_id,name,type,users,departments,description\ndesign,"), "{csv}");
    assert_eq!(csv.lines().count(), 6);
    let yaml = run("yaml", &words);
    assert!(yaml.starts_with("- id: design\n  custom_id: null\n  name: Design\n"), "{yaml}");
    let table = run("table", &words);
    assert!(table.contains("DESCRIPTION") && table.contains("Designs the product"), "{table}");
    assert!(table.lines().all(|line| line.trim_end() == line), "{table}");
}

#[test]
fn seeds_repeat() {
    let of = |seed: &str| {
        let seed = format!("--simulator={seed}");
        Ran::of(bare(&[&seed, "member", "list", "design", "-o", "csv"]).output().unwrap()).exits(0).out
    };
    assert_eq!(of("3"), of("3"));
    assert_ne!(of("3"), of("4"));
}

#[test]
fn one_group_is_an_object() {
    let json: Value = serde_json::from_str(&run("json", &["group", "get", "staff"])).unwrap();
    assert_eq!((&json["name"], &json["type"], &json["users"]), (&"Staff".into(), &"dynamic".into(), &63.into()));
}

#[test]
fn type_filter() {
    let csv = run("csv", &["group", "list", "--type", "dynamic"]);
    assert_eq!(csv.lines().count(), 2, "{csv}");
}

#[test]
fn reader_that_closes_is_no_failure() {
    for form in ["table", "json", "jsonl", "csv", "yaml"] {
        let service = Service::with_members(0..2);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        // More than a buffer holds.
        let rows: String = ids(10..90).into_iter().map(|id| format!("{id},{}\n", "x".repeat(400))).collect();
        let people = file("closed.csv", &format!("open_id,note\n{rows}"));
        let mut add = service.command(&["member", "add", "g1", "--file", &people, "--yes", "-o", form]);
        Ran::of(add.stdout(writer).output().unwrap()).exits(0).says("g1: 80 added");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn lost_output_after_a_change_is_partial() {
    let full = || std::fs::File::create("/dev/full").unwrap();
    for form in ["table", "json", "jsonl", "csv", "yaml"] {
        let service = Service::with_members(0..2);
        let mut add = service.command(&["member", "add", "g1", "ou_p5", "--yes", "-o", form]);
        Ran::of(add.stdout(full()).output().unwrap()).exits(1).says("g1: 1 added").says("cannot be written");
        let mut create = service.command(&["group", "create", "new", "--yes", "-o", form]);
        Ran::of(create.stdout(full()).output().unwrap()).exits(1).says("cannot be written");
    }
}

#[test]
fn report_that_cannot_be_written_changes_nothing() {
    let service = Service::with_members(0..2);
    let people = list("unwritable", 0..3);
    for words in [
        &["member", "add", "g1", "ou_p5"][..],
        &["sync", "apply", "g1", "--file", &people],
        &["performance", "write", "ABCDEFG", "--file", &people],
    ] {
        let ran = service.run(&[words, &["--yes", "--report", "/nowhere/report.json"]].concat()).exits(2);
        ran.says("/nowhere/report.json").says("Nothing was sent");
    }
    assert_eq!(service.simulator.requests().len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn lost_report_is_partial() {
    let service = Service::with_members(0..2);
    let add = ["member", "add", "g1", "ou_p5", "--yes", "--report", "/dev/full"];
    service.run(&add).exits(1).says("the report was not written to /dev/full");
    assert_eq!(service.members().len(), 3);
}

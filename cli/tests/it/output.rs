//! Every form of output, from the offline service inside the command.

use crate::support::{Ran, bare};
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
    assert!(table.contains("DESCRIPTION") && table.contains("Draws what others build"), "{table}");
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

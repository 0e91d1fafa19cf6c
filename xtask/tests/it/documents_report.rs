//! `documents report`: the measure that anyone can repeat on their own documents.

use clap::Parser;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::documents;

#[derive(Parser)]
struct Documents {
    #[command(flatten)]
    args: documents::Args,
}

fn report(folder: &Path, format: &str) -> String {
    let arguments = ["documents", "report", folder.to_str().unwrap(), "--format", format];
    let mut out = Vec::new();
    let _ = documents::run(Documents::try_parse_from(arguments).unwrap().args, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draft").join(name)).unwrap()
}

/// A folder with a good page, one whose example does not fit, one without an address, and one of no family.
fn pages(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let good = fixture("list-departments.md");
    let odd = good
        .replace("directory/v2/departments", "directory/v2/units")
        .replace("\"has_more\": true", "\"has_more\": \"many\"");
    for (file, text) in
        [("a.md", good.as_str()), ("b.md", &odd), ("c.md", &fixture("silent.md")), ("d.md", "# Notes\n\nNo API.\n")]
    {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

#[test]
fn pages_counted_by_what_would_work() {
    let folder = pages("json");
    let report: Value = serde_json::from_str(&report(&folder, "json")).unwrap();
    let page = |index: usize| &report["pages"][index];
    assert_eq!(page(0)["operations"][0]["defects"], serde_json::json!([]), "{}", page(0));
    assert_eq!(page(0)["operations"][0]["round_trips"], 1);
    let defect = page(1)["operations"][0]["defects"][0].as_str().unwrap();
    assert!(defect.ends_with("`data.has_more` is \"many\", and the schema says boolean"), "{defect}");
    assert!(page(3)["unread"].as_str().unwrap().contains("no known family"));
    let totals = &report["totals"];
    assert_eq!(
        (&totals["pages"], &totals["unread"], &totals["working"]),
        (&4.into(), &1.into(), &1.into()),
        "{totals}"
    );
    assert!(totals["median_todos"].as_u64().unwrap() <= 3, "{totals}");
}

#[test]
fn report_for_people_and_as_a_page() {
    let folder = pages("texts");
    let human = report(&folder, "human");
    assert!(
        human.contains("pages read") && human.contains("3 of 4 (75.0 %)") && human.contains("no page was compiled"),
        "{human}"
    );
    let html = report(&folder, "html");
    assert!(html.contains("<td>list_departments</td>") || html.contains("as list_departments"), "{html}");
    assert!(!html.contains("<script"), "{html}");
}

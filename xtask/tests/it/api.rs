//! Changes of the public API are shown line by line.

use xtask::api::{changes, listing};

#[test]
fn changed_lines_stand_together() {
    let kept = "# head\npub fn a()\npub fn b(u8)\npub fn c()\n";
    let now = "# head\npub fn a()\npub fn b(u16)\npub fn d()\n";
    assert_eq!(changes(kept, now), ["+pub fn b(u16)", "-pub fn b(u8)", "-pub fn c()", "+pub fn d()"]);
}

#[test]
fn equal_listings_have_no_changes() {
    assert!(changes("a\nb\n", "a\nb\n").is_empty());
}

#[test]
fn json_of_another_rust_is_an_error_that_says_so() {
    let file = std::env::temp_dir().join(format!("rustdoc-{}.json", std::process::id()));
    std::fs::write(&file, r#"{"root":0,"index":{},"paths":{},"external_crates":{},"format_version":1}"#).unwrap();
    let error = format!("{:#}", listing(&file).unwrap_err());
    std::fs::remove_file(&file).unwrap();
    assert!(error.contains("it has to fit the Rust of CI"), "{error}");
}

//! Changes of the public API are shown line by line.

use xtask::api::changes;

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

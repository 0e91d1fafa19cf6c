//! A bar on standard error while people are looked up, added and removed; only on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// Starts a bar for this many people; fewer than one batch are done before anybody reads it.
pub fn bar(label: &'static str, people: usize) -> ProgressBar {
    if people < 100 {
        return ProgressBar::hidden();
    }
    // Standard error, and hidden if that is no terminal: both are the defaults.
    let bar = ProgressBar::new(people as u64).with_message(label);
    match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

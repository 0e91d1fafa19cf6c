//! A bar on standard error while people are looked up, added and removed; only on a terminal.

use feishu_groups::members::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Shows a bar for this many people while work is done that reports them.
pub async fn shown<T>(label: &'static str, people: usize, work: impl AsyncFnOnce(Progress<'_>) -> T) -> T {
    let bar = bar(label, people);
    let result = work(&mut |done| bar.inc(done as u64)).await;
    bar.finish_and_clear();
    result
}

/// A bar; fewer people than one batch are done before anybody reads it.
fn bar(label: &'static str, people: usize) -> ProgressBar {
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

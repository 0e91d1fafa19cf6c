//! A line on standard error while people are looked up, members are read, and checks or changes are made; only on a
//! terminal.
//!
//! It appears if the work takes longer than an eye notices, whatever is slow: many people or one response. It has no colours.
//! Other messages are written in its place, and it comes back below them.

use feishu_groups::members::{Progress, Step};
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// Work that ends before this shows nothing.
const DELAY: Duration = Duration::from_millis(300);

/// The time between two frames of the spinner.
const TICK: Duration = Duration::from_millis(100);

/// The line on the terminal.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Shows what is done of `total` people or groups, or only that work is done if the total is not known.
pub async fn shown<T>(label: &'static str, total: Option<usize>, work: impl AsyncFnOnce(Progress<'_>) -> T) -> T {
    let bar = bar(label, total);
    let mut on_step = |step: Step<'_>| match step {
        Step::Done(count) => {
            bar.set_message(label);
            bar.inc(count as u64);
        }
        Step::Read { group_id, members } => {
            // Ids come from the tenant, and a terminal obeys control characters.
            let group_id = group_id.replace(char::is_control, " ");
            bar.set_message(format!("reading members of {group_id}: {}", HumanCount(members as u64)));
        }
    };
    let mut work = pin!(work(&mut on_step));
    match timeout(DELAY, &mut work).await {
        Ok(result) => result,
        Err(_) => {
            appear(&bar);
            let result = work.await;
            lock().take();
            bar.finish_and_clear();
            result
        }
    }
}

/// Writes a message where the line is, if there is one.
pub fn aside<T>(write: impl FnOnce() -> T) -> T {
    match &*lock() {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// A line that is not shown yet.
fn bar(label: &'static str, total: Option<usize>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), ProgressDrawTarget::hidden());
    let template = if total.is_some() { "{spinner} {msg} {bar:30} {pos}/{len} {left}" } else { "{spinner} {msg}" };
    let bar = bar.with_message(label);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.with_key("left", left)),
        Err(_) => bar,
    }
}

/// The time that is left, which is not known before a first part is done.
fn left(state: &ProgressState, out: &mut dyn fmt::Write) {
    if state.pos() > 0 {
        // Writing to a buffer does not fail.
        let _ = write!(out, "{:#}", HumanDuration(state.eta()));
    }
}

fn appear(bar: &ProgressBar) {
    // This is hidden as well if standard error is no terminal.
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if !bar.is_hidden() {
        *lock() = Some(bar.clone());
        bar.enable_steady_tick(TICK);
    }
}

fn lock() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The question before a change.
//!
//! A script has nobody to ask, so a change needs `--yes` unless the question can be seen and read on a terminal. Nothing
//! is changed before a confirmation, so whether there was one tells what an interruption may have left.

use crate::args::Global;
use crate::failure::Failure;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether this process has a confirmation: it makes one change.
static IS_CONFIRMED: AtomicBool = AtomicBool::new(false);

/// Whether a change was confirmed, so that some of it may have been made.
pub fn is_confirmed() -> bool {
    IS_CONFIRMED.load(Ordering::Relaxed)
}

/// Returns if the change was confirmed, by `--yes` or on the terminal. `what` says what is going to happen, with figures.
pub fn confirm(global: &Global, what: &str) -> Result<(), Failure> {
    if global.yes {
        IS_CONFIRMED.store(true, Ordering::Relaxed);
        return Ok(());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Failure::refused(format!("{what}. Nothing was changed: add --yes to confirm it.")));
    }
    // A question that cannot be shown is not confirmed. No lock is held while it waits: an interruption has a message.
    let asked = write!(io::stderr(), "{what}. Go on? [y/N] ").and_then(|()| io::stderr().flush());
    let mut reply = String::new();
    let is_yes = asked.is_ok()
        && io::stdin().lock().read_line(&mut reply).is_ok()
        && ["y", "yes"].contains(&reply.trim().to_lowercase().as_str());
    if !is_yes {
        return Err(Failure::refused("not confirmed. Nothing was changed."));
    }
    IS_CONFIRMED.store(true, Ordering::Relaxed);
    Ok(())
}

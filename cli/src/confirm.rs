//! The question before a change.
//!
//! A script has nobody to ask, so without a terminal a change needs `--yes`: silence is no agreement.

use crate::args::Global;
use crate::failure::Failure;
use std::io::{self, BufRead, IsTerminal, Write};

/// Returns if the change was confirmed, by `--yes` or on the terminal. `what` says what is going to happen, with figures.
pub fn confirm(global: &Global, what: &str) -> Result<(), Failure> {
    if global.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::refused(format!("{what}. Nothing was changed: add --yes to confirm it.")));
    }
    let mut stderr = io::stderr().lock();
    // If the question cannot be shown, the answer is no.
    let asked = write!(stderr, "{what}. Go on? [y/N] ").and_then(|()| stderr.flush());
    let mut reply = String::new();
    let is_yes = asked.is_ok()
        && io::stdin().lock().read_line(&mut reply).is_ok()
        && ["y", "yes"].contains(&reply.trim().to_lowercase().as_str());
    if is_yes { Ok(()) } else { Err(Failure::refused("not confirmed. Nothing was changed.")) }
}

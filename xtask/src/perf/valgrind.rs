//! Counting with valgrind: instructions (callgrind) and allocations (dhat) of a whole process.

use anyhow::{Context, bail};
use std::process::Command;

/// Whether there is a valgrind at all.
pub fn version() -> anyhow::Result<()> {
    let found = Command::new("valgrind").arg("--version").output();
    found.map(drop).context("valgrind did not start; it is what counts instructions: install it (Debian: `valgrind`)")
}

/// What one call adds: n calls and 6n calls, counted.
pub fn per_call(times: usize, count: impl Fn(usize) -> anyhow::Result<u64>) -> anyhow::Result<u64> {
    let (few, many) = (count(times)?, count(6 * times)?);
    Ok(many.saturating_sub(few) / (5 * times as u64))
}

/// Instructions that a command executes.
pub fn instructions(command: Vec<String>) -> anyhow::Result<u64> {
    count("--tool=callgrind", &["--callgrind-out-file=/dev/null"], command, "Collected : ", "")
}

/// Blocks of memory that a command asks for.
pub fn allocations(command: Vec<String>) -> anyhow::Result<u64> {
    count("--tool=dhat", &["--dhat-out-file=/dev/null"], command, "Total: ", " in ")
}

/// Runs a command under a tool; the number stands in its report behind a word, and in that line behind another.
fn count(tool: &str, options: &[&str], command: Vec<String>, line: &str, word: &str) -> anyhow::Result<u64> {
    let shown = command.join(" ");
    let output = Command::new("valgrind").arg(tool).args(options).args(command).output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{shown}` failed under valgrind {tool}:\n{report}");
    }
    let rest = report.lines().find_map(|text| text.split_once(line).map(|(_, rest)| rest));
    let rest = rest.and_then(|rest| if word.is_empty() { Some(rest) } else { Some(rest.split_once(word)?.1) });
    let digits: Option<String> =
        rest.map(|rest| rest.chars().take_while(|c| *c != ' ').filter(char::is_ascii_digit).collect());
    digits.and_then(|digits| digits.parse().ok()).with_context(|| format!("valgrind {tool} told no count:\n{report}"))
}

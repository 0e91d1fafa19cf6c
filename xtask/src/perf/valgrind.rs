//! Counting with valgrind: instructions (callgrind) and allocations (dhat) of a whole process.

use anyhow::{Context, bail};
use std::process::Command;

/// One of valgrind's tools, and where its report holds the number that is wanted.
#[derive(Clone, Copy)]
pub struct Tool {
    name: &'static str,
    /// Where its full report would go.
    report: &'static str,
    /// What the number stands behind in what it prints.
    behind: &'static [&'static str],
}

/// Instructions executed.
pub const INSTRUCTIONS: Tool =
    Tool { name: "--tool=callgrind", report: "--callgrind-out-file=/dev/null", behind: &["Collected : "] };

/// Blocks of memory asked for.
pub const ALLOCATIONS: Tool =
    Tool { name: "--tool=dhat", report: "--dhat-out-file=/dev/null", behind: &["Total: ", " bytes in "] };

/// Whether there is a valgrind at all.
pub fn version() -> anyhow::Result<()> {
    let found = Command::new("valgrind").arg("--version").output();
    found.map(drop).context("valgrind did not start; it is what counts instructions: install it (Debian: `valgrind`)")
}

impl Tool {
    /// What one call adds: n calls and 6n calls, counted.
    pub fn per_call(self, times: usize, command: impl Fn(usize) -> Vec<String>) -> anyhow::Result<u64> {
        let (few, many) = (self.count(command(times))?, self.count(command(6 * times))?);
        Ok(many.saturating_sub(few) / (5 * times as u64))
    }

    fn count(self, command: Vec<String>) -> anyhow::Result<u64> {
        let Self { name, report, behind } = self;
        let shown = command.join(" ");
        let output = Command::new("valgrind").args([name, report]).args(command).output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("`{shown}` failed under valgrind {name}:\n{told}");
        }
        number(&told, behind).with_context(|| format!("valgrind {name} told no count:\n{told}"))
    }
}

/// The number behind these words, which follow one another: `1,234` is 1234.
fn number(told: &str, behind: &[&str]) -> Option<u64> {
    let rest = behind.iter().try_fold(told, |rest, words| Some(rest.split_once(words)?.1))?;
    let digits = rest.chars().take_while(|c| matches!(c, '0'..='9' | ',')).filter(char::is_ascii_digit);
    digits.collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valgrind_counts_are_parsed() {
        let callgrind =
            "==8905== Events    : Ir\n==8905== Collected : 347732197\n==8905== \n==8905== I   refs:      347,732,197\n";
        assert_eq!(number(callgrind, INSTRUCTIONS.behind), Some(347_732_197));
        let dhat = "==12== Total:     1,234,567 bytes in 8,901 blocks\n==12== At t-gmax: 98 bytes in 7 blocks\n";
        assert_eq!(number(dhat, ALLOCATIONS.behind), Some(8_901));
        assert_eq!(number("==12== killed", ALLOCATIONS.behind), None);
    }
}

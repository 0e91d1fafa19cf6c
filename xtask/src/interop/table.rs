//! The table at the end, and a line for each tool while the others run.

use super::Ended;
use std::io::{self, Write};

/// A tool and what it did.
pub(super) struct Row {
    pub name: String,
    pub ended: Ended,
    pub seconds: u64,
}

impl Row {
    /// One line, and one for each failure.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { name, ended: Ended { calls, failed }, seconds } = self;
        writeln!(out, "{name}: {calls} calls, {} failed, {seconds} s", failed.len())?;
        failed.iter().try_for_each(|failure| writeln!(out, "  {failure}"))?;
        out.flush()
    }
}

/// All tools, in Markdown.
pub(super) fn print(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n| tool | calls | failed | seconds |\n| --- | --- | --- | --- |")?;
    for Row { name, ended, seconds } in rows {
        writeln!(out, "| {name} | {} | {} | {seconds} |", ended.calls, ended.failed.len())?;
    }
    Ok(())
}

//! Findings in every output format: for people, for programs, and for GitHub, which shows
//! them at the changed lines.

mod github;
mod human;

pub use github::github;
pub use human::human;

use super::finding::Finding;
use serde::Serialize;
use std::io::{self, Write};

/// The message behind the operation that it is about.
fn message(finding: &Finding) -> String {
    match &finding.operation {
        Some(operation) => format!("{operation}: {}", finding.message),
        None => finding.message.clone(),
    }
}

/// All findings as one object.
pub fn json(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Report<'a> {
        findings: &'a [Finding],
        errors: usize,
    }
    serde_json::to_writer_pretty(&mut *out, &Report { findings, errors: findings.len() })?;
    writeln!(out)
}

//! The stable form for programs of one's own.

use super::super::finding::Finding;
use serde::Serialize;
use std::io::{self, Write};

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

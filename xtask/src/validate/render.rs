//! Findings as people read them, and as programs do.

use super::finding::Finding;
use serde::Serialize;
use std::io::{self, Write};

/// One block per finding, as rustc writes them, and their number.
pub fn human(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        let Finding { rule, operation, message, spec, document, service, help } = finding;
        let operation = operation.as_ref().map(|operation| format!("{operation}: ")).unwrap_or_default();
        writeln!(out, "error[{}]: {operation}{message}", rule.name())?;
        writeln!(out, "  --> {}:{}:{}", spec.file, spec.line, spec.column)?;
        writeln!(out, "   = pointer: {}", if spec.pointer.is_empty() { "/" } else { &spec.pointer })?;
        if let Some(document) = document {
            writeln!(out, "   = document: {}:{}", document.file, document.line)?;
        }
        if let Some(service) = service {
            writeln!(out, "   = service: {}", service.file)?;
        }
        writeln!(out, "   = help: {help}\n")?;
    }
    match findings.len() {
        0 => Ok(()),
        1 => writeln!(out, "1 error"),
        errors => writeln!(out, "{errors} errors"),
    }
}

/// The stable form for programs.
pub fn json(findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Report<'a> {
        findings: &'a [Finding],
        errors: usize,
    }
    serde_json::to_writer_pretty(&mut *out, &Report { findings, errors: findings.len() })?;
    writeln!(out)
}

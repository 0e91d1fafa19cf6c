//! The report as people read it, as programs do, and as a page.

use super::page::{OperationReport, PageReport, Report};
use askama::Template;
use std::io::{self, Write};

/// What is left to do, page by page, and the sums.
pub fn human(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for page in &report.pages {
        let defects = page.operations.iter().any(|operation| !operation.defects.is_empty());
        if page.unread.is_none() && page.warnings.is_empty() && !defects {
            continue;
        }
        writeln!(out, "{}", page.file)?;
        page.unread.iter().try_for_each(|reason| writeln!(out, "  not read: {reason}"))?;
        if !page.warnings.is_empty() {
            writeln!(out, "  {} warnings", page.warnings.len())?;
        }
        for OperationReport { name, line, defects, .. } in &page.operations {
            defects.iter().try_for_each(|defect| writeln!(out, "  line {line}, `{name}`: {defect}"))?;
        }
    }
    for (what, value) in sums(report) {
        writeln!(out, "{what:<40} {value}")?;
    }
    writeln!(out, "{}", report.judged)
}

/// The stable form for programs.
pub fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

/// A page without scripts, and with nothing to load.
pub fn html(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { sums: sums(report), judged: report.judged, pages: &report.pages };
    out.write_all(page.render().map_err(io::Error::other)?.as_bytes())
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    sums: Vec<(&'static str, String)>,
    judged: &'static str,
    pages: &'a [PageReport],
}

fn sums(report: &Report) -> Vec<(&'static str, String)> {
    let totals = &report.totals;
    let of = |part: usize, whole: usize| {
        let percent = (part * 1000).checked_div(whole).unwrap_or_default();
        format!("{part} of {whole} ({}.{} %)", percent / 10, percent % 10)
    };
    vec![
        ("pages read", of(totals.pages - totals.unread, totals.pages)),
        ("warnings", totals.warnings.to_string()),
        ("operations drafted", of(totals.drafted, totals.operations - totals.known)),
        ("operations in the spec already", totals.known.to_string()),
        ("operations that would work", of(totals.working, totals.operations - totals.known)),
        ("examples that round-trip", of(totals.round_trips, totals.examples)),
        ("left to people (TODO)", totals.todos.to_string()),
        ("left to people on a page, median", totals.median_todos.to_string()),
    ]
}

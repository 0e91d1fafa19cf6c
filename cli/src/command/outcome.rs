//! How a report is printed, and the exit code that follows from it.

use crate::args::Global;
use crate::failure::{self, Failure, PARTIAL};
use crate::output::{self, Document, Format, Listing};
use feishu_groups::members::Stop;
use feishu_groups::report::{Entry, Outcome, Report};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

const FIELDS: [&str; 6] = ["id", "outcome", "code", "advice", "line", "name"];

/// Prints a report, writes it to a file if one was named, and returns the exit code.
///
/// A table shows people whom something happened to; every other form shows everybody.
pub fn print(global: &Global, report: &Report, stop: Option<&Stop>, file: Option<&Path>) -> Result<ExitCode, Failure> {
    let mut whole = document(report, |_| true);
    if let Some(path) = file {
        let format = match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("csv") => Format::Csv,
            _ => Format::Json,
        };
        let written =
            File::create(path).and_then(|file| output::document_to(&mut BufWriter::new(file), format, &whole));
        if let Err(error) = written {
            note(&format!("warning: the report was not written to {}: {error}", path.display()));
        }
    }
    if global.output == Format::Table {
        whole = document(report, |entry| entry.outcome != Outcome::Unchanged);
    }
    if global.output != Format::Table || !whole.listing.rows.is_empty() {
        output::document(global.output, &whole)?;
    }
    note(&format!("{}: {report}", report.group_id));
    if let Some(text) = &report.stopped {
        note(&format!("stopped: {text}"));
    }
    Ok(ExitCode::from(code(report, stop)))
}

/// Writes a line to standard error.
pub fn note(text: &str) {
    // Nothing is left to do if standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

fn code(report: &Report, stop: Option<&Stop>) -> u8 {
    let is_done = |entry: &Entry| matches!(entry.outcome, Outcome::Added | Outcome::Removed | Outcome::AlreadyThere);
    match stop {
        Some(Stop::Drift(_) | Stop::Gap(_)) => 5,
        Some(Stop::Error(error)) if !report.entries.iter().any(is_done) => failure::code_of(error),
        _ if report.is_ok() => 0,
        _ => PARTIAL,
    }
}

fn document(report: &Report, is_shown: impl Fn(&Entry) -> bool) -> Document {
    let mut head = vec![("ok", json!(report.is_ok())), ("group", json!(report.group_id))];
    head.extend(Outcome::ALL.map(|outcome| (outcome.as_str(), json!(report.count(outcome)))));
    head.push(("stopped", json!(report.stopped)));
    let mut listing = Listing::new(&FIELDS);
    // The file's own columns have a prefix, so that none is taken for a field of the report.
    let mut used = HashSet::new();
    for column in &report.other_columns {
        let mut name = format!("file.{column}");
        while !used.insert(name.clone()) {
            name.push('_');
        }
        listing.fields.push(name);
    }
    let rows = report.entries.iter().filter(|entry| is_shown(entry));
    listing.rows = rows.map(|entry| row(entry, report.other_columns.len())).collect();
    Document { head, name: "people", listing }
}

fn row(entry: &Entry, columns: usize) -> Vec<Value> {
    let id = Some(&entry.id).filter(|id| !id.is_empty());
    let fields = [
        json!(id),
        json!(entry.outcome.as_str()),
        json!(entry.code),
        json!(entry.advice),
        json!(entry.line),
        json!(entry.name),
    ];
    let others = entry.other_cells.iter().map(|cell| json!(cell)).chain(std::iter::repeat(Value::Null));
    fields.into_iter().chain(others.take(columns)).collect()
}

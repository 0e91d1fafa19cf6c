//! How a report is printed, and the exit code that follows from it.

use crate::args::Global;
use crate::failure::{self, Failure, PARTIAL};
use crate::output::{self, Document, Format, Listing};
use feishu_groups::members::Stop;
use feishu_groups::report::{Entry, Outcome, Report};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

const FIELDS: [&str; 6] = ["id", "outcome", "code", "advice", "line", "name"];

/// A report that cannot be written is found before anything is sent: afterwards nobody could say what was done.
pub fn check_writable(path: &Path) -> Result<(), Failure> {
    // An earlier report stays until there is a new one.
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.map(drop).map_err(|error| {
        Failure::bad_input(format!("the report cannot be written to {}: {error}. Nothing was sent.", path.display()))
    })
}

/// Prints a report, writes it to a file if one was named, and returns the exit code.
pub fn print(global: &Global, report: &Report, stop: Option<&Stop>, file: Option<&Path>) -> Result<ExitCode, Failure> {
    let mut is_reported = true;
    if let Some(path) = file {
        let format = match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("csv") => Format::Csv,
            _ => Format::Json,
        };
        let whole = document(report, |_| true);
        let written =
            File::create(path).and_then(|file| output::document_to(&mut BufWriter::new(file), format, &whole));
        if let Err(error) = written {
            is_reported = false;
            note(&format!("error: the report was not written to {}: {error}", path.display()));
        }
    }
    if let Err(failure) = show(global, report) {
        is_reported = false;
        note(&format!("error: {failure}"));
    }
    note(&format!("{}: {report}", report.group_id));
    if let Some(text) = &report.stopped {
        note(&format!("stopped: {text}"));
    }
    let code = code(report, stop);
    // All was done, but nothing says so.
    Ok(ExitCode::from(if code == 0 && !is_reported { PARTIAL } else { code }))
}

/// Prints a report on standard output: a table shows people whom something happened to, every other form everybody.
pub fn show(global: &Global, report: &Report) -> Result<(), Failure> {
    if global.format() != Format::Table {
        return output::document(global.format(), &document(report, |_| true));
    }
    let changed = document(report, |entry| entry.outcome != Outcome::Unchanged);
    if changed.listing.rows.is_empty() { Ok(()) } else { output::document(Format::Table, &changed) }
}

/// Writes a line to standard error.
pub fn note(text: &str) {
    // Nothing is left to do if standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

fn code(report: &Report, stop: Option<&Stop>) -> u8 {
    let done = [Outcome::Added, Outcome::Removed, Outcome::AlreadyThere, Outcome::Unknown];
    let may_be_done = |entry: &Entry| done.contains(&entry.outcome);
    match stop {
        Some(Stop::Drift(_) | Stop::Gap(_) | Stop::NoneAdded(_)) => 5,
        Some(Stop::Error(error)) if !report.entries.iter().any(may_be_done) => failure::code_of(error),
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

//! How a report is printed, and the exit code that follows from it.

use crate::args::Global;
use crate::failure::{self, Failure, PARTIAL};
use crate::output::{self, Document, Format, Listing};
use crate::progress;
use feishu_groups::members::Stop;
use feishu_groups::report::{Entry, GroupReport, Outcome, Report, summary};
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
    let is_published = publish(global, file, |is_shown| document(report, is_shown));
    note(&format!("{}: {report}", report.group_id));
    if let Some(text) = &report.stopped {
        note(&format!("stopped: {text}"));
    }
    let stops: Vec<&Stop> = stop.into_iter().collect();
    Ok(exit_code(code(report.is_ok(), &stops, || report.entries.iter()), is_published))
}

/// Prints the reports of a manifest's groups as one, writes it to a file if one was named, and returns the exit code.
pub fn print_groups(
    global: &Global,
    reports: &[GroupReport],
    stops: &[Stop],
    file: Option<&Path>,
) -> Result<ExitCode, Failure> {
    let is_published = publish(global, file, |is_shown| document_of_groups(reports, is_shown));
    for report in reports {
        let is_changed = |entry: &Entry| entry.outcome != Outcome::Unchanged;
        if report.entries().any(is_changed) {
            note(&format!("{}: {}", report.name, summary(report.entries())));
        }
        if let Some(text) = &report.members.stopped {
            note(&format!("{}: stopped: {text}", report.name));
        }
    }
    let entries = || reports.iter().flat_map(GroupReport::entries);
    note(&format!("manifest: {}", summary(entries())));
    let stops: Vec<&Stop> = stops.iter().collect();
    let is_ok = reports.iter().all(GroupReport::is_ok);
    Ok(exit_code(code(is_ok, &stops, entries), is_published))
}

/// Writes a report to the file and to standard output. If one cannot be written, a message says so and the result is `false`.
fn publish(global: &Global, file: Option<&Path>, document: impl Fn(&dyn Fn(&Entry) -> bool) -> Document) -> bool {
    let mut is_published = true;
    if let Some(path) = file {
        let format = match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("csv") => Format::Csv,
            _ => Format::Json,
        };
        let whole = document(&|_| true);
        let written =
            File::create(path).and_then(|file| output::document_to(&mut BufWriter::new(file), format, &whole));
        if let Err(error) = written {
            is_published = false;
            note(&format!("error: the report was not written to {}: {error}", path.display()));
        }
    }
    if let Err(failure) = show_document(global, document) {
        is_published = false;
        note(&format!("error: {failure}"));
    }
    is_published
}

/// All was done, but if nothing says so that is no success.
fn exit_code(code: u8, is_published: bool) -> ExitCode {
    ExitCode::from(if code == 0 && !is_published { PARTIAL } else { code })
}

/// Prints a report on standard output: a table shows people whom something happened to, every other form everybody.
pub fn show(global: &Global, report: &Report) -> Result<(), Failure> {
    show_document(global, |is_shown| document(report, is_shown))
}

fn show_document(global: &Global, document: impl Fn(&dyn Fn(&Entry) -> bool) -> Document) -> Result<(), Failure> {
    if global.format() != Format::Table {
        return output::document(global.format(), &document(&|_| true));
    }
    let changed = document(&|entry| entry.outcome != Outcome::Unchanged);
    if changed.listing.rows.is_empty() { Ok(()) } else { output::document(Format::Table, &changed) }
}

/// Writes a line to standard error.
pub fn note(text: &str) {
    // Nothing is left to do if standard error is closed.
    let _ = progress::aside(|| writeln!(io::stderr(), "{text}"));
}

fn code<'a, I: Iterator<Item = &'a Entry>>(is_ok: bool, stops: &[&Stop], entries: impl Fn() -> I) -> u8 {
    let has = |outcomes: &[Outcome]| entries().any(|entry| outcomes.contains(&entry.outcome));
    let is_removed = || has(&[Outcome::Removed, Outcome::Deleted]);
    let may_be_done = || {
        is_removed()
            || has(&[Outcome::Added, Outcome::AlreadyThere, Outcome::Unknown, Outcome::Created, Outcome::Changed])
    };
    let error = stops.iter().find_map(|stop| if let Stop::Error(error) = stop { Some(error) } else { None });
    match error {
        _ if is_ok => 0,
        Some(error) if !may_be_done() => failure::code_of(error),
        // It stopped for safety.
        None if !stops.is_empty() && !is_removed() => 5,
        _ => PARTIAL,
    }
}

fn document(report: &Report, is_shown: &dyn Fn(&Entry) -> bool) -> Document {
    let mut head = vec![("ok", json!(report.is_ok())), ("group", json!(report.group_id))];
    head.extend(Outcome::OF_PEOPLE.map(|outcome| (outcome.as_str(), json!(report.count(outcome)))));
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

fn document_of_groups(reports: &[GroupReport], is_shown: &dyn Fn(&Entry) -> bool) -> Document {
    let mut head = vec![("ok", json!(reports.iter().all(GroupReport::is_ok)))];
    let entries = || reports.iter().flat_map(GroupReport::entries);
    head.extend(Outcome::OF_PEOPLE.into_iter().chain(Outcome::OF_GROUPS).map(|outcome| {
        let count = entries().filter(|entry| entry.outcome == outcome).count();
        (outcome.as_str(), json!(count))
    }));
    let stopped: Vec<&String> = reports.iter().filter_map(|report| report.members.stopped.as_ref()).collect();
    head.push(("stopped", json!(stopped)));
    let mut listing = Listing::new(&["group", "group_name", "subject"]);
    listing.fields.extend(FIELDS.map(str::to_owned));
    for report in reports {
        let id = Some(&report.members.group_id).filter(|id| !id.is_empty());
        let of = |entry: &Entry, subject: &str| {
            let group = vec![json!(id), json!(report.name), json!(subject)];
            [group, row(entry, 0)].concat()
        };
        let changes = report.changes.iter().filter(|entry| is_shown(entry)).map(|entry| of(entry, "group"));
        let people = report.members.entries.iter().filter(|entry| is_shown(entry)).map(|entry| of(entry, "user"));
        listing.rows.extend(changes.chain(people));
    }
    Document { head, name: "rows", listing }
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

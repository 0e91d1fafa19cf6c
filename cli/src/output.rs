//! What a command found or did, on standard output, in the form that was asked for.
//!
//! Programs read these outputs, so field names are stable and the same in every form; a value that is absent is empty in
//! CSV and `null` elsewhere. A listing is a list of records. A report is one document with its records in it (JSON, YAML),
//! or its records alone (JSON Lines, CSV, table). Messages never come here; they go to standard error.

use crate::failure::Failure;
use clap::ValueEnum;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use std::io::{self, BufWriter, StdoutLock, Write};

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One document
    Json,
    /// One JSON object a line
    Jsonl,
    /// With a header
    Csv,
    /// One document
    Yaml,
}

/// Records with the same fields.
#[derive(Debug)]
pub struct Listing {
    pub fields: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

impl Listing {
    pub fn new(fields: &[&str]) -> Self {
        Self { fields: fields.iter().map(|field| (*field).to_owned()).collect(), rows: Vec::new() }
    }
}

/// One document: its own fields, and records under a name.
#[derive(Debug)]
pub struct Document {
    pub head: Vec<(&'static str, Value)>,
    pub name: &'static str,
    pub listing: Listing,
}

/// Prints a list of records.
pub fn listing(format: Format, listing: &Listing) -> Result<(), Failure> {
    write(&mut stdout(), format, listing, &Records(listing)).or_else(closed)
}

/// Prints one record.
pub fn record(format: Format, listing: &Listing) -> Result<(), Failure> {
    let first = listing.rows.first().map(|row| Record(&listing.fields, row));
    write(&mut stdout(), format, listing, &first).or_else(closed)
}

/// Prints a document.
pub fn document(format: Format, document: &Document) -> Result<(), Failure> {
    write(&mut stdout(), format, &document.listing, document).or_else(closed)
}

/// Standard output alone has a system call for each line: of a hundred thousand people, most of the time of a plan.
fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Writes a document to a file.
pub fn document_to(out: &mut impl Write, format: Format, document: &Document) -> io::Result<()> {
    write(out, format, &document.listing, document)
}

/// Prints a text as it is.
pub fn bytes(text: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text).and_then(|()| stdout.flush()).or_else(closed)
}

/// A reader that closes the pipe has read enough. Any other failure is no bad input: what the output should have said may
/// have been done.
fn closed(error: io::Error) -> Result<(), Failure> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Failure::partial(format!("the output cannot be written: {error}"))),
    }
}

fn write(out: &mut impl Write, format: Format, listing: &Listing, whole: &impl Serialize) -> io::Result<()> {
    match format {
        Format::Table => writeln!(out, "{}", table(listing).trim_fmt())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, whole)?;
            writeln!(out)?;
        }
        Format::Jsonl => {
            for row in &listing.rows {
                serde_json::to_writer(&mut *out, &Record(&listing.fields, row))?;
                writeln!(out)?;
            }
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(&mut *out);
            csv.write_record(&listing.fields).map_err(of_csv)?;
            for row in &listing.rows {
                csv.write_record(row.iter().map(text)).map_err(of_csv)?;
            }
            csv.flush()?;
        }
        Format::Yaml => out.write_all(serde_saphyr::to_string(whole).map_err(io::Error::other)?.as_bytes())?,
    }
    out.flush()
}

/// The error of the output itself; the conversion of the csv crate hides its kind.
fn of_csv(error: csv::Error) -> io::Error {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other(text),
    }
}

fn table(listing: &Listing) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    // Names come from the tenant and columns from a file, and a terminal obeys control characters.
    let clean = |text: &str| text.replace(|c: char| c.is_control(), " ");
    table.set_header(listing.fields.iter().map(|field| clean(&field.to_uppercase())));
    for row in &listing.rows {
        table.add_row(row.iter().map(|value| clean(&text(value))));
    }
    table
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A record as an object whose members have the order of the fields.
struct Record<'a>(&'a [String], &'a [Value]);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(self.1))
    }
}

struct Records<'a>(&'a Listing);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows.iter().map(|row| Record(&self.0.fields, row)))
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.head {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry(self.name, &Records(&self.listing))?;
        map.end()
    }
}

//! From text to people: CSV with a header, or a list.
//!
//! If a row has several names, an id decides over email and mobile number, since it needs no look-up. All ids of a file
//! have one type: members are listed with one type of id, and an id of another type would never be found among them.
//!
//! A quote that is not closed takes the rest of the file into one cell, and everybody in it would be missing. No cell
//! may therefore contain a line break.

use super::name::{NameKind, SEPARATORS, shown};
use super::{IdType, Name, People, Problem, Row};
use crate::counted;
use csv::StringRecord;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The types of ids, in the order in which a row's id is looked for.
const ID_TYPES: [IdType; 3] = [IdType::OpenId, IdType::UnionId, IdType::UserId];

/// A row that was read, with everything that names its person.
struct Named {
    line: u64,
    names: Vec<(NameKind, String)>,
    other_cells: Vec<String>,
}

/// What a file's rows have been read into so far.
#[derive(Default)]
struct Reading {
    rows: Vec<Named>,
    other_columns: Vec<String>,
    problems: Vec<Problem>,
}

pub(super) fn people(text: &str, list_kind: Option<NameKind>) -> Result<People, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = [b',', b';', b'\t'].into_iter().find(|byte| first.as_bytes().contains(byte));
    let columns = |separator: u8| {
        first.split(char::from(separator)).map(|cell| NameKind::of_header(cell.trim().trim_matches('"')))
    };
    let has_header = columns(separator.unwrap_or(b',')).any(|kind| kind.is_some());
    let reading = match separator {
        None if !has_header => list(text, list_kind),
        _ => table(text, separator.unwrap_or(b',')),
    };
    finish(reading)
}

pub(super) fn arguments(values: &[String], kind: NameKind) -> Result<People, Vec<Problem>> {
    let mut reading = Reading::default();
    for (value, line) in values.iter().zip(1..) {
        reading.take(line, [(kind, value.trim())], Vec::new());
    }
    Ok(People { are_arguments: true, ..finish(reading)? })
}

/// The users of a manifest's group: ids of this type, emails and mobile numbers, each with its line.
pub(super) fn users(values: Vec<(u64, &str)>, id_type: IdType) -> Result<People, Vec<Problem>> {
    let mut reading = Reading::default();
    for (line, value) in values {
        let kind = NameKind::of_value(value).filter(|kind| !matches!(kind, NameKind::Id(_)));
        reading.take(line, [(kind.unwrap_or(NameKind::Id(id_type)), value)], Vec::new());
    }
    Ok(People { id_type: Some(id_type), ..finish(reading)? })
}

fn list(text: &str, list_kind: Option<NameKind>) -> Reading {
    let mut reading = Reading::default();
    for (value, line) in text.lines().map(str::trim).zip(1..) {
        let kind = list_kind.or_else(|| NameKind::of_value(value));
        match kind {
            _ if value.is_empty() => {}
            _ if value.contains(SEPARATORS) => {
                let help = "write one person on each line, or start the file with a header line";
                reading.problems.push(Problem::at(line, format!("{} has a separator: {help}", shown(value))));
            }
            Some(kind) => reading.take(line, [(kind, value)], Vec::new()),
            None => {
                let help = "start the file with a header line (email, mobile, open_id, union_id or user_id), or say it with --id-type";
                let problem = format!("{} may be a user_id, a mobile number or a header: {help}", shown(value));
                reading.problems.push(Problem::at(line, problem));
            }
        }
    }
    reading
}

fn table(text: &str, separator: u8) -> Reading {
    let mut reading = Reading::default();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut columns: Option<Vec<Option<NameKind>>> = None;
    let mut lines = LineCounter::new(text);
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                reading.problems.push(Problem::of_file(format!("cannot be read to its end: {error}")));
                break;
            }
        }
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.first_text_after(start);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.iter().any(|cell| cell.contains(['\n', '\r'])) {
            let end = lines.line_at(reader.position().byte());
            let text = format!(
                "a quote opens here and does not close on this line, so everything up to line {end} is one cell"
            );
            reading.problems.push(Problem::at(line, text));
            continue;
        }
        match &columns {
            None => columns = Some(header(&mut reading, line, &record)),
            Some(columns) => row(&mut reading, line, columns, &record),
        }
    }
    reading
}

/// The kinds of the columns. A problem in the header is the only one: the rows below have no meaning then.
fn header(reading: &mut Reading, line: u64, record: &StringRecord) -> Vec<Option<NameKind>> {
    let kinds: Vec<_> = record.iter().map(NameKind::of_header).collect();
    if kinds.iter().all(Option::is_none) {
        let have = record.iter().map(str::trim).collect::<Vec<_>>().join(", ");
        let text =
            format!("no column is named email, mobile, open_id, union_id or user_id; the columns are {}", shown(&have));
        reading.problems.push(Problem::at(line, text));
    }
    for kind in NameKind::ALL {
        if kinds.iter().filter(|other| **other == Some(kind)).count() > 1 {
            reading.problems.push(Problem::at(line, format!("two columns are named {kind}; rename one")));
        }
    }
    let others = record.iter().zip(&kinds).filter(|(_, kind)| kind.is_none());
    reading.other_columns = others.map(|(cell, _)| cell.trim().to_owned()).collect();
    kinds
}

fn row(reading: &mut Reading, line: u64, columns: &[Option<NameKind>], record: &StringRecord) {
    if columns.iter().all(Option::is_none) {
        return;
    }
    if record.len() != columns.len() {
        let text = format!("has {} where the header has {}", counted(record.len(), "cell", "cells"), columns.len());
        reading.problems.push(Problem::at(line, text));
        return;
    }
    let cells = || columns.iter().zip(record.iter().map(str::trim));
    let names = cells().filter(|(_, cell)| !cell.is_empty()).filter_map(|(kind, cell)| Some(((*kind)?, cell)));
    let others = cells().filter(|(kind, _)| kind.is_none()).map(|(_, cell)| cell.to_owned()).collect();
    reading.take(line, names, others);
}

impl Reading {
    /// Takes a row, or the problems of its names.
    fn take<'a>(&mut self, line: u64, names: impl IntoIterator<Item = (NameKind, &'a str)>, other_cells: Vec<String>) {
        // Most rows have one name.
        let (mut checked, mut has_names) = (Vec::with_capacity(1), false);
        let problems = self.problems.len();
        for (kind, value) in names {
            has_names = true;
            match kind.checked(value) {
                Ok(value) => checked.push((kind, value)),
                Err(text) => self.problems.push(Problem::at(line, text)),
            }
        }
        if !has_names {
            self.problems.push(Problem::at(line, "names nobody: every column that could is empty"));
        }
        if self.problems.len() == problems {
            self.rows.push(Named { line, names: checked, other_cells });
        }
    }
}

/// Gives the file one type of id, and finds those who are named twice.
fn finish(reading: Reading) -> Result<People, Vec<Problem>> {
    let Reading { rows, other_columns, mut problems } = reading;
    let is_named_by = |row: &Named, id_type| row.names.iter().any(|(kind, _)| *kind == NameKind::Id(id_type));
    // The type that most rows have: rows without it are the mistakes.
    let counts = ID_TYPES.map(|id_type| rows.iter().filter(|row| is_named_by(row, id_type)).count());
    let most = counts.into_iter().max().unwrap_or_default();
    let id_type =
        ID_TYPES.into_iter().zip(counts).find(|(_, count)| *count == most && most > 0).map(|(id_type, _)| id_type);

    let mut people = People { id_type, rows: Vec::with_capacity(rows.len()), other_columns, are_arguments: false };
    for Named { line, names, other_cells } in rows {
        match people_name(names, id_type) {
            Ok(name) => people.rows.push(Row { line, name, other_cells }),
            Err(text) => problems.push(Problem::at(line, text)),
        }
    }
    problems.extend(repetitions(&people));
    if problems.is_empty() { Ok(people) } else { Err(problems) }
}

/// The name that is used.
fn people_name(mut names: Vec<(NameKind, String)>, id_type: Option<IdType>) -> Result<Name, String> {
    let mut take = |kind| {
        let index = names.iter().position(|(other, _)| *other == kind)?;
        Some(names.swap_remove(index).1)
    };
    if let Some(id) = id_type.and_then(|id_type| take(NameKind::Id(id_type))) {
        return Ok(Name::Id(id));
    }
    let (email, mobile) = (take(NameKind::Email), take(NameKind::Mobile));
    if email.is_none() && mobile.is_none() {
        let other = names.first().map_or("id", |(kind, _)| kind.as_str());
        let file = id_type.map_or("id", IdType::as_str);
        return Err(format!("has only a {other}, but most ids of this file are of the type {file}; use one type"));
    }
    Ok(Name::Contact { email, mobile })
}

/// The rows with an id, email or mobile number that an earlier row has.
fn repetitions(people: &People) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut first_lines = HashMap::with_capacity(people.rows.len());
    for Row { line, name, .. } in &people.rows {
        let earlier = keys(name, people.id_type).into_iter().flatten().find_map(|key| match first_lines.entry(key) {
            Entry::Occupied(first) => Some((first.key().clone(), *first.get())),
            Entry::Vacant(free) => {
                free.insert(*line);
                None
            }
        });
        if let Some(((kind, value), earlier)) = earlier {
            problems.push(Problem::at(*line, format!("{kind} {} is on line {earlier} already", shown(&value))));
        }
    }
    problems
}

/// The keys under which nobody else may be named.
fn keys(name: &Name, id_type: Option<IdType>) -> [Option<(NameKind, Cow<'_, str>)>; 2] {
    match name {
        Name::Id(id) => [id_type.map(|id_type| (NameKind::Id(id_type), Cow::from(id))), None],
        // Emails are equal in any case.
        Name::Contact { email, mobile } => [
            email.as_ref().map(|email| (NameKind::Email, email.to_lowercase().into())),
            mobile.as_ref().map(|mobile| (NameKind::Mobile, mobile.into())),
        ],
    }
}

/// Finds the lines of positions that only grow.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of the first character from this position on that is no line break: blank lines belong to no record.
    fn first_text_after(&mut self, byte: u64) -> u64 {
        self.advance(byte);
        while let Some(byte @ (b'\n' | b'\r')) = self.text.get(self.at) {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }

    /// The line of the last character before this position.
    fn line_at(&mut self, byte: u64) -> u64 {
        self.advance(byte.saturating_sub(1));
        self.line
    }

    fn advance(&mut self, byte: u64) {
        let end = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(passed) = self.text.get(self.at..end) {
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
            self.at = end;
        }
    }
}

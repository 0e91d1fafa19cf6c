//! The table on the terminal: one line per fact, and two more where the sources differ.

use super::tally::{HEADINGS, Tally};
use super::{Filter, words};
use crate::validate::evidence_table::{Evidence, EvidenceKind, EvidenceTable, Row, Section};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

pub(crate) fn print(table: &EvidenceTable, only: Filter, out: &mut dyn Write) -> io::Result<()> {
    for section in &table.sections {
        let rows: Vec<&Row> = section.rows.iter().filter(|row| only.takes(row)).collect();
        if !rows.is_empty() {
            print_account(table, section, &rows, out)?;
        }
    }
    for finding in &table.other_findings {
        writeln!(out, "{}:{}: {}\n", finding.spec.file, finding.spec.line, finding.message)?;
    }
    print_summary(table, out)
}

fn print_account(table: &EvidenceTable, section: &Section, rows: &[&Row], out: &mut dyn Write) -> io::Result<()> {
    let sources = [section.document.as_ref(), section.service.as_ref(), Some(&section.spec)];
    let sources: Vec<&str> = sources.into_iter().flatten().map(String::as_str).collect();
    writeln!(out, "{}: {}\n{}", section.name, section.about, sources.join(", "))?;
    let heading = ["fact", "document", "example", "service", "status", "spec"].map(str::to_owned);
    let mut lines = vec![(heading, None)];
    lines.extend(rows.iter().map(|row| (cells(row), Some(*row))));
    let widths: [usize; 5] =
        std::array::from_fn(|i| lines.iter().map(|(cells, _)| cells[i].width()).max().unwrap_or(0));
    for (cells, row) in &lines {
        let padded = cells.iter().zip(widths).map(|(cell, width)| pad(cell, width)).collect::<Vec<_>>().join("  ");
        writeln!(out, "  {padded}  {}", cells[5])?;
        if let Some(row) = row {
            print_reason(table, row, out)?;
        }
    }
    writeln!(out)
}

fn cells(row: &Row) -> [String; 6] {
    let line = |place: &str| place.rsplit_once(':').map_or("yes".to_owned(), |(_, line)| format!(":{line}"));
    let of = |kind: EvidenceKind| row.evidence.iter().filter(move |evidence| evidence.kind == kind);
    let first = |kind: EvidenceKind| {
        let more = of(kind).count().saturating_sub(1);
        let first = of(kind).next().map_or("-".to_owned(), |Evidence { place, .. }| line(place));
        if more > 0 { format!("{first} +{more}") } else { first }
    };
    [
        row.fact.to_string(),
        first(EvidenceKind::Document),
        first(EvidenceKind::Example),
        first(EvidenceKind::Service),
        words::status(row.status).to_owned(),
        words::said(&row.fact, &row.spec.assertion),
    ]
}

/// What the others say and why, where the spec is not simply agreed with.
fn print_reason(table: &EvidenceTable, row: &Row, out: &mut dyn Write) -> io::Result<()> {
    if row.differs() {
        let sides = [("document", &row.document), ("service", &row.service), ("spec", &row.spec)];
        let sides = sides.map(|(who, said)| {
            let place = said.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            format!("{who} {}{place}", words::said(&row.fact, &said.assertion))
        });
        writeln!(out, "      {}", sides.join("; "))?;
    }
    if let Some(entry) = row.erratum.as_ref().and_then(|id| table.errata.iter().find(|entry| entry.id == *id)) {
        writeln!(out, "      {} {}: {}", entry.place, entry.id, entry.evidence)?;
    }
    for finding in &row.findings {
        writeln!(out, "      {}: {}", finding.message, finding.help)?;
    }
    Ok(())
}

fn print_summary(table: &EvidenceTable, out: &mut dyn Write) -> io::Result<()> {
    let of = |section: &Section| (section.name.clone(), Tally::of(&section.rows).columns());
    let total = Tally::of(table.rows());
    let mut lines: Vec<_> = table.sections.iter().map(of).collect();
    lines.push(("total".to_owned(), total.columns()));
    let widest = lines.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    writeln!(out, "{}  {}", pad("facts backed by", widest), HEADINGS.map(|heading| format!("{heading:>8}")).join(" "))?;
    for (name, columns) in lines {
        writeln!(out, "{}  {}", pad(&name, widest), columns.map(|count| format!("{count:>8}")).join(" "))?;
    }
    writeln!(out, "\nA fact counts under each of its pieces of evidence; {}.\n", words::of_nothing(&total))?;
    for (status, meaning) in words::MEANINGS {
        writeln!(out, "  {:<8}  {meaning}", words::status(status))?;
    }
    Ok(())
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

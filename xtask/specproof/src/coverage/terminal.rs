//! The table on the terminal: one line a fact, and two more where the sides differ.

use super::tally::{HEADINGS, Tally};
use super::{Filter, words};
use crate::validate::ledger::{Account, Backing, Kind, Ledger, Row};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

pub(crate) fn print(ledger: &Ledger, only: Filter, out: &mut dyn Write) -> io::Result<()> {
    for account in &ledger.accounts {
        let rows: Vec<&Row> = account.rows.iter().filter(|row| only.takes(row)).collect();
        if !rows.is_empty() {
            print_account(ledger, account, &rows, out)?;
        }
    }
    for finding in &ledger.strays {
        writeln!(out, "{}:{}: {}\n", finding.spec.file, finding.spec.line, finding.message)?;
    }
    print_summary(ledger, out)
}

fn print_account(ledger: &Ledger, account: &Account, rows: &[&Row], out: &mut dyn Write) -> io::Result<()> {
    let sources = [account.document.as_ref(), account.service.as_ref(), Some(&account.spec)];
    let sources: Vec<&str> = sources.into_iter().flatten().map(String::as_str).collect();
    writeln!(out, "{}: {}\n{}", account.name, account.about, sources.join(", "))?;
    let heading = ["fact", "document", "example", "service", "standing", "spec"].map(str::to_owned);
    let mut lines = vec![(heading, None)];
    lines.extend(rows.iter().map(|row| (cells(row), Some(*row))));
    let widths: [usize; 5] =
        std::array::from_fn(|i| lines.iter().map(|(cells, _)| cells[i].width()).max().unwrap_or(0));
    for (cells, row) in &lines {
        let padded = cells.iter().zip(widths).map(|(cell, width)| pad(cell, width)).collect::<Vec<_>>().join("  ");
        writeln!(out, "  {padded}  {}", cells[5])?;
        if let Some(row) = row {
            print_reason(ledger, row, out)?;
        }
    }
    writeln!(out)
}

fn cells(row: &Row) -> [String; 6] {
    let line = |place: &str| place.rsplit_once(':').map_or("yes".to_owned(), |(_, line)| format!(":{line}"));
    let of = |kind: Kind| row.backing.iter().filter(move |backing| backing.kind == kind);
    let first = |kind: Kind| {
        let more = of(kind).count().saturating_sub(1);
        let first = of(kind).next().map_or("-".to_owned(), |Backing { place, .. }| line(place));
        if more > 0 { format!("{first} +{more}") } else { first }
    };
    [
        row.fact.to_string(),
        first(Kind::Document),
        first(Kind::Example),
        first(Kind::Service),
        words::standing(row.standing).to_owned(),
        words::said(&row.fact, &row.spec.claim),
    ]
}

/// What the others say and why, where the spec is not simply agreed with.
fn print_reason(ledger: &Ledger, row: &Row, out: &mut dyn Write) -> io::Result<()> {
    if row.differs() {
        let sides = [("document", &row.document), ("service", &row.service), ("spec", &row.spec)];
        let sides = sides.map(|(who, said)| {
            let place = said.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            format!("{who} {}{place}", words::said(&row.fact, &said.claim))
        });
        writeln!(out, "      {}", sides.join("; "))?;
    }
    if let Some(entry) = row.erratum.as_ref().and_then(|id| ledger.errata.iter().find(|entry| entry.id == *id)) {
        writeln!(out, "      {} {}: {}", entry.place, entry.id, entry.evidence)?;
    }
    for finding in &row.findings {
        writeln!(out, "      {}: {}", finding.message, finding.help)?;
    }
    Ok(())
}

fn print_summary(ledger: &Ledger, out: &mut dyn Write) -> io::Result<()> {
    let of = |account: &Account| (account.name.clone(), Tally::of(&account.rows).columns());
    let total = Tally::of(ledger.rows());
    let mut lines: Vec<_> = ledger.accounts.iter().map(of).collect();
    lines.push(("total".to_owned(), total.columns()));
    let widest = lines.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    writeln!(out, "{}  {}", pad("facts backed by", widest), HEADINGS.map(|heading| format!("{heading:>8}")).join(" "))?;
    for (name, columns) in lines {
        writeln!(out, "{}  {}", pad(&name, widest), columns.map(|count| format!("{count:>8}")).join(" "))?;
    }
    writeln!(out, "\nA fact counts under each of its pieces of evidence; {}.\n", words::of_nothing(&total))?;
    for (standing, meaning) in words::MEANINGS {
        writeln!(out, "  {:<8}  {meaning}", words::standing(standing))?;
    }
    Ok(())
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

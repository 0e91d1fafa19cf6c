//! The page: the whole table as one HTML file.
//!
//! It is read by people who have neither this repository nor a network at hand, so all
//! that it needs is in it. It has no script: choosing what to see is done by the style
//! sheet, and a policy in its head forbids everything else, for the facts come from
//! documents that others wrote. The layout is in `templates/coverage.html`.

use super::Filter;
use super::tally::{HEADINGS, Tally};
use super::words;
use crate::assertion::Assertion;
use crate::validate::evidence_table::{Entry, Evidence, EvidenceKind, EvidenceTable, Row, Said, Section, Status};
use askama::Template;
use std::fmt::Write;

pub(crate) fn render(table: &EvidenceTable) -> askama::Result<String> {
    let sections = table.sections.iter().map(|section| PageSection::new(section, table)).collect();
    Page { table, sections, total: Tally::of(table.rows()), choices: CHOICES }.render()
}

/// What the reader can choose to see: the class of such rows, and what the choice is called.
const CHOICES: [(&str, Filter, &str); 7] = [
    ("document", Filter::Document, "Document"),
    ("example", Filter::Example, "Example"),
    ("service", Filter::Service, "Service"),
    ("errata", Filter::Errata, "Errata"),
    ("nothing", Filter::Nothing, "Nothing"),
    ("differs", Filter::Differences, "Differences"),
    ("open", Filter::Open, "Open"),
];

#[derive(Template)]
#[template(path = "coverage.html")]
struct Page<'a> {
    table: &'a EvidenceTable,
    sections: Vec<PageSection<'a>>,
    total: Tally,
    choices: [(&'static str, Filter, &'static str); 7],
}

struct PageSection<'a> {
    section: &'a Section,
    anchor: String,
    tally: Tally,
    groups: Vec<Group<'a>>,
    /// Errata in prose about the operation.
    in_prose: Vec<&'a Entry>,
}

struct Group<'a> {
    title: &'static str,
    lines: Vec<Line<'a>>,
}

struct Line<'a> {
    row: &'a Row,
    anchor: String,
    classes: String,
    entry: Option<&'a Entry>,
}

impl Page<'_> {
    fn headings(&self) -> [&'static str; 8] {
        HEADINGS
    }

    fn meanings(&self) -> [(&'static str, &'static str); 8] {
        words::MEANINGS.map(|(status, meaning)| (words::status(status), meaning))
    }

    fn count(&self, only: &Filter) -> usize {
        self.table.rows().filter(|row| only.takes(row)).count()
    }

    fn erratum_anchor(&self, id: &str) -> String {
        anchor(&["erratum", id])
    }

    fn operation_anchor(&self, id: &str) -> String {
        anchor(&[id])
    }
}

impl<'a> PageSection<'a> {
    fn new(section: &'a Section, table: &'a EvidenceTable) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for row in &section.rows {
            let title = words::group(&row.fact);
            if groups.last().is_none_or(|group| group.title != title) {
                groups.push(Group { title, lines: Vec::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.lines.push(Line::new(row, section, table));
            }
        }
        let speaks_of_it = |entry: &&Entry| entry.in_prose.is_some() && entry.operations.contains(&section.name);
        Self {
            section,
            anchor: anchor(&[&section.name]),
            tally: Tally::of(&section.rows),
            groups,
            in_prose: table.errata.iter().filter(speaks_of_it).collect(),
        }
    }
}

impl<'a> Line<'a> {
    fn new(row: &'a Row, section: &Section, table: &'a EvidenceTable) -> Self {
        let classes: Vec<&str> =
            CHOICES.iter().filter(|(_, only, _)| only.takes(row)).map(|(class, ..)| *class).collect();
        Self {
            row,
            anchor: anchor(&[&section.name, &row.fact.to_string()]),
            classes: classes.join(" "),
            entry: row.erratum.as_ref().and_then(|id| table.errata.iter().find(|entry| entry.id == *id)),
        }
    }

    fn subject(&self) -> String {
        words::subject(&self.row.fact)
    }

    fn aspect(&self) -> Option<&'static str> {
        self.row.fact.aspect.map(|aspect| aspect.word())
    }

    fn sides(&self) -> [(&'static str, &Said); 3] {
        [("Document", &self.row.document), ("Service", &self.row.service), ("Spec", &self.row.spec)]
    }

    fn said(&self, said: &Said) -> String {
        words::said(&self.row.fact, &said.assertion)
    }

    /// Whether this source is the reason that the row is a difference.
    fn is_off(&self, said: &Said) -> bool {
        self.row.differs() && said.differs
    }

    fn status(&self) -> &'static str {
        words::status(self.row.status)
    }

    fn is_plain(&self) -> bool {
        self.row.status == Status::Agreed
    }

    fn meaning(&self) -> &'static str {
        words::MEANINGS.iter().find(|(status, _)| *status == self.row.status).map_or("", |(_, meaning)| meaning)
    }

    /// The kinds of evidence, each with its places; those of document and service are shown with what they say.
    fn evidence(&self) -> Vec<(&'static str, Vec<&str>)> {
        let kinds = [
            (EvidenceKind::Document, "document"),
            (EvidenceKind::Example, "example"),
            (EvidenceKind::Service, "service"),
        ];
        let of = |kind: EvidenceKind| {
            let evidence = self.row.evidence.iter().filter(move |evidence| evidence.kind == kind);
            evidence.map(|Evidence { place, .. }| place.as_str()).collect::<Vec<_>>()
        };
        kinds.into_iter().map(|(kind, word)| (word, of(kind))).filter(|(_, places)| !places.is_empty()).collect()
    }
}

fn is_quiet(said: &Said) -> bool {
    !matches!(said.assertion, Assertion::Says(_))
}

/// Text in which backticks mark what is code: whether a piece is, and the piece.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split('`').enumerate().map(|(i, piece)| (i % 2 == 1, piece))
}

/// Names as one id: no two of them share it, and an address can name it.
fn anchor(names: &[&str]) -> String {
    let mut out = String::new();
    for c in names.join(" ").chars() {
        // Writing to a String does not fail.
        let _ = match c {
            c if c.is_alphanumeric() || "_-.".contains(c) => write!(out, "{c}"),
            ' ' => write!(out, ":"),
            c => write!(out, "~{:x}~", u32::from(c)),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::anchor;

    #[test]
    fn anchors_are_unique_and_escaped() {
        assert_eq!(anchor(&["get_group", "query a.b default"]), "get_group:query:a.b:default");
        let hostile = ["a b", "a:b", "a~20~b", "\"a\"", "<a>", "a&b", "组", "a\tb"];
        let mut anchors: Vec<String> = hostile.iter().map(|name| anchor(&[name])).collect();
        assert!(anchors.iter().all(|anchor| !anchor.contains(|c: char| " \t<>\"'&#%".contains(c))), "{anchors:?}");
        anchors.sort();
        anchors.dedup();
        assert_eq!(anchors.len(), hostile.len());
    }
}

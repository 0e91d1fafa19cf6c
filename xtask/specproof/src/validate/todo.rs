//! What a draft left open: every line of the spec and of the errata with a `TODO`.
//!
//! Lines are read instead of values, since half of the leftovers are comments.

use super::finding::Finding;
use super::inputs::Inputs;
use super::rule::Rule;
use crate::place::SpecPlace;
use crate::source::Source;
use crate::spec_model::Spec;

const WORD: &str = "TODO";

/// Where the word itself is, and no other word that contains it.
fn word(line: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = line.match_indices(WORD).filter(|(start, _)| {
        let (before, after) =
            (line.get(..*start).unwrap_or_default(), line.get(start + WORD.len()..).unwrap_or_default());
        !before.ends_with(is_part) && !after.starts_with(is_part)
    });
    found.next().map(|(start, _)| start)
}

pub(crate) fn check(_: &Spec, inputs: &Inputs, findings: &mut Vec<Finding>) {
    for source in [&inputs.spec, &inputs.errata] {
        findings.extend(leftovers(source, inputs));
    }
}

fn leftovers<'a>(source: &'a Source, inputs: &'a Inputs) -> impl Iterator<Item = Finding> + 'a {
    inputs.texts.lines(&source.file).filter_map(move |(number, line)| {
        let start = word(line)?;
        let column = line.get(..start)?.chars().count() + 1;
        let left = line.get(start..)?.trim_end_matches([' ', '\'', '"', '}', ']']);
        let help = "write what it asks for, and remove it; `--draft` checks everything else";
        let mut finding = Finding::new(Rule::Todo, source, "", format!("a draft left this open: {left}"), help);
        finding.spec = SpecPlace {
            line: number,
            column,
            end_line: number,
            end_column: column + left.chars().count(),
            ..finding.spec
        };
        Some(finding)
    })
}

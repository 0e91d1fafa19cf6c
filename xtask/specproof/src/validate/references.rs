//! References that lead nowhere.
//!
//! One letter too many in a `$ref` takes away a whole schema, and everything that the
//! documents say about it is missing then: dozens of findings, and one cause. So these are
//! found first, and everything else is checked with each reference put right, if a name
//! that is nearly the same tells how. If none does, nothing else is checked.

use super::finding::Finding;
use super::rule::Rule;
use super::structure::{references, section};
use crate::source::Source;
use crate::spec_model::{Node, Spec};
use serde_json::Value;

/// A reference without a target.
pub(crate) struct Dangling<'a> {
    node: Node<'a>,
    /// What it says.
    name: &'a str,
    /// What it probably means.
    meant: Option<String>,
}

/// All of them, in the order of the file.
pub(crate) fn dangling<'a>(spec: &Spec<'a>) -> Vec<Dangling<'a>> {
    let broken = references(&spec.root).into_iter().filter(|(_, node)| node.target().is_none());
    let mut found: Vec<Dangling> = broken
        .map(|(name, node)| {
            let meant = nearest(spec, name, section(&node.pointer));
            Dangling { node, name, meant }
        })
        .collect();
    found.sort_by_cached_key(|dangling| spec.source.place(&dangling.node.pointer));
    found
}

impl Dangling<'_> {
    pub fn finding(&self, spec: &Spec) -> Finding {
        let help = match &self.meant {
            Some(meant) => format!("write `$ref: '{meant}'`, or define what it names"),
            None => "correct the reference, or define what it names; the rest is checked after that".to_owned(),
        };
        let pointer = format!("{}/$ref", self.node.pointer);
        let finding = spec.finding(Rule::SpecForm, &pointer, format!("`{}` is not defined", self.name), help);
        let within = |outer: &str| pointer.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        match spec.operations.iter().find(|operation| within(&operation.node.pointer)) {
            Some(operation) => finding.of(&operation.id),
            None => finding,
        }
    }
}

/// The spec with each reference put right; none if it is not known what one of them means.
pub(crate) fn corrected(spec: &Spec, dangling: &[Dangling]) -> Option<Source> {
    let mut source = spec.source.clone();
    for Dangling { node, meant, .. } in dangling {
        *source.value.pointer_mut(&format!("{}/$ref", node.pointer))? = Value::from(meant.clone()?);
    }
    Some(source)
}

/// The component of a section whose name is nearest to one that is not there.
fn nearest(spec: &Spec, name: &str, section: &str) -> Option<String> {
    let wanted = name.rsplit('/').next().unwrap_or_default();
    let components = spec.root.get("components")?.get(section.split('/').nth(2)?)?;
    let names = components.entries().into_iter().map(|(known, _)| (distance(wanted, known), known));
    // A third of the letters may differ: more would be another word.
    let near = names.filter(|(distance, known)| 3 * distance <= known.chars().count()).min()?;
    Some(format!("{section}{}", near.1))
}

/// How many letters to insert, remove or replace to make one word of another.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let (mut left, mut next) = (i + 1, vec![i + 1]);
        for ((other, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            left = (above_left + usize::from(letter != *other)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_changed_letters() {
        assert_eq!(distance("user_id_tpe", "user_id_type"), 1);
        assert_eq!(distance("UserGrup", "UserGroup"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("组", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}

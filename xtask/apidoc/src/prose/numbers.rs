//! Bare lists: numbers with their names that no words announce, `1-甲，2-乙`.
//!
//! A bare list needs two entries, because one alone is a number with a dash after it.

use super::entries::{distinct, start_of};
use super::integer;
use crate::warnings::{Position, Warnings};
use crate::words::{is_integer, typed};
use serde_json::Value;

/// The numbers of `1-name，2-name`; a list with an unreadable entry gets a warning.
pub(super) fn bare_list(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let (mut values, mut odd) = (Vec::new(), None);
    let clauses = text.split(['，', ',', '、', '；', ';', '\n', '（', '(', '。']);
    for clause in clauses.flat_map(|clause| split_numbers(clause, kind)) {
        // What names the list stands before its first entry: `类型：1-甲`.
        let behind_colon = clause.split_once([':', '：']).map(|(_, entry)| entry);
        let mut forms = [Some(clause), behind_colon].into_iter().flatten().map(str::trim);
        match forms.clone().find_map(|entry| named_number(entry, kind)) {
            Some(value) => values.push(typed(&value.to_string(), kind)),
            None => odd = odd.or_else(|| forms.find(|entry| looks_named(entry, kind))),
        }
    }
    let values = distinct(values);
    let is_list = values.len() > 1;
    if let (Some(odd), true) = (odd, !values.is_empty()) {
        warnings.add(at, format!("`{}` looks like a possible value: skipped", start_of(odd)));
    } else if values.len() == 1 && is_integer(kind) {
        warnings.add(at, format!("`{}` alone is not a list of values: skipped", values[0]));
    }
    if is_list { values } else { Vec::new() }
}

/// The parts of a clause in which blanks alone part the entries: `0：甲 1：乙`.
fn split_numbers<'a>(clause: &'a str, kind: &str) -> Vec<&'a str> {
    let opens = |at: &usize| clause.get(at + 1..).is_some_and(|rest| named_number(rest, kind).is_some());
    // Behind other words a number is in a sentence: `非 0 表示失败`.
    if named_number(clause.trim_start(), kind).is_none() {
        return vec![clause];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for at in clause.match_indices(' ').map(|(at, _)| at).filter(opens) {
        parts.extend(clause.get(start..at));
        start = at + 1;
    }
    parts.extend(clause.get(start..));
    parts
}

/// Whether a clause has the form of an entry: something short, a dash, and a name.
fn looks_named(entry: &str, kind: &str) -> bool {
    const LONGEST: usize = 4;
    let Some((value, name)) = entry.split_once(['-', '–', '—', '=']) else { return false };
    let is_short = !value.trim().is_empty() && value.chars().count() <= LONGEST;
    is_integer(kind) && is_short && !name.trim().is_empty() && integer(name.trim()).is_none()
}

fn named_number(entry: &str, kind: &str) -> Option<i64> {
    let (value, name) = integer(entry.trim_start_matches('`'))?;
    let name = name.trim_start_matches(['`', ' ']);
    let signs: &[&str] = if is_integer(kind) {
        &["-", "–", "—", "=", ":", "：", "表示", "代表"]
    } else {
        &["-", "–", "—", "="]
    };
    let name = signs.iter().find_map(|sign| name.strip_prefix(sign))?.trim_start();
    name.starts_with(char::is_alphabetic).then_some(value)
}

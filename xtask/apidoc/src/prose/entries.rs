//! Entries: how the values of an announced list are written.
//!
//! Each on a line of its own or behind a dash (`- 0: name`), or all in one sentence. A
//! sentence may begin with a word as an entry does, so each entry knows how sure its form
//! is: quotes and a sign before the name are sure, a word with prose behind it is not, and
//! in a list that has sure ones it gets a warning. `=` is a sign only where what follows
//! is a name: `field = "grade"` is an expression.

use super::word;
use crate::warnings::{Position, Warnings};
use crate::words::{fits, typed};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

const BULLETS: [char; 5] = ['-', '*', '•', '·', '–'];
const NAME_SIGNS: [char; 13] = [':', '：', '(', '（', '-', '–', '—', ',', '，', ';', '；', '。', '|'];
/// What parts the values of a sentence.
const SEPARATORS: [char; 9] = ['、', '，', ',', '；', ';', '|', '/', '或', '和'];

/// One value as the text writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub value: &'a str,
    pub form: Form,
}

/// How a value differs from the words around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// By quotes; other words follow, as many characters as this.
    Quoted(usize),
    /// By the sign before its name.
    Named,
    /// By a name in brackets; other words follow, as many characters as this.
    Noted(usize),
    /// It stands alone.
    Alone,
    /// Other words follow, as many characters as this.
    Loose(usize),
}

impl Form {
    fn is_sure(self) -> bool {
        matches!(self, Form::Quoted(_) | Form::Named | Form::Noted(_))
    }
}

/// The entry that a piece of text is: `value: name`, `value（name）`, `value - name` or the value alone.
pub(super) fn entry(piece: &str) -> Option<Entry<'_>> {
    let piece = piece.trim();
    if let Some(value) = whole_value(piece).or_else(|| value_before_equals(piece)) {
        return Some(Entry { value, form: Form::Named });
    }
    let quoted = piece.starts_with(['`', '"', '“']);
    let (value, rest) = word(piece)?;
    let rest = rest.trim_start();
    let form = if let Some(behind) = behind_brackets(rest) {
        // A colon or a dash may name it behind the remark.
        let is_named = behind.starts_with(NAME_SIGNS);
        if is_named { Form::Named } else { Form::Noted(behind.chars().count()) }
    } else if rest.starts_with(NAME_SIGNS) {
        Form::Named
    } else if quoted {
        Form::Quoted(rest.chars().count())
    } else if rest.is_empty() {
        Form::Alone
    } else if rest.starts_with(|c: char| !c.is_ascii()) {
        Form::Loose(rest.chars().count())
    } else {
        return None;
    };
    Some(Entry { value, form })
}

/// What follows the brackets that a text begins with.
fn behind_brackets(text: &str) -> Option<&str> {
    text.strip_prefix(['(', '（'])?.split_once([')', '）']).map(|(_, behind)| behind.trim_start())
}

/// What stands before the colon, where it is one word of more signs than names have: `zh/CN`, `+86`.
fn whole_value(piece: &str) -> Option<&str> {
    let (value, name) = piece.split_once([':', '：'])?;
    let is_word = value.chars().all(|c| c.is_ascii_graphic() && !"`\"'()[]{}<>|,;*=".contains(c));
    let is_odd = value.contains(['/', '+', '#', '%', '@']);
    (is_word && is_odd && !value.is_empty() && !name.starts_with("//")).then_some(value)
}

/// `1=name` and `a=名` name a value, `field = "grade"` states one.
fn value_before_equals(piece: &str) -> Option<&str> {
    let (value, name) = piece.split_once('=')?;
    let (value, name) = (value.trim().trim_matches('`'), name.trim_start());
    let is_word = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let is_number = value.parse::<i64>().is_ok();
    let is_name = name.starts_with(|c: char| c.is_alphabetic() && (is_number || !c.is_ascii()));
    (is_word && is_name).then_some(value)
}

/// A line without the mark that makes it an item; what has none is no item.
pub(super) fn item(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(BULLETS)?;
    // `-1` is a number.
    let is_number = line.trim_start().starts_with('-') && rest.starts_with(|c: char| c.is_ascii_digit());
    (!is_number).then_some(rest)
}

/// Whether a list has items, and is no sentence.
pub(super) fn has_items(list: &str) -> bool {
    let mut lines = list.split('\n');
    lines.next().is_some_and(|first| first.contains("- ")) || list.split('\n').any(|line| item(line).is_some())
}

/// The values of `- 0: name` items, each on its own line or behind a blank.
pub(super) fn items(list: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let mut pieces = Vec::new();
    for (number, line) in list.split('\n').enumerate() {
        // The first line may go on where the words end: `有：- 0: name`.
        let inside = || line.split_once("- ").map(|(_, entries)| entries).filter(|_| number == 0);
        match item(line).or_else(inside) {
            Some(entries) => pieces.extend(split_items(entries).enumerate()),
            // Behind a line that announces something else its own items follow.
            None if !pieces.is_empty() && line.trim_end().ends_with([':', '：']) => break,
            None => {}
        }
    }
    let forms: Vec<Form> = pieces.iter().filter_map(|(_, piece)| Some(entry(piece)?.form)).collect();
    let has_sure = forms.iter().any(|form| form.is_sure());
    let mut values = Vec::new();
    for (index, piece) in pieces {
        match entry(piece).filter(|entry| fits(entry.value, kind)) {
            Some(Entry { value, form }) if form.is_sure() => values.push(typed(value, kind)),
            Some(Entry { value, form: Form::Alone }) if index == 0 || !has_sure => values.push(typed(value, kind)),
            Some(Entry { value, form: Form::Loose(length) }) if !has_sure && length <= LONGEST_NAME => {
                values.push(typed(value, kind));
            }
            // A dash behind an item's name may stand for anything; the line's own opens an item.
            None | Some(_) if piece.trim().is_empty() || index > 0 && !has_colon(piece) => {}
            None => warnings.add(at, format!("`{}` has no readable value: entry skipped", start_of(piece))),
            Some(_) => warnings.add(at, format!("`{}` looks like prose: entry skipped", start_of(piece))),
        }
    }
    values
}

/// A longer name without a sign before it is a sentence that begins with a word.
const LONGEST_NAME: usize = 12;

/// The items of a line: a dash opens one behind a blank, or behind what ends a tag or a clause.
fn split_items(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let opens =
            |at: &usize| text.get(..*at).is_some_and(|before| before.ends_with([' ', '>', ')', '）', ';', '；', '。']));
        match text.match_indices("- ").map(|(at, _)| at).find(|at| *at > 0 && opens(at)) {
            Some(at) => {
                rest = text.get(at + 2..);
                text.get(..at)
            }
            None => rest.take(),
        }
    })
}

/// Whether a piece behind a dash is written as an item is: a short value, a colon, a name.
fn has_colon(piece: &str) -> bool {
    const LONGEST: usize = 12;
    piece.split_once([':', '：']).is_some_and(|(value, _)| value.trim().chars().count() <= LONGEST)
}

/// How many items of a text are written as `value: name`.
pub(super) fn count_of_sure_items(text: &str) -> usize {
    let items = text.split('\n').filter_map(item).flat_map(split_items);
    items.filter(|piece| has_colon(piece) && entry(piece).is_some()).count()
}

/// The values of lines without marks: `1：甲`, then `2：乙` below.
pub(super) fn lines(list: &str, kind: &str) -> Vec<Value> {
    let lines = || list.split('\n').map(str::trim).filter(|line| !line.is_empty());
    // All below zero are no numbers, but items without a blank.
    let dashes = lines().all(|line| line.starts_with('-'));
    let mut values = Vec::new();
    let mut count = 0;
    for line in lines().map(|line| line.strip_prefix('-').filter(|_| dashes).unwrap_or(line)) {
        let named = |entry: &Entry<'_>| entry.form == Form::Named && fits(entry.value, kind);
        let Some(first) = entry(line).filter(named) else { break };
        let several = sentence(line, kind, true);
        values.extend(if several.is_empty() { vec![typed(first.value, kind)] } else { several });
        count += 1;
    }
    if count > 1 { values } else { Vec::new() }
}

/// The values of one sentence: `a、b 和 c`, `1：甲；2：乙`, `1（甲）或 2（乙）`.
///
/// Without a colon before it a sentence may go on (`取值为 1、2 时`) or speak of one value.
pub(super) fn sentence(list: &str, kind: &str, behind_colon: bool) -> Vec<Value> {
    let sentence = list.trim_start_matches([' ', '\n']).split(['\n', '。']).next().unwrap_or_default();
    // In English a word parts them, too: `a, b or c`.
    let sentence = if sentence.contains([':', '：']) {
        Cow::from(sentence)
    } else {
        Cow::from(sentence.replace(" or ", "、").replace(" and ", "、").replace("、or ", "、"))
    };
    let sentence = sentence.trim_end_matches('.');
    let parts = sentence.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
    // One part that is no value makes it a sentence like any other.
    let parsed = parts.map(|part| entry(part).filter(|entry| fits(entry.value, kind)));
    let Some(entries) = parsed.collect::<Option<Vec<_>>>() else { return Vec::new() };
    let has_named = entries.iter().any(|entry| entry.form == Form::Named);
    let is_single = entries.len() == 1;
    let is_prose = |entry: &Entry<'_>| match entry.form {
        Form::Named => false,
        Form::Noted(length) => length > 0,
        Form::Quoted(length) => length > if behind_colon { LONGEST_NAME } else { 0 },
        Form::Alone => has_named,
        Form::Loose(length) => has_named || is_single || !behind_colon || length > LONGEST_NAME,
    };
    if is_single && !behind_colon || entries.iter().any(is_prose) {
        return Vec::new();
    }
    entries.iter().map(|entry| typed(entry.value, kind)).collect()
}

/// As much of an entry as a message can show.
pub(super) fn start_of(entry: &str) -> String {
    entry.trim().chars().take(20).collect()
}

/// Without repetitions, in the order of first mention.
pub(super) fn distinct(mut values: Vec<Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.to_string()));
    values
}

//! YAML as people write it: blocks, short lists and maps on one line, and comments.
//!
//! A library would write only the values. The point of a draft are the notes: a comment
//! above a key says what the document leaves open.

use crate::source::plain;
use serde_json::{Map as JsonMap, Value};
use std::fmt::Write;

/// A value, and how it is laid out.
#[derive(Clone, Debug)]
pub(crate) enum Yaml {
    /// On the line of its key.
    Inline(Value),
    Map(Map),
    List(Vec<Yaml>),
}

/// A map as a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    key: String,
    value: Yaml,
    notes: Vec<String>,
}

impl<T: Into<Value>> From<T> for Yaml {
    fn from(value: T) -> Self {
        Self::Inline(value.into())
    }
}

impl From<Map> for Yaml {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl Map {
    /// Adds an entry.
    pub fn put(&mut self, key: &str, value: impl Into<Yaml>) {
        self.put_noted(key, value, []);
    }

    /// Adds an entry below comments.
    pub fn put_noted(&mut self, key: &str, value: impl Into<Yaml>, notes: impl IntoIterator<Item = String>) {
        self.0.push(Entry { key: key.to_owned(), value: value.into(), notes: notes.into_iter().collect() });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries whose key is wanted.
    pub fn filtered(mut self, is_wanted: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|entry| is_wanted(&entry.key));
        self
    }

    pub fn entries(&self) -> impl Iterator<Item = (&str, &Yaml)> {
        self.0.iter().map(|entry| (entry.key.as_str(), &entry.value))
    }

    /// The entries from this one on.
    pub fn from(&self, index: usize) -> Self {
        Self(self.0.get(index..).unwrap_or_default().to_vec())
    }

    /// Adds all entries of another map.
    pub fn append(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Keeps the entries with these keys.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|entry| keep(&entry.key));
    }

    /// The values, without layout and comments.
    pub fn value(&self) -> Value {
        self.0.iter().map(|entry| (entry.key.clone(), entry.value.value())).collect::<JsonMap<_, _>>().into()
    }

    /// How often a word is in the keys, the values and the comments.
    pub fn count(&self, word: &str) -> usize {
        let count = |text: &str| text.matches(word).count();
        let entry = |entry: &Entry| {
            let notes: usize = entry.notes.iter().map(|note| count(note)).sum();
            count(&entry.key) + notes + entry.value.count(word)
        };
        self.0.iter().map(entry).sum()
    }

    /// The lines, each so many blanks further in.
    pub fn text(&self, indent: usize) -> String {
        let mut out = String::new();
        let blanks = " ".repeat(indent);
        for Entry { key, value, notes } in &self.0 {
            for note in notes {
                let _ = writeln!(out, "{blanks}# {}", on_one_line(note));
            }
            let key = scalar(key, false);
            match value {
                Yaml::Inline(value) => {
                    let _ = writeln!(out, "{blanks}{key}: {}", inline(value, false));
                }
                Yaml::Map(map) if map.is_empty() => {
                    let _ = writeln!(out, "{blanks}{key}: {{}}");
                }
                Yaml::List(list) if list.is_empty() => {
                    let _ = writeln!(out, "{blanks}{key}: []");
                }
                other => {
                    let _ = write!(out, "{blanks}{key}:\n{}", other.text(indent + 2));
                }
            }
        }
        out
    }
}

impl Map {
    /// The lines of an item of a list.
    pub fn item(self, indent: usize) -> String {
        Yaml::Map(self).item_text(indent)
    }
}

impl Yaml {
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Inline(_) => false,
            Self::Map(map) => map.is_empty(),
            Self::List(list) => list.is_empty(),
        }
    }

    pub fn value(&self) -> Value {
        match self {
            Self::Inline(value) => value.clone(),
            Self::Map(map) => map.value(),
            Self::List(list) => list.iter().map(Self::value).collect(),
        }
    }

    fn count(&self, word: &str) -> usize {
        match self {
            Self::Inline(value) => inline(value, false).matches(word).count(),
            Self::Map(map) => map.count(word),
            Self::List(list) => list.iter().map(|item| item.count(word)).sum(),
        }
    }

    /// The lines of a block.
    pub fn text(&self, indent: usize) -> String {
        match self {
            Self::Inline(value) => format!("{}{}\n", " ".repeat(indent), inline(value, false)),
            Self::Map(map) => map.text(indent),
            Self::List(list) => list.iter().map(|item| item.item_text(indent)).collect(),
        }
    }

    /// The lines of an item: comments above its dash, the rest after and below it.
    fn item_text(&self, indent: usize) -> String {
        let (mut out, mut is_dashed) = (String::new(), false);
        for line in self.text(indent + 2).lines() {
            let inside = line.get(indent + 2..).unwrap_or_default();
            let lead = if is_dashed {
                "  "
            } else if inside.starts_with('#') {
                ""
            } else {
                "- "
            };
            is_dashed |= lead == "- ";
            let _ = writeln!(out, "{}{lead}{inside}", " ".repeat(indent));
        }
        out
    }
}

/// A comment ends with its line.
pub(crate) fn on_one_line(note: &str) -> String {
    note.chars().map(|c| if c.is_control() || "\u{2028}\u{2029}\u{feff}".contains(c) { ' ' } else { c }).collect()
}

/// A value on one line, behind its key.
pub(crate) fn on_line_of_key(value: &Value) -> String {
    inline(value, false)
}

/// A value on one line; `within` braces or brackets, commas end words.
fn inline(value: &Value, within: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => scalar(text, within),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| inline(item, true)).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", scalar(key, true), inline(value, true));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text: plain where it can only be read as itself, or else in quotes.
fn scalar(text: &str, within: bool) -> String {
    let is_word = |c: char| c.is_alphanumeric() || "_/.-$".contains(c);
    let is_inside = |c: char| is_word(c) || " (){}`'+=;".contains(c) && (!within || !"{}".contains(c));
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || "/$".contains(c));
    let mut before = 'x';
    let mut is_plain = begins && !text.ends_with([' ', ':']);
    for (c, next) in text.chars().zip(text.chars().skip(1).chain([' '])) {
        // `a:b` is a word, and so is `a, b` where no brace is around it.
        let is_joined = c == ':' && is_word(before) && is_word(next) || c == ',' && !within && next == ' ';
        is_plain &= is_inside(c) || is_joined;
        before = c;
    }
    if is_plain && reads_as_itself(text) {
        return text.to_owned();
    }
    let is_odd = |c: char| c.is_control() || "\u{85}\u{2028}\u{2029}\u{feff}".contains(c);
    if !text.contains(is_odd) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if is_odd(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Whether a plain scalar of one line is this text and no number, `true` or `null`.
fn reads_as_itself(text: &str) -> bool {
    plain(text) == text
}

#[cfg(test)]
mod tests {
    use super::{inline, on_line_of_key};
    use crate::source::Source;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn reads_back(line: &str, expected: &Value) -> bool {
        Source::parse("", &format!("k: {line}\n")).is_ok_and(|read| read.value.get("k") == Some(expected))
    }

    proptest! {
        #![proptest_config(crate::property::config(4096))]

        /// Whether a scalar needs quotes is decided without a parser.
        #[test]
        fn scalars_read_back(text in "[ a-z0-9:,.'+#{}\\[\\]&*!|>%@`\"~?é中=()_/$;-]{0,12}|[0-9.e+-]{1,5}|true|null|.{0,6}") {
            let text = Value::from(text);
            prop_assert!(reads_back(&on_line_of_key(&text), &text));
            prop_assert!(reads_back(&inline(&json!([text]), true), &json!([text])));
        }
    }
}

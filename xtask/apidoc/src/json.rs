//! JSON in documents: blocks of it, and bodies inside the samples' strings.
//!
//! People write JSON with comments, trailing commas and `...`. Comments and extra commas
//! change nothing, so they become blanks and every other character keeps its place. `...`
//! says that something is left out: a value becomes `null`, items and properties are
//! missing, and a warning says so.
//!
//! A block that still does not parse is reported where it breaks, in the document's own
//! lines and columns. A block may hold several examples, and a response is known by its
//! envelope where no heading says what it is.

use crate::facts::{Example, ExampleKind, ExampleSource};
use crate::markdown::Code;
use crate::outline::{self, Piece};
use crate::warnings::{Position, Warnings};
use serde_json::{Deserializer, Value};

/// Whether a block is JSON: its fence says so, or says nothing of the kind and it begins like it.
pub(super) fn is_json(code: &Code) -> bool {
    match code.language.as_str() {
        "json" | "jsonc" | "json5" => true,
        "" | "text" | "txt" | "plain" | "plaintext" | "plain_text" => code.text.trim_start().starts_with(['{', '[']),
        _ => false,
    }
}

/// The examples in a JSON block.
pub(super) fn examples(code: &Code, piece: &Piece<'_>, warnings: &mut Warnings) -> Vec<Example> {
    let said = outline::example_kind(piece);
    let mut examples = Vec::new();
    for (value, line) in values(code, warnings) {
        let Some(kind) = said.or_else(|| is_envelope(&value).then_some(ExampleKind::Response)) else {
            warnings.add_line(line, "no heading says whether this is a request or a response: example skipped");
            continue;
        };
        examples.push(Example { value, ..Example::at(kind, ExampleSource::Json, line) });
    }
    examples
}

/// The values of a block one after the other, with their lines.
fn values(code: &Code, warnings: &mut Warnings) -> Vec<(Value, usize)> {
    let plain = plain(&code.text);
    if let Some(offset) = plain.elided {
        warnings.add(place(code, &plain.text, offset), "the example has `...` here: read without what it leaves out");
    }
    let mut stream = Deserializer::from_str(plain.text.trim_end()).into_iter::<Value>();
    let mut values = Vec::new();
    let (mut start, mut line) = (0, code.line);
    loop {
        let rest = plain.text.get(start..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        line += newlines(rest.get(..blanks).unwrap_or_default());
        match stream.next() {
            Some(Ok(value)) => {
                values.push((value, line));
                let end = stream.byte_offset();
                line += newlines(plain.text.get(start + blanks..end).unwrap_or_default());
                start = end;
            }
            Some(Err(error)) => {
                let column = characters(&plain.text, error.line(), error.column());
                let at = code.position(error.line(), column);
                warnings.add(at, format!("this is not JSON: {}; example skipped", reason(&error)));
                return values;
            }
            None => {
                if values.is_empty() {
                    warnings.add_line(code.line, "this block of JSON is empty: no example read");
                }
                return values;
            }
        }
    }
}

/// Whether a value is a response envelope of the platform: a code with its message or its data.
fn is_envelope(value: &Value) -> bool {
    value.get("code").is_some_and(Value::is_i64) && ["msg", "data"].iter().any(|key| value.get(key).is_some())
}

/// The body that a sample holds in a string: nothing, or JSON.
pub(super) fn body(text: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(Value::Null);
    }
    let plain = plain(text);
    if plain.elided.is_some() {
        warnings.add(at, "the body has `...`: read without what it leaves out");
    }
    serde_json::from_str(&plain.text)
        .map_err(|error| {
            let (line, column) = (error.line(), characters(text, error.line(), error.column()));
            let reason = reason(&error);
            warnings
                .add(at, format!("the body is not JSON: {reason} in its line {line}, column {column}; sample skipped"));
        })
        .ok()
}

/// `serde_json` ends its messages with a place inside the block, which would mislead here.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

/// The place in the document of an offset in a block's text.
fn place(code: &Code, text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or_default();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    code.position(newlines(before) + 1, column)
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

/// The column in characters of a column in bytes.
fn characters(text: &str, line: usize, bytes: usize) -> usize {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    line.char_indices().take_while(|&(at, _)| at < bytes).count().max(1)
}

/// A text that may be JSON, and where in it something was left out.
struct Plain {
    text: String,
    /// Offset of the first `...`.
    elided: Option<usize>,
}

/// The text without what JSON does not have.
fn plain(json: &str) -> Plain {
    let mut reader = Reader { out: String::with_capacity(json.len()), last: None, elided: None };
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '"' => reader.keep(string(rest)),
            '/' if rest.starts_with("//") => reader.blank(line(rest)),
            '#' => reader.blank(line(rest)),
            '/' if rest.starts_with("/*") => {
                reader.blank(rest.find("*/").and_then(|end| rest.get(..end + 2)).unwrap_or(rest))
            }
            '.' | '…' if rest.starts_with("...") || c == '…' => reader.elision(dots(rest)),
            ',' => reader.comma(),
            ']' | '}' => reader.close(c),
            _ => reader.keep(rest.get(..c.len_utf8()).unwrap_or(rest)),
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    Plain { text: reader.out, elided: reader.elided }
}

struct Reader {
    out: String,
    /// The last character that is no blank, and where it stands.
    last: Option<(char, usize)>,
    elided: Option<usize>,
}

impl Reader {
    fn keep(&mut self, text: &str) -> usize {
        if let Some(c) = text.chars().next_back().filter(|c| !c.is_whitespace()) {
            self.last = Some((c, self.out.len()));
        }
        self.out.push_str(text);
        text.len()
    }

    fn blank(&mut self, text: &str) -> usize {
        // As many bytes as there were, so that offsets stay; line feeds, so that lines do.
        self.out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        text.len()
    }

    fn elision(&mut self, dots: &str) -> usize {
        self.elided.get_or_insert(self.out.len());
        if matches!(self.last, Some((':', _))) {
            self.keep("null");
            return dots.len();
        }
        self.blank(dots)
    }

    /// A comma next to a left-out item separates nothing.
    fn comma(&mut self) -> usize {
        let parts_nothing = self.elided.is_some() && matches!(self.last, Some(('[' | '{' | ',', _)));
        if parts_nothing { self.blank(",") } else { self.keep(",") }
    }

    fn close(&mut self, bracket: char) -> usize {
        if let Some((',', at)) = self.last {
            self.out.replace_range(at..=at, " ");
        }
        self.last = Some((bracket, self.out.len()));
        self.out.push(bracket);
        bracket.len_utf8()
    }
}

/// The string that a text begins with, its quotes included.
fn string(text: &str) -> &str {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == '"' && !escaped || c == '\n';
        escaped = c == '\\' && !escaped;
        ends
    });
    end.and_then(|(at, _)| text.get(..=at)).unwrap_or(text)
}

fn line(text: &str) -> &str {
    text.split('\n').next().unwrap_or(text)
}

fn dots(text: &str) -> &str {
    let end = text.find(|c| !matches!(c, '.' | '…')).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> (Option<Value>, bool) {
        let plain = plain(text);
        (serde_json::from_str(&plain.text).ok(), plain.elided.is_some())
    }

    #[test]
    fn comments_and_trailing_commas_change_nothing() {
        let text =
            "{ // a \"comment\"\n \"a\": [1, 2,], /* b, */ # c\n \"u\": \"http://x, ...]\", \"q\": \"\\\"//\",\n}";
        assert_eq!(read(text), (Some(json!({"a": [1, 2], "u": "http://x, ...]", "q": "\"//"})), false));
        assert_eq!(plain(text).text.len(), text.len());
    }

    #[test]
    fn ellipses_are_left_out_with_warning() {
        for (text, value) in [
            ("[1, ...]", json!([1])),
            ("[..., 1, ……, 2]", json!([1, 2])),
            ("{\"a\": ..., \"b\": {...}, ...}", json!({"a": null, "b": {}})),
            ("{\"a\": 1\n ...\n}", json!({"a": 1})),
        ] {
            assert_eq!(read(text), (Some(value), true), "{text}");
        }
    }

    #[test]
    fn other_mistakes_stay() {
        for text in ["[,1]", "[1 2]", "{a: 1}", "{\"a\": 1", "\"a", "/*"] {
            assert_eq!(read(text), (None, false), "{text}");
        }
    }
}

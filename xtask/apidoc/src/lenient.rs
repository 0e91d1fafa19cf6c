//! JSON as people write it into documents: with comments, trailing commas and `...`.
//!
//! Comments and commas too many change nothing, so they become blanks and every other
//! character keeps its place. `...` says that something is left out: a value becomes
//! `null`, items and properties are missing, and the caller has to say so.

/// A text that may be JSON, and where in it something was left out.
pub(super) struct Plain {
    pub text: String,
    /// Offset of the first `...`.
    pub elided: Option<usize>,
}

/// The text without what JSON does not have.
pub(super) fn plain(json: &str) -> Plain {
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

    /// A comma beside which something was left out parts nothing.
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
    fn what_is_left_out_is_missing_and_told() {
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

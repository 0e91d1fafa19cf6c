//! Reads a YAML file as JSON, with the position of every value.
//!
//! A message about a mistake must name its line. So the YAML is read from its events
//! into a `serde_json::Value` and a tree of positions, by which the build and `cargo xtask`
//! name file and line of any mistake that they find later.
//!
//! Only plain YAML is supported: anchors, aliases, tags and duplicate keys are rejected,
//! since YAML readers disagree about them.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde_json::{Map, Value};
use std::fmt;

/// A position in a file: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// A range of a file; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Its first character.
    pub start: Place,
    /// After its last character.
    #[allow(dead_code, reason = "the build names the start only; xtask underlines the span")]
    pub end: Place,
}

/// What is wrong, where, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The rule that it breaks, which `cargo xtask validate --explain` explains; none if the file is not YAML at all.
    pub rule: Option<&'static str>,
    /// The file, as the caller named it.
    pub file: String,
    /// The JSON pointer of the value that is wrong.
    pub pointer: String,
    /// Where in the file, if known.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}; {}", self.message, self.help)
    }
}

impl std::error::Error for Mistake {}

/// A YAML file, read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, as the caller named it.
    pub file: String,
    /// Its one document.
    pub value: Value,
    spans: Spans,
}

/// The span of a value, and of everything in it.
///
/// A map from whole pointers took more memory than the values, and longer to fill than the parser needed.
#[derive(Clone, Debug)]
struct Spans {
    /// With the key, if the value has one.
    span: Span,
    inside: Inside,
}

#[derive(Clone, Debug)]
enum Inside {
    Nothing,
    Items(Vec<Spans>),
    /// Sorted by key, which is a segment of a pointer.
    Entries(Vec<(Box<str>, Spans)>),
}

impl Spans {
    /// The spans of one value in this one.
    fn at(&self, segment: &str) -> Option<&Self> {
        match &self.inside {
            Inside::Nothing => None,
            Inside::Items(items) => items.get(segment.parse::<usize>().ok()?),
            Inside::Entries(entries) => {
                let index = entries.binary_search_by(|(key, _)| (**key).cmp(segment)).ok()?;
                entries.get(index).map(|(_, spans)| spans)
            }
        }
    }
}

impl Source {
    /// Reads one YAML document; `file` is what messages call it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistake> {
        let (events, reached) = (Parser::new_from_str(text), Place { line: 1, column: 1 });
        let mut reader = Reader { file, events, reached };
        let (value, spans) = reader.document()?;
        Ok(Self { file: file.to_owned(), value, spans })
    }

    /// The document alone. The positions take as much memory, which is freed here.
    #[allow(dead_code, reason = "the tests of the client only read YAML")]
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Where the value at a JSON pointer begins; if there is no such value, the nearest
    /// one that encloses it.
    pub fn place(&self, pointer: &str) -> Option<Place> {
        self.span(pointer).map(|span| span.start)
    }

    /// The span of the value at a JSON pointer, with its key if it has one; if there is no
    /// such value, the nearest one that encloses it.
    pub fn span(&self, pointer: &str) -> Option<Span> {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return None;
        }
        let mut found = &self.spans;
        for segment in pointer.split('/').skip(1) {
            match found.at(segment) {
                Some(inside) => found = inside,
                None => break,
            }
        }
        Some(found.span)
    }

    /// A mistake at a JSON pointer of this file.
    pub fn mistake(&self, pointer: &str, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        let (file, place) = (self.file.clone(), self.place(pointer));
        let (message, help) = (message.into(), help.into());
        Mistake { rule: None, file, pointer: pointer.to_owned(), place, message, help }
    }

    /// A mistake at a JSON pointer of this file, with the rule that it breaks.
    #[allow(dead_code, reason = "the tests of the client only read YAML")]
    pub fn violation(
        &self,
        rule: &'static str,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Mistake {
        Mistake { rule: Some(rule), ..self.mistake(pointer, message, help) }
    }
}

/// The value at a JSON pointer.
///
/// `Value::pointer` unescapes every segment, although few hold an escape: that alone was half of the time of the mutants.
pub fn lookup<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    pointer.split('/').skip(1).try_fold(value, |value, segment| match value {
        Value::Object(map) if segment.contains('~') => map.get(&segment.replace("~1", "/").replace("~0", "~")),
        Value::Object(map) => map.get(segment),
        Value::Array(list) => list.get(segment.parse::<usize>().ok()?),
        _ => None,
    })
}

/// A key as one segment of a JSON pointer.
///
/// Two searches: without optimisation, one search for either character was a fifth of the time of the mutants.
pub fn segment(key: &str) -> String {
    if key.contains('~') || key.contains('/') { key.replace('~', "~0").replace('/', "~1") } else { key.to_owned() }
}

/// How deep lists and objects may be inside each other: as deep as JSON is read.
const MAX_DEPTH: usize = 128;

struct Reader<'a> {
    file: &'a str,
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// The position after the last token. A block has no closing token, so its end is known by this alone.
    reached: Place,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<(Value, Spans), Mistake> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, at) => return Err(self.wrong(at, "the file is empty", "write the document")),
                (event, at) => {
                    let read = self.value(event, at, place(at), 0)?;
                    return self.end().map(|()| read);
                }
            }
        }
    }

    /// Rejects a second document, which would be ignored silently.
    fn end(&mut self) -> Result<(), Mistake> {
        loop {
            match self.next()? {
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (Event::StreamEnd, _) => return Ok(()),
                (_, at) => return Err(self.wrong(at, "a second document begins", "keep one document in the file")),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Marker), Mistake> {
        match self.events.next() {
            Some(Ok((event, span))) => {
                if span.start.index() < span.end.index() {
                    self.reached = match event {
                        // The parser's span of a closing bracket includes what follows it, comments too.
                        Event::MappingEnd | Event::SequenceEnd => {
                            Place { column: span.start.col() + 2, ..place(span.start) }
                        }
                        _ => place(span.end),
                    };
                }
                Ok((event, span.start))
            }
            Some(Err(error)) => Err(self.wrong(
                *error.marker(),
                format!("this is not YAML: {}", error.info()),
                "fix the syntax here or on the line above",
            )),
            None => Err(Mistake {
                rule: None,
                file: self.file.to_owned(),
                pointer: String::new(),
                place: None,
                message: "the file ends too early".to_owned(),
                help: "close the open bracket or quote".to_owned(),
            }),
        }
    }

    /// Reads a value, which begins at `start`: at its key, if it has one.
    fn value(&mut self, event: Event<'a>, at: Marker, start: Place, depth: usize) -> Result<(Value, Spans), Mistake> {
        // Each level is a call inside a call.
        if depth > MAX_DEPTH {
            return Err(self.wrong(at, "this is nested too deeply", format!("keep it to {MAX_DEPTH} levels")));
        }
        let (value, inside) = match event {
            Event::Scalar(text, style, 0, None) => (scalar(&text, style), Inside::Nothing),
            Event::SequenceStart(0, None) => self.sequence(depth + 1)?,
            Event::MappingStart(0, None) => self.mapping(depth + 1)?,
            Event::Alias(_) => {
                return Err(self.wrong(
                    at,
                    "aliases (`*name`) are not supported",
                    "write the value out, or use `$ref`",
                ));
            }
            _ => {
                return Err(self.wrong(
                    at,
                    "anchors (`&name`) and tags (`!name`) are not supported",
                    "write the plain value",
                ));
            }
        };
        Ok((value, Spans { span: Span { start, end: self.reached }, inside }))
    }

    fn sequence(&mut self, depth: usize) -> Result<(Value, Inside), Mistake> {
        let (mut items, mut spans) = (Vec::new(), Vec::new());
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => {
                    spans.shrink_to_fit();
                    return Ok((Value::Array(items), Inside::Items(spans)));
                }
                (event, at) => {
                    let (item, of_item) = self.value(event, at, place(at), depth)?;
                    items.push(item);
                    spans.push(of_item);
                }
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Value, Inside), Mistake> {
        let (mut entries, mut spans) = (Map::new(), Vec::new());
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => break,
                (Event::Scalar(key, ..), at) => (key.into_owned(), at),
                (_, at) => return Err(self.wrong(at, "a key must be a plain word", "write the key as one word")),
            };
            if entries.contains_key(&key) {
                return Err(self.wrong(at, format!("duplicate key `{key}`"), "keep one of them"));
            }
            // An entry begins at its key: the value may begin lines below.
            let start = place(at);
            let (event, at) = self.next()?;
            let (value, of_value) = self.value(event, at, start, depth)?;
            spans.push((segment(&key).into_boxed_str(), of_value));
            entries.insert(key, value);
        }
        spans.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        spans.shrink_to_fit();
        Ok((Value::Object(entries), Inside::Entries(spans)))
    }

    fn wrong(&self, at: Marker, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        let (message, help) = (message.into(), help.into());
        let (file, place) = (self.file.to_owned(), Some(place(at)));
        Mistake { rule: None, file, pointer: String::new(), place, message, help }
    }
}

fn place(at: Marker) -> Place {
    Place { line: at.line(), column: at.col() + 1 }
}

/// A scalar by the core schema of YAML 1.2: every quoted scalar is a string.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style == ScalarStyle::Plain { plain(text) } else { Value::from(text) }
}

/// The value of a scalar without quotes.
pub fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::from(true),
        "false" => Value::from(false),
        // YAML allows a leading zero or plus in a number and JSON does not: kept as a string.
        _ if text.starts_with('+') || (text.len() > 1 && text.starts_with('0') && !text.contains('.')) => {
            Value::from(text)
        }
        _ => (text.parse::<i64>().map(Value::from))
            .or_else(|_| text.parse::<f64>().map(Value::from).map_err(drop))
            .ok()
            .filter(|_| text.bytes().any(|b| b.is_ascii_digit()))
            .unwrap_or_else(|| Value::from(text)),
    }
}

//! YAML as a tree with lines: what a manifest is read from.
//!
//! A scalar is the text that was written. YAML would read the id `0123` as a number and the name `no` as a flag; a manifest
//! has neither numbers nor flags that these could be meant to be. JSON is read too: it is YAML.
//!
//! Only plain YAML is read: anchors, aliases, tags and keys that are there twice are problems, since readers of YAML
//! disagree about them.

use super::Problem;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

/// A manifest has three levels; more would only fill the stack.
const MAX_DEPTH: usize = 8;

/// A value and the line on which it, or its key, begins.
#[derive(Debug)]
pub(super) struct Node {
    pub line: u64,
    pub value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Reads the one document of a text.
pub(super) fn document(text: &str) -> Result<Node, Problem> {
    let mut reader = Reader { events: Parser::new_from_str(text) };
    let root = loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::StreamEnd, _) => return Ok(Node { line: 1, value: Value::Null }),
            (event, at) => break reader.node(event, at, 0)?,
        }
    };
    loop {
        match reader.next()? {
            (Event::DocumentEnd | Event::Nothing, _) => {}
            (Event::StreamEnd, _) => return Ok(root),
            (_, at) => return Err(problem(at, "a second document begins; keep one in the file")),
        }
    }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Marker), Problem> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, span.start)),
            Some(Err(error)) => {
                Err(problem(*error.marker(), &format!("is not YAML here or on the line above: {}", error.info())))
            }
            None => Err(Problem::of_file("ends too early: close the open bracket or quote")),
        }
    }

    fn node(&mut self, event: Event<'a>, at: Marker, depth: usize) -> Result<Node, Problem> {
        if depth > MAX_DEPTH {
            return Err(problem(at, "is nested more deeply than a manifest"));
        }
        let value = match event {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) if ["", "~", "null"].contains(&&*text) => Value::Null,
            Event::Scalar(text, _, 0, None) => Value::Text(text.into_owned()),
            Event::SequenceStart(0, None) => self.list(depth)?,
            Event::MappingStart(0, None) => self.map(depth)?,
            _ => return Err(problem(at, "anchors, aliases and tags (&, *, !) are not read; write the value out")),
        };
        Ok(Node { line: at.line() as u64, value })
    }

    fn list(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, at) => items.push(self.node(event, at, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Map(entries)),
                (Event::Scalar(key, _, 0, None), at) => (key.into_owned(), at),
                (_, at) => return Err(problem(at, "a key must be a plain word")),
            };
            if entries.iter().any(|(other, _)| *other == key) {
                return Err(problem(at, &format!("the key {key:?} is there twice; keep one of them")));
            }
            let (event, value_at) = self.next()?;
            let Node { value, .. } = self.node(event, value_at, depth + 1)?;
            entries.push((key, Node { line: at.line() as u64, value }));
        }
    }
}

fn problem(at: Marker, text: &str) -> Problem {
    Problem::at(at.line() as u64, text)
}

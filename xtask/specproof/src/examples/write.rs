//! Writes the examples into the text of the spec.
//!
//! Everything else in the text stays as its author wrote it. `components/responses` and
//! `components/examples` are made of examples alone, so they are written anew as a whole;
//! in an operation only the lines that refer to them are.

use super::layout::{component, failure_schema, failures, lines, names, requests_and_responses};
use super::{Examples, known_to_platform};
use crate::source::{Mistake, Source, segment};
use crate::spec_model::{Operation, Spec};
use crate::validate::Inputs;
use crate::validate::expected_examples;
use crate::yaml::{Map, Yaml};
use serde_json::json;

/// The spec's text with every example that evidence has, and no other.
///
/// # Errors
///
/// Fails where the spec is malformed, or where a place for examples is not written as a block.
pub fn write(inputs: &Inputs, text: &str) -> Result<String, Mistake> {
    let source = Source::parse(&inputs.spec.file, text)?;
    let spec = Spec::new(&source);
    let Some(schema) = failure_schema(&spec) else {
        return Err(source.mistake("/paths", "no operation has a response 4XX", "write one, with a schema"));
    };
    let mut edits = Edits { source: &source, lines: text.lines().collect(), edits: Vec::new() };
    let (mut responses, mut components) = (Map::default(), Map::default());
    for (operation, examples) in expected_examples(&spec, inputs) {
        edits.operation(operation, &examples)?;
        requests_and_responses(&examples, &mut components);
        for (name, response) in names(&operation.id).iter().zip(failures(&examples, &schema)) {
            responses.put(name, response);
        }
    }
    known_to_platform(&spec, &inputs.platform).iter().for_each(|known| component(&known.example, &mut components));
    edits.put("/components", "responses", responses.into())?;
    edits.put("/components", "examples", components.into())?;
    Ok(edits.applied())
}

/// Lines to replace, each by their first and their end.
struct Edits<'a> {
    source: &'a Source,
    lines: Vec<&'a str>,
    edits: Vec<(usize, usize, String)>,
}

impl Edits<'_> {
    fn operation(&mut self, operation: &Operation, examples: &Examples) -> Result<(), Mistake> {
        let at = &operation.node.pointer;
        let body = |holder: &str| format!("{at}/{holder}/content/application~1json");
        for (media, examples) in [(body("requestBody"), &examples.request), (body("responses/200"), &examples.response)]
        {
            if self.source.value.pointer(&media).is_some() && !examples.is_empty() {
                self.put(&media, "examples", lines(examples).into())?;
            }
        }
        for (status, name) in ["4XX", "5XX"].iter().zip(names(&operation.id)) {
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            self.put(&format!("{at}/responses"), status, reference.into())?;
        }
        Ok(())
    }

    /// Writes an entry of a map anew, or adds it behind the last one.
    fn put(&mut self, map: &str, key: &str, value: Yaml) -> Result<(), Mistake> {
        let mut entry = Map::default();
        entry.put(key, value);
        let pointer = format!("{map}/{}", segment(key));
        let is_there = self.source.value.pointer(&pointer).is_some();
        let place = if is_there {
            self.source.span(&pointer)
        } else {
            let entries = self.source.value.pointer(map).and_then(|map| map.as_object());
            let last = entries.and_then(|entries| entries.keys().next_back());
            last.and_then(|last| self.source.span(&format!("{map}/{}", segment(last))))
        };
        let map_line = self.source.place(map).map_or(0, |place| place.line);
        let Some(span) = place.filter(|span| span.start.line > map_line) else {
            let help = "write this as a block, one entry on a line";
            return Err(self.source.mistake(map, format!("`{key}` cannot be written here"), help));
        };
        // A span ends behind its last character: before the first one of a line, the line is not part of it.
        let end = if span.end.column == 1 { span.end.line - 1 } else { span.end.line };
        let first = if is_there { span.start.line - 1 } else { end };
        self.edits.push((first, end, entry.text(span.start.column - 1)));
        Ok(())
    }

    fn applied(mut self) -> String {
        self.edits.sort();
        let (mut out, mut at) = (String::new(), 0);
        for (first, end, text) in &self.edits {
            for line in self.lines.get(at..*first).unwrap_or_default() {
                out.push_str(line);
                out.push('\n');
            }
            out.push_str(text);
            at = *end;
        }
        for line in self.lines.get(at..).unwrap_or_default() {
            out.push_str(line);
            out.push('\n');
        }
        out
    }
}

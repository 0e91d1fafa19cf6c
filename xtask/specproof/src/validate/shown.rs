//! Examples, and what they show.
//!
//! An example proves less than a table: that a name exists and of what type it is, but
//! nothing about names that it leaves out. Where no table speaks it is all there is, so
//! a document's side is made of it too.

use super::fact::{Aspect, Fact, Trait};
use super::finding::DocumentPlace;
use super::kind;
use super::matching::Matched;
use super::samples::fill;
use super::side::{Complete, Side};
use apidoc::facts::{Example, ExampleKind, Place};
use serde_json::{Map, Value, json};

/// An example and where it was shown.
pub(crate) struct Shown<'a> {
    pub kind: ExampleKind,
    pub value: &'a Value,
    pub document: Option<DocumentPlace>,
    pub service: Option<&'a str>,
}

/// All that document and service show of an operation.
pub(crate) fn examples<'a>(matched: &'a Matched) -> Vec<Shown<'a>> {
    let in_document = matched.document.iter().flat_map(|(file, operation)| {
        let examples = operation.examples.iter().filter(|example| !example.value.is_null());
        examples.map(|example| Shown {
            kind: example.kind,
            value: &example.value,
            document: Some(DocumentPlace { file: (*file).to_owned(), line: example.line }),
            service: None,
        })
    });
    let of_service = matched.service.iter().flat_map(|service| {
        let examples = &service.examples;
        let request = examples.request.iter().map(|value| (ExampleKind::Request, value));
        let both = request.chain(examples.response.iter().map(|value| (ExampleKind::Response, value)));
        both.map(|(kind, value)| Shown { kind, value, document: None, service: Some(&service.file) })
    });
    in_document.chain(of_service).collect()
}

impl Shown<'_> {
    /// The code of an answer that is a failure.
    pub fn failure(&self) -> Option<i64> {
        let answer = self.value.as_object().filter(|answer| self.kind == ExampleKind::Response && is_failure(answer));
        answer?.get("code")?.as_i64()
    }
}

/// What each example shows by itself, samples with the rest of their request; and where.
pub(crate) fn sides(matched: &Matched) -> Vec<(String, Side<()>)> {
    let in_document = matched.document.iter().flat_map(|(file, operation)| {
        operation.examples.iter().map(move |example| {
            let mut side = side(example.kind, &example.value);
            if example.kind == ExampleKind::Request {
                say_request(&mut side, matched.operation.path, example);
            }
            (format!("{file}:{}", example.line), side)
        })
    });
    let of_service = examples(matched).into_iter().filter_map(|shown| {
        let file = shown.service?;
        Some((file.to_owned(), side(shown.kind, shown.value)))
    });
    in_document.chain(of_service).collect()
}

fn side(kind: ExampleKind, value: &Value) -> Side<()> {
    let mut side = Side::new(Complete::default());
    let Some(object) = value.as_object() else { return side };
    match (kind, object.get("code").and_then(Value::as_i64)) {
        (ExampleKind::Request, _) => say_body(&mut side, object, &[], ()),
        // How a failure is worded may differ from call to call.
        (ExampleKind::Response, Some(code)) if is_failure(object) => side.say(Fact::error(code), json!({}), ()),
        (ExampleKind::Response, _) => say_fields(&mut side, object, ()),
    }
    side
}

/// Method, path and names: as text in a URL, a value shows no type.
fn say_request(side: &mut Side<()>, template: &str, sample: &Example) {
    side.say_if_some(Trait::Method.into(), sample.method.clone(), ());
    let filled = sample.path.as_ref().and_then(|path| fill(template, path));
    if filled.is_some() {
        side.say(Trait::Path, template, ());
    }
    let in_path = filled.into_iter().flatten().map(|(name, _)| (Place::Path, name));
    let by_name = sample.path_parameters.keys().map(|name| (Place::Path, name.clone()));
    let in_query = sample.query.keys().map(|name| (Place::Query, name.clone()));
    let in_header = sample.headers.keys().map(|name| (Place::Header, name.clone()));
    for (place, name) in in_path.chain(by_name).chain(in_query).chain(in_header) {
        side.say(Fact::parameter(place, &name), Value::Null, ());
    }
}

/// An answer whose code is not 0 shows a failure, not the fields of the operation's own answer.
pub(crate) fn is_failure(answer: &Map<String, Value>) -> bool {
    answer.get("code").and_then(Value::as_i64).is_some_and(|code| code != 0)
}

/// Notes the fields that an example of the answer shows.
pub(crate) fn say_fields<At: Copy>(side: &mut Side<At>, answer: &Map<String, Value>, at: At) {
    say_within(side, &Fact::field, &[], "", answer, at);
}

/// Notes the properties that an example of the body shows; where a table lists those of an object, it lists all.
pub(crate) fn say_body<At: Copy>(side: &mut Side<At>, body: &Map<String, Value>, tabled: &[&str], at: At) {
    say_within(side, &|path| Fact::parameter(Place::Body, path), tabled, "", body, at);
}

/// By dotted path, lists without brackets.
fn say_within<At: Copy>(
    side: &mut Side<At>,
    fact_of: &impl Fn(&str) -> Fact,
    tabled: &[&str],
    parent: &str,
    fields: &Map<String, Value>,
    at: At,
) {
    let is_tabled = tabled.iter().any(|path| path.rsplit_once('.').map_or("", |(parent, _)| parent) == parent);
    for (name, value) in fields {
        let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
        if !is_tabled {
            let fact = fact_of(&path);
            let kind = kind::of_value(value);
            side.say(fact.clone(), kind.clone(), at);
            side.say_if_some(fact.aspect(Aspect::Type), kind, at);
        } else if !tabled.contains(&path.as_str()) {
            continue;
        }
        for inner in objects(value) {
            say_within(side, fact_of, tabled, &path, inner, at);
        }
    }
}

/// The objects that a value is or lists.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(fields) => vec![fields],
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

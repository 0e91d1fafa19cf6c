//! Node: a method of the SDK's client, called with `path`, `params` and `data`.
//!
//! `client.contact.v3.group.create({data: {...}})` names no URL: its address is
//! the chain of names, known by the version in it. The SDK's bare
//! `client.request({method, url, ...})` has both.

use super::evaluate::Scope;
use super::expression::{Expression, Kind, Link, Program};
use super::tokens::Dialect;
use super::{apply_url, put, put_headers, request};
use crate::facts::{Example, ExampleSource, Operation, Place};
use crate::markdown::Code;
use crate::warnings::Warnings;
use serde_json::{Map, Value};

pub(super) fn read(code: &Code, _: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    let program = Program::of_sample(code, Dialect::Common, warnings);
    let mut examples = Vec::new();
    for (index, at, links) in program.chains() {
        let Some(payload) = call(&links) else { continue };
        let mut scope = Scope::new(&program, index, false, warnings);
        let mut example = request(ExampleSource::Node, at.line);
        let payload = payload.map(|payload| scope.resolve(payload, index).0.kind);
        let mut complete = true;
        if let Some(Kind::Object(fields)) = payload {
            for (name, value) in &fields {
                match scope.value(value) {
                    Some((value, at)) => apply(&mut example, name, value, at.line),
                    None => complete &= name != "data",
                }
            }
        }
        examples.extend(complete.then_some(example));
    }
    examples
}

/// The first argument of the link that makes the request, if the chain has such a link.
fn call(links: &[Link]) -> Option<Option<&Expression>> {
    let is_version =
        |link: &Link| link.name.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let from = links.iter().position(is_version).map_or(1, |version| version + 1);
    let versioned = from > 1;
    let call = links.get(from..)?.iter().find(|link| link.arguments.is_some())?;
    if !versioned && call.name != "request" {
        return None;
    }
    Some(call.arguments.as_ref()?.first().map(|argument| &argument.value))
}

fn apply(example: &mut Example, name: &str, value: Value, line: usize) {
    match (name, value) {
        ("params", Value::Object(parameters)) => put_all(example, Place::Query, parameters),
        ("path", Value::Object(parameters)) => put_all(example, Place::Path, parameters),
        ("headers", headers) => put_headers(example, headers),
        ("method", Value::String(method)) => example.method = Some(method.to_uppercase()),
        ("url", Value::String(address)) => apply_url(&address, example),
        ("data", body) => (example.value, example.line) = (body, line),
        _ => {}
    }
}

fn put_all(example: &mut Example, place: Place, parameters: Map<String, Value>) {
    for (name, value) in parameters {
        put(example, place, &name, value);
    }
}

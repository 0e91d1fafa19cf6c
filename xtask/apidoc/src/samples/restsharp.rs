//! C# with RestSharp: a client for the URL, a request for the method, headers and
//! body added by name.

use super::evaluate::Scope;
use super::expression::{Argument, Kind, Link, Program};
use super::tokens::Dialect;
use super::{apply_url, put, request};
use crate::facts::{Example, ExampleSource, Operation, Place};
use crate::json;
use crate::markdown::Code;
use crate::warnings::{Position, Warnings};
use serde_json::Value;

pub(super) fn read(code: &Code, _: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    let program = Program::of_sample(code, Dialect::Common, warnings);
    let mut example = request(ExampleSource::CSharp, code.line);
    for (index, at, links) in program.chains() {
        let Some(Link { name, arguments: Some(arguments), .. }) = links.last() else { continue };
        let mut text = |at: usize| text(&program, index, arguments.get(at)?, warnings);
        match name.as_str() {
            "RestClient" => {
                if let Some((address, _)) = text(0) {
                    apply_url(&address, &mut example);
                    example.line = at.line;
                }
            }
            "RestRequest" => example.method = arguments.iter().find_map(method).or(example.method),
            "AddHeader" => {
                if let (Some((name, _)), Some((value, _))) = (text(0), text(1)) {
                    example.headers.insert(name, value);
                }
            }
            "AddParameter" | "AddStringBody" | "AddBody" | "AddJsonBody" => {
                let body = if name == "AddParameter" { text(1) } else { text(0) };
                let Some((body, at)) = body else { return Vec::new() };
                let Some(value) = json::body(&body, at, warnings) else { return Vec::new() };
                (example.value, example.line) = (value, at.line);
            }
            "AddQueryParameter" | "AddUrlSegment" => {
                if let (Some((key, _)), Some((value, _))) = (text(0), text(1)) {
                    let place = if name == "AddQueryParameter" { Place::Query } else { Place::Path };
                    put(&mut example, place, &key, Value::from(value));
                }
            }
            // What else is said of a request may be part of it.
            other if other.starts_with("Add") || links.first().is_some_and(|link| link.name == "request") => {
                warnings.add(at, format!("`{other}` is not a known part of a request: left out"));
            }
            _ => {}
        }
    }
    if example.path.is_some() && example.method.is_none() {
        warnings.add_line(code.line, "no method was read from this sample");
    }
    example.path.is_some().then_some(example).into_iter().collect()
}

fn text(program: &Program, before: usize, argument: &Argument, warnings: &mut Warnings) -> Option<(String, Position)> {
    match Scope::new(program, before, false, warnings).value(&argument.value)? {
        (Value::String(text), at) => Some((text, at)),
        _ => None,
    }
}

/// `Method.POST`, in RestSharp's later versions `Method.Post`.
fn method(argument: &Argument) -> Option<String> {
    match &argument.value.kind {
        Kind::Chain(links) => match links.as_slice() {
            [class, member] if class.name == "Method" => Some(member.name.to_uppercase()),
            _ => None,
        },
        _ => None,
    }
}

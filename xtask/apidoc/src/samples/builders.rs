//! Go, Java and Python: requests that the SDK's builders put together.
//!
//! The three differ in how a builder is begun (`NewXReqBuilder()`,
//! `XReq.newBuilder()`, `XRequest.builder()`) and agree in all else: one call per
//! parameter, one for the body, `build` at the end. Whether a parameter goes into
//! the path or the query the call does not say; the document's tables do.

use super::evaluate::Scope;
use super::expression::{Argument, Link, Program};
use super::tokens::Dialect;
use super::{example, put};
use crate::facts::{Example, ExampleSource, Operation, Place};
use crate::markdown::Code;
use crate::warnings::Warnings;

pub(super) fn go(code: &Code, operation: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    read(code, operation, ExampleSource::Go, warnings)
}

pub(super) fn java(code: &Code, operation: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    read(code, operation, ExampleSource::Java, warnings)
}

pub(super) fn python(code: &Code, operation: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    read(code, operation, ExampleSource::Python, warnings)
}

fn read(code: &Code, operation: &Operation, source: ExampleSource, warnings: &mut Warnings) -> Vec<Example> {
    let program = Program::of_sample(code, Dialect::Common, warnings);
    let mut examples = Vec::new();
    for (index, at, links) in program.chains() {
        let Some(builder) = builder(&links).filter(Builder::makes_request) else { continue };
        let mut scope = Scope::new(&program, index, true, warnings);
        let mut example = example(source, at.line);
        let mut complete = true;
        for (name, argument) in builder.fields() {
            let name = scope.key(name);
            match scope.value(&argument.value) {
                Some((value, at)) if name.ends_with("body") => {
                    (example.value, example.line) = (value, at.line);
                }
                Some((value, _)) => put(&mut example, place(operation, &name), &name, value),
                None => complete &= !name.ends_with("body"),
            }
        }
        examples.extend(complete.then_some(example));
    }
    examples
}

fn place(operation: &Operation, name: &str) -> Place {
    let mut documented = operation.parameters.iter().filter(|parameter| parameter.place != Place::Body);
    documented.find(|parameter| parameter.name == name).map_or(Place::Query, |parameter| parameter.place)
}

/// A chain that begins a builder and ends in `build`.
pub(super) struct Builder<'a> {
    type_name: &'a str,
    calls: &'a [Link],
}

/// The builder that a chain is, if it is one.
pub(super) fn builder(links: &[Link]) -> Option<Builder<'_>> {
    let (last, links) = links.split_last()?;
    if !last.name.eq_ignore_ascii_case("build") || last.arguments.is_none() {
        return None;
    }
    links.iter().enumerate().find_map(|(at, link)| {
        let calls = links.get(at + 1..)?;
        let type_name = match link.name.as_str() {
            "builder" | "newBuilder" => links.get(at.checked_sub(1)?)?.name.as_str(),
            name => name.strip_prefix("New")?.strip_suffix("Builder")?,
        };
        Some(Builder { type_name, calls })
    })
}

impl<'a> Builder<'a> {
    /// Builders of clients and bodies look alike; only a request's type says so.
    fn makes_request(&self) -> bool {
        self.type_name.ends_with("Req") || self.type_name.ends_with("Request")
    }

    /// The calls that set something, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a Argument)> + use<'a> {
        self.calls.iter().filter_map(|link| match link.arguments.as_deref() {
            Some([argument]) => Some((link.name.as_str(), argument)),
            _ => None,
        })
    }
}

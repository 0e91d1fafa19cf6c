//! Go, Java and Python: requests that the SDK's builders put together.
//!
//! The three differ in how a builder is begun (`NewXReqBuilder()`,
//! `XReq.newBuilder()`, `XRequest.builder()`) and agree in all else: one call per
//! parameter, one for the body, `build` at the end. Whether a parameter goes into
//! the path or the query the call does not say; the document's tables do.

use super::evaluate::{Builder, Scope, builder};
use super::expression::Program;
use super::tokens::Dialect;
use super::{put, request};
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
        let mut example = request(source, at.line);
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

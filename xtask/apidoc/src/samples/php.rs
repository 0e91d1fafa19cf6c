//! PHP with Guzzle: `new Request(method, url, headers, body)`, its parts in variables.

use super::evaluate::Scope;
use super::expression::{Link, Program};
use super::tokens::Dialect;
use super::{apply_url, put_headers, request};
use crate::facts::{Example, ExampleSource, Operation};
use crate::json;
use crate::markdown::Code;
use crate::warnings::Warnings;
use serde_json::Value;

pub(super) fn read(code: &Code, _: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    let program = Program::of_sample(code, Dialect::Php, warnings);
    let mut examples = Vec::new();
    for (index, at, links) in program.chains() {
        let Some(Link { name, arguments: Some(arguments), .. }) = links.last() else { continue };
        if name != "Request" {
            continue;
        }
        let mut scope = Scope::new(&program, index, false, warnings);
        let mut argument = |at: usize| arguments.get(at).and_then(|argument| scope.value(&argument.value));
        let (method, address, headers, body) = (argument(0), argument(1), argument(2), argument(3));
        let (Some((Value::String(method), _)), Some((Value::String(address), _))) = (method, address) else {
            continue;
        };
        let mut example = request(ExampleSource::Php, at.line);
        example.method = Some(method.to_uppercase());
        apply_url(&address, &mut example);
        if let Some((headers, _)) = headers {
            put_headers(&mut example, headers);
        }
        match body {
            Some((Value::String(body), at)) => {
                let Some(value) = json::body(&body, at, warnings) else { continue };
                (example.value, example.line) = (value, at.line);
            }
            // A body that is there and cannot be read: the warning is given already.
            None if arguments.len() > 3 => continue,
            _ => {}
        }
        examples.push(example);
    }
    examples
}

//! C# with the SDK of the reference: a call of the operation's own function.
//!
//! Arguments come by position or by name, and only the function's signature tells
//! which is which; the body is the object that its initializer describes.

use super::signature::{Role, Signature};
use crate::facts::{Example, ExampleKind, ExampleSource};
use crate::markdown::Code;
use crate::samples::evaluate::Scope;
use crate::samples::expression::{Link, Program};
use crate::samples::put;
use crate::samples::tokens::Dialect;
use crate::warnings::Warnings;

pub(super) fn read(code: &Code, signature: &Signature, warnings: &mut Warnings) -> Vec<Example> {
    let program = Program::of_sample(code, Dialect::Common, warnings);
    let mut examples = Vec::new();
    for (index, at, links) in program.chains() {
        let called = links.iter().find(|link| link.name == signature.name);
        let Some(Link { arguments: Some(arguments), .. }) = called else { continue };
        let mut scope = Scope::new(&program, index, true, warnings);
        let mut example = Example::at(ExampleKind::Request, ExampleSource::CSharp, at.line);
        let mut complete = true;
        for (position, argument) in arguments.iter().enumerate() {
            let parameter = match &argument.name {
                Some(name) => signature.parameters.iter().find(|parameter| parameter.name == *name),
                None => signature.parameters.get(position),
            };
            let Some(parameter) = parameter else {
                let name = argument.name.as_deref().unwrap_or("without a name");
                scope.warnings.add(
                    argument.value.at,
                    format!("the signature has no parameter for the argument {name}: left out"),
                );
                continue;
            };
            match parameter.role {
                Role::Body => match scope.value(&argument.value) {
                    Some((value, at)) => (example.value, example.line) = (value, at.line),
                    None => complete = false,
                },
                Role::Parameter(place) => {
                    if let Some((value, _)) = scope.value(&argument.value) {
                        put(&mut example, place, &parameter.wire_name, value);
                    }
                }
                Role::Token | Role::Cancellation | Role::Unknown => {}
            }
        }
        examples.extend(complete.then_some(example));
    }
    examples
}

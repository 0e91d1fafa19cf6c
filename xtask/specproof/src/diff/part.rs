//! The parts of an operation that are matched one by one: parameters, fields, examples, errors.
//!
//! A part is the same if its name is. One that was renamed or moved is known by all
//! else that it says; two parts that say the same are left as removed and added.

use super::pairing::Stage;
use super::statements::{self, Statement};
use super::topic::{Aspect, Subject};
use apidoc::facts::{ErrorCode, Example, Field, Parameter};

pub(crate) trait Part: Sized + 'static {
    const STAGES: &'static [Stage<Self>];

    fn subject(&self) -> Subject;
    fn statements(&self) -> Vec<Statement>;
    fn line(&self) -> usize;

    /// All that it says except for some aspects, as a key.
    fn says(&self, except: &[Aspect]) -> Option<String> {
        let statements = self.statements().into_iter();
        Some(format!("{:?}", statements.filter(|(aspect, _)| !except.contains(aspect)).collect::<Vec<_>>()))
    }
}

impl Part for Parameter {
    const STAGES: &'static [Stage<Self>] = &[
        Stage::Same(|part| Some(format!("{:?} {}", part.place, part.name))),
        Stage::OnlyOne(|part| Some(part.name.clone())),
        Stage::OnlyOne(|part| part.says(&[Aspect::Name])),
    ];

    fn subject(&self) -> Subject {
        Subject::Parameter(self.place, self.name.clone())
    }

    fn statements(&self) -> Vec<Statement> {
        statements::of_parameter(self)
    }

    fn line(&self) -> usize {
        self.line
    }
}

/// The object that a field is in.
fn parent(field: &Field) -> &str {
    field.path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

impl Part for Field {
    const STAGES: &'static [Stage<Self>] = &[
        Stage::Same(|part| Some(part.path.clone())),
        Stage::OnlyOne(|part| Some(format!("{} {}", parent(part), part.says(&[Aspect::Name])?))),
    ];

    fn subject(&self) -> Subject {
        Subject::Field(self.path.clone())
    }

    fn statements(&self) -> Vec<Statement> {
        statements::of_field(self)
    }

    fn line(&self) -> usize {
        self.line
    }
}

impl Part for Example {
    const STAGES: &'static [Stage<Self>] = &[
        Stage::Same(|part| part.says(&[])),
        Stage::Same(|part| Some(format!("{:?} {:?}", part.kind, part.source))),
        Stage::OnlyOne(|part| part.says(&[Aspect::Kind, Aspect::Source])),
    ];

    fn subject(&self) -> Subject {
        Subject::Example(self.kind, self.source)
    }

    fn statements(&self) -> Vec<Statement> {
        statements::of_example(self)
    }

    fn line(&self) -> usize {
        self.line
    }
}

impl Part for ErrorCode {
    const STAGES: &'static [Stage<Self>] =
        &[Stage::Same(|part| Some(part.code.to_string())), Stage::OnlyOne(|part| part.says(&[Aspect::Code]))];

    fn subject(&self) -> Subject {
        Subject::Error(self.code)
    }

    fn statements(&self) -> Vec<Statement> {
        statements::of_error(self)
    }

    fn line(&self) -> usize {
        self.line
    }
}

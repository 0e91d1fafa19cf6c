//! The parts of an operation that are matched one by one: parameters, fields, examples, errors.
//!
//! A part is the same if its name is. One that was renamed or moved is known by all
//! else that it says; two parts that say the same are left as removed and added.

use super::pairing::Stage;
use super::statements::{self, Statement};
use super::topic::{Aspect, Subject};
use crate::facts::{ErrorCode, Example, Field, Parameter};

pub(crate) trait Part: Sized + 'static {
    const STAGES: &'static [Stage<Self>];

    fn subject(&self) -> Subject;
    fn statements(&self) -> Vec<Statement>;
    fn line(&self) -> usize;

    /// Whether two say the same but for some aspects.
    fn says_as(&self, other: &Self, but_for: &[Aspect]) -> bool {
        let all_else = |part: &Self| {
            let statements = part.statements().into_iter();
            statements.filter(|(aspect, _)| !but_for.contains(aspect)).collect::<Vec<_>>()
        };
        all_else(self) == all_else(other)
    }
}

impl Part for Parameter {
    const STAGES: &'static [Stage<Self>] = &[
        Stage::Same(|old, new| old.place == new.place && old.name == new.name),
        Stage::OnlyOne(|old, new| old.name == new.name),
        Stage::OnlyOne(|old, new| old.says_as(new, &[Aspect::Name])),
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

/// What a field stands in.
fn parent(field: &Field) -> &str {
    field.path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

impl Part for Field {
    const STAGES: &'static [Stage<Self>] = &[
        Stage::Same(|old, new| old.path == new.path),
        Stage::OnlyOne(|old, new| parent(old) == parent(new) && old.says_as(new, &[Aspect::Name])),
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
        Stage::Same(|old, new| old.says_as(new, &[])),
        Stage::Same(|old, new| old.kind == new.kind && old.source == new.source),
        Stage::OnlyOne(|old, new| old.says_as(new, &[Aspect::Kind, Aspect::Source])),
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
        &[Stage::Same(|old, new| old.code == new.code), Stage::OnlyOne(|old, new| old.says_as(new, &[Aspect::Code]))];

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

//! C# signatures: what a function takes, and where each parameter travels.
//!
//! The attributes carry the wire's facts (`[Path]`, `[Query("page_size")]`), the
//! types and defaults are C#'s own. Parameters that no caller of the API sends
//! (token, cancellation) keep their place in the list, because the samples pass
//! arguments by position.

use crate::documents::markdown::Code;
use crate::documents::samples::expression::{Expression, Kind, Link, Program};
use crate::documents::samples::tokens::{Dialect, Kind as Lexeme};
use crate::documents::words;
use crate::facts::Place;
use serde_json::Value;

pub(crate) struct Signature {
    pub name: String,
    pub parameters: Vec<SignatureParameter>,
}

pub(crate) struct SignatureParameter {
    /// The name in C#, which table and samples use.
    pub name: String,
    pub wire_name: String,
    /// The type, without the mark for "may be null".
    pub kind: String,
    pub nullable: bool,
    pub role: Role,
    /// `Some(null)` is the default `null`; `None` is no default.
    pub default: Option<Value>,
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Parameter(Place),
    Body,
    Token,
    Cancellation,
    /// No attribute says where it travels.
    Unknown,
}

/// The signature that a block holds; a block that begins otherwise is a sample.
pub(super) fn signature(code: &Code) -> Option<Signature> {
    let program = Program::read(code, Dialect::Common);
    let mut start = 0;
    while let Some(close) = program.partner(start).filter(|_| program.is(start, "[")) {
        start = close + 1;
    }
    while matches!(program.name(start), Some("public" | "internal" | "static" | "async")) {
        start += 1;
    }
    program.name(start).filter(|name| name.ends_with("Task"))?;
    let open = (start..program.tokens().len()).find(|&at| program.is(at, "("))?;
    if (start..open).any(|at| program.is(at, "=") || program.is(at, ".")) {
        return None;
    }
    let name = program.name(open.checked_sub(1)?)?.to_owned();
    let close = program.partner(open)?;
    let mut parameters = Vec::new();
    let mut at = open + 1;
    while at < close {
        let end = end_of_parameter(&program, at, close);
        parameters.extend(parameter(&program, at, end));
        at = end + 1;
    }
    Some(Signature { name, parameters })
}

/// The comma behind a parameter; those inside `<...>` and brackets are its own.
fn end_of_parameter(program: &Program, mut at: usize, close: usize) -> usize {
    let mut generics = 0usize;
    while at < close && !(program.is(at, ",") && generics == 0) {
        if program.is(at, "<") {
            generics += 1;
        } else if program.is(at, ">") {
            generics = generics.saturating_sub(1);
        }
        at = program.partner(at).unwrap_or(at) + 1;
    }
    at
}

fn parameter(program: &Program, mut at: usize, end: usize) -> Option<SignatureParameter> {
    let mut attributes = Vec::new();
    while let Some(close) = program.partner(at).filter(|_| program.is(at, "[")) {
        if let Kind::List(items) = program.expression_at(at).kind {
            attributes.extend(items.into_iter().filter_map(attribute));
        }
        at = close + 1;
    }
    let equals = (at..end).find(|&at| program.is(at, "="));
    let name_at = equals.unwrap_or(end).checked_sub(1).filter(|&name_at| name_at > at)?;
    let name = program.name(name_at)?.to_owned();
    let type_word = text(program, at, name_at);
    let kind = words::kind(&type_word);
    let (role, wire_name) = role(&attributes, &kind);
    Some(SignatureParameter {
        wire_name: wire_name.unwrap_or_else(|| name.clone()),
        name,
        nullable: type_word.ends_with('?'),
        role,
        default: equals.map(|equals| default(&program.expression_at(equals + 1))),
        line: program.tokens().get(name_at)?.at.line,
        kind,
    })
}

/// Name and first argument of an attribute.
fn attribute(item: Expression) -> Option<(String, Option<String>)> {
    let Kind::Chain(links) = item.kind else { return None };
    let Link { name, arguments, .. } = links.into_iter().next_back()?;
    let first = arguments.and_then(|arguments| arguments.into_iter().next());
    let argument = first.and_then(|argument| match argument.value.kind {
        Kind::Literal(Value::String(text)) => Some(text),
        _ => None,
    });
    Some((name, argument))
}

fn role(attributes: &[(String, Option<String>)], kind: &str) -> (Role, Option<String>) {
    let argument_of = |names: &[&str]| {
        attributes.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, argument)| argument.clone())
    };
    let header = argument_of(&["Header"]);
    let authorizes = header.iter().flatten().any(|name| name.eq_ignore_ascii_case("authorization"));
    if authorizes || argument_of(&["Token"]).is_some() {
        (Role::Token, None)
    } else if kind == "CancellationToken" {
        (Role::Cancellation, None)
    } else if argument_of(&["Body"]).is_some() {
        (Role::Body, None)
    } else if let Some(name) = argument_of(&["Path"]) {
        (Role::Parameter(Place::Path), name)
    } else if let Some(name) = argument_of(&["Query", "ArrayQuery"]) {
        (Role::Parameter(Place::Query), name)
    } else if let Some(name) = header {
        (Role::Parameter(Place::Header), name)
    } else {
        (Role::Unknown, None)
    }
}

/// A literal is its value, a constant its name; `default` is C#'s word for none.
fn default(expression: &Expression) -> Value {
    match &expression.kind {
        Kind::Literal(value) => value.clone(),
        Kind::Chain(links) => {
            let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
            if names == ["default"] { Value::Null } else { Value::from(names.join(".")) }
        }
        _ => Value::Null,
    }
}

/// The tokens of a type as one word.
fn text(program: &Program, start: usize, end: usize) -> String {
    let tokens = program.tokens().get(start..end).unwrap_or_default();
    tokens
        .iter()
        .map(|token| match &token.kind {
            Lexeme::Name(name) => name.as_str(),
            Lexeme::Mark(mark) => mark,
            Lexeme::Text(_) | Lexeme::Number(_) => "",
        })
        .collect()
}

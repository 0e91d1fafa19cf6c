//! C# signatures: what a function takes, and where each parameter is sent.
//!
//! The attributes carry the wire's facts (`[Path]`, `[Query("page_size")]`), the
//! types and defaults are C#'s own. Parameters that no caller of the API sends
//! (token, cancellation) keep their place in the list, because the samples pass
//! arguments by position.

use crate::facts::Place;
use crate::markdown::Code;
use crate::samples::expression::{Expression, Kind, Link, Program};
use crate::samples::tokens::{Dialect, Kind as Lexeme};
use crate::words;
use serde_json::Value;

pub(crate) struct Signature {
    pub name: String,
    /// Method and path of an attribute before the function: `[Post("/open-apis/...")]`.
    pub method: Option<String>,
    pub path: Option<String>,
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
    /// A default is given, and is neither a literal nor a constant: it was read as `null`.
    pub has_odd_default: bool,
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Parameter(Place),
    Body,
    Token,
    Cancellation,
    /// No attribute says where it is sent.
    Unknown,
}

impl Signature {
    /// Whether a text names the type of the body, as a mark above a table of its properties does.
    pub fn body_is_named_in(&self, text: &str) -> bool {
        let mut kinds = self.parameters.iter().filter(|parameter| parameter.role == Role::Body).map(|body| &body.kind);
        kinds.any(|kind| !kind.is_empty() && text.contains(kind.as_str()))
    }
}

/// The signature that a block holds; a block that begins otherwise is a sample.
pub(super) fn signature(code: &Code) -> Option<Signature> {
    let program = Program::read(code, Dialect::Common);
    signature_at(&program, 0).map(|(signature, _)| signature)
}

/// The names of the functions whose signatures follow the first one in its block.
pub(super) fn signatures_behind(code: &Code) -> Vec<String> {
    let program = Program::read(code, Dialect::Common);
    let mut names = Vec::new();
    let mut next = signature_at(&program, 0).map(|(_, end)| end);
    while let Some(at) = next {
        let start = if program.is(at, ";") { at + 1 } else { at };
        next = signature_at(&program, start).map(|(signature, end)| {
            names.push(signature.name);
            end
        });
    }
    names
}

/// The signature that begins at a token, and the index behind it.
fn signature_at(program: &Program, mut start: usize) -> Option<(Signature, usize)> {
    let (mut method, mut path) = (None, None);
    while let Some(close) = program.partner(start).filter(|_| program.is(start, "[")) {
        for (name, argument) in attributes_at(program, start) {
            let name = name.strip_prefix("Http").unwrap_or(&name);
            if let Some(word) = words::method(name).filter(|word| word.eq_ignore_ascii_case(name)) {
                method = Some(word);
                path = argument.map(|address| words::url_path(&address));
            }
        }
        start = close + 1;
    }
    while matches!(program.name(start), Some("public" | "internal" | "static" | "async" | "virtual")) {
        start += 1;
    }
    program.name(start).filter(|name| name.ends_with("Task"))?;
    let open = behind_name(program, start)?;
    let name = program.name(open.checked_sub(1)?)?.to_owned();
    let close = program.partner(open)?;
    // What has a body is a helper of a sample.
    if program.is(close + 1, "{") || program.is(close + 1, "=>") {
        return None;
    }
    let mut parameters = Vec::new();
    let mut at = open + 1;
    while at < close {
        let end = end_of_parameter(program, at, close);
        parameters.extend(parameter(program, at, end));
        at = end + 1;
    }
    Some((Signature { name, method, path, parameters }, close + 1))
}

/// The bracket behind the function's name; what has a `=` or `.` before it is a call.
fn behind_name(program: &Program, start: usize) -> Option<usize> {
    let tokens = start..program.tokens().len();
    let open = tokens.clone().find(|&at| ["(", "=", ".", ";", "{"].iter().any(|mark| program.is(at, mark)))?;
    program.is(open, "(").then_some(open)
}

/// The attributes that the bracket at a token opens.
fn attributes_at(program: &Program, open: usize) -> Vec<(String, Option<String>)> {
    match program.expression_at(open).kind {
        Kind::List(items) => items.into_iter().filter_map(attribute).collect(),
        _ => Vec::new(),
    }
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
        attributes.extend(attributes_at(program, at));
        at = close + 1;
    }
    let equals = (at..end).find(|&at| program.is(at, "="));
    let name_at = equals.unwrap_or(end).checked_sub(1).filter(|&name_at| name_at > at)?;
    let name = program.name(name_at)?.to_owned();
    let type_word = text(program, at, name_at);
    let kind = words::kind(&type_word);
    let (role, wire_name) = role(&attributes, &kind);
    let given = equals.map(|equals| default(&program.expression_between(equals + 1, end)));
    Some(SignatureParameter {
        wire_name: wire_name.unwrap_or_else(|| name.clone()),
        name,
        nullable: type_word.ends_with('?'),
        role,
        has_odd_default: given == Some(None),
        default: given.map(Option::unwrap_or_default),
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
fn default(expression: &Expression) -> Option<Value> {
    match &expression.kind {
        Kind::Literal(value) => Some(value.clone()),
        Kind::Chain(links) => {
            let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
            Some(if names == ["default"] { Value::Null } else { Value::from(names.join(".")) })
        }
        _ => None,
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

//! Values: what an expression of a sample puts on the wire, as JSON.
//!
//! Literals are their value, variables the value they were last given before the
//! call, initializers and builders an object. Anything else (a call, an operator, a
//! variable from elsewhere) has no value that the sample states: it is left out,
//! and a warning says so.

use super::expression::{Argument, Expression, Kind, Link, Program};
use crate::warnings::{Position, Warnings};
use crate::words::snake_case;
use serde_json::{Map, Value};

/// What names mean at one place in a sample.
pub(crate) struct Scope<'a> {
    pub program: &'a Program,
    /// Index of the token that the request begins at; later assignments do not count.
    pub before: usize,
    /// Whether names of properties are the language's (`GroupId`) and not the wire's.
    pub renames: bool,
    pub warnings: &'a mut Warnings,
    depth: usize,
}

/// Variables may name each other, so that a short text can stand for a huge value: the
/// sample has steps for all its values together. No real sample comes near these bounds.
const DEPTH: usize = 100;
/// How many variables may stand for one another in a row.
const ALIASES: usize = 32;

impl<'a> Scope<'a> {
    pub fn new(program: &'a Program, before: usize, renames: bool, warnings: &'a mut Warnings) -> Self {
        Self { program, before, renames, warnings, depth: 0 }
    }

    /// The value of an expression, and the place that the value is written at.
    pub fn value(&mut self, expression: &Expression) -> Option<(Value, Position)> {
        let (expression, before) = self.resolve(expression, self.before);
        let at = expression.at;
        self.evaluate(&expression, before).map(|value| (value, at))
    }

    /// What a variable stands for; any other expression stands for itself.
    pub fn resolve(&mut self, expression: &Expression, mut before: usize) -> (Expression, usize) {
        let mut expression = expression.clone();
        for _ in 0..ALIASES {
            let Some((at, value)) = variable(&expression).and_then(|name| self.program.assigned(name, before)) else {
                break;
            };
            (expression, before) = (value, at);
        }
        (expression, before)
    }

    fn evaluate(&mut self, expression: &Expression, before: usize) -> Option<Value> {
        if self.depth == DEPTH || !self.program.take_step() {
            return self.unknown(expression);
        }
        self.depth += 1;
        let (resolved, before) = self.resolve(expression, before);
        let value = self.evaluate_resolved(&resolved, before);
        self.depth -= 1;
        value
    }

    fn evaluate_resolved(&mut self, resolved: &Expression, before: usize) -> Option<Value> {
        match &resolved.kind {
            Kind::Literal(value) => Some(value.clone()),
            Kind::List(items) => {
                Some(Value::Array(items.iter().filter_map(|item| self.evaluate(item, before)).collect()))
            }
            Kind::Object(fields) => Some(self.object(fields.iter().map(|(key, value)| (key.as_str(), value)), before)),
            Kind::Chain(links) => self.chain(links, resolved, before),
            Kind::Unknown => self.unknown(resolved),
        }
    }

    fn chain(&mut self, links: &[Link], expression: &Expression, before: usize) -> Option<Value> {
        if let Some(builder) = builder(links) {
            let fields = builder.fields().map(|(name, argument)| (name, &argument.value));
            return Some(self.object(fields, before));
        }
        match links.last() {
            Some(Link { initial: Some(initial), .. }) => self.evaluate(initial, before),
            _ => self.unknown(expression),
        }
    }

    fn object<'e>(&mut self, fields: impl Iterator<Item = (&'e str, &'e Expression)>, before: usize) -> Value {
        let mut object = Map::new();
        for (key, value) in fields {
            if let Some(value) = self.evaluate(value, before) {
                object.insert(self.key(key), value);
            }
        }
        Value::Object(object)
    }

    pub fn key(&self, name: &str) -> String {
        if self.renames { snake_case(name) } else { name.to_owned() }
    }

    fn unknown(&mut self, expression: &Expression) -> Option<Value> {
        self.warnings.add(
            expression.at,
            "this is neither a literal nor a variable with a literal value: left out of the example",
        );
        None
    }
}

fn variable(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::Chain(links) => match links.as_slice() {
            [Link { name, arguments: None, initial: None }] => Some(name),
            _ => None,
        },
        _ => None,
    }
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
    pub fn makes_request(&self) -> bool {
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

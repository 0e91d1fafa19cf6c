//! Expressions of the samples: literals, objects, and chains of names and calls.
//!
//! This is no parser of seven languages. It knows the shapes that a request is
//! written in, and takes everything else (operators, lambdas, statements) as
//! `Unknown` up to the next comma or closing bracket. Brackets are paired once,
//! beforehand: what is never closed is never entered, so no sample takes more time
//! than its length times the depth that is looked into.

use super::tokens::{Dialect, Kind as Lexeme, Token, tokens};
use crate::markdown::Code;
use crate::warnings::{Position, Warnings};
use crate::words;
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expression {
    pub kind: Kind,
    pub at: Position,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Literal(Value),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
    /// `a.b(c).d`; a plain variable is a chain of one link.
    Chain(Vec<Link>),
    Unknown,
}

/// One part of a chain: a name, and the call or initializer behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Link {
    pub name: String,
    pub arguments: Option<Vec<Argument>>,
    /// `{ Name = "x" }` in C#, `{"x"}` in Go and Java.
    pub initial: Option<Box<Expression>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub name: Option<String>,
    pub value: Expression,
}

/// Deeper than any real request, and shallow enough for any stack.
const DEPTH: usize = 40;

/// A sample as tokens, with its brackets paired.
pub(crate) struct Program {
    tokens: Vec<Token>,
    /// For each opening bracket the index of the one that closes it.
    partners: Vec<Option<usize>>,
    /// For each name the indices at which it is given a value, in order.
    assignments: BTreeMap<String, Vec<usize>>,
    /// How many more expressions may be evaluated: some for any sample, more for a long one, and no more than memory has room for.
    steps: Cell<usize>,
}

const STEPS: usize = 20_000;
const STEPS_PER_TOKEN: usize = 20;
const MOST_STEPS: usize = 200_000;

impl Program {
    pub fn read(code: &Code, dialect: Dialect) -> Self {
        let tokens = tokens(code, dialect);
        let mut partners = vec![None; tokens.len()];
        let mut open: Vec<(usize, &str)> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                Lexeme::Mark("(") => open.push((at, ")")),
                Lexeme::Mark("[") => open.push((at, "]")),
                Lexeme::Mark("{") => open.push((at, "}")),
                Lexeme::Mark(mark @ (")" | "]" | "}")) => {
                    if let Some((start, _)) = open.pop_if(|(_, close)| *close == mark)
                        && let Some(partner) = partners.get_mut(start)
                    {
                        *partner = Some(at);
                    }
                }
                _ => {}
            }
        }
        let steps = Cell::new((STEPS + STEPS_PER_TOKEN * tokens.len()).min(MOST_STEPS));
        let mut program = Self { tokens, partners, assignments: BTreeMap::new(), steps };
        for at in 0..program.tokens.len() {
            if let Some(name) = program.name(at).filter(|_| program.is(at + 1, "=")) {
                let name = name.to_owned();
                program.assignments.entry(name).or_default().push(at);
            }
        }
        program
    }

    /// A sample, and a warning where a character in it belongs to none of the languages.
    pub fn of_sample(code: &Code, dialect: Dialect, warnings: &mut Warnings) -> Self {
        let program = Self::read(code, dialect);
        if let Some(stranger) = program.tokens.iter().find(|token| token.kind == Lexeme::Mark("")) {
            warnings.add(stranger.at, "unexpected text: what is around it may be missing from the example");
        }
        program
    }

    /// Whether one more expression may be evaluated.
    pub fn take_step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Every chain of the sample, the ones inside others included, with the index it begins at.
    pub fn chains(&self) -> impl Iterator<Item = (usize, Position, Vec<Link>)> {
        (0..self.tokens.len()).filter_map(|at| {
            let continues = at.checked_sub(1).is_some_and(|before| self.is(before, "."));
            let name = self.name(at).filter(|name| !continues && !is_prefix(name));
            name.and_then(|_| match self.expression(at, 0) {
                (Expression { kind: Kind::Chain(links), at: position }, _) => Some((at, position, links)),
                _ => None,
            })
        })
    }

    /// The last value that a variable was given before the token `before`, and where.
    pub fn assigned(&self, variable: &str, before: usize) -> Option<(usize, Expression)> {
        let assignments = self.assignments.get(variable)?;
        let earlier = assignments.partition_point(|&at| at < before);
        let at = *assignments.get(earlier.checked_sub(1)?)?;
        Some((at, self.whole_expression(at + 2, 0)))
    }

    /// The expression that begins at a token.
    pub fn expression_at(&self, at: usize) -> Expression {
        self.expression(at, 0).0
    }

    /// The expression that fills all between two tokens; what else stands there makes it unknown.
    pub fn expression_between(&self, at: usize, end: usize) -> Expression {
        let (mut expression, next) = self.expression(at, 0);
        if next != end {
            expression.kind = Kind::Unknown;
        }
        expression
    }

    /// The index of the bracket that closes the one at `open`.
    pub fn partner(&self, open: usize) -> Option<usize> {
        self.partners.get(open).copied().flatten()
    }

    pub fn is(&self, at: usize, mark: &str) -> bool {
        matches!(self.tokens.get(at), Some(Token { kind: Lexeme::Mark(found), .. }) if *found == mark)
    }

    pub fn name(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at) {
            Some(Token { kind: Lexeme::Name(name), .. }) => Some(name),
            _ => None,
        }
    }

    /// An expression that something other than a separator follows (`a + b`) is unknown.
    fn whole_expression(&self, at: usize, depth: usize) -> Expression {
        let (mut expression, next) = self.expression(at, depth);
        let ends = match self.tokens.get(next) {
            Some(Token { kind: Lexeme::Mark(mark), .. }) => matches!(*mark, "," | ";" | ")" | "]" | "}" | "@"),
            // Go, JavaScript and Python end a statement with its line.
            Some(token) => next
                .checked_sub(1)
                .and_then(|last| self.tokens.get(last))
                .is_some_and(|last| last.at.line < token.at.line),
            None => true,
        };
        if !ends {
            expression.kind = Kind::Unknown;
        }
        expression
    }

    /// The expression at a token, and the index behind it.
    fn expression(&self, at: usize, depth: usize) -> (Expression, usize) {
        let (kind, next) = self.kind(at, depth + 1);
        let position = self.tokens.get(at).map_or(Position::line(1), |token| token.at);
        (Expression { kind, at: position }, next)
    }

    fn kind(&self, at: usize, depth: usize) -> (Kind, usize) {
        let Some(token) = self.tokens.get(at).filter(|_| depth < DEPTH) else {
            return (Kind::Unknown, at);
        };
        match &token.kind {
            Lexeme::Text(text) => (Kind::Literal(Value::from(text.as_str())), at + 1),
            Lexeme::Number(number) => (Kind::Literal(Value::Number(number.clone())), at + 1),
            Lexeme::Mark("-") => match self.kind(at + 1, depth + 1) {
                (Kind::Literal(Value::Number(number)), next) => (negative(&number), next),
                (_, next) => (Kind::Unknown, next),
            },
            // Pointers of Go, and `[]` before the type of its lists.
            Lexeme::Mark("&" | "*") => self.kind(at + 1, depth + 1),
            Lexeme::Mark("(") => match self.partner(at) {
                Some(close) => match self.kind(at + 1, depth + 1) {
                    (inner, next) if next == close => (inner, close + 1),
                    _ => (Kind::Unknown, close + 1),
                },
                None => (Kind::Unknown, at + 1),
            },
            Lexeme::Mark("[") if self.is(at + 1, "]") && self.begins_type(at + 2) => self.chain(at, depth),
            Lexeme::Mark("[" | "{") => match self.partner(at) {
                Some(close) => (self.items(at, close, depth), close + 1),
                None => (Kind::Unknown, at + 1),
            },
            Lexeme::Name(name) => match constant(name) {
                Some(value) => (Kind::Literal(value), at + 1),
                None if name == "new" && !self.is(at + 1, ".") => self.chain(at + 1, depth),
                None if is_prefix(name) => self.kind(at + 1, depth + 1),
                None => self.chain(at, depth),
            },
            _ => (Kind::Unknown, at),
        }
    }

    /// Whether the type of a list's items begins at a token; a new line begins something else.
    fn begins_type(&self, at: usize) -> bool {
        let line = |at: usize| self.tokens.get(at).map(|token| token.at.line);
        let same_line = at.checked_sub(1).and_then(line) == line(at);
        same_line && (self.name(at).is_some() || self.is(at, "{") || self.is(at, "*"))
    }

    fn chain(&self, start: usize, depth: usize) -> (Kind, usize) {
        let mut links = Vec::new();
        let mut at = start;
        loop {
            let mut link = Link::default();
            let mut is_list = self.empty_brackets(at);
            while self.is(at, "*") || self.empty_brackets(at) {
                at += if self.is(at, "*") { 1 } else { 2 };
            }
            if let Some(name) = self.name(at) {
                link.name = name.to_owned();
                at = self.behind_generics(at + 1);
            }
            loop {
                match self.partner(at) {
                    Some(close) if self.is(at, "(") => link.arguments = Some(self.arguments(at, close, depth)),
                    Some(close) if self.is(at, "{") => {
                        let mut kind = self.items(at, close, depth);
                        if (is_list || words::is_list(&link.name)) && close == at + 1 {
                            kind = Kind::List(Vec::new());
                        }
                        let position = self.tokens.get(at).map_or(Position::line(1), |token| token.at);
                        link.initial = Some(Box::new(Expression { kind, at: position }));
                    }
                    Some(_) if self.empty_brackets(at) => is_list = true,
                    // An index: what it picks is not in the sample.
                    Some(close) if self.is(at, "[") => return (Kind::Unknown, close + 1),
                    _ => break,
                }
                at = self.partner(at).map_or(at, |close| close + 1);
            }
            links.push(link);
            if !self.is(at, ".") || self.name(at + 1).is_none() {
                return (Kind::Chain(links), at);
            }
            at += 1;
        }
    }

    fn empty_brackets(&self, at: usize) -> bool {
        self.is(at, "[") && self.is(at + 1, "]")
    }

    /// Skips `<string>` behind a type; a `<` that nothing of the kind follows is an operator.
    fn behind_generics(&self, at: usize) -> usize {
        const LONGEST: usize = 32;
        let mut open = 0usize;
        for next in at..at + LONGEST {
            match self.tokens.get(next).map(|token| &token.kind) {
                Some(Lexeme::Mark("<")) => open += 1,
                Some(Lexeme::Mark(">")) if open == 1 => return next + 1,
                Some(Lexeme::Mark(">")) if open > 1 => open -= 1,
                Some(Lexeme::Mark("," | "." | "?" | "[" | "]") | Lexeme::Name(_)) if open > 0 => {}
                _ => return at,
            }
        }
        at
    }

    fn arguments(&self, open: usize, close: usize, depth: usize) -> Vec<Argument> {
        let entries = self.entries(open, close, depth);
        entries.into_iter().map(|(name, value)| Argument { name, value }).collect()
    }

    /// A list or an object, whichever the brackets hold.
    fn items(&self, open: usize, close: usize, depth: usize) -> Kind {
        let entries = self.entries(open, close, depth);
        let is_object = match entries.is_empty() {
            true => self.is(open, "{"),
            false => entries.iter().any(|(key, _)| key.is_some()),
        };
        if is_object {
            Kind::Object(
                entries.into_iter().map(|(key, value)| (key.unwrap_or_else(|| shorthand(&value)), value)).collect(),
            )
        } else {
            Kind::List(entries.into_iter().map(|(_, value)| value).collect())
        }
    }

    /// What stands between two brackets and the commas in between, keys apart from values.
    fn entries(&self, open: usize, close: usize, depth: usize) -> Vec<(Option<String>, Expression)> {
        let mut entries = Vec::new();
        let mut at = open + 1;
        while at < close {
            let key = self.key(at);
            let (mut value, next) = self.expression(at + if key.is_some() { 2 } else { 0 }, depth);
            if next < close && !self.is(next, ",") {
                value.kind = Kind::Unknown;
            }
            entries.push((key, value));
            at = self.next_comma(next, close) + 1;
        }
        entries
    }

    /// `name:`, `"name":`, `name =` or `'name' =>`.
    fn key(&self, at: usize) -> Option<String> {
        let separates = ["=>", ":", "="].iter().any(|mark| self.is(at + 1, mark));
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Lexeme::Name(name) | Lexeme::Text(name)) if separates => Some(name.clone()),
            _ => None,
        }
    }

    fn next_comma(&self, mut at: usize, close: usize) -> usize {
        while at < close && !self.is(at, ",") {
            at = self.partner(at).unwrap_or(at) + 1;
        }
        at
    }
}

/// `{ name }` is `{ name: name }` in JavaScript.
fn shorthand(value: &Expression) -> String {
    match &value.kind {
        Kind::Chain(links) => links.first().map(|link| link.name.clone()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn negative(number: &serde_json::Number) -> Kind {
    serde_json::from_str(&format!("-{number}")).map_or(Kind::Unknown, Kind::Literal)
}

fn constant(name: &str) -> Option<Value> {
    match name {
        "true" | "True" => Some(Value::Bool(true)),
        "false" | "False" => Some(Value::Bool(false)),
        "null" | "NULL" | "nil" | "None" | "undefined" => Some(Value::Null),
        _ => None,
    }
}

/// Words before an expression that change nothing about its value.
fn is_prefix(name: &str) -> bool {
    matches!(name, "new" | "await" | "return" | "var" | "let" | "const")
}

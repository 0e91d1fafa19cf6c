//! The family of SDK references: C# functions with a signature each.
//!
//! Each operation is a heading with a signature under it; a list of functions at
//! the top gives the HTTP methods, and URLs are not mentioned. Signature and table
//! say much of the same twice, so they are read together, and where they disagree
//! the signature, which is what runs, wins over the table with a warning.

mod merge;
mod samples;
mod signature;

use self::signature::{Role, Signature, signature, signatures_behind};
use crate::facts::{Operation, Parameter, Place};
use crate::markdown::{Block, Code, Content};
use crate::outline::{self, Part, Piece, Section, is_part_title, level, section, title_above};
use crate::parameters::{Objects, ParameterRow};
use crate::tables::{AUTHENTICATION, DESCRIPTION, FUNCTION, HTTP_METHOD, PURPOSE, TableKind};
use crate::warnings::{Position, Warnings};
use crate::{consistency, errors, json, open_types, parameters, request, words};
use std::collections::{BTreeMap, BTreeSet};

/// How a reference is recognised, for the message that a document is of no known family.
pub(crate) const MARK: &str = "a C# block that begins with a function's signature (`Task<...> Name(...)`)";

pub(crate) fn is_sdk_reference(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| signature_in(block).is_some())
}

pub(crate) fn operations(blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
    let functions = listed_functions(blocks, warnings);
    let mut operations: Vec<Operation> = Vec::new();
    let mut names = BTreeSet::new();
    let signatures: Vec<(usize, &Code, Signature)> = blocks
        .iter()
        .enumerate()
        .filter_map(|(at, block)| signature_in(block).map(|(code, signature)| (at, code, signature)))
        .collect();
    let places: Vec<usize> = signatures.iter().map(|(at, ..)| *at).collect();
    // The heading that the signature stands under, and where its section ends.
    let (mut heading, mut covered) = (0, 0);
    for (index, (at, code, signature)) in signatures.iter().enumerate() {
        let (at, line) = (*at, blocks.get(*at).map_or(1, |block| block.line));
        for name in signatures_behind(code) {
            warnings.add_line(line, format!("`{name}` is the second signature in one block: skipped"));
        }
        let is_second = at < covered;
        if is_second && names.contains(&signature.name) {
            warnings.add_line(line, format!("`{}` has a signature above: skipped", signature.name));
            continue;
        }
        if !is_second {
            heading = title_above(blocks, covered, at, &places).unwrap_or(at);
            consistency::warn_outside(blocks.get(covered..heading).unwrap_or_default(), warnings);
            covered = end_of_section(blocks, heading, at);
        }
        // Under one heading each signature has what stands behind it, up to the next function's.
        let later = signatures.get(index + 1..).unwrap_or_default();
        let next = later.iter().find(|(_, _, next)| next.name != signature.name).map(|(next, ..)| *next);
        let has_table = |next: &usize| {
            blocks.get(at..*next).unwrap_or_default().iter().any(|block| matches!(block.content, Content::Table(_)))
        };
        // Signatures one below the other share the table that follows.
        let end = next.filter(|next| *next < covered).filter(has_table).unwrap_or(covered);
        let mut section = section(blocks, if is_second { at } else { heading }, end);
        if let (true, Some(Block { line, content: Content::Heading { text, .. } })) = (is_second, blocks.get(heading)) {
            (section.title, section.line) = (text, *line);
        }
        let mut operation = operation(&section, signature, warnings);
        let listed = functions.get(&operation.name);
        let listed_method = listed.and_then(|function| function.method.clone());
        if listed.is_none() && operation.method.is_none() {
            warnings.add_line(
                operation.line,
                format!("`{}` is not in the list of functions: its HTTP method is unknown", operation.name),
            );
        }
        if let (Some(listed), Some(own)) = (&listed_method, &operation.method)
            && listed != own
        {
            warnings.add_line(operation.line, format!("the list of functions says {listed}, the signature {own}"));
        }
        operation.method = operation.method.take().or(listed_method);
        let listed_tokens = listed.map(|function| function.access_tokens.clone()).unwrap_or_default();
        if operation.access_tokens.is_empty() {
            operation.access_tokens = listed_tokens;
        } else if !listed_tokens.is_empty() && listed_tokens != operation.access_tokens {
            let (listed, own) = (listed_tokens.join(", "), operation.access_tokens.join(", "));
            warnings.add_line(operation.line, format!("the list of functions says {listed}, the section {own}"));
        }
        names.insert(operation.name.clone());
        operations.push(operation);
    }
    consistency::warn_outside(blocks.get(covered..).unwrap_or_default(), warnings);
    for (name, function) in functions {
        if names.contains(&name) || name.is_empty() {
            continue;
        }
        // It is an operation all the same: its row says so.
        warnings.add(function.at, format!("no section has a signature of `{name}`"));
        let Function { method, title, access_tokens, at } = function;
        operations.push(Operation { name, title, line: at.line, method, access_tokens, ..Operation::default() });
    }
    operations
}

struct Function {
    method: Option<String>,
    /// What the row says that it does.
    title: String,
    access_tokens: Vec<String>,
    at: Position,
}

/// The functions by name, the brackets of a call aside.
fn listed_functions(blocks: &[Block], warnings: &mut Warnings) -> BTreeMap<String, Function> {
    let mut functions = BTreeMap::new();
    for block in blocks {
        let Content::Table(table) = &block.content else { continue };
        if table.kind() != TableKind::Functions {
            continue;
        }
        table.warn_of_other_columns(&[FUNCTION, HTTP_METHOD, DESCRIPTION, AUTHENTICATION], warnings);
        let [name, method_word, title_word, token_word] =
            [FUNCTION, HTTP_METHOD, PURPOSE, AUTHENTICATION].map(|words| table.column(words));
        for row in table.body() {
            let method = words::method(row.cell(method_word));
            if method.is_none() {
                let shown = row.cell(method_word);
                warnings.add(row.at(method_word), format!("`{shown}` is not an HTTP method: skipped"));
            }
            let name_word = row.cell(name).split('(').next().unwrap_or_default().trim();
            let title = row.cell(title_word).to_owned();
            let access_tokens = words::access_tokens(row.cell(token_word));
            functions.entry(name_word.to_owned()).or_insert(Function {
                method,
                title,
                access_tokens,
                at: row.at(name),
            });
        }
    }
    functions
}

fn signature_in(block: &Block) -> Option<(&Code, Signature)> {
    match &block.content {
        Content::Code(code) if is_csharp(code) || code.language.is_empty() => Some((code, signature(code)?)),
        _ => None,
    }
}

fn is_csharp(code: &Code) -> bool {
    matches!(code.language.as_str(), "csharp" | "c#" | "cs")
}

/// A section ends at the next heading that is as high as its own, unless the document
/// gives its parts (`参数`) headings as high as the operation's.
fn end_of_section(blocks: &[Block], heading: usize, signature: usize) -> usize {
    let own = level(blocks, heading).unwrap_or(u8::MAX);
    let flat = (heading + 1..signature).any(|at| level(blocks, at).is_some_and(|level| level <= own));
    let ends = |at: usize| match blocks.get(at).map(|block| &block.content) {
        Some(Content::Heading { level, text }) => *level <= own && !(flat && *level == own && is_part_title(text)),
        _ => false,
    };
    (signature + 1..blocks.len()).find(|&at| ends(at)).unwrap_or(blocks.len())
}

fn operation(section: &Section<'_>, signature: &Signature, warnings: &mut Warnings) -> Operation {
    let mut operation = Operation {
        name: signature.name.clone(),
        title: section.title.to_owned(),
        line: section.line,
        method: signature.method.clone(),
        path: signature.path.clone(),
        access_tokens: access_tokens(section, signature, warnings),
        ..Operation::default()
    };
    request::read_lines(section, &mut operation, warnings);
    let mut tables = Tables::default();
    for piece in &section.pieces {
        tables.take(piece, signature, &mut operation, warnings);
    }
    operation.parameters = merge::merge(signature, &tables.rows, warnings);
    operation.parameters.append(&mut tables.body);
    consistency::drop_repeated(&mut operation, warnings);
    for piece in &section.pieces {
        example(piece, signature, &mut operation, warnings);
    }
    open_types::close(&mut operation);
    operation
}

/// What the tables of one operation hold, until the signature is read with them.
#[derive(Default)]
struct Tables<'a> {
    /// Rows about the function's own parameters.
    rows: Vec<ParameterRow<'a>>,
    /// Properties of the body.
    body: Vec<Parameter>,
    properties: Objects,
    response: Objects,
}

impl<'a> Tables<'a> {
    fn take(&mut self, piece: &Piece<'a>, signature: &Signature, operation: &mut Operation, warnings: &mut Warnings) {
        let Content::Table(table) = &piece.block.content else { return };
        match (table.kind(), outline::part(piece)) {
            (TableKind::Values | TableKind::Untyped, Some(Part::Response)) => {
                operation.response_fields.extend(parameters::fields(table, piece, &mut self.response, warnings));
            }
            (TableKind::Values, part) => {
                let prefix = self.properties.prefix(piece);
                let names_body = piece.marks.first().is_some_and(|mark| signature.body_is_named_in(mark));
                if part == Some(Part::Parameters(Place::Body)) || names_body || !prefix.is_empty() {
                    for mut row in parameters::parameter_rows(table, Some(Place::Body), &prefix, warnings) {
                        row.name = wire_name(&row.name);
                        self.properties.note(&row.name, &row.kind);
                        self.body.push(row.parameter(Place::Body, warnings));
                    }
                } else {
                    self.rows.extend(parameters::parameter_rows(table, None, "", warnings));
                }
            }
            (TableKind::Errors, _) => operation.errors.extend(errors::rows(table, warnings)),
            (TableKind::Functions | TableKind::Untyped | TableKind::Other, _) => warnings
                .add_line(piece.block.line, "this table lists neither parameters nor fields nor error codes: skipped"),
        }
    }
}

/// Properties in C#'s own case are sent in the wire's.
fn wire_name(path: &str) -> String {
    if path.contains(char::is_uppercase) { words::snake_case(path) } else { path.to_owned() }
}

fn example(piece: &Piece<'_>, signature: &Signature, operation: &mut Operation, warnings: &mut Warnings) {
    let Content::Code(code) = &piece.block.content else { return };
    if json::is_json(code) {
        operation.examples.extend(json::examples(code, piece, warnings));
    } else if signature_in(piece.block).is_some() {
    } else if !is_csharp(code) {
        let language = &code.language;
        warnings.add_line(
            piece.block.line,
            format!("a block of `{language}` is not expected in an SDK reference: skipped"),
        );
    } else {
        let examples = samples::read(code, signature, warnings);
        if examples.is_empty() {
            warnings.add_line(code.line, format!("no call of `{}` was read from this sample", signature.name));
        }
        operation.examples.extend(examples);
    }
}

/// Words of the marks that name the token kinds.
const TOKEN_MARKS: &[&str] = &["认证", "鉴权", "访问凭证", "访问令牌"];

/// The token kinds of the `认证` line, held against the signature's own token.
fn access_tokens(section: &Section<'_>, signature: &Signature, warnings: &mut Warnings) -> Vec<String> {
    let passed: Vec<String> = signature
        .parameters
        .iter()
        .filter(|parameter| parameter.role == Role::Token)
        .flat_map(|parameter| words::access_tokens(&parameter.name))
        .collect();
    let names_them = |mark: &str| TOKEN_MARKS.iter().any(|word| mark.contains(word));
    let lines = section.pieces.iter().filter(|piece| piece.marks.iter().take(2).any(|mark| names_them(mark)));
    let texts: Vec<(usize, &str)> = lines
        .filter_map(|piece| match &piece.block.content {
            Content::Text { text, .. } => Some((piece.block.line, text.as_str())),
            _ => None,
        })
        .collect();
    let Some(&(line, _)) = texts.first() else { return passed };
    let stated = words::access_tokens(&texts.iter().map(|&(_, text)| text).collect::<Vec<_>>().join("\n"));
    if stated.is_empty() {
        warnings.add_line(line, "this names no kind of access token: the signature's is used");
        return passed;
    }
    for (line, text) in &texts {
        for odd in words::no_access_tokens(text) {
            warnings.add_line(*line, format!("`{odd}` is not a kind of access token: skipped"));
        }
    }
    for token in passed.iter().filter(|token| !stated.contains(token)) {
        warnings.add_line(line, format!("the signature takes a {token}, which this does not name"));
    }
    stated
}

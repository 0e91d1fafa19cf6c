//! Family 1: the reference of a C# SDK.
//!
//! Each operation is a heading with a signature under it; a list of functions at
//! the top gives the HTTP methods, and URLs are not mentioned. Signature and table
//! say much of the same twice, so they are read together, and where they disagree
//! the signature, which is what runs, wins over the table with a warning.

pub(super) mod signature;

use self::signature::{Role, Signature, SignatureParameter, signature};
use super::family::Family;
use super::markdown::{Block, Code, Content};
use super::outline::{Section, heading_above, section};
use super::parameters::{self, ParameterRow};
use super::samples::csharp_sdk;
use super::tables::{FUNCTION, HTTP_METHOD, Lists};
use super::warnings::Warnings;
use super::{errors, json, words};
use crate::facts::{Operation, Parameter, Place};
use serde_json::Value;

pub(super) struct SdkReference;

/// Headings of parts that a signature may stand under, which are never an operation's title.
const PARTS: &[&str] = &["函数名称", "函数签名", "函数定义", "方法签名"];

impl Family for SdkReference {
    fn mark(&self) -> &'static str {
        "a C# block that begins with a function's signature (`Task<...> Name(...)`)"
    }

    fn recognises(&self, blocks: &[Block]) -> bool {
        blocks.iter().any(|block| signature_in(block).is_some())
    }

    fn read(&self, blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation> {
        let functions = function_list(blocks);
        let mut operations: Vec<Operation> = Vec::new();
        let mut covered = 0;
        for (at, block) in blocks.iter().enumerate() {
            let Some(signature) = signature_in(block) else { continue };
            if at < covered {
                warnings.add_line(
                    block.line,
                    format!("`{}` is the second signature under one heading: it was not read", signature.name),
                );
                continue;
            }
            let heading = heading_above(blocks, at, |text| !PARTS.iter().any(|part| text.contains(part))).unwrap_or(at);
            covered = end_of_section(blocks, heading);
            let section = section(blocks, heading, covered);
            let mut operation = operation(&section, &signature, warnings);
            let listed = functions.iter().find(|function| function.name == operation.name);
            if listed.is_none() {
                warnings.add_line(
                    operation.line,
                    format!("`{}` is not in the list of functions: its HTTP method is unknown", operation.name),
                );
            }
            operation.method = listed.map(|function| function.method.to_uppercase());
            operations.push(operation);
        }
        for function in functions {
            if !operations.iter().any(|operation| operation.name == function.name) {
                warnings.add_line(function.line, format!("no section has a signature of `{}`", function.name));
            }
        }
        operations
    }
}

fn signature_in(block: &Block) -> Option<Signature> {
    match &block.content {
        Content::Code(code) if is_csharp(code) => signature(code),
        _ => None,
    }
}

fn is_csharp(code: &Code) -> bool {
    matches!(code.language.as_str(), "csharp" | "c#" | "cs")
}

struct Function<'a> {
    name: &'a str,
    method: &'a str,
    line: usize,
}

fn function_list(blocks: &[Block]) -> Vec<Function<'_>> {
    let mut functions = Vec::new();
    for block in blocks {
        let Content::Table(table) = &block.content else { continue };
        if table.lists() == Lists::Functions {
            let (name, method) = (table.column(FUNCTION), table.column(HTTP_METHOD));
            functions.extend(table.body().iter().map(|row| Function {
                name: row.cell(name),
                method: row.cell(method),
                line: row.line,
            }));
        }
    }
    functions
}

/// A section ends at the next heading that is as high as its own.
fn end_of_section(blocks: &[Block], heading: usize) -> usize {
    let level = |at: usize| match blocks.get(at).map(|block| &block.content) {
        Some(Content::Heading { level, .. }) => Some(*level),
        _ => None,
    };
    let own = level(heading).unwrap_or(u8::MAX);
    (heading + 1..blocks.len()).find(|&at| level(at).is_some_and(|level| level <= own)).unwrap_or(blocks.len())
}

fn operation(section: &Section<'_>, signature: &Signature, warnings: &mut Warnings) -> Operation {
    let mut operation = Operation {
        name: signature.name.clone(),
        title: section.title.to_owned(),
        line: section.line,
        access_tokens: access_tokens(section, signature, warnings),
        ..Operation::default()
    };
    let mut rows = Vec::new();
    let mut body = Vec::new();
    for piece in &section.pieces {
        let Content::Table(table) = &piece.block.content else { continue };
        match table.lists() {
            Lists::Parameters if piece.says(&[("请求体", ())]).is_some() => {
                for row in parameters::rows(table, warnings) {
                    body.push(row.parameter(Place::Body, warnings));
                }
            }
            Lists::Parameters => rows.extend(parameters::rows(table, warnings)),
            Lists::Errors => operation.errors.extend(errors::rows(table, warnings)),
            Lists::Functions | Lists::SomethingElse => {
                warnings
                    .add_line(piece.block.line, "this table lists neither parameters nor error codes: it was not read");
            }
        }
    }
    operation.parameters = merge(signature, &rows, warnings);
    operation.parameters.append(&mut body);
    for piece in &section.pieces {
        let Content::Code(code) = &piece.block.content else { continue };
        if json::is_json(code) {
            operation.examples.extend(json::example(code, piece, warnings));
        } else if !is_csharp(code) {
            let language = &code.language;
            warnings.add_line(
                piece.block.line,
                format!("a block of `{language}` is nothing this family has: it was not read"),
            );
        } else if signature::signature(code).is_none() {
            let examples = csharp_sdk::read(code, signature, warnings);
            if examples.is_empty() {
                warnings.add_line(code.line, format!("no call of `{}` was read from this sample", signature.name));
            }
            operation.examples.extend(examples);
        }
    }
    operation
}

/// The token kinds of the `认证` line, held against the signature's own token.
fn access_tokens(section: &Section<'_>, signature: &Signature, warnings: &mut Warnings) -> Vec<String> {
    let passed: Vec<String> = signature
        .parameters
        .iter()
        .filter(|parameter| parameter.role == Role::Token)
        .flat_map(|parameter| words::access_tokens(&parameter.name))
        .collect();
    let lines = section.pieces.iter().filter(|piece| piece.trail.first().is_some_and(|mark| mark.contains("认证")));
    let texts: Vec<(usize, &str)> = lines
        .filter_map(|piece| match &piece.block.content {
            Content::Text { text, .. } => Some((piece.block.line, text.as_str())),
            _ => None,
        })
        .collect();
    let Some(&(line, _)) = texts.first() else { return passed };
    let stated = words::access_tokens(&texts.iter().map(|&(_, text)| text).collect::<Vec<_>>().join("\n"));
    if stated.is_empty() {
        warnings.add_line(line, "this names no kind of access token; the signature's was taken");
        return passed;
    }
    for token in passed.iter().filter(|token| !stated.contains(token)) {
        warnings.add_line(line, format!("the signature takes a {token}, which this does not name"));
    }
    stated
}

/// The parameters of the API: each of the signature's, with its row of the table.
fn merge(signature: &Signature, rows: &[ParameterRow<'_>], warnings: &mut Warnings) -> Vec<Parameter> {
    let mut merged = Vec::new();
    for parameter in &signature.parameters {
        let row = rows.iter().find(|row| row.name == parameter.name || row.name == parameter.wire_name);
        match parameter.role {
            Role::Parameter(place) => merged.push(fact(parameter, place, row, warnings)),
            Role::Unknown => warnings.add_line(
                parameter.line,
                format!("no attribute says where `{}` travels: it was not read", parameter.name),
            ),
            Role::Body | Role::Token | Role::Cancellation => {}
        }
    }
    for row in rows {
        let is_row = |parameter: &SignatureParameter| row.name == parameter.name || row.name == parameter.wire_name;
        if !signature.parameters.iter().any(is_row) {
            warnings.add_line(row.line, format!("the signature has no `{}`: the row was not read", row.name));
        }
    }
    merged
}

fn fact(
    parameter: &SignatureParameter,
    place: Place,
    row: Option<&ParameterRow<'_>>,
    warnings: &mut Warnings,
) -> Parameter {
    let optional = parameter.default.is_some() || parameter.nullable;
    let silent = ParameterRow {
        line: parameter.line,
        name: parameter.name.clone(),
        kind: parameter.kind.clone(),
        required: !optional,
        description: "",
    };
    if row.is_none() {
        warnings.add_line(parameter.line, format!("no table has a row for `{}`", parameter.name));
    }
    let row = row.unwrap_or(&silent);
    let mut fact = row.parameter(place, warnings);
    fact.name.clone_from(&parameter.wire_name);
    let mut disagree = |what: &str, table: String, signature: String| {
        let message = format!("`{}`: the table says {what} {table}, the signature {signature}", parameter.name);
        warnings.add_line(row.line, message);
    };
    if fact.required == optional {
        disagree("required", yes_no(fact.required), yes_no(!optional));
    }
    if fact.kind != parameter.kind {
        disagree("type", fact.kind.clone(), parameter.kind.clone());
        fact.kind.clone_from(&parameter.kind);
    }
    let stated = parameter.default.clone();
    if let (Some(prose), Some(stated)) = (&fact.default, &stated)
        && prose != stated
    {
        disagree("default", prose.to_string(), stated.to_string());
    }
    // `= null` only says that C# sends nothing: what the service then takes, prose may know.
    fact.default = stated.filter(|default| *default != Value::Null).or(fact.default);
    fact
}

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

//! The docs of the builders and of `Client`'s methods: all that the spec knows about an operation.
//!
//! progenitor documents a method with the description alone. A caller also needs the scopes to grant, the limits and the
//! errors, and finds them where the call is written.

use crate::codegen::facts;
use crate::codegen::passes::example::example;
use crate::codegen::passes::types::subject;
use crate::codegen::spec::extensions::ErrorRow;
use crate::codegen::spec::model::{Model, Operation, Parameter};
use crate::codegen::spec::names::field_ident;
use heck::ToUpperCamelCase;
use std::collections::BTreeMap;
use std::fmt::Write;
use syn::{File, ImplItem, Item, ItemStruct, parse_quote};

/// Documents the setter of a parameter.
pub fn setter(method: &mut syn::ImplItemFn, operation: &Operation) {
    let name = method.sig.ident.to_string();
    let doc = match name.as_str() {
        "new" => "Starts a call; nothing is set yet.".to_owned(),
        "body" => "Sets the whole body.".to_owned(),
        "body_map" => "Sets properties of the body: `.body_map(|body| body.name(..))`.".to_owned(),
        _ => {
            let parameter = operation.parameters.iter().find(|parameter| field_ident(&parameter.name) == name);
            if let Some(Parameter { deprecated: true, description, .. }) = parameter {
                method.attrs.push(parse_quote!(#[deprecated(note = #description)]));
            }
            let made = parameter.filter(|parameter| operation.is_idempotency_key(&parameter.name));
            let made = made.map(|_| " If unset or empty, the client generates one.").unwrap_or_default();
            parameter.map(|parameter| format!("{}{made}", parameter.description)).unwrap_or_default()
        }
    };
    method.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    method.attrs.push(parse_quote!(#[doc = #doc]));
}

/// The page of a builder: what it calls, and an example.
pub fn builder(builder: &mut ItemStruct, model: &Model, operation: &Operation) {
    let doc = format!(
        "Builds a call of [`Client::{0}`](crate::Client::{0}): {1}.\n\n{2}",
        operation.id,
        operation.summary,
        example(model, operation)
    );
    builder.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    builder.attrs.push(parse_quote!(#[doc = #doc]));
    builder.attrs.push(parse_quote!(#[must_use = "nothing is sent before `send`, `stream` or `pages`"]));
}

/// Documents `Client`'s methods with all that the spec knows about the operation.
pub fn methods(code: &mut File, model: &Model) -> Result<(), String> {
    let operations: BTreeMap<&str, &Operation> =
        model.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let mut documented = 0;
    for item in &mut code.items {
        if subject(item).as_deref() != Some("Client") {
            continue;
        }
        let Item::Impl(item) = item else { continue };
        for method in &mut item.items {
            let ImplItem::Fn(method) = method else { continue };
            if let Some(operation) = operations.get(method.sig.ident.to_string().as_str()) {
                let doc = method_text(model, operation);
                method.attrs = vec![parse_quote!(#[doc = #doc])];
                documented += 1;
            }
        }
    }
    if documented == model.operations.len() {
        Ok(())
    } else {
        Err("progenitor did not write one method per operation".to_owned())
    }
}

fn method_text(model: &Model, operation: &Operation) -> String {
    let mut doc =
        format!("{}.\n\n{}\n\n`{} {}`\n", operation.summary, operation.description, operation.method, operation.path);
    let _ = write!(doc, "\n{}", facts::needs(operation));
    doc.push_str("\n# Parameters\n\n| parameter | in | required | |\n| --- | --- | --- | --- |\n");
    for parameter in &operation.parameters {
        let required = match (parameter.required, operation.is_idempotency_key(&parameter.name)) {
            (_, true) => "no, generated",
            (true, _) => "yes",
            (false, _) => "no",
        };
        let _ =
            writeln!(doc, "| `{}` | {} | {required} | {} |", parameter.name, parameter.place, parameter.description);
    }
    if let Some(body) = &operation.body {
        for (name, schema) in model.properties(body) {
            let required = if model.is_required(body, name) { "yes" } else { "no" };
            let description = model.description(schema).unwrap_or_default();
            let _ = writeln!(doc, "| `{name}` | body | {required} | {description} |");
        }
    }
    doc.push_str(match operation.errors.is_empty() {
        true => "\n# Errors\n\nNo errors of its own are documented.\n",
        false => "\n# Errors\n\n| HTTP | code | | the service says | what to do |\n| --- | --- | --- | --- | --- |\n",
    });
    for ErrorRow { http, code, name, message } in &operation.errors {
        let advice = model.error_names.get(name).map(|name| name.advice.as_str()).unwrap_or_default();
        let _ = writeln!(
            doc,
            "| {http} | {code} | [`{0}`](crate::ErrorCode::{0}) | {message} | {advice} |",
            name.to_upper_camel_case()
        );
    }
    let _ = write!(doc, "\n# Source\n\n`{}`, {}", operation.source.document, operation.source.operation);
    doc
}

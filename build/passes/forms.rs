//! How a body that is a form is sent: part by part.
//!
//! A form is no JSON, so its type is no serde type and has no JSON Schema; and a file in it may be a stream, which cannot
//! be compared.

use crate::codegen::passes::types::{items, module};
use crate::codegen::spec::model::Model;
use crate::codegen::spec::names::field_ident;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::{Attribute, File, Item, parse_quote};

/// Takes from the types of forms what only JSON needs.
pub fn apply(code: &mut File, model: &Model) -> Result<(), String> {
    let forms = model.forms();
    for item in items(module(code, "types")?)? {
        let Item::Struct(item) = item else { continue };
        if forms.contains(item.ident.to_string().as_str()) {
            item.attrs.retain(|attribute| !(attribute.path().is_ident("derive") || is_schema(attribute)));
            item.attrs.push(parse_quote!(#[derive(Clone, Debug)]));
            for field in &mut item.fields {
                field.attrs.retain(|attribute| !(attribute.path().is_ident("serde") || is_schema(attribute)));
            }
        }
    }
    Ok(())
}

fn is_schema(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg_attr") && attribute.to_token_stream().to_string().contains("schemars")
}

/// Statements that add the properties of `value` to the request, in the order of the spec.
pub fn write(model: &Model, body: &str) -> TokenStream {
    let parts = model.properties(body).map(|(name, schema)| {
        let field = field_ident(name);
        let write = part(model, name, schema);
        match model.is_required(body, name) {
            true => quote!({ let value = value.#field; #write }),
            false => quote!(if let Some(value) = value.#field { #write }),
        }
    });
    quote!({
        let mut form = crate::call::form::Form::new();
        #(#parts)*
        request.form(form);
    })
}

fn part(model: &Model, name: &str, schema: &Value) -> TokenStream {
    if model.is_upload(schema) {
        return quote!(form.upload(#name, value););
    }
    match model.is_list(schema) {
        // A list repeats the part, as it repeats a query parameter.
        true => quote!(for value in &value { form.value(#name, value); }),
        false => quote!(form.value(#name, &value);),
    }
}

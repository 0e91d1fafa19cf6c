//! What the client must know about each response: where its `data` has the payload, what a page holds, and which of two
//! properties to read.
//!
//! Generated as implementations of `crate::call::envelope::Payload` and `crate::call::paging::PageData`, so that the
//! hand-written code names no generated type.

use crate::codegen::spec::extensions::{FirstOf, Page};
use crate::codegen::spec::model::{Model, Operation};
use crate::codegen::spec::names::field_ident;
use crate::codegen::spec::references::reference;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use syn::{Item, parse_quote};

/// One implementation for each payload, page and `x-feishu-first-of`.
pub fn payloads(model: &Model) -> Vec<Item> {
    // Operations may share a payload.
    let mut seen = BTreeSet::new();
    let first = model.operations.iter().filter(|operation| seen.insert(model.data(operation).unwrap_or_default()));
    let payloads: Vec<Item> = first.filter_map(|operation| payload(model, operation)).collect();
    let mut seen = BTreeSet::new();
    let listings = model.operations.iter().filter(|operation| operation.page.is_some());
    let first = listings.filter(|operation| seen.insert(model.payload(operation).unwrap_or_default()));
    let pages = first.filter_map(|operation| page(model, operation, operation.page.as_ref()?)).collect::<Vec<_>>();
    payloads.into_iter().chain(pages.into_iter().flatten()).chain(first_of(model)).collect()
}

/// The type of an operation's payload; none where it has no properties.
pub fn data_type(model: &Model, operation: &Operation) -> Option<syn::Ident> {
    let name = model.payload(operation).filter(|name| model.properties(name).next().is_some())?;
    Some(format_ident!("{name}"))
}

/// The type that decodes the `data` of an operation's envelope.
pub fn decoded_type(model: &Model, operation: &Operation) -> TokenStream {
    match data_type(model, operation).and(model.data(operation)).map(|name| format_ident!("{name}")) {
        Some(name) => quote!(types::#name),
        None => quote!(crate::call::envelope::NoPayload),
    }
}

fn payload(model: &Model, operation: &Operation) -> Option<Item> {
    let (payload, decoded) = (data_type(model, operation)?, decoded_type(model, operation));
    let open = open(model, operation);
    Some(parse_quote! {
        impl crate::call::envelope::Payload for #decoded {
            type Data = types::#payload;
            fn open(data: Option<Self>) -> Option<Self::Data> {
                #open
            }
        }
    })
}

/// From the value of `data` to the payload: `data`, or `data?.data` if it is one level deeper.
fn open(model: &Model, operation: &Operation) -> TokenStream {
    let (mut holder, mut open) = (model.data(operation).unwrap_or_default(), quote!(data));
    for name in operation.data.iter().skip(1) {
        let field = field_ident(name);
        open = optional(model, holder, name, quote!(#open?.#field));
        let property = model.properties(holder).find(|(property, _)| *property == name);
        holder = property.and_then(|(_, schema)| model.resolve(schema).0).unwrap_or_default();
    }
    open
}

/// The value of a property as an `Option`: a required one is none in Rust.
fn optional(model: &Model, schema: &str, property: &str, value: TokenStream) -> TokenStream {
    if model.is_required(schema, property) { quote!(Some(#value)) } else { value }
}

fn page(model: &Model, operation: &Operation, page: &Page) -> Option<[Item; 2]> {
    let data = data_type(model, operation)?;
    let item = format_ident!("{}", page.item);
    let payload = model.payload(operation)?;
    let read = |pointer: &str| {
        let name = pointer.rsplit('/').next().unwrap_or(pointer);
        let field = field_ident(name);
        optional(model, payload, name, quote!(self.#field))
    };
    let lists = page.items.iter().map(|pointer| {
        let list = read(pointer);
        let items = model.at(operation, pointer).and_then(|list| model.resolve(list).1.get("items"));
        match items.and_then(reference) {
            Some(_) => list,
            None => {
                let key = page.item_key.as_deref().map(field_ident);
                quote!(#list.map(|list| {
                    list.into_iter().map(|value| types::#item { #key: Some(value), ..Default::default() }).collect()
                }))
            }
        }
    });
    let lists = lists.collect::<Vec<_>>();
    let (token, has_more) = (field_ident(page.token.rsplit('/').next()?), read(&page.has_more));
    Some([
        parse_quote! {
            impl types::#data {
                /// The items of this page, from the first list that the response has.
                pub fn into_items(self) -> Vec<types::#item> {
                    None #(.or(#lists))* .unwrap_or_default()
                }
            }
        },
        parse_quote! {
            impl crate::call::paging::PageData for types::#data {
                type Item = types::#item;
                fn has_more(&self) -> Option<bool> {
                    #has_more
                }
                fn take_token(&mut self) -> Option<String> {
                    self.#token.take()
                }
                fn into_items(self) -> Vec<Self::Item> {
                    self.into_items()
                }
            }
        },
    ])
}

/// Methods that return the first of several properties that is set and not empty.
fn first_of(model: &Model) -> Vec<Item> {
    let mut methods = Vec::new();
    for (name, schema) in &model.schemas {
        let name = format_ident!("{name}");
        for (method, rule) in schema.get("x-feishu-first-of").and_then(Value::as_object).into_iter().flatten() {
            // The linter has checked that it deserializes.
            let Ok(FirstOf { properties, description }) = FirstOf::deserialize(rule) else { continue };
            let method = field_ident(method);
            let fields = properties.iter().map(|property| field_ident(property));
            methods.push(parse_quote! {
                impl types::#name {
                    #[doc = #description]
                    pub fn #method(&self) -> Option<&str> {
                        None #(.or(self.#fields.as_deref().filter(|text| !text.trim().is_empty())))*
                    }
                }
            });
        }
    }
    methods
}

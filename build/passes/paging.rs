//! What the client must know about each response: where its envelope has the payload, what a page holds, and which of
//! two properties to read.
//!
//! Generated as implementations of `crate::call::envelope::Envelope` and `crate::call::paging::PageData`, so that the
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

/// One implementation for each envelope, page and `x-feishu-first-of`.
pub fn envelopes(model: &Model) -> Vec<Item> {
    // Operations may share a response.
    let mut seen = BTreeSet::new();
    let first = model.operations.iter().filter(|operation| seen.insert(operation.response.as_str()));
    let envelopes: Vec<Item> = first.map(|operation| envelope(model, operation)).collect();
    let listings = model.operations.iter().filter(|operation| operation.page.is_some());
    let first = listings.filter(|operation| seen.insert(model.payload(operation).unwrap_or_default()));
    let pages = first.filter_map(|operation| page(model, operation, operation.page.as_ref()?)).collect::<Vec<_>>();
    envelopes.into_iter().chain(pages.into_iter().flatten()).chain(first_of(model)).collect()
}

/// The type of an operation's payload; none where it has no properties.
pub fn data_type(model: &Model, operation: &Operation) -> Option<syn::Ident> {
    let name = model.payload(operation).filter(|name| model.properties(name).next().is_some())?;
    Some(format_ident!("{name}"))
}

fn envelope(model: &Model, operation: &Operation) -> Item {
    let name = format_ident!("{}", operation.response);
    let (ty, open) = match data_type(model, operation) {
        Some(data) => (quote!(types::#data), open(model, operation)),
        None => (quote!(()), quote!(Some(()))),
    };
    parse_quote! {
        impl crate::call::envelope::Envelope for types::#name {
            type Data = #ty;
            fn code(&self) -> i64 {
                self.code
            }
            fn into_data(self) -> Option<Self::Data> {
                #open
            }
        }
    }
}

/// From an envelope to its payload: `self.data`, an `Option` also where the spec requires one.
fn open(model: &Model, operation: &Operation) -> TokenStream {
    let (mut holder, mut open) = (operation.response.as_str(), quote!(self));
    for (depth, name) in operation.data.iter().enumerate() {
        let field = field_ident(name);
        let outer = if depth == 0 { open } else { quote!(#open?) };
        open = optional(model, holder, name, quote!(#outer.#field));
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

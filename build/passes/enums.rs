//! Open enums.
//!
//! The service may add values at any time, and typify's enums reject a value that they
//! do not list. Each is replaced by a call of the macro `open_enum!`
//! (`src/decode/open_enum.rs`), which keeps such a value.

use crate::codegen::items::Dropped;
use crate::codegen::passes::types::{argument_of, items, last_segment, module};
use crate::codegen::spec::model::Model;
use heck::ToUpperCamelCase;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::{File, Item, parse_quote};

/// The enums, which are not parsed.
pub fn names(model: &Model) -> BTreeSet<&str> {
    model.enums().map(|(name, _)| name).collect()
}

/// Writes every enum of `mod types`, and drops what is left of those that the generator wrote.
pub fn apply(code: &mut File, model: &Model, dropped: &Dropped) -> Result<(), String> {
    let items = items(module(code, "types")?)?;
    let names = names(model);
    let dropped = dropped.get("types");
    if let Some(name) = names.iter().find(|name| dropped.is_none_or(|dropped| !dropped.contains(**name))) {
        return Err(format!("typify wrote no type for the enum `{name}`"));
    }
    items.retain(|item| converted(item).is_none_or(|name| !names.contains(name.as_str())));
    items.extend(model.enums().map(|(name, schema)| open_enum(name, schema)));
    Ok(())
}

/// `X` of `impl From<X> for ..`.
fn converted(item: &Item) -> Option<String> {
    let Item::Impl(syn::ItemImpl { trait_: Some((path, _)), .. }) = item else { return None };
    argument_of(path, "From").and_then(last_segment)
}

fn open_enum(name: &str, schema: &Value) -> Item {
    let list = |key: &str| schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let variants = list("enum").iter().enumerate().map(|(index, value)| {
        let doc = format!(
            "`{}`: {}",
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            text(list("x-enum-descriptions").get(index))
        );
        let given = list("x-enum-varnames").get(index).and_then(Value::as_str);
        let variant = format_ident!("{}", given.map_or_else(|| text(Some(value)).to_upper_camel_case(), str::to_owned));
        let value = match value.as_i64() {
            Some(number) => {
                let number = proc_macro2::Literal::i64_suffixed(number);
                quote!(#number)
            }
            None => {
                let word = text(Some(value));
                quote!(#word)
            }
        };
        quote!(#[doc = #doc] #variant = #value)
    });
    let kind = if schema.get("type") == Some(&Value::from("integer")) {
        format_ident!("integer")
    } else {
        format_ident!("text")
    };
    let doc = text(schema.get("description"));
    let name = format_ident!("{name}");
    parse_quote!(crate::decode::open_enum::open_enum! { #[doc = #doc] pub enum #name: #kind { #(#variants),* } })
}

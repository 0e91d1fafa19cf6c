//! The documented rules of requests, as code.
//!
//! The limits that `transforms.rs` removes from the schemas become calls of
//! `crate::call::validation::Validator` here, for each parameter and for each property
//! of a request body at any depth.

use crate::codegen::spec::extensions::Limits;
use crate::codegen::spec::extensions::character_class;
use crate::codegen::spec::model::Model;
use crate::codegen::spec::names::field_ident;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};

/// `Checked` for every request body and every schema in one.
pub fn checks(model: &Model) -> Vec<Item> {
    let (bodies, held) = (model.bodies(), model.held_by_bodies());
    let objects = held.iter().filter(|name| model.properties(name).next().is_some());
    let bodies = bodies.iter().map(|name| check_of_body(model, name));
    bodies.chain(objects.map(|name| check_of_schema(model, name))).collect()
}

/// Checks a body before it is built, so that a property that was not set is one violation among others.
fn check_of_body(model: &Model, name: &str) -> Item {
    let properties = model.properties(name).map(|(property, schema)| {
        let field = field_ident(property);
        let given = match model.is_required(name, property) {
            true => quote!(rules.required(#property, &self.#field)),
            false => quote!(rules.optional(#property, &self.#field)),
        };
        match check(model, &quote!(rules), property, schema) {
            Some(check) => quote!(if let Some(value) = #given { #check }),
            None => quote!(#given;),
        }
    });
    let name = format_ident!("{name}");
    parse_quote! {
        impl crate::call::validation::Checked for types::builder::#name {
            fn check(&self, rules: &mut crate::call::validation::Validator) {
                #(#properties)*
            }
        }
    }
}

fn check_of_schema(model: &Model, name: &str) -> Item {
    let properties = model.properties(name).filter_map(|(property, schema)| {
        let field = field_ident(property);
        let check = check(model, &quote!(rules), property, schema)?;
        Some(match model.is_required(name, property) {
            true => quote!({ let value = &self.#field; #check }),
            false => quote!(if let Some(value) = &self.#field { #check }),
        })
    });
    let properties = properties.collect::<Vec<_>>();
    let rules = if properties.is_empty() { quote!(_) } else { quote!(rules) };
    let name = format_ident!("{name}");
    parse_quote! {
        impl crate::call::validation::Checked for types::#name {
            fn check(&self, #rules: &mut crate::call::validation::Validator) {
                #(#properties)*
            }
        }
    }
}

/// Statements that check `value`, a reference, against the rules of `schema`; `rules` is the validator.
pub fn check(model: &Model, rules: &TokenStream, name: &str, schema: &Value) -> Option<TokenStream> {
    let (schema_name, resolved) = model.resolve(schema);
    let limits = model.limits(schema);
    if resolved.get("enum").is_some() {
        return Some(quote!(#rules.listed(#name, value);));
    }
    match resolved.get("type").and_then(Value::as_str)? {
        // A form checks its files itself.
        "string" if model.is_upload(schema) => None,
        "string" => text(rules, name, &limits),
        "integer" => range(limits.minimum, limits.maximum, i64::MIN, i64::MAX)
            .map(|(min, max)| quote!(#rules.range(#name, *value, #min, #max);)),
        "array" => items(model, rules, name, resolved, &limits),
        // An object without properties has nothing to check.
        "object" if schema_name.is_some_and(|schema| model.properties(schema).next().is_some()) => {
            Some(quote!(#rules.within(#name, |rules| crate::call::validation::Checked::check(value, rules));))
        }
        _ => None,
    }
}

fn items(model: &Model, rules: &TokenStream, name: &str, schema: &Value, limits: &Limits) -> Option<TokenStream> {
    let count = range(limits.min_items, limits.max_items, 0, u64::MAX)
        .map(|(min, max)| quote!(#rules.items(#name, value.len(), #min, #max);));
    let each = schema
        .get("items")
        .and_then(|item| check(model, rules, name, item))
        .map(|check| quote!(for value in value { #check }));
    (count.is_some() || each.is_some()).then(|| quote!(#count #each))
}

fn text(rules: &TokenStream, name: &str, limits: &Limits) -> Option<TokenStream> {
    let length = range(limits.min_length, limits.max_length, 0, u64::MAX)
        .map(|(min, max)| quote!(#rules.length(#name, value, #min, #max);));
    let characters = limits.pattern.as_ref().map(|pattern| {
        let ranges =
            character_class(pattern).unwrap_or_default().into_iter().map(|(first, last)| quote!(#first..=#last));
        quote!(#rules.characters(#name, value, #pattern, |c| matches!(c, #(#ranges)|*));)
    });
    (length.is_some() || characters.is_some()).then(|| quote!(#length #characters))
}

/// Both bounds, with a missing one replaced by the type's own; none if neither is documented.
fn range<T>(min: Option<T>, max: Option<T>, lowest: T, highest: T) -> Option<(T, T)> {
    (min.is_some() || max.is_some()).then(|| (min.unwrap_or(lowest), max.unwrap_or(highest)))
}

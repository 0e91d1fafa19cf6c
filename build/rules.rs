//! The documented rules of requests, as code.
//!
//! The limits that `transforms.rs` took out of the schemas come back here as calls
//! of `crate::rules::Rules`: on each parameter, and on each property of a request
//! body, however deep.

use crate::codegen::extensions::Limits;
use crate::codegen::facts::Facts;
use crate::codegen::types::field_ident;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};

/// `fn check` for every request body, and for every schema that one holds.
pub fn checks(facts: &Facts) -> Vec<Item> {
    let (bodies, held) = (facts.bodies(), facts.held_by_bodies());
    let objects = held.iter().filter(|name| facts.properties(name).next().is_some());
    let bodies = bodies.iter().map(|name| check_of_body(facts, name));
    bodies.chain(objects.map(|name| check_of_schema(facts, name))).collect()
}

/// A body is checked while it is a builder: what was not set is one violation among others.
fn check_of_body(facts: &Facts, name: &str) -> Item {
    let properties = facts.properties(name).map(|(property, schema)| {
        let field = field_ident(property);
        let given = quote!(rules.given(#property, self.#field.as_ref()));
        match (check(facts, property, schema), facts.is_required(name, property)) {
            (Some(check), true) => quote!(if let Some(value) = #given { #check }),
            (Some(check), false) => quote!(if let Some(Some(value)) = #given { #check }),
            (None, _) => quote!(#given;),
        }
    });
    let name = format_ident!("{name}");
    parse_quote! {
        impl types::builder::#name {
            /// Holds every property against its documented rules.
            pub(crate) fn check(&self, rules: &mut crate::rules::Rules) {
                #(#properties)*
            }
        }
    }
}

fn check_of_schema(facts: &Facts, name: &str) -> Item {
    let properties = facts.properties(name).filter_map(|(property, schema)| {
        let field = field_ident(property);
        let check = check(facts, property, schema)?;
        Some(match facts.is_required(name, property) {
            true => quote!({ let value = &self.#field; #check }),
            false => quote!(if let Some(value) = &self.#field { #check }),
        })
    });
    let properties = properties.collect::<Vec<_>>();
    let rules = if properties.is_empty() { quote!(_) } else { quote!(rules) };
    let name = format_ident!("{name}");
    parse_quote! {
        impl types::#name {
            /// Holds every property against its documented rules.
            pub(crate) fn check(&self, #rules: &mut crate::rules::Rules) {
                #(#properties)*
            }
        }
    }
}

/// Statements that hold `value`, a reference, against the rules of `schema`.
pub fn check(facts: &Facts, name: &str, schema: &Value) -> Option<TokenStream> {
    let (schema_name, resolved) = facts.resolve(schema);
    let limits = facts.limits(schema);
    if resolved.get("enum").is_some() {
        return Some(quote!(rules.listed(#name, value);));
    }
    match resolved.get("type").and_then(Value::as_str)? {
        "string" => text(name, &limits),
        "integer" => range(limits.minimum, limits.maximum, i64::MIN, i64::MAX)
            .map(|(min, max)| quote!(rules.range(#name, *value, #min, #max);)),
        "array" => items(facts, name, resolved, &limits),
        // One without properties has nothing to check, and no `check`.
        "object" if schema_name.is_some_and(|schema| facts.properties(schema).next().is_some()) => {
            Some(quote!(rules.within(#name, |rules| value.check(rules));))
        }
        _ => None,
    }
}

fn items(facts: &Facts, name: &str, schema: &Value, limits: &Limits) -> Option<TokenStream> {
    let count = range(limits.min_items, limits.max_items, 0, u64::MAX)
        .map(|(min, max)| quote!(rules.items(#name, value.len(), #min, #max);));
    let each = schema
        .get("items")
        .and_then(|item| check(facts, name, item))
        .map(|check| quote!(for value in value { #check }));
    (count.is_some() || each.is_some()).then(|| quote!(#count #each))
}

fn text(name: &str, limits: &Limits) -> Option<TokenStream> {
    let length = range(limits.min_length, limits.max_length, 0, u64::MAX)
        .map(|(min, max)| quote!(rules.length(#name, value, #min, #max);));
    let characters = limits.pattern.as_ref().map(|pattern| {
        let ranges =
            character_class(pattern).unwrap_or_default().into_iter().map(|(first, last)| quote!(#first..=#last));
        quote!(rules.characters(#name, value, #pattern, |c| matches!(c, #(#ranges)|*));)
    });
    (length.is_some() || characters.is_some()).then(|| quote!(#length #characters))
}

/// Both bounds, the missing one as wide as it can be; nothing where neither is documented.
fn range<T>(min: Option<T>, max: Option<T>, lowest: T, highest: T) -> Option<(T, T)> {
    (min.is_some() || max.is_some()).then(|| (min.unwrap_or(lowest), max.unwrap_or(highest)))
}

/// The ranges of `^[..]*$`: the one kind of pattern that needs no regular expression engine.
pub fn character_class(pattern: &str) -> Option<Vec<(char, char)>> {
    let class = pattern.strip_prefix("^[")?.strip_suffix("]*$")?;
    if class.starts_with('^') || class.contains(['\\', '[', ']', '&']) {
        return None;
    }
    let mut rest = class.chars().peekable();
    let mut ranges = Vec::new();
    while let Some(first) = rest.next() {
        let last = match rest.next_if_eq(&'-') {
            Some(_) => rest.next().filter(|last| *last >= first)?,
            None => first,
        };
        ranges.push((first, last));
    }
    (!ranges.is_empty()).then_some(ranges)
}

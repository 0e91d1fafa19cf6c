//! Passes over typify's builders of request bodies.
//!
//! Setters take what a caller has: the value itself for an optional property, and any
//! iterator for a list of strings, or of objects or their builders (`arguments`).

use crate::codegen::items::Dropped;
use crate::codegen::passes::arguments::Templates;
use crate::codegen::passes::types::{argument, items, last_segment, subject};
use crate::codegen::spec::model::Model;
use crate::codegen::spec::names::field_ident;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};
use syn::{ImplItem, Item, ItemMod, parse_quote};

/// Applies every pass over `mod types::builder`.
pub fn apply(types: &mut ItemMod, model: &Model, dropped: &Dropped) -> Result<(), String> {
    let is_dropped = dropped.get("types::builder").is_some_and(|names| !names.is_empty());
    model.require(is_dropped, "typify wrote no builder of a response: parse every builder")?;
    drop_constructors(types, &responses(model))?;
    hold_arguments(types, model)?;
    document_builders(types, model)?;
    add_constructors(types, model)
}

/// The types of responses alone. Callers do not build responses: their builders would be a third of the generated code,
/// and are not parsed.
pub fn responses(model: &Model) -> BTreeSet<&str> {
    let requests = model.request_schemas();
    model.schemas.keys().map(String::as_str).filter(|name| !requests.contains(name)).collect()
}

fn builder_module(types: &mut ItemMod) -> Result<&mut Vec<Item>, String> {
    let found = items(types)?.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "builder" => Some(module),
        _ => None,
    });
    items(found.ok_or("typify wrote no module `builder`")?)
}

/// Drops `builder()` of each response, whose builder is gone.
fn drop_constructors(types: &mut ItemMod, responses: &BTreeSet<&str>) -> Result<(), String> {
    let is_of_response = |item: &Item| subject(item).is_some_and(|name| responses.contains(name.as_str()));
    items(types)?.retain(|item| !(is_builder_constructor(item) && is_of_response(item)));
    Ok(())
}

fn is_builder_constructor(item: &Item) -> bool {
    let Item::Impl(item) = item else { return false };
    item.trait_.is_none() && matches!(item.items.as_slice(), [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

/// Fields become `Argument`s, which begin unset and are open to this crate: the code of `validation.rs` checks a body
/// before it is built, from another module.
fn hold_arguments(types: &mut ItemMod, model: &Model) -> Result<(), String> {
    let builders = builder_module(types)?;
    builders.retain(|item| !matches!(item, Item::Impl(item) if trait_of(item).is_some_and(|of| of == "Default")));
    let templates = Templates::new();
    let (mut fields, mut setters, mut conversions) = (BTreeMap::new(), 0, 0);
    for item in builders {
        match item {
            Item::Struct(item) => {
                item.attrs.push(parse_quote!(#[derive(Default)]));
                let mut of_builder = Vec::new();
                for field in &mut item.fields {
                    field.vis = parse_quote!(pub(crate));
                    let is_optional =
                        argument(&field.ty, "Result").is_some_and(|given| argument(given, "Option").is_some());
                    if templates.field(field) {
                        of_builder.extend(field.ident.clone().map(|name| (name, is_optional)));
                    }
                }
                fields.insert(item.ident.to_string(), of_builder);
            }
            Item::Impl(item) => {
                // A builder has the name of what it builds.
                let fields = last_segment(&item.self_ty).and_then(|name| fields.get(&name));
                for method in &mut item.items {
                    let (ImplItem::Fn(method), Some(fields)) = (method, fields) else { continue };
                    if templates.setter(method) {
                        setters += 1;
                    } else if convert_fields(method, fields) {
                        conversions += 1;
                    } else {
                        return Err(format!(
                            "typify wrote a builder with `{}`, which is neither a setter nor a conversion",
                            method.sig.ident
                        ));
                    }
                }
            }
            _ => {}
        }
    }
    let done = !fields.values().all(Vec::is_empty) && setters > 0 && conversions > 0;
    model.require(done, "typify wrote no builder with fields, setters and conversions")
}

/// The name of the trait that an item implements.
fn trait_of(item: &syn::ItemImpl) -> Option<&syn::Ident> {
    item.trait_.as_ref()?.0.segments.last().map(|segment| &segment.ident)
}

/// Writes the body of `try_from` a builder, or of a builder's `from`.
fn convert_fields(method: &mut syn::ImplItemFn, fields: &[(syn::Ident, bool)]) -> bool {
    let names = fields.iter().map(|(name, _)| name);
    let names = names.collect::<Vec<_>>();
    if method.sig.ident == "try_from" {
        let values = fields.iter().map(|(name, is_optional)| {
            let property = name.to_string();
            let property = property.trim_start_matches("r#");
            let given = if *is_optional { quote!(given) } else { quote!(required) };
            quote!(value.#name.#given(#property)?)
        });
        method.block = parse_quote!({ Ok(Self { #(#names: #values),* }) });
        return true;
    }
    if method.sig.ident == "from" {
        let values = fields.iter().map(|(name, is_optional)| match is_optional {
            true => quote!(crate::call::argument::Argument::optional(value.#name)),
            false => quote!(crate::call::argument::Argument::Value(value.#name)),
        });
        method.block = parse_quote!({ Self { #(#names: #values),* } });
        return true;
    }
    false
}

/// An object in a body, such as an item of a list, gets `new` with its required properties: a builder can fail, and a
/// list of 100 needs 100 of them.
fn add_constructors(types: &mut ItemMod, model: &Model) -> Result<(), String> {
    let objects = model.held_by_bodies();
    let has_required = |name: &str| model.properties(name).any(|(property, _)| model.is_required(name, property));
    let mut wanted: BTreeSet<&str> = objects.into_iter().filter(|name| has_required(name)).collect();
    let mut constructors = BTreeMap::new();
    // A struct is before what is implemented for it.
    for item in items(types)? {
        let Some(name) = subject(item).filter(|name| wanted.contains(name.as_str())) else { continue };
        match item {
            Item::Struct(item) => {
                constructors.insert(name.clone(), new(&name, &item.fields, model));
            }
            Item::Impl(item) if item.trait_.is_none() => {
                if let Some(new) = constructors.remove(&name) {
                    item.items.push(new);
                    wanted.remove(name.as_str());
                }
            }
            _ => {}
        }
    }
    match wanted.first() {
        Some(name) => Err(format!("typify wrote no struct `{name}` with a `builder()`")),
        None => Ok(()),
    }
}

/// `new` of a struct: a parameter for each required property, in the order of the spec.
fn new(name: &str, fields: &syn::Fields, model: &Model) -> ImplItem {
    let ty =
        |ident: &syn::Ident| fields.iter().find(|field| field.ident.as_ref() == Some(ident)).map(|field| &field.ty);
    let required = model.properties(name).filter(|(property, _)| model.is_required(name, property));
    let required: Vec<syn::Ident> = required.map(|(property, _)| field_ident(property)).collect();
    let parameters = required.iter().map(|field| {
        let ty = ty(field);
        quote!(#field: impl Into<#ty>)
    });
    let values = fields.iter().filter_map(|field| field.ident.as_ref()).map(|field| match required.contains(field) {
        true => quote!(#field: #field.into()),
        false => quote!(#field: None),
    });
    parse_quote! {
        /// Returns one with its required properties.
        #[allow(clippy::too_many_arguments, reason = "as many as the spec requires")]
        pub fn new(#(#parameters),*) -> Self {
            Self { #(#values),* }
        }
    }
}

/// Documents builders, their setters and their constructors, since typify does not.
fn document_builders(types: &mut ItemMod, model: &Model) -> Result<(), String> {
    let (mut builders, mut setters, mut constructors) = (0, 0, 0);
    for item in builder_module(types)? {
        let name = subject(item).unwrap_or_default();
        match item {
            Item::Struct(item) => {
                let doc = format!("Builds a [`{name}`](super::{name}).");
                item.attrs.push(parse_quote!(#[doc = #doc]));
                builders += 1;
            }
            Item::Impl(item) if item.trait_.is_none() => {
                for setter in &mut item.items {
                    let ImplItem::Fn(setter) = setter else { continue };
                    let property =
                        model.properties(&name).find(|(property, _)| field_ident(property) == setter.sig.ident);
                    let doc = property.and_then(|(_, schema)| model.description(schema)).unwrap_or_default();
                    setter.attrs.push(parse_quote!(#[doc = #doc]));
                    setters += usize::from(!doc.is_empty());
                }
            }
            _ => {}
        }
    }
    for item in items(types)? {
        if is_builder_constructor(item)
            && let Item::Impl(item) = item
            && let [ImplItem::Fn(constructor)] = item.items.as_mut_slice()
        {
            constructor.attrs.push(parse_quote!(#[doc = "Returns an empty builder."]));
            constructors += 1;
        }
    }
    let done = ![builders, setters, constructors].contains(&0);
    model.require(done, "typify wrote no builder, setter or constructor to document")
}

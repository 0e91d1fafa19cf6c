//! Passes over the generated types: strict going out, lenient coming in.
//!
//! A type of a request keeps its builder (`builders`). A type of responses alone loses it,
//! since nobody builds responses, and is decoded leniently instead.

use crate::codegen::items::Dropped;
use crate::codegen::passes::builders;
use crate::codegen::spec::extensions::Limits;
use crate::codegen::spec::model::Model;
use quote::quote;
use std::collections::BTreeSet;
use syn::{Field, Fields, File, Item, ItemMod, parse_quote};

/// Applies every pass over `mod types`.
pub fn apply(code: &mut File, model: &Model, dropped: &Dropped) -> Result<(), String> {
    let requests = model.request_schemas();
    let types = module(code, "types")?;
    builders::apply(types, model, dropped)?;
    describe_schemas(types, model, &requests)?;
    decode_leniently(types, model, &requests)
}

/// The module `name` of the generated code.
pub fn module<'a>(code: &'a mut File, name: &str) -> Result<&'a mut ItemMod, String> {
    let modules =
        code.items.iter_mut().filter_map(|item| if let Item::Mod(module) = item { Some(module) } else { None });
    modules
        .into_iter()
        .find(|module| module.ident == name)
        .ok_or_else(|| format!("progenitor wrote no module `{name}`"))
}

/// The items of a module.
pub fn items(module: &mut ItemMod) -> Result<&mut Vec<Item>, String> {
    let name = module.ident.to_string();
    module.content.as_mut().map(|(_, items)| items).ok_or_else(|| format!("the generated module `{name}` is empty"))
}

/// The name of the type that an item defines or implements something for.
pub fn subject(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Impl(item) => last_segment(&item.self_ty),
        _ => None,
    }
}

/// `X` of `a::b::X<..>`.
pub fn last_segment(ty: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// `T` of `X<T>`; none if the type is not an `X`.
pub fn argument<'a>(ty: &'a syn::Type, of: &str) -> Option<&'a syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    argument_of(&path.path, of)
}

/// The same of a path, such as a trait's.
pub fn argument_of<'a>(path: &'a syn::Path, of: &str) -> Option<&'a syn::Type> {
    let segment = path.segments.last().filter(|segment| segment.ident == of)?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments
        .args
        .iter()
        .find_map(|argument| if let syn::GenericArgument::Type(ty) = argument { Some(ty) } else { None })
}

/// Makes structs non-exhaustive, since new properties must not break callers, and derives `JsonSchema` with the
/// documented limits under the feature `schemars`.
fn describe_schemas(types: &mut ItemMod, model: &Model, requests: &BTreeSet<&str>) -> Result<(), String> {
    let mut described = 0;
    for item in items(types)? {
        let Item::Struct(item) = item else { continue };
        described += 1;
        let name = item.ident.to_string();
        if !is_documented(&item.attrs) {
            let doc = format!("`{name}`, which the spec does not describe.");
            item.attrs.insert(0, parse_quote!(#[doc = #doc]));
        }
        item.attrs.push(parse_quote!(#[non_exhaustive]));
        item.attrs.push(parse_quote!(#[derive(PartialEq)]));
        for field in &mut item.fields {
            document_field(field, model, &name);
        }
        item.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
        if !requests.contains(name.as_str()) {
            continue;
        }
        for field in &mut item.fields {
            let Some(wire) = wire_name(field) else { continue };
            let limits = model
                .properties(&name)
                .find(|(property, _)| **property == wire)
                .map(|(_, schema)| model.limits(schema));
            field.attrs.extend(limits.and_then(|limits| schema_limits(&limits)));
        }
    }
    model.require(described > 0, "typify wrote no struct to describe")
}

fn is_documented(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}

/// typify does not document a property that is a reference; its description is that of the schema it refers to.
fn document_field(field: &mut Field, model: &Model, schema: &str) {
    if is_documented(&field.attrs) {
        return;
    }
    let Some(name) = wire_name(field) else { return };
    let property = model.properties(schema).find(|(property, _)| **property == name);
    let described = property.and_then(|(_, property)| model.description(property));
    let doc = described.map_or_else(|| format!("`{name}`, which the spec does not describe."), str::to_owned);
    field.attrs.insert(0, parse_quote!(#[doc = #doc]));
}

fn schema_limits(limits: &Limits) -> Option<syn::Attribute> {
    let (min, max) = (limits.min_length.or(limits.min_items), limits.max_length.or(limits.max_items));
    let mut parts = Vec::new();
    match (min, max) {
        (Some(min), Some(max)) => parts.push(quote!(length(min = #min, max = #max))),
        (Some(min), None) => parts.push(quote!(length(min = #min))),
        (None, Some(max)) => parts.push(quote!(length(max = #max))),
        (None, None) => {}
    }
    parts.extend(limits.pattern.as_ref().map(|pattern| quote!(regex(pattern = #pattern))));
    (!parts.is_empty()).then(|| parse_quote!(#[cfg_attr(feature = "schemars", schemars(#(#parts),*))]))
}

/// A field's name in JSON: its own, or the one in `#[serde(rename = "..")]`.
pub fn wire_name(field: &Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
            } else if let Ok(value) = meta.value() {
                value.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    Some(name)
}

/// Decodes numbers, strings, booleans and lists of responses by `crate::decode::lenient`, which takes other types too.
/// Optional fields of failures and objects without properties are dropped if they cannot be decoded: no program depends
/// on them, so they must not fail the response.
fn decode_leniently(types: &mut ItemMod, model: &Model, requests: &BTreeSet<&str>) -> Result<(), String> {
    let mut changed = 0;
    let (failures, results) = (model.failure_schemas(), model.result_schemas());
    for item in items(types)? {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let Fields::Named(fields) = &mut item.fields else { continue };
        if requests.contains(name.as_str()) || !model.schemas.contains_key(&name) {
            continue;
        }
        for field in &mut fields.named {
            let decoder = match results.contains(name.as_str()) {
                true => Some(decoder_of_result(field, model)),
                false if holds_results(field, &results) => Some("results::optional_results".to_owned()),
                false => decoder(field, model, failures.contains(name.as_str())).map(|name| format!("lenient::{name}")),
            };
            let Some(decoder) = decoder else { continue };
            let path = format!("crate::decode::{decoder}");
            let default = argument(&field.ty, "Option").map(|_| quote!(default,));
            field.attrs.push(parse_quote!(#[serde(#default deserialize_with = #path)]));
            changed += 1;
        }
    }
    model.require(changed > 0, "no response has a field to decode leniently")
}

/// The function of `crate::decode` that decodes a field of a batch's result: one that cannot be read counts as
/// missing, so that it fails this item and no other. The linter has checked that all of them are optional.
fn decoder_of_result(field: &Field, model: &Model) -> String {
    let ty = argument(&field.ty, "Option");
    let (kind, listed) =
        (ty.and_then(last_segment), ty.and_then(|ty| argument(ty, "Vec")).and_then(last_segment).unwrap_or_default());
    let what = match kind.as_deref() {
        Some("i64") => "integer_",
        Some("String") => "text_",
        Some("Vec") if model.schemas.contains_key(&listed) && !model.is_enum(&listed) => "objects_",
        _ => "",
    };
    format!("lenient::{what}if_readable")
}

/// Whether a field is an optional list of a batch's results.
fn holds_results(field: &Field, results: &BTreeSet<&str>) -> bool {
    let list = argument(&field.ty, "Option").and_then(|list| argument(list, "Vec"));
    list.and_then(last_segment).is_some_and(|item| results.contains(item.as_str()))
}

/// The function of `crate::decode::lenient` that decodes a field; none where derived code does as well.
fn decoder(field: &Field, model: &Model, of_failure: bool) -> Option<String> {
    let optional = argument(&field.ty, "Option");
    let ty = optional.unwrap_or(&field.ty);
    let (kind, listed) = (last_segment(ty)?, argument(ty, "Vec").and_then(last_segment));
    let is_object = model.schemas.contains_key(&kind) && !model.is_enum(&kind);
    let is_empty = is_object && model.properties(&kind).next().is_none();
    if optional.is_some() && kind != "i64" && (of_failure || is_empty) {
        let what = match (kind.as_str(), listed) {
            ("String", _) => "text_",
            (_, Some(item)) if model.schemas.contains_key(&item) && !model.is_enum(&item) => "objects_",
            _ => "",
        };
        return Some(format!("{what}if_readable"));
    }
    let decoder = match (kind.as_str(), listed.as_deref()) {
        ("i64", _) => "integer",
        ("String", _) => "text",
        ("bool", _) if optional.is_some() => "boolean",
        ("f64", _) if optional.is_some() => "number",
        (_, Some("String")) => "texts",
        (_, Some("i64")) => "integers",
        (_, Some(item)) if model.schemas.contains_key(item) && !model.is_enum(item) => "objects",
        // Values of an enum, flags, fractions and lists decode by themselves.
        (_, Some(_)) => return None,
        (kind, _) if optional.is_some() && model.is_integer_enum(kind) => "integer_enum",
        _ if is_object => "object",
        _ => return None,
    };
    Some(if optional.is_some() { format!("optional_{decoder}") } else { decoder.to_owned() })
}

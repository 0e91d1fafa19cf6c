//! Passes over typify's builders of request bodies.
//!
//! Setters take what a caller has: the value itself for an optional property, and any
//! iterator for a list of strings, or of objects or their builders.

use crate::codegen::passes::types::{argument, items, last_segment, subject};
use crate::codegen::spec::model::Model;
use crate::codegen::spec::names::field_ident;
use quote::quote;
use std::collections::BTreeSet;
use syn::{FnArg, ImplItem, Item, ItemMod, parse_quote};

/// Applies every pass over `mod types::builder`.
pub fn apply(types: &mut ItemMod, model: &Model, requests: &BTreeSet<&str>) -> Result<(), String> {
    drop_response_builders(types, model, requests)?;
    ease_setters(types)?;
    begin_without_messages(types)?;
    open_builders(types)?;
    document_builders(types, model)?;
    add_constructors(types, model)
}

fn builder_module(types: &mut ItemMod) -> Result<&mut Vec<Item>, String> {
    let found = items(types)?.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "builder" => Some(module),
        _ => None,
    });
    items(found.ok_or("typify wrote no module `builder`")?)
}

/// Callers do not build responses: their builders would be a third of the generated code.
fn drop_response_builders(types: &mut ItemMod, model: &Model, requests: &BTreeSet<&str>) -> Result<(), String> {
    let is_response = |name: &Option<String>| {
        name.as_deref().is_some_and(|name| model.schemas.contains_key(name) && !requests.contains(name))
    };
    let builders = builder_module(types)?;
    let before = builders.len();
    builders.retain(|item| !is_response(&subject(item)));
    if builders.len() == before {
        return Err("typify wrote no builder of a response: remove the pass `drop_response_builders`".to_owned());
    }
    items(types)?.retain(|item| !(is_response(&subject(item)) && is_builder_constructor(item)));
    Ok(())
}

fn is_builder_constructor(item: &Item) -> bool {
    let Item::Impl(item) = item else { return false };
    item.trait_.is_none() && matches!(item.items.as_slice(), [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

/// typify's setter of an optional property takes an `Option`; callers write `.description("text")`.
fn ease_setters(types: &mut ItemMod) -> Result<(), String> {
    let mut eased = 0;
    for item in builder_module(types)? {
        let Item::Impl(item) = item else { continue };
        if item.trait_.is_some() {
            continue;
        }
        for setter in &mut item.items {
            let ImplItem::Fn(setter) = setter else { continue };
            let Some(target) = setter_target(setter) else { continue };
            let name = setter.sig.ident.clone();
            let inner = argument(&target, "Option").cloned();
            let optional = inner.is_some();
            let target = inner.unwrap_or(target);
            if let Some(item) = argument(&target, "Vec") {
                take_iterator(setter, item, optional);
            } else if optional {
                setter.sig.generics = parse_quote!(<T: ::std::convert::TryInto<#target, Error: ::std::fmt::Display>>);
                let message = format!("{name} cannot be used: {{error}}");
                setter.block = parse_quote!({
                    self.#name = value.try_into().map(Some).map_err(|error| format!(#message));
                    self
                });
            } else {
                continue;
            }
            eased += 1;
        }
    }
    if eased == 0 {
        Err("no setter takes an `Option` or a list: typify's setters have changed".to_owned())
    } else {
        Ok(())
    }
}

/// Builders begin without messages: typify writes one for every required property, set or not, which is an allocation
/// each. The message is written when a property is missing where the builder ends.
fn begin_without_messages(types: &mut ItemMod) -> Result<(), String> {
    let (mut begun, mut ended) = (0, 0);
    for item in builder_module(types)? {
        let Item::Impl(item) = item else { continue };
        for method in &mut item.items {
            let ImplItem::Fn(method) = method else { continue };
            let Some(fields) = fields_of_result(&mut method.block) else { continue };
            for field in fields {
                let syn::Member::Named(name) = &field.member else { continue };
                let name = name.to_string();
                match &mut field.expr {
                    syn::Expr::Call(call) if last_of(&call.func).is_some_and(|function| function == "Err") => {
                        call.args.clear();
                        call.args.push(parse_quote!(::std::string::String::new()));
                        begun += 1;
                    }
                    syn::Expr::Try(value) => {
                        let (name, result) = (name.trim_start_matches("r#"), &value.expr);
                        let or_unset = quote!(crate::call::validation::or_unset(#name, reason));
                        value.expr = parse_quote!(#result.map_err(|reason| #or_unset));
                        ended += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    if begun == 0 || ended == 0 { Err("typify's builders begin or end in another way".to_owned()) } else { Ok(()) }
}

/// `X` of the function `a::X`.
fn last_of(function: &syn::Expr) -> Option<&syn::Ident> {
    let syn::Expr::Path(function) = function else { return None };
    function.path.segments.last().map(|segment| &segment.ident)
}

/// The fields of `Self { .. }`, which a function returns, in `Ok` or as it is.
fn fields_of_result(block: &mut syn::Block) -> Option<impl Iterator<Item = &mut syn::FieldValue>> {
    let [syn::Stmt::Expr(result, None)] = block.stmts.as_mut_slice() else { return None };
    let result = match result {
        syn::Expr::Call(call) => call.args.first_mut()?,
        result => result,
    };
    if let syn::Expr::Struct(result) = result { Some(result.fields.iter_mut()) } else { None }
}

/// Makes the setter of a list take any iterator over what converts into an `item`: texts, or objects and their builders,
/// which may lack a property.
pub fn take_iterator(setter: &mut syn::ImplItemFn, item: &syn::Type, optional: bool) {
    let name = setter.sig.ident.clone();
    let (bound, list) = if last_segment(item).is_some_and(|item| item == "String") {
        // Without a failure the list is allocated once.
        let list = quote!(values.into_iter().map(::std::convert::Into::into).collect::<::std::vec::Vec<_>>());
        (quote!(::std::convert::Into<#item>), quote!(Ok(#list)))
    } else {
        let message = format!("an item of {name} cannot be used: {{error}}");
        let values = quote!(values.into_iter().map(::std::convert::TryInto::try_into));
        let values = quote!(#values.collect::<::std::result::Result<::std::vec::Vec<#item>, _>>());
        let bound = quote!(::std::convert::TryInto<#item, Error: ::std::fmt::Display>);
        (bound, quote!(#values.map_err(|error| format!(#message))))
    };
    let list = if optional { quote!(#list.map(Some)) } else { list };
    setter.sig.generics = parse_quote!(<I: ::std::iter::IntoIterator<Item: #bound>>);
    setter.sig.inputs = parse_quote!(mut self, values: I);
    setter.block = parse_quote!({
        self.#name = #list;
        self
    });
}

/// `X` of a setter's `where T: TryInto<X>`.
pub fn setter_target(setter: &syn::ImplItemFn) -> Option<syn::Type> {
    if !matches!(setter.sig.inputs.iter().nth(1), Some(FnArg::Typed(_))) {
        return None;
    }
    let clause = setter.sig.generics.where_clause.as_ref()?;
    clause.predicates.iter().find_map(|predicate| {
        let syn::WherePredicate::Type(predicate) = predicate else { return None };
        predicate.bounds.iter().find_map(|bound| {
            let syn::TypeParamBound::Trait(bound) = bound else { return None };
            let path = &bound.path;
            let path: syn::Type = parse_quote!(#path);
            argument(&path, "TryInto").cloned()
        })
    })
}

/// Opens the fields of builders to this crate: the code of `validation.rs` checks a body before it is built, from
/// another module.
fn open_builders(types: &mut ItemMod) -> Result<(), String> {
    let mut opened = 0;
    for item in builder_module(types)? {
        let Item::Struct(item) = item else { continue };
        for field in &mut item.fields {
            field.vis = parse_quote!(pub(crate));
            opened += 1;
        }
    }
    if opened == 0 { Err("typify wrote no builder with fields".to_owned()) } else { Ok(()) }
}

/// An object in a body, such as an item of a list, gets `new` with its required properties: a builder can fail, and a
/// list of 100 needs 100 of them.
fn add_constructors(types: &mut ItemMod, model: &Model) -> Result<(), String> {
    let objects = model.held_by_bodies();
    let items = items(types)?;
    for name in
        objects.iter().filter(|name| model.properties(name).any(|(property, _)| model.is_required(name, property)))
    {
        let fields = items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item.fields.clone()),
            _ => None,
        });
        let fields = fields.ok_or_else(|| format!("typify wrote no struct `{name}`"))?;
        let constructor = items.iter_mut().find_map(|item| match item {
            Item::Impl(found) if last_segment(&found.self_ty).as_deref() == Some(name) => {
                (found.trait_.is_none()).then_some(found)
            }
            _ => None,
        });
        let constructor = constructor.ok_or_else(|| format!("typify wrote no `builder()` of `{name}`"))?;
        constructor.items.push(new(name, &fields, model));
    }
    Ok(())
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
    match [builders, setters, constructors].contains(&0) {
        true => Err("typify wrote no builder, setter or constructor to document".to_owned()),
        false => Ok(()),
    }
}

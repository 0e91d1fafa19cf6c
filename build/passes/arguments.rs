//! Passes over the fields and setters of all builders.
//!
//! The generators keep a value as `Result<T, String>`, with a message for each that is not set yet, and convert it in
//! every setter again. Here a field is a `crate::call::argument::Argument`, which does that once for all, and a setter is
//! one call.

use crate::codegen::passes::types::{argument, last_segment};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ImplItemFn, Type, parse_quote};

/// Makes a field an `Argument`. Returns whether it was a value of the generators.
pub fn field(field: &mut syn::Field) -> bool {
    let Some(value) = value_of(&field.ty) else { return false };
    field.ty = parse_quote!(crate::call::argument::Argument<#value>);
    true
}

/// `T` of `Result<T, String>` and of `Result<Option<T>, String>`.
fn value_of(ty: &Type) -> Option<Type> {
    let given = argument(ty, "Result")?;
    Some(argument(given, "Option").unwrap_or(given).clone())
}

/// Makes a setter of a value one call. Lists take any iterator over what converts into their items. Returns whether the
/// method is such a setter.
pub fn setter(method: &mut ImplItemFn) -> bool {
    let Some(target) = setter_target(method) else { return false };
    let name = method.sig.ident.clone();
    let target = argument(&target, "Option").unwrap_or(&target);
    let (generics, parameter, value): (syn::Generics, FnArg, TokenStream) = match argument(target, "Vec") {
        Some(item) if last_segment(item).is_some_and(|item| item == "String") => {
            (parse_quote!(<V: Into<#item>>), parse_quote!(values: impl IntoIterator<Item = V>), quote!(list(values)))
        }
        Some(item) => (
            parse_quote!(<V: TryInto<#item, Error: ::std::fmt::Display>>),
            parse_quote!(values: impl IntoIterator<Item = V>),
            quote!(convert_list(values)),
        ),
        None => (
            parse_quote!(<V: TryInto<#target, Error: ::std::fmt::Display>>),
            parse_quote!(value: V),
            quote!(convert(value)),
        ),
    };
    method.sig.generics = generics;
    method.sig.inputs = parse_quote!(mut self, #parameter);
    method.block = parse_quote!({
        self.#name = crate::call::argument::Argument::#value;
        self
    });
    true
}

/// `X` of a setter's `where T: TryInto<X>`.
fn setter_target(setter: &ImplItemFn) -> Option<Type> {
    if !matches!(setter.sig.inputs.iter().nth(1), Some(FnArg::Typed(_))) {
        return None;
    }
    let clause = setter.sig.generics.where_clause.as_ref()?;
    clause.predicates.iter().find_map(|predicate| {
        let syn::WherePredicate::Type(predicate) = predicate else { return None };
        predicate.bounds.iter().find_map(|bound| {
            let syn::TypeParamBound::Trait(bound) = bound else { return None };
            let path = &bound.path;
            let path: Type = parse_quote!(#path);
            argument(&path, "TryInto").cloned()
        })
    })
}

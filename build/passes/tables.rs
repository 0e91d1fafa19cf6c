//! The facts of the operations, as data: `mod operations` and the enums `ErrorCode` and `ErrorCategory`.
//!
//! The client decides by these alone, so that a new operation needs YAML and no Rust.

use crate::codegen::passes::results;
use crate::codegen::spec::extensions::{AccessToken, AppType, ErrorCategory, ErrorRow, RetryRule};
use crate::codegen::spec::model::{Model, Operation};
use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use syn::{Ident, Item, parse_quote};

/// The tables, as items of the generated code.
pub fn tables(model: &Model) -> Vec<Item> {
    let mut items = vec![operations(model)];
    items.extend(codes(model));
    items
}

/// The name of an operation's row in `mod operations`.
pub fn static_name(operation: &Operation) -> Ident {
    format_ident!("{}", operation.id.to_shouty_snake_case())
}

fn operations(model: &Model) -> Item {
    let rows = model.operations.iter().map(operation_row);
    let names = model.operations.iter().map(static_name);
    let platform_errors = model.platform_errors.iter().map(error_row);
    parse_quote! {
        /// The facts of each operation, from the spec.
        pub mod operations {
            use super::ErrorCode;
            use crate::operation::{AccessTokenKind, AppType, KnownError, Operation, RateLimit, Retry, RetryRule};
            #(#rows)*
            /// Every operation, in the spec's order.
            pub static ALL: &[&Operation] = &[#(&#names),*];
            /// Errors that any operation may return.
            pub static PLATFORM_ERRORS: &[KnownError] = &[#(#platform_errors),*];
        }
    }
}

fn operation_row(operation: &Operation) -> TokenStream {
    let Operation { id, path, scopes, .. } = operation;
    let name = static_name(operation);
    let doc = format!("[`{id}`](crate::Client::{id})");
    let method = format_ident!("{}", operation.method);
    let tokens = operation.access_tokens.iter().map(|token| match token {
        AccessToken::Tenant => quote!(AccessTokenKind::Tenant),
        AccessToken::User => quote!(AccessTokenKind::User),
        AccessToken::App => quote!(AccessTokenKind::App),
    });
    let app_types = operation.app_types.iter().map(|app| match app {
        AppType::Custom => quote!(AppType::Custom),
        AppType::Isv => quote!(AppType::Isv),
    });
    let rate_limit = option(operation.rate_limit.map(|limit| {
        let (minute, second) =
            (option(limit.per_minute.map(|n| quote!(#n))), option(limit.per_second.map(|n| quote!(#n))));
        quote!(RateLimit::new(#minute, #second))
    }));
    let rule = match (operation.retry.rule, &operation.retry.parameter) {
        (RetryRule::Safe, _) => quote!(RetryRule::Safe),
        (RetryRule::IdempotencyKey, parameter) => quote!(RetryRule::IdempotencyKey { parameter: #parameter }),
        (RetryRule::NeverSent, _) => quote!(RetryRule::NeverSent),
    };
    let already_applied_code = option(operation.retry.already_applied_code.map(|code| quote!(#code)));
    let batch = results::row(operation);
    let errors = operation.errors.iter().map(error_row);
    quote! {
        #[doc = #doc]
        pub static #name: Operation = Operation {
            id: #id,
            method: ::reqwest::Method::#method,
            path: #path,
            access_tokens: &[#(#tokens),*],
            scopes: &[#(#scopes),*],
            app_types: &[#(#app_types),*],
            rate_limit: #rate_limit,
            retry: Retry::new(#rule, #already_applied_code),
            batch: #batch,
            errors: &[#(#errors),*],
        };
    }
}

fn error_row(row: &ErrorRow) -> TokenStream {
    let ErrorRow { http, code, .. } = row;
    let name = format_ident!("{}", row.name.to_upper_camel_case());
    quote!(KnownError::new(#http, #code, ErrorCode::#name))
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

/// The enum `ErrorCategory`, from the list of the build.
fn categories() -> Item {
    let variants = ErrorCategory::ALL.iter().map(|category| {
        let (doc, variant) = (category.doc(), format_ident!("{category:?}"));
        quote!(#[doc = #doc] #variant)
    });
    parse_quote! {
        /// What a failure means to a program, whichever code it has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCategory { #(#variants),* }
    }
}

fn codes(model: &Model) -> Vec<Item> {
    let mut numbers: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for row in model.operations.iter().flat_map(|operation| &operation.errors).chain(&model.platform_errors) {
        numbers.entry(&row.name).or_default().insert(row.code);
    }
    let numbers = |name: &str| -> String {
        let numbers = numbers.get(name).into_iter().flatten();
        numbers.map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<_> = model
        .error_names
        .iter()
        // No call returns the others: token endpoints have them, or operations that are left out.
        .filter(|(name, _)| !numbers(name).is_empty())
        .map(|(name, meaning)| {
            let doc = format!("{}: {}", numbers(name), meaning.advice);
            let advice = &meaning.advice;
            (
                format_ident!("{}", name.to_upper_camel_case()),
                name,
                format_ident!("{}", format!("{:?}", meaning.kind)),
                doc,
                advice,
            )
        })
        .collect();
    let variants = rows.iter().map(|(variant, _, _, doc, _)| quote!(#[doc = #doc] #variant));
    let names = rows.iter().map(|(variant, name, ..)| quote!(Self::#variant => #name));
    let kinds = rows.iter().map(|(variant, _, category, ..)| quote!(Self::#variant => ErrorCategory::#category));
    let advice = rows.iter().map(|(variant, .., advice)| quote!(Self::#variant => #advice));
    vec![
        categories(),
        parse_quote! {
            /// The documented failures, by name: what a code means for the operation that returned it.
            ///
            /// A code can mean different things in different operations, so
            /// [`Error::known_code`](crate::Error::known_code) looks up the name by both.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum ErrorCode { #(#variants),* }
        },
        parse_quote! {
            impl ErrorCode {
                /// The name in the spec.
                pub fn name(self) -> &'static str {
                    match self { #(#names),* }
                }
                /// What the failure means to a program.
                pub fn category(self) -> ErrorCategory {
                    match self { #(#kinds),* }
                }
                /// What a person can do about it.
                pub fn advice(self) -> &'static str {
                    match self { #(#advice),* }
                }
            }
        },
    ]
}

//! What the client must know about a batch: the ids of the items that are sent, and the
//! results in its payload.
//!
//! The codes and the places are in the table of operations (`tables`). The hand-written
//! code decides by these what was done (`src/error/partial.rs`), so it names no type and
//! no operation.

use crate::codegen::passes::paging::data_type;
use crate::codegen::passes::tables::static_name;
use crate::codegen::spec::extensions::Results;
use crate::codegen::spec::model::{Model, Operation};
use crate::codegen::spec::names::field_ident;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::{Item, parse_quote};

/// How to read the results in each payload that has them.
pub fn payloads(model: &Model) -> Vec<Item> {
    let batches = model.operations.iter().filter_map(|operation| payload(model, operation, in_success(operation)?));
    batches.collect()
}

/// The results of a batch whose successes have them; none if a failure has them, or if this is no batch.
pub fn in_success(operation: &Operation) -> Option<&Results> {
    operation.results.as_ref().filter(|results| results.partial_code.is_none())
}

fn payload(model: &Model, operation: &Operation, results: &Results) -> Option<Item> {
    let data = data_type(model, operation)?;
    let list = field_ident(results.items.rsplit('/').next()?);
    let (id, code) = (field_ident(&results.id), field_ident(&results.code));
    let table = static_name(operation);
    Some(parse_quote! {
        impl crate::call::batch::BatchData for types::#data {
            fn operation() -> &'static crate::Operation {
                &operations::#table
            }
            fn results(&self) -> impl Iterator<Item = (Option<&str>, Option<i64>)> + Clone {
                self.#list.iter().flatten().map(|item| (item.#id.as_deref(), item.#code))
            }
        }
    })
}

/// How to read the ids of the items in each body that has them.
pub fn bodies(model: &Model) -> Vec<Item> {
    // Operations may share a body.
    let mut seen = BTreeSet::new();
    let batches = model.operations.iter().filter_map(|operation| {
        let (body, results) = (operation.body.as_ref()?, operation.results.as_ref()?);
        seen.insert(body).then_some(())?;
        let (list, id) = (field_ident(&results.sent), field_ident(&results.id));
        let list = match model.is_required(body, &results.sent) {
            true => quote!(Some(&self.#list)),
            false => quote!(self.#list.as_ref()),
        };
        let body = format_ident!("{body}");
        Some(parse_quote! {
            impl crate::call::batch::SentItems for types::#body {
                fn id(&self, index: usize) -> Option<&str> {
                    #list?.get(index).map(|item| item.#id.as_str())
                }
            }
        })
    });
    batches.collect()
}

/// The operation's `batch` in the table.
pub fn row(operation: &Operation) -> TokenStream {
    let Some(Results { items, id, code, already, partial_code, .. }) = &operation.results else { return quote!(None) };
    let results = items.split('/').skip(1);
    let partial_code = match partial_code {
        Some(code) => quote!(Some(#code)),
        None => quote!(None),
    };
    quote!(Some(crate::operation::Batch {
        results: &[#(#results),*],
        id: #id,
        code: #code,
        already: &[#(#already),*],
        partial_code: #partial_code,
    }))
}

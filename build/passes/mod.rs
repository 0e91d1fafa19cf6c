//! Passes over the generated code: what this API needs and the generator cannot express.
//!
//! A pass fails if it finds nothing to change: a new version of the generator must not
//! turn a pass off silently.

mod arguments;
mod builders;
mod documentation;
mod enums;
mod example;
mod files;
mod forms;
mod operations;
mod paging;
mod paths;
mod results;
mod tables;
mod types;
mod validation;

use crate::codegen::spec::model::Model;
use syn::{Item, parse_quote};

/// Applies every pass. The order matters: each one works on the code that the one before left.
pub fn apply(code: &mut syn::File, model: &Model) -> Result<(), String> {
    types::apply(code, model)?;
    enums::apply(code, model)?;
    operations::apply(code, model)?;
    forms::apply(code, model)?;
    code.items.extend(validation::checks(model));
    code.items.extend(paging::payloads(model));
    code.items.extend(results::bodies(model));
    code.items.extend(results::payloads(model));
    code.items.extend(tables::tables(model));
    code.items.extend(features(model));
    Ok(())
}

/// For each feature that a tag names, an item by which rustc warns of a feature that Cargo.toml does not declare: nothing
/// could turn it on.
fn features(model: &Model) -> Vec<Item> {
    let item = |feature: &String| parse_quote! { #[cfg(feature = #feature)] const _: () = (); };
    model.left_out.features.iter().map(item).collect()
}

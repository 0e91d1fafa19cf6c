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

use crate::codegen::items::{self, Parsed};
use crate::codegen::spec::model::Model;
use proc_macro2::TokenStream;
use syn::{Item, parse_quote};

/// Parses the generated code and applies every pass. The order matters: each one works on the code that the one before
/// left.
pub fn apply(tokens: TokenStream, model: &Model) -> Result<syn::File, String> {
    let (enums, responses) = (enums::names(model), builders::responses(model));
    let is_dropped = |module: &str, name: &str| match module {
        "types" => enums.contains(name),
        "types::builder" => responses.contains(name),
        _ => false,
    };
    let Parsed { items, dropped } = items::parse(tokens, &is_dropped)
        .map_err(|error| format!("progenitor wrote code that is not Rust: {error}"))?;
    let mut code = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items };
    types::apply(&mut code, model, &dropped)?;
    enums::apply(&mut code, model, &dropped)?;
    operations::apply(&mut code, model)?;
    forms::apply(&mut code, model)?;
    code.items.extend(validation::checks(model));
    code.items.extend(paging::payloads(model));
    code.items.extend(results::bodies(model));
    code.items.extend(results::payloads(model));
    code.items.extend(tables::tables(model));
    code.items.extend(features(model));
    Ok(code)
}

/// For each feature that a tag names, an item by which rustc warns of a feature that Cargo.toml does not declare: nothing
/// could turn it on.
fn features(model: &Model) -> Vec<Item> {
    let item = |feature: &String| parse_quote! { #[cfg(feature = #feature)] const _: () = (); };
    model.left_out.features.iter().map(item).collect()
}

//! Passes over the generated code: what this API needs and the generator has no word for.
//!
//! Each pass says what it expects to find and fails if that is gone: a new version of the
//! generator must not turn one of them off in silence.

mod enums;
mod example;
mod operations;
mod paging;
mod paths;
mod tables;
mod types;
mod validation;

use crate::codegen::spec::model::Model;

/// Applies every pass; the order is that in which each finds what the one before left.
pub fn apply(code: &mut syn::File, model: &Model) -> Result<(), String> {
    types::apply(code, model)?;
    enums::apply(code, model)?;
    operations::apply(code, model)?;
    code.items.extend(validation::checks(model));
    code.items.extend(paging::envelopes(model));
    code.items.extend(tables::tables(model));
    Ok(())
}

//! The spec, read: YAML with the place of every value, and what it says as types.
//!
//! Nothing here judges. `lint` does, by the same types, and the passes take what it let
//! through. `cargo xtask` compiles these files too: paths within are `crate::codegen::..`
//! in both.

pub mod error_category;
#[allow(missing_docs, reason = "the fields are the words of the extensions, which spec/README.md describes")]
pub mod extensions;
#[allow(missing_docs, reason = "the fields are the words of OpenAPI and of the extensions")]
pub mod model;
pub mod names;
pub mod yaml;

/// Methods that an operation may have.
pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

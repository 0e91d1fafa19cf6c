//! Reads the spec: YAML with the position of every value, and its facts as types.
//!
//! Nothing here checks the facts: `lint` does, and the passes rely on it. `cargo xtask`
//! compiles these files too, so paths in them begin with `crate::codegen` in both.

pub mod error_category;
#[allow(missing_docs, reason = "the fields are the words of the extensions, which spec/README.md describes")]
pub mod extensions;
pub mod features;
pub mod media;
#[allow(missing_docs, reason = "the fields are the words of OpenAPI and of the extensions")]
pub mod model;
pub mod names;
pub mod references;
pub mod token_endpoints;
pub mod yaml;

/// Methods that an operation may have.
pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

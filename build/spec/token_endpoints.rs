//! Token endpoints: operations of the spec that the client does not offer.
//!
//! Programs in other languages generate their client from the spec and get their tokens with it. Here `src/auth` calls
//! these endpoints, caches the tokens and shares them; a method for each would only invite calls that bypass the cache.
//! So the build leaves them out, with the schemas that nothing else uses.

use super::references::{component, components_of};
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether an operation is marked as a token endpoint.
pub fn is_token_endpoint(operation: &Value) -> bool {
    operation.get("x-feishu-token-endpoint") == Some(&Value::Bool(true))
}

/// The schemas that only token endpoints use.
pub fn schemas(spec: &Value) -> BTreeSet<String> {
    let paths = spec.get("paths").and_then(Value::as_object).into_iter().flat_map(|paths| paths.values());
    let operations = paths.filter_map(Value::as_object).flat_map(|item| item.values());
    let (tokens, mut others): (Vec<_>, Vec<_>) = operations.partition(|operation| is_token_endpoint(operation));
    others.extend(["parameters", "responses"].iter().filter_map(|kind| spec.pointer(&format!("/components/{kind}"))));
    let unused = &components_of(spec, tokens) - &components_of(spec, others);
    let schema =
        |reference| component(reference).filter(|(kind, _)| *kind == "schemas").map(|(_, name)| name.to_owned());
    unused.into_iter().filter_map(schema).collect()
}

//! The examples of a page against the schemas that were drafted from it.

use super::reading::{Direction, misfit};
use crate::statements::examples::is_failure;
use apidoc::facts::{ExampleKind, Operation};
use serde_json::Value;

/// Each example that has a body: its line, and why it does not round-trip.
pub(super) fn compare(facts: &Operation, operation: &Value, spec: &Value) -> Vec<(usize, Option<String>)> {
    let schema = |holder: Option<&Value>| holder?.pointer("/content/application~1json/schema").cloned();
    let body = schema(operation.get("requestBody"));
    let response = schema(operation.pointer("/responses/200"));
    let compared = facts.examples.iter().filter_map(|example| {
        let value = example.value.as_object()?;
        let (schema, direction) = match example.kind {
            ExampleKind::Request => (body.as_ref()?, Direction::Sent),
            ExampleKind::Response if is_failure(value) => return None,
            ExampleKind::Response => (response.as_ref()?, Direction::Received),
        };
        Some((example.line, misfit(spec, schema, &example.value, direction, "")))
    });
    compared.collect()
}

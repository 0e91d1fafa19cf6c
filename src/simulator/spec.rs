//! The spec itself, for what the generated tables do not have: schemas.
//!
//! It is read when something first needs it, which most tests never do.

use std::sync::OnceLock;

use serde_json::Value;

use super::seed::yaml::Source;

/// `spec/openapi.yaml`, read.
pub(super) struct Spec {
    document: Value,
}

impl Spec {
    pub fn get() -> &'static Self {
        static SPEC: OnceLock<Spec> = OnceLock::new();
        SPEC.get_or_init(|| {
            let source = Source::parse("spec/openapi.yaml", include_str!("../../spec/openapi.yaml"));
            // The build script reads the same text with the same reader, and would have failed.
            debug_assert!(source.is_ok());
            Self { document: source.map_or(Value::Null, |source| source.value) }
        })
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&Value> {
        let paths = self.document["paths"].as_object()?;
        let mut operations = paths.values().filter_map(Value::as_object).flat_map(|path| path.values());
        operations.find(|operation| operation["operationId"] == id)
    }

    /// The schema of an operation's success, with its envelope.
    pub fn response_schema(&self, operation: &str) -> Option<&Value> {
        self.operation(operation)?.pointer("/responses/200/content/application~1json/schema")
    }

    /// What a schema, parameter or body stands for: references and lists of one schema are followed.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        loop {
            let reference = value["$ref"].as_str().and_then(|path| self.document.pointer(path.strip_prefix('#')?));
            match reference.or_else(|| value["allOf"].as_array().and_then(|all| all.first())) {
                Some(target) => value = target,
                None => return value,
            }
        }
    }
}

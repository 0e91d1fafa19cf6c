//! How examples are laid out in the spec.
//!
//! An operation only refers to them. Requests and responses stand in `components/examples`; the
//! errors of an operation stand in its own responses of `components/responses`, a line each.

use super::{Example, Examples};
use crate::spec_model::{Node, Operation, Spec, json_schema_of};
use crate::yaml::{Map, Yaml, on_line_of_key};
use heck::ToUpperCamelCase;
use serde_json::{Value, json};

/// A longer value is a block.
const LONGEST_LINE: usize = 90;

/// The names of an operation's responses 4XX and 5XX in `components/responses`.
pub(crate) fn names(id: &str) -> [String; 2] {
    let base = id.to_upper_camel_case();
    [format!("{base}Rejected"), format!("{base}Failed")]
}

/// The responses 4XX and 5XX of an operation, whose envelope has the schema.
pub(crate) fn failures(examples: &Examples, schema: &Value) -> [Map; 2] {
    let response = |description: &str, examples: &[Example]| {
        let mut media = Map::default();
        media.put("schema", schema.clone());
        if !examples.is_empty() {
            media.put("examples", lines(examples));
        }
        let (mut content, mut response) = (Map::default(), Map::default());
        content.put("application/json", media);
        response.put("description", description);
        response.put("content", content);
        response
    };
    [
        response("The service rejected the request; `code` says why.", &examples.rejected),
        response("The service failed; a gateway in front of it may send something other than JSON.", &examples.failed),
    ]
}

/// What stands under `examples` of a body, a line each.
pub(crate) fn lines(examples: &[Example]) -> Map {
    let mut map = Map::default();
    for Example { key, summary, value, component } in examples {
        let line = match (component, summary) {
            (Some(component), _) => json!({ "$ref": format!("#/components/examples/{component}") }),
            (None, Some(summary)) => json!({ "summary": summary, "value": value }),
            (None, None) => json!({ "value": value }),
        };
        map.put(key, line);
    }
    map
}

/// The examples of an operation's requests and successful responses, as entries of `components/examples`.
pub(crate) fn requests_and_responses(examples: &Examples, out: &mut Map) {
    examples.request.iter().chain(&examples.response).for_each(|example| component(example, out));
}

/// An entry of `components/examples`.
pub(super) fn component(example: &Example, out: &mut Map) {
    if let Some(name) = &example.component {
        let mut entry = Map::default();
        if let Some(summary) = &example.summary {
            entry.put("summary", summary.as_str());
        }
        entry.put("value", block(&example.value));
        out.put(name, entry);
    }
}

/// The schema of the envelope of failures, as the spec's operations refer to it.
pub(crate) fn failure_schema(spec: &Spec) -> Option<Value> {
    let of_operations = spec.operations.iter().flat_map(Operation::failures);
    let responses = spec.root.get("components").and_then(|components| components.get("responses"));
    let named =
        responses.iter().flat_map(Node::entries).filter_map(|(_, response)| json_schema_of(&response)).collect();
    let named: Vec<Node> = named;
    of_operations.chain(named).next().map(|schema| schema.value.clone())
}

fn block(value: &Value) -> Yaml {
    match value {
        _ if on_line_of_key(value).chars().count() <= LONGEST_LINE => value.clone().into(),
        Value::Object(fields) => {
            let mut map = Map::default();
            fields.iter().for_each(|(key, value)| map.put(key, block(value)));
            map.into()
        }
        Value::Array(items) => Yaml::List(items.iter().map(block).collect()),
        other => other.clone().into(),
    }
}
